import type { Restrictions } from '../erasure/restricted.ts';
import type { Review } from '../review/edit.ts';
import type { PartyChange } from './changes/index.ts';
import type { FormerName, RegisteredParty } from './shapes.ts';

/** What a party's stream says of the party. */
export type PartyRecord = {
  id: string | null;
  /** As corrected. Texts that were erased or not asked for are absent. */
  fields: RegisteredParty | null;
  /** The names that it had for a time, in the order in which that was said. */
  formerNames: FormerName[];
  /** Since when it has the name that it has; null where nobody said. */
  namedSince: string | null;
  /** Position of the event that last said whether it is private, and why not: what reviewers approved before that, they approved of something else. */
  privacySaid: bigint | null;
  /** Whether reviewers have said that it is private: whoever registers a party may say so alone. */
  privacyConfirmed: boolean;
  /** The party that it is said to be, under another name. */
  mergedInto: string | null;
  /** Those that are said to be this one, each with the revision of its stream that decided it. */
  absorbed: Map<string, number>;
  /** When it was registered. */
  recordedAt: string | null;
  /** 1 once it is registered, one more with each edit that is applied. */
  version: number;
  /** The texts that a decision keeps from all but reviewers and auditors. */
  restricted: Restrictions;
};

/** The state of a party's stream: the party, and the review of its edits. */
export type Party = PartyRecord & Review<PartyChange>;
