import { answer } from '@averment/domain';
import { z } from 'zod';

const { idOf, instant, text } = answer;

/** What reads show of sources and parties; the projection keeps them in this very shape. Erased texts are null. */

export const sourceItemShape = z.object({
  id: idOf('source'),
  kind: z.string(),
  url: text,
  publisher: text,
  title: text,
  authors: z.array(z.string()).nullable(),
  publishedAt: z.string().nullable(),
  language: z.string(),
  translation: answer.oneOf<'human' | 'machine'>().nullable(),
  translatedFrom: z.string().nullable(),
  originalUrl: text,
  textSha256: z.string().nullable().describe('Of the newest text in UTF-8, hexadecimal; null once that text was erased'),
  revision: z.int().min(1).describe('Of the text, from 1'),
  withdrawn: z.boolean(),
  recordedAt: instant,
});

export const partyItemShape = z.object({
  id: idOf('party'),
  kind: z.string(),
  name: text.describe('null once it was erased; without a key and for apps also that of a private person'),
  aliases: z.array(z.string()).nullable().describe('Without a key and for apps none of a private party'),
  private: z.boolean(),
  publicRole: text,
  parent: idOf('party').nullable(),
  recordedAt: instant,
});

export type SourceItem = z.output<typeof sourceItemShape>;
export type PartyItem = z.output<typeof partyItemShape>;
