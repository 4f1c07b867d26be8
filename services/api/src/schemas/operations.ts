import { z } from 'zod';
import { writtenEvent } from './record.ts';
import { answeredAs } from './registry.ts';

const nearest = z
  .object({ start: z.int(), end: z.int(), exact: z.string() })
  .describe(
    'quote-not-found: the passage of the text that comes nearest, with its offsets in code points. It is never taken for the quote',
  );

export const problem = answeredAs(
  'Problem',
  z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z
      .array(
        z.object({
          pointer: z.string(),
          message: z.string(),
          offsets: z.array(z.int()).optional().describe('quote-ambiguous: where it stands, in code points'),
          nearest: nearest.optional(),
        }),
      )
      .describe('JSON Pointers into the body, or `/query/<name>`, `/header/<name>`'),
    traceId: z.string(),
    events: z.array(writtenEvent).optional().describe('edit-outdated: what was recorded in between'),
    existing: z.string().optional().describe('source-exists, looks-alike: the id'),
    lease: z.object({ holder: z.string(), until: z.string() }).optional().describe('lease-held: whose it is'),
  }),
  'RFC 9457',
);
export const problemKind = answeredAs(
  'ProblemKind',
  z.object({ type: z.string(), code: z.string(), status: z.int(), title: z.string(), about: z.string() }),
);
export const health = answeredAs('Health', z.object({ status: z.string(), reasons: z.array(z.string()), warnings: z.array(z.string()) }));
