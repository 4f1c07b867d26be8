import { z } from 'zod';
import { readReason } from '../../register/correction.ts';
import { usual } from '../../register/kind.ts';
import { reasonText } from '../../values/shapes.ts';
import { partyChange } from './kind.ts';
import { ofWho } from './merge-party.ts';

const shape = z
  .strictObject({ reason: reasonText.describe('Why') })
  .describe('A merge is taken back: the party is one of its own again. Of a person it takes two approvals');

/** A merge is taken back. */
export const unmergeParty = partyChange({
  ...usual,
  kind: 'unmerge_party',
  event: 'PartyUnmerged',
  alone: true,
  sent: shape,
  read: z.object({ reason: readReason }),
  stored: shape,
  applied: shape,
  resolve: (change) => change,
  check: ({ mergedInto }, report) => {
    if (mergedInto === null) report('', 'takes back a merge, but the party is not merged', 'AggregateState');
  },
  keys: () => ({ reads: [], writes: ['status'] }),
  data: ({ reason }) => ({ reason }),
  does: 'it takes a merge back',
  causes: ofWho,
  document: ({ kind, reason }) => ({ kind, reason: reason ?? null }),
});
