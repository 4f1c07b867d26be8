import { z } from 'zod';

/** How many of an author's edits are looked at, the latest first. */
export const lastEdits = 200;
/** How many of them were applied, and how many rejected. */
export const tallyShape = z.strictObject({ applied: z.int().min(0), rejected: z.int().min(0) });
export type Tally = z.output<typeof tallyShape>;
