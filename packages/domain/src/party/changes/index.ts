import { type ReadOf, type SentOf, type StoredOf, tableOf } from '../../register/kind.ts';
import type { PartyRecord } from '../state.ts';
import { correctParty } from './correct-party.ts';
import { mergeParty } from './merge-party.ts';
import { renameParty } from './rename-party.ts';
import { setPrivacy } from './set-privacy.ts';
import { unmergeParty } from './unmerge-party.ts';

const kinds = [correctParty, renameParty, setPrivacy, mergeParty, unmergeParty] as const;
/** A change of a party as an edit's version stores it, and as it is sent and read. */
export type PartyChange = StoredOf<(typeof kinds)[number]>;
export type SentPartyChange = SentOf<(typeof kinds)[number]>;
export type PartyChangeDocument = ReadOf<(typeof kinds)[number]>;

/** All kinds of change of a party. */
export const partyChanges = tableOf<PartyRecord, SentPartyChange, PartyChange, PartyChangeDocument, (typeof kinds)[number]>(kinds);
