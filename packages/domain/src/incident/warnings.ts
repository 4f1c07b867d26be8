import type { Warning } from '../rules/contradictions.ts';
import { type Change, kindOf } from './changes/index.ts';
import { usual } from './changes/kind.ts';
import { applicationOrder } from './check.ts';
import { placesIn } from './proposal.ts';
import type { Claim } from './things/claim.ts';

/** The claims of the record that the warnings of an edit look at. */
export const claimsWarnedOf = (changes: readonly Change[]): string[] => [
  ...new Set(
    changes.flatMap((change) => {
      const kind = kindOf(change);
      return kind.tells === usual.tells ? [] : (kind.actsOn(change) ?? []);
    }),
  ),
];

/**
 * Where an edit contradicts itself, in the order in which its changes apply. `claimOf`: the claims that `claimsWarnedOf` names, with their texts, as they stand before the
 * edit. Of a text that is absent nothing is told.
 */
export const warningsOf = (changes: readonly Change[], claimOf: (id: string) => Claim | undefined, asChanges = false): Warning[] => {
  const found: Warning[] = [];
  const at = placesIn(changes, (change) => kindOf(change).within, asChanges);
  const over = new Map<string, Claim>();
  const claims = { get: (id: string) => over.get(id) ?? claimOf(id), set: (id: string, claim: Claim) => void over.set(id, claim) };
  for (const index of applicationOrder(changes)) {
    const change = changes[index];
    if (change)
      kindOf(change).tells(
        change,
        claims,
        (pointer, code, message) => void found.push({ pointer: `${at(index)}${pointer}`, code, message }),
      );
  }
  return found;
};
