import {
  type Change,
  type DomainEvent,
  type EditVersion,
  type EnteredQuote,
  evolveParty,
  evolveSource,
  type Facts,
  type Incident,
  incidentsNeeded,
  initialParty,
  initialSource,
  type NewEvent,
  type Parties,
  type Party,
  type PartyFacts,
  partiesNamed,
  partiesNeeded,
  partyFacts,
  quotesByPlace,
  type RegisterFacts,
  returning,
  type SentChange,
  type Source,
  sourceFacts,
  sourcesCited,
  takeMergeBack,
  type Vocabulary,
} from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { kept } from '@averment/platform';
import { createFolds, type Fold, type Folds, readToFold } from './folds.ts';
import type { ReadPolicy } from './policy.ts';

/** The facts for one decision: each stream is asked for once, however often it is needed. */
export type Facing = {
  /** Begins to read what these changes name, so that all of it goes into one statement. What it misses is read when it is needed. */
  begin(sent: readonly SentChange[]): void;
  source(id: string): Promise<Fold<Source>>;
  /** The parties and all their ancestors and survivors. */
  partiesOf(ids: readonly string[]): Promise<Parties>;
  /** What a decision on these changes of the incident needs, but for a vote. */
  factsFor(changes: readonly Change[], state: Incident): Promise<Facts>;
  /** The same for a vote on an edit: also whose privacy was reviewed, what is quoted of its sources, and what comes back where it takes a merge back. */
  factsForVote(edit: Pick<EditVersion, 'changes' | 'quotes'>, state: Incident, asked: { command: string; edit: number }): Promise<Facts>;
  /** What a decision on these sources and parties needs; for a vote on an edit of a party also whether its privacy was reviewed. */
  registerFacts(needs: { parties: readonly string[]; sources: readonly string[] }, voted?: Party): Promise<RegisterFacts>;
};

/** Of these parties, the positions at which an edit that used them was last applied with two approvals. Read from a model, so it may be late. */
export type FindReviewed = (parties: readonly string[]) => Promise<ReadonlyMap<string, bigint>>;

/** Of these sources, the quotes that are on record, in the order in which they entered. Likewise. */
export type FindQuotes = (sources: readonly string[]) => Promise<ReadonlyMap<string, readonly EnteredQuote[]>>;

/** What decisions need to know beside their own stream, read from the log as it is now. Calls of the same turn share their statements. */
export type FactReader = {
  sources: Folds<Source>;
  parties: Folds<Party>;
  /** Of any incident, to know how it is: a command on one has folds of its own. */
  incidents: Folds<Incident>;
  /** The party that it is said to be: itself where it is not merged. */
  survivorOf(party: Fold<Party>): Promise<Fold<Party>>;
  /** `coming`: sources and parties that are decided with what asks, as they will be; they are not written yet. */
  facing(coming?: Coming): Facing;
};

/** Sources and parties that come with a request, by id. */
export type Coming = { sources: ReadonlyMap<string, Fold<Source>>; parties: ReadonlyMap<string, Fold<Party>> };

/** Two who make somebody public have reviewed that: the event that said so last is the one that they approved. */
const isReviewed = (reviewed: bigint | undefined, said: bigint | null): boolean => reviewed !== undefined && reviewed >= (said ?? 0n);

/** As long as a decision takes. */
const forEver = { fresh: Number.POSITIVE_INFINITY };

