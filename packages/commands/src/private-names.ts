import {
  type DomainEvent,
  evolveParty,
  type Incident,
  indexPrivateNames,
  initialParty,
  isPrivatePerson,
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

/** Names of private persons in what an edit says, by the register as it is at the head of the log. */
export type PrivateNamesOf = {
  /** The people whose names an edit may not say: private persons that it names itself, or that the incident's record names. */
  of(
    incident: Pick<Incident, 'fields' | 'claims' | 'disputes' | 'proceedings' | 'rulings'>,
    named: unknown,
    coming?: Coming,
  ): Promise<PrivateNames | null>;
};

const isPrivateParty = ({ fields }: Party): boolean => fields !== null && isPrivatePerson(fields);

/** The person under all names that the events ever gave it; null where there is none that was not erased. */
const personIn = (party: string, names: readonly (string | undefined)[]): PrivatePerson | null => {
  const [name, ...aliases] = new Set(names.filter((each) => each !== undefined));
  return name === undefined ? null : { party, name, aliases };
};
const namesOf = ({ fields }: Party): (string | undefined)[] => [fields?.name, ...(fields?.aliases ?? [])];

export const createPrivateNames = ({ log, facts }: { log: EventLog<DomainEvent>; facts: Pick<FactReader, 'parties'> }): PrivateNamesOf => {
  const held = new LRUCache<string, { revision: number; person: PrivatePerson | null }>({ max: 2000 });

  const personOf = async (id: string): Promise<PrivatePerson | null> => {
    const { state, revision } = await facts.parties.fresh(id);
    if (!isPrivateParty(state)) return null;
    const known = held.get(id);
    if (known?.revision === revision) return known.person;
    let party = initialParty();
    const names = (await readEvents(log, id, 0, { texts: true })).flatMap((event) => {
      party = evolveParty(party, event);
      return namesOf(party);
    });
    const person = personIn(id, names);
    held.set(id, { revision, person });
    return person;
  };

  return {
    of: async ({ fields, claims, disputes, proceedings, rulings }, named, coming) => {
      const ids = [fields, claims, disputes, proceedings, rulings, named].reduce<Set<string>>(
        (all, one) => partiesNamed(one, all),
        new Set(),
      );
      for (const id of coming?.parties.keys() ?? []) ids.add(id);
      const found = await Promise.all(
        [...ids].map((id) => {
          const own = coming?.parties.get(id);
          if (own === undefined) return personOf(id);
          return isPrivateParty(own.state) ? personIn(id, namesOf(own.state)) : null;
        }),
      );
      const people = found.filter((person) => person !== null);
      return people.length === 0 ? null : indexPrivateNames(people);
    },
  };
};

/** Refuses words that name a private person; null where none does. Reasons are told of, and refuse nothing. */
export const refusePrivate = (names: PrivateNames | null, words: readonly Words[]): ReturnType<typeof refuse> | null => {
  const own = words.filter(({ isReason }) => !isReason);
  const [first, ...others] = names === null ? [] : privateWords(names, own).map(problemOf);
  return first === undefined ? null : refuseFor([first, ...others]);
};

const problemOf = ({ pointer, spans, parties }: PrivateWord): Problem => ({
  code: 'PrivateName',
  pointer,
  message: `names ${parties.join(' and ')}, who is private: say the role, as the public reads it`,
  spans,
});

/** Reasons and rationales that name a private person: reviewers and auditors read them, and some of them the public. */
export const warnedNames = (names: PrivateNames | null, words: readonly Words[]): Warning[] =>
  names === null
    ? []
    : privateWords(
        names,
        words.filter(({ isReason }) => isReason),
      ).map(({ pointer, parties }) => ({
        pointer,
        code: 'private_name',
        message: `names ${parties.join(' and ')}, who is private`,
      }));
