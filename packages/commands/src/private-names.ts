import {
  type DomainEvent,
  evolveParty,
  type Incident,
  indexPrivateNames,
  initialParty,
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

const personIn = ({ id, fields }: Party): PrivatePerson | null =>
  id !== null && fields !== null && fields.kind === 'person' && fields.private && fields.name !== undefined
    ? { party: id, name: fields.name, aliases: fields.aliases ?? [] }
    : null;

export const createPrivateNames = ({ log, facts }: { log: EventLog<DomainEvent>; facts: Pick<FactReader, 'parties'> }): PrivateNamesOf => {
  const held = new LRUCache<string, { revision: number; person: PrivatePerson | null }>({ max: 2000 });

  const personOf = async (id: string): Promise<PrivatePerson | null> => {
    const { state, revision } = await facts.parties.fresh(id);
    if (state.fields === null || state.fields.kind !== 'person' || !state.fields.private) return null;
    const known = held.get(id);
    if (known?.revision === revision) return known.person;
    const person = personIn((await readEvents(log, id, 0, { texts: true })).reduce(evolveParty, initialParty()));
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
          return own ? personIn(own.state) : personOf(id);
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
