import { pointerOf } from '../log/erasure.ts';
import { type PrivateNames, privateNamesIn } from '../names/private-names.ts';
import { isTypeId } from '../values/ids.ts';

/** Where what an edit says in words of the record's own names private persons. Quotes are others' words: they are shown without the names. */

export type Words = { pointer: string; text: string; isReason: boolean };
export type PrivateWord = { pointer: string; spans: { start: number; end: number }[]; parties: string[]; isReason: boolean };

/** What the record says of itself, wherever it stands: it is public. */
const said: ReadonlySet<string> = new Set(['title', 'statement', 'summary', 'grounds', 'note', 'dateText']);
/** Of these, every text within. */
const saidWithin: ReadonlySet<string> = new Set(['place', 'scope', 'value']);
/** Words of others, and what parties are called: they are shown without the names, or not at all. */
const ofOthers: ReadonlySet<string> = new Set(['citations', 'sources', 'parties']);
/** Why something is done: for those who review it. */
const reasons: ReadonlySet<string> = new Set(['reason', 'rationale']);

/** The words in JSON that was sent, or in changes as they are stored. `pointer`: where it stands. */
export const wordsIn = (json: unknown, pointer = '', isSaid = false): Words[] => {
  if (json === null || typeof json !== 'object') return [];
  return Object.entries(json).flatMap(([name, value]) => {
    const at = `${pointer}${pointerOf([name])}`;
    if (typeof value !== 'string') return ofOthers.has(name) ? [] : wordsIn(value, at, isSaid || saidWithin.has(name));
    if (reasons.has(name)) return [{ pointer: at, text: value, isReason: true }];
    return isSaid || said.has(name) ? [{ pointer: at, text: value, isReason: false }] : [];
  });
};

/** The parties that JSON names by their ids: a state's record, what was sent, changes as they are stored. */
export const partiesNamed = (json: unknown, found: Set<string> = new Set()): Set<string> => {
  if (typeof json === 'string') {
    if (isTypeId('party', json)) found.add(json);
  } else if (json instanceof Map || json instanceof Set) for (const value of json.values()) partiesNamed(value, found);
  else if (json !== null && typeof json === 'object') for (const value of Object.values(json)) partiesNamed(value, found);
  return found;
};

/** Those of the words that name one of these people, each with the places of the names in code points. */
export const privateWords = (names: PrivateNames, words: readonly Words[]): PrivateWord[] =>
  words.flatMap(({ pointer, text, isReason }) => {
    const found = privateNamesIn(names, text);
    if (found.length === 0) return [];
    return [
      {
        pointer,
        spans: found.map(({ start, end }) => ({ start, end })),
        parties: [...new Set(found.map(({ party }) => party))],
        isReason,
      },
    ];
  });
