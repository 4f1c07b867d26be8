import { answer } from '@averment/domain';
import { z } from 'zod';
import { writtenEvent } from './record.ts';
import { answeredAs } from './registry.ts';

const nearest = z
  .object({
    start: z.int().describe('Code points before it'),
    end: z.int().describe('Code points up to its end'),
    exact: z.string().describe('The passage'),
  })
  .describe(
    'quote-not-found: the passage of the text that comes nearest, with its offsets in code points. It is never taken for the quote',
  );

export const problem = answeredAs(
  'Problem',
  z.object({
    type: z.string().describe('What kind of problem it is: a path that tells more of it'),
    title: z.string().describe('The kind of problem in words'),
    status: z.int().describe('The status of the answer'),
    detail: z.string().describe('What is wrong here, and what to do'),
    errors: z
      .array(
        z.object({
          pointer: z.string().describe('What is meant'),
          message: z.string().describe('What is wrong with it'),
          offsets: z.array(z.int()).optional().describe('quote-ambiguous: where it stands, in code points'),
          spans: answer.spans.optional().describe('private-name: where the names stand'),
          nearest: nearest.optional(),
        }),
      )
      .describe('Each place that is wrong: JSON Pointers into the body, or `/query/<name>`, `/header/<name>`'),
    traceId: z.string().describe('By which the operator finds the request in the logs'),
    events: z.array(writtenEvent).optional().describe('edit-outdated: what was recorded in between'),
    existing: z.string().optional().describe('source-exists, looks-alike: the id'),
    lease: z
      .object({ holder: z.string().describe('Who holds it'), until: z.string().describe('Until when') })
      .optional()
      .describe('lease-held: whose it is'),
  }),
  'What is wrong with a request: RFC 9457',
);
export const problemKind = answeredAs(
  'ProblemKind',
  z.object({
    type: z.string().describe('As in a problem: the path of this description'),
    code: z.string().describe('Its name in the code'),
    status: z.int().describe('The status of answers of this kind'),
    title: z.string().describe('The kind of problem in words'),
    about: z.string().describe('When it happens, and what to do'),
  }),
  'What a kind of problem means',
);
export const health = answeredAs(
  'Health',
  z.object({
    status: z.string().describe('`ok`'),
    reasons: z.array(z.string()).describe('Why requests cannot be served; empty where they can'),
    warnings: z.array(z.string()).describe('What is missing meanwhile'),
  }),
  'How the service is',
);
