import { kindsOf } from '../../register/kind.ts';
import type { PartyRecord } from '../state.ts';

/** Defines one kind of change of a party. */
export const partyChange = kindsOf<PartyRecord>();
