import type { Review } from '../review/edit.ts';
import type { PartyChange } from './changes/index.ts';
import type { RegisteredParty } from './shapes.ts';

/** What a party's stream says of the party. */
export type PartyRecord = {
  id: string | null;
  /** As corrected. Texts that were erased or not asked for are absent. */
  fields: RegisteredParty | null;
  /** Position of the event that last said whether it is private, and why not: what reviewers approved before that, they approved of something else. */
  privacySaid: bigint | null;
  /** When it was registered. */
  recordedAt: string | null;
  /** 1 once it is registered, one more with each edit that is applied. */
  version: number;
};

/** The state of a party's stream: the party, and the review of its edits. */
export type Party = PartyRecord & Review<PartyChange>;
