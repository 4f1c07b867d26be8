import {
  allKeysIn,
  type DomainEvent,
  evolveParty,
  type Incident,
  indexPrivateNames,
  initialParty,
  isPrivatePerson,
  nameKeys,
  type Party,
  type PrivateNames,
  type PrivatePerson,
  type PrivateWord,
  type Problem,
  partiesNamed,
  privateWords,
  type refuse,
  refuseFor,
  type Warning,
  type Words,
} from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { LRUCache } from 'lru-cache';
import type { Coming, FactReader } from './facts.ts';
import { readEvents } from './folds.ts';

/** Private persons with one of these keys of names (`allKeysIn`). Read from a model, so it may be late. */
export type FindPrivate = (keys: readonly string[]) => Promise<readonly string[]>;

/**
 * The people who are looked for in what an edit says. `known`: private persons whom it names by their ids, or the incident's record does, or of whom reviewers
 * have said that they are private. `others`: whom nobody but who registered them says to be private, and who shares a surname with a public person who is named.
 */
export type PeopleNamed = { known: PrivateNames | null; others: PrivateNames | null };

/** Names of private persons in what an edit says, by the register as it is at the head of the log. */
export type PrivateNamesOf = {
  of(
    incident: Pick<Incident, 'fields' | 'claims' | 'disputes' | 'proceedings' | 'rulings'>,
    named: unknown,
    words: readonly Words[],
    coming?: Coming,
  ): Promise<PeopleNamed>;
};

/** The person under all names that the events ever gave it; null where there is none that was not erased. */
const personIn = (party: string, names: readonly (string | undefined)[]): PrivatePerson | null => {
  const [name, ...aliases] = new Set(names.filter((each) => each !== undefined));
  return name === undefined ? null : { party, name, aliases };
};
const namesOf = ({ fields }: Party): (string | undefined)[] => [fields?.name, ...(fields?.aliases ?? [])];

type Called = { state: Party; person: PrivatePerson | null };
const isPrivate = ({ state: { fields } }: Called): boolean => fields !== null && isPrivatePerson(fields);
const indexed = (called: readonly Called[]): PrivateNames | null => {
  const found = called.flatMap(({ person }) => person ?? []);
  return found.length === 0 ? null : indexPrivateNames(found);
};

type Tools = { log: EventLog<DomainEvent>; facts: Pick<FactReader, 'parties'>; findPrivate: FindPrivate };

export const createPrivateNames = ({ log, facts, findPrivate }: Tools): PrivateNamesOf => {
  const held = new LRUCache<string, { revision: number; person: PrivatePerson | null }>({ max: 2000 });

  /** A person under all names; null of what is none. */
  const calledOf = async (id: string): Promise<Called> => {
    const { state, revision } = await facts.parties.fresh(id);
    if (state.fields?.kind !== 'person') return { state, person: null };
    const known = held.get(id);
    if (known?.revision === revision) return { state, person: known.person };
    let party = initialParty();
    const names = (await readEvents(log, id, 0, { texts: true })).flatMap((event) => {
      party = evolveParty(party, event);
      return namesOf(party);
    });
    const person = personIn(id, names);
    held.set(id, { revision, person });
    return { state, person };
  };

  return {
    of: async ({ fields, claims, disputes, proceedings, rulings }, named, words, coming) => {
      const keys = [...allKeysIn(words.map(({ text }) => text))];
      const finding = keys.length === 0 ? [] : findPrivate(keys);
      const ids = [fields, claims, disputes, proceedings, rulings, named].reduce<Set<string>>(
        (all, one) => partiesNamed(one, all),
        new Set(),
      );
      for (const id of coming?.parties.keys() ?? []) ids.add(id);
      const own = [...ids].map((id): Called | Promise<Called> => {
        const state = coming?.parties.get(id)?.state;
        return state === undefined ? calledOf(id) : { state, person: personIn(id, namesOf(state)) };
      });
      const [used, found] = await Promise.all([Promise.all(own), finding]);
      const others = (await Promise.all(found.filter((id) => !ids.has(id)).map(calledOf))).filter(isPrivate);
      // Where a public person is named, a surname is theirs.
      const theirs = new Set(used.filter((one) => !isPrivate(one)).flatMap(({ person }) => (person === null ? [] : nameKeys(person))));
      const isMeant = ({ state, person }: Called): boolean =>
        state.privacyConfirmed && person !== null && !nameKeys(person).some((key) => theirs.has(key));
      return {
        known: indexed([...used.filter(isPrivate), ...others.filter(isMeant)]),
        others: indexed(others.filter((one) => !isMeant(one))),
      };
    },
  };
};

/** Refuses words that name a private person; null where none does. Reasons are told of, and refuse nothing. */
export const refusePrivate = ({ known }: PeopleNamed, words: readonly Words[]): ReturnType<typeof refuse> | null => {
  const own = words.filter(({ isReason }) => !isReason);
  const [first, ...others] = wordsWith(known, own).map(problemOf);
  return first === undefined ? null : refuseFor([first, ...others]);
};

const wordsWith = (names: PrivateNames | null, words: readonly Words[]): PrivateWord[] =>
  names === null ? [] : privateWords(names, words);

const problemOf = ({ pointer, spans, parties }: PrivateWord): Problem => ({
  code: 'PrivateName',
  pointer,
  message: `names ${parties.join(' and ')}, who is private: say the role, as the public reads it`,
  spans,
});

const warningOf =
  (who: string) =>
  ({ pointer, parties }: PrivateWord): Warning => ({ pointer, code: 'private_name', message: `names ${parties.join(' and ')}, ${who}` });

/**
 * Tells of reasons and rationales that name a private person: reviewers and auditors read them, and some of them the public. And of all words that name somebody
 * of whom nobody but who registered them says that they are private.
 */
export const warnedNames = ({ known, others }: PeopleNamed, words: readonly Words[]): Warning[] => [
  ...wordsWith(
    known,
    words.filter(({ isReason }) => isReason),
  ).map(warningOf('who is private')),
  ...wordsWith(others, words).map(warningOf('who is registered as private: where it is this person, say the role')),
];