export const createFactReader = (options: {
  log: EventLog<DomainEvent>;
  vocabulary: Vocabulary;
  readPolicy: ReadPolicy;
  findReviewed: FindReviewed;
  findQuotes: FindQuotes;
  /** Not the folds that commands decide on: those move only in turn, while any command may ask for the status of any other incident. */
  others: Folds<Incident>;
  budget: number;
}): FactReader => {
  const { log, vocabulary, readPolicy, findReviewed, findQuotes, others, budget } = options;
  const sources = createFolds({ log, initial: initialSource, evolve: evolveSource, budget });
  const parties = createFolds({ log, initial: initialParty, evolve: evolveParty, budget });

  const facing = (coming?: Coming): Facing => {
    const source = kept(async (id: string) => coming?.sources.get(id) ?? sources.fresh(id), forEver);
    const party = kept(async (id: string) => coming?.parties.get(id) ?? parties.fresh(id), forEver);

    const begin = (sent: readonly SentChange[]) => {
      const wanted = partiesNamed(sent);
      // Ancestors that are known already are read with the rest; whether they still are ancestors is read with them.
      for (const id of wanted) {
        const parent = parties.held(id)?.state.fields?.parent;
        if (parent) wanted.add(parent);
        party(id).catch(() => undefined);
      }
      for (const id of sourcesCited(sent)) source(id).catch(() => undefined);
    };

    const partiesOf = async (ids: readonly string[]): Promise<Parties> => {
      const found = new Map<string, PartyFacts | undefined>();
      for (let wanted = [...new Set(ids)]; wanted.length > 0; ) {
        const folds = await Promise.all(wanted.map(party));
        for (const [index, id] of wanted.entries()) found.set(id, folds[index] && partyFacts(folds[index].state));
        const next = wanted.flatMap((id) => [found.get(id)?.parent, found.get(id)?.mergedInto].filter((at) => typeof at === 'string'));
        wanted = [...new Set(next)].filter((id) => !found.has(id));
      }
      return (id) => found.get(id);
    };

    const sourcesOf = async (ids: readonly string[]): Promise<Facts['sources']> => {
      const found = new Map(await Promise.all(ids.map(async (id) => [id, sourceFacts((await source(id)).state)] as const)));
      return (id) => found.get(id);
    };

    const incidentsOf = async (ids: readonly string[]): Promise<Facts['incidents']> => {
      const folds = await Promise.all(ids.map(async (id) => [id, (await others.fresh(id)).state] as const));
      const found = new Map(
        folds.map(([id, { status, distinctFrom, fields }]) => [
          id,
          status === 'none' ? undefined : { status, distinctFrom, timeZone: fields?.occurred?.timeZone ?? null },
        ]),
      );
      return (id) => found.get(id);
    };

    const factsFor = async (changes: readonly Change[], state: Incident): Promise<Facts> => {
      const [policy, known, cited, incidents] = await Promise.all([
        readPolicy(),
        partiesOf(partiesNeeded(changes, state)),
        sourcesOf(sourcesCited(changes)),
        incidentsOf(incidentsNeeded(changes)),
      ]);
      return { vocabulary, policy, parties: known, privacyReviewed: () => false, sources: cited, incidents };
    };

    const quotedFrom = async (sources: readonly string[]): Promise<Facts['quoted']> => {
      const found: Awaited<ReturnType<FindQuotes>> = sources.length === 0 ? new Map() : await findQuotes(sources);
      return (source) => found.get(source) ?? [];
    };

    /** What the survivors' streams say of the incident's things, the nearest first. */
    const returnedTo = async ({ id, mergedInto }: Incident, asked: { command: string; edit: number }): Promise<NewEvent[]> => {
      const found: NewEvent[] = [];
      const seen = new Set([id]);
      for (let at = mergedInto; at !== null && !seen.has(at); at = (await others.fresh(at)).state.mergedInto) {
        seen.add(at);
        found.push(...returning(await readToFold(log, at, 0, { texts: true }), { from: id ?? '', ...asked }));
      }
      return found;
    };

    const factsForVote: Facing['factsForVote'] = async ({ changes, quotes }, state, asked) => {
      const sources = [...new Set((quotes ?? quotesByPlace(changes)).map(({ source }) => source))];
      const unmerges = takeMergeBack(changes);
      const [known, quoted, returned] = await Promise.all([
        factsFor(changes, state),
        quotedFrom(sources),
        unmerges ? returnedTo(state, asked) : [],
      ]);
      const facts = { ...known, mayNameMerged: true, mayReverse: true, quoted, returned };
      const people = partiesNeeded(changes, state).filter((id) => facts.parties(id)?.kind === 'person' && !facts.parties(id)?.private);
      if (people.length === 0) return facts;
      const reviewed = await findReviewed(people);
      const folds = new Map(await Promise.all(people.map(async (id) => [id, (await party(id)).state] as const)));
      const privacyReviewed = (id: string): boolean => isReviewed(reviewed.get(id), folds.get(id)?.privacySaid ?? null);
      return { ...facts, privacyReviewed };
    };

    const registerFacts: Facing['registerFacts'] = async (needs, voted) => {
      const isPublicPerson = voted?.fields?.kind === 'person' && !voted.fields.private;
      const [policy, known, cited, reviewed] = await Promise.all([
        readPolicy(),
        partiesOf(needs.parties),
        sourcesOf(needs.sources),
        isPublicPerson ? findReviewed([voted.id ?? '']) : new Map<string, bigint>(),
      ]);
      const privacyReviewed = (id: string): boolean => id === voted?.id && isReviewed(reviewed.get(id), voted.privacySaid);
      return { policy, parties: known, sources: cited, privacyReviewed };
    };

    return { begin, source, partiesOf, factsFor, factsForVote, registerFacts };
  };

  const survivorOf: FactReader['survivorOf'] = async (party) => {
    let found = party;
    for (const seen = new Set<string>(); found.state.mergedInto !== null && !seen.has(found.state.mergedInto); ) {
      seen.add(found.state.mergedInto);
      found = await parties.fresh(found.state.mergedInto);
    }
    return found;
  };

  return { sources, parties, incidents: others, survivorOf, facing };
};
