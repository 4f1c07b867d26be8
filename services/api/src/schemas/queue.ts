import { changeKinds } from '@averment/domain';
import { z } from 'zod';
import { exactly, flag, pathId, region, words } from './parameters.ts';
import { answeredAs, sentAs } from './registry.ts';

/** What the queue is filtered by, in a query and in a body. */

const kinds = changeKinds.map(({ kind }) => kind);

const filtersWith = <B extends z.ZodType<boolean>>(boolean: B) => ({
  state: z
    .enum(['open', 'in_review', 'all', 'submitted', 'changes_requested', 'applied', 'rejected', 'withdrawn'])
    .optional()
    .describe('In which state; `open` without it. `in_review`: somebody holds a lease now'),
  q: words(500)
    .optional()
    .describe(
      'Words of the incident’s title, of the rationale, and of what the changes say in words of the record’s own: statements, grounds, summaries, reasons. They are taken as in `q` of `/v1/incidents`',
    ),
  incident: pathId('incident').optional().describe('Of this incident, and of those that are merged into it'),
  kind: z.enum(kinds).optional().describe('A kind of change that it holds'),
  priority: z.enum(['high', 'normal']).optional().describe('How urgent it is'),
  holder: exactly(200).optional().describe('Who is at work on it: a subject, `me` or `none`'),
  author: exactly(200).optional().describe('Who submitted it: a subject or `me`'),
  region: region.optional(),
  waitingFor: z.enum(['reviewer', 'author']).optional().describe('Who has to act next'),
  decidable: boolean
    .optional()
    .describe(
      'Whether the caller may approve it now: it waits for a reviewer, and the caller neither wrote a version of it nor has a vote on the current one, nor is recused from it',
    ),
  outdated: boolean.optional().describe('Whether it cannot be approved as it is'),
});

const savedName = words(100);
const view = savedName.optional().describe('A view that the caller saved: its filters hold where no other value is sent');

export const queryFilters = { ...filtersWith(flag), view };
export const viewQuery = z.strictObject({ view });
export const viewPath = z.strictObject({ name: savedName.describe('The name of the view: a word of the caller’s own') });

const filters = z.strictObject(filtersWith(z.boolean()));
/** What is saved may come from an earlier version, which knew other words. */
export const savedFilters = filters;
export const savedViewBody = sentAs(
  'SentView',
  z.strictObject({ filters: filters.describe('As the parameters of the queue') }),
  'Filters of the queue, to be saved',
);
export const nextRequest = sentAs(
  'NextRequest',
  z
    .strictObject({ filters: filters.extend({ view }).default({}).describe('As the parameters of the queue; all that waits without them') })
    .prefault({}),
  'Which of the edits that wait; may be left out',
);
export const savedView = answeredAs(
  'SavedView',
  z.object({
    name: z.string().describe('The name of the view'),
    filters: z.record(z.string(), z.union([z.string(), z.boolean()])).describe('The filters, as they were sent'),
  }),
  'A view of the queue that the caller saved',
);
