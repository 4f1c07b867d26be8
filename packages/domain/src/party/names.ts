import { dateTimeRange, dayRange } from '../values/time.ts';
import type { FormerName, Parties } from './shapes.ts';

/** What bodies were called when. */

/** The first day since 1970-01-01 that an EDTF date can mean. */
export const firstDay = (date: string): number => dayRange(date).lower;

const minutes = 24 * 60;
/** The first day of a date, or of a date and time. */
const dayOf = (when: string): number => Math.floor(dateTimeRange(when).lower / minutes);

const covers = ({ from, until }: FormerName, day: number): boolean =>
  (from === null || firstDay(from) <= day) && (until === null || day < firstDay(until));

/** The same parties under the names that they had on a day, in so far as it is known; what was said last of a time counts. Null: under their names of now. */
export const partiesOn = (parties: Parties, when: string | null): Parties => {
  if (when === null) return parties;
  const day = dayOf(when);
  return (id) => {
    const party = parties(id);
    const former = party?.formerNames?.findLast((each) => covers(each, day));
    return party === undefined || former === undefined ? party : { ...party, name: former.name ?? null };
  };
};

/** Former names as they are read. */
export const formerNamesDocument = (names: readonly FormerName[]): { name: string | null; from: string | null; until: string | null }[] =>
  names.map(({ name, from, until }) => ({ name: name ?? null, from, until }));
