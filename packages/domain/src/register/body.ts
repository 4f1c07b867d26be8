import { z } from 'zod';
import { partyChanges } from '../party/changes/index.ts';
import { sourceChanges } from '../source/changes/index.ts';
import { rationale } from '../values/shapes.ts';

const bodyOf = <C>(what: string, change: z.ZodType<C>) =>
  z.strictObject({
    baseRevision: z.int().min(1).describe(`The \`version\` of the ${what} that the edit was made from`),
    rationale: rationale.describe('Why: for the reviewers'),
    changes: z.array(change).min(1).max(10).describe('What it changes: of each kind of change one'),
  });

/** Body of `POST /v1/sources/{id}/edits`. */
export const sourceEditBody = bodyOf('source', sourceChanges.sentChange);
/** Body of `POST /v1/parties/{id}/edits`. */
export const partyEditBody = bodyOf('party', partyChanges.sentChange);
export type SourceEditBody = z.output<typeof sourceEditBody>;
export type PartyEditBody = z.output<typeof partyEditBody>;
