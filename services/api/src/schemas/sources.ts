import type { RegisteredSource } from '@averment/commands';
import { answer, sourceBody } from '@averment/domain';
import { sourceItemShape, sourceTextShape } from '@averment/read-models';
import { z } from 'zod';
import { answeredAs, sentAs } from './registry.ts';

export const sentSource = sentAs('SentSource', sourceBody);
export const registeredSource = answeredAs(
  'RegisteredSource',
  z.object({
    id: answer.idOf('source'),
    textSha256: z.string(),
    revision: z.int().min(1),
    position: answer.position,
  } satisfies answer.EachOf<RegisteredSource>),
);
export const source = answeredAs('Source', sourceItemShape);
export const sourceText = answeredAs('SourceText', sourceTextShape);
