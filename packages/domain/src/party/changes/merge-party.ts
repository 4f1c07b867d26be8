import { z } from 'zod';
import type { Cause } from '../../policy/rules.ts';
import { readReason } from '../../register/correction.ts';
import { usual } from '../../register/kind.ts';
import { reasonText, typeId } from '../../values/shapes.ts';
import { idOf } from '../../views/documents/parts.ts';
import { checkSurvivor, isPerson } from '../checks.ts';
import type { PartyRecord } from '../state.ts';
import { partyChange } from './kind.ts';

const into = typeId('party').describe('The other party');
const shape = z
  .strictObject({ into, reason: reasonText.describe('How one knows') })
  .describe(
    'The party is another one, under another name: both are one voice from then on. Claims keep the party that they name. Of a person it takes two approvals',
  );

/** Who somebody is takes two to say, and two to take back. */
export const ofWho = (_: unknown, { fields }: PartyRecord): Cause[] =>
  fields !== null && isPerson(fields.kind) ? ['holds.whoAPersonIs'] : [];

/** The party is another one, under another name. */
export const mergeParty = partyChange({
  ...usual,
  kind: 'merge_party',
  event: 'PartyMerged',
  alone: true,
  sent: shape,
  read: z.object({ into: idOf('party').describe('The other party'), reason: readReason }),
  stored: shape,
  applied: shape,
  resolve: (change) => change,
  check: ({ id, fields }, report, { into }, { parties }) => {
    if (fields === null) return;
    for (const { code, pointer, message } of checkSurvivor({ id, ...fields }, into, parties)) report(pointer, message, code);
  },
  // Whoever merges it has read who it is.
  keys: () => ({ reads: ['privacy', 'field:name'], writes: ['status'] }),
  data: ({ into, reason }) => ({ into, reason }),
  does: 'it merges the party',
  causes: ofWho,
  asks: ({ into }) => ({ parties: [into], sources: [] }),
  document: ({ kind, into, reason }) => ({ kind, into, reason: reason ?? null }),
});
