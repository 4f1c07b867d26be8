import { partyBody, sourceBody } from '@averment/domain';
import { z } from 'zod';
import { idOf, instant, position, text } from './basics.ts';
import { answeredAs, sentAs } from './registry.ts';

/** Sources and parties. */

export const sentSource = sentAs('SentSource', sourceBody);
export const sentParty = sentAs('SentParty', partyBody);

export const registeredSource = answeredAs(
  'RegisteredSource',
  z.object({ id: idOf('source'), textSha256: z.string(), revision: z.int().min(1), position }),
);
export const registeredParty = answeredAs('RegisteredParty', z.object({ id: idOf('party'), position }));

export const source = answeredAs(
  'Source',
  z.object({
    id: idOf('source'),
    kind: z.string(),
    url: text,
    publisher: text,
    title: text,
    authors: z.array(z.string()).nullable(),
    publishedAt: z.string().nullable(),
    language: z.string(),
    translation: z.string().nullable(),
    translatedFrom: z.string().nullable(),
    textSha256: z.string().nullable().describe('Of the newest text in UTF-8, hexadecimal; null once that text was erased'),
    revision: z.int().min(1).describe('Of the text, from 1'),
    withdrawn: z.boolean(),
    recordedAt: instant,
  }),
);
export const sourceText = answeredAs(
  'SourceText',
  z.object({
    id: idOf('source'),
    revision: z.int().min(1),
    text: z.string().nullable().describe('As stored; null once it was erased'),
    textSha256: z.string().nullable(),
  }),
);
export const party = answeredAs(
  'Party',
  z.object({
    id: idOf('party'),
    kind: z.string(),
    name: text.describe('null once it was erased; without a key and for apps also that of a private person'),
    aliases: z.array(z.string()).nullable().describe('Without a key and for apps none of a private party'),
    private: z.boolean(),
    publicRole: text,
    parent: idOf('party').nullable(),
    recordedAt: instant,
  }),
);
export const summary = answeredAs(
  'PartySummary',
  z.object({
    party: z.object({ id: idOf('party'), name: text, kind: z.string() }),
    counted: z.string().describe('What is counted, in words'),
    incidents: z.int(),
    claims: z.int(),
    byStanding: z.array(z.object({ standing: z.string(), claims: z.int(), links: z.object({ claims: z.string() }) })),
    links: z.object({ party: z.string(), claims: z.string() }),
  }),
);
