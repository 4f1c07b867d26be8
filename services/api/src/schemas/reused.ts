import type { Reused } from '@averment/commands';
import { answer } from '@averment/domain';
import { z } from 'zod';

export const aboutReused =
  'Of the sources and parties that came with it those that were registered before, by address and text or by `externalId`: they are taken as they are';
/** One that was registered before. */
export const reused = z.object({
  ref: z.string().describe('Its ref in this request'),
  id: z.string().describe('The source or party'),
  differs: answer.strings.describe(
    'JSON Pointers into what was sent of it, to what is something else in what is registered now, or is not there: none of that was recorded',
  ),
} satisfies answer.EachOf<Reused>);
