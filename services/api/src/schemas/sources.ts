import type { RegisteredSource } from '@averment/commands';
import { answer, sourceBody } from '@averment/domain';
import { type Resembled, sourceItemShape, sourceTextShape } from '@averment/read-models';
import { z } from 'zod';
import { answeredAs, sentAs } from './registry.ts';
import { resembles } from './resembles.ts';

export const sentSource = sentAs('SentSource', sourceBody, 'A document that is registered, with its text');
export const registeredSource = answeredAs(
  'RegisteredSource',
  z.object({
    id: answer.idOf('source'),
    textSha256: z
      .string()
      .nullable()
      .describe('Of the text in UTF-8, hexadecimal; null of an import that is repeated after that text was erased'),
    revision: z.int().min(0).describe('Of the text: 1; 0 of a film without one'),
    resembles,
    position: answer.position,
  } satisfies answer.EachOf<RegisteredSource & { resembles: Resembled[] }>),
  'A source is registered',
);
export const source = answeredAs('Source', sourceItemShape, 'A document, without its text');
export const sourceText = answeredAs('SourceText', sourceTextShape, 'The text of a source, as it was stored');
