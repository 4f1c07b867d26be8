import {
  type Approved,
  aggregateOf,
  type Change,
  type DecideEdit,
  decideIncident,
  decideParty,
  decideSource,
  type EditOf,
  type EditVersionOf,
  type Incident,
  type NewEvent,
  type Party,
  type PartyChange,
  type PersonOf,
  type RebaseEdit,
  type Recused,
  type RegisterFacts,
  type ReopenEdit,
  type Result,
  type Review,
  registerNeeds,
  reviewedParty,
  reviewedSource,
  type Source,
  type SourceChange,
  type SplitEdit,
  wordsIn,
} from '@averment/domain';
import { type Seeing, seenEdit, seenRegistered } from './access.ts';
import type { CommandResult } from './errors.ts';
import type { FactReader } from './facts.ts';
import type { Folds } from './folds.ts';
import type { Identifiers } from './identifiers.ts';
import type { Caller, Identity } from './identity.ts';
import { type PrivateNamesOf, refusePrivate } from './private-names.ts';

/** What edits are of: incidents, sources, parties. Everything that reviews them is the same; here is what differs. */

type Asked = { command: string; actor: string; edit: number; personOf: PersonOf };
type AskedToVote = Asked & { recused: Recused };
/** A vote, but for what its reviewer asks with. */
type Vote = Pick<DecideEdit<unknown>, 'ifMatch' | 'decision' | 'reason' | 'despiteComments'>;

/** What is said anew of what an edit says, as it says it. */
type AgainCommand<C> = ({ kind: 'rebase' } & RebaseEdit<C>) | ({ kind: 'reopen' } & ReopenEdit<C>) | ({ kind: 'split' } & SplitEdit<C>);
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** The same, but for what is asked with. */
export type Again = Without<AgainCommand<unknown>, keyof AskedToVote>;

export type ReviewedAggregate<S extends Review<unknown>, C> = {
  folds: Folds<S>;
  /** The edit, where the caller may see that there is one. */
  seenEdit(state: S, edit: number, who: Seeing): CommandResult<EditOf<C>>;
  /** Reads what a vote on this version needs to know. Answers what decides it; `version` is the current one with its texts, null where one is erased, or nobody approves. */
  voting(
    state: S,
    current: EditVersionOf<C> | undefined,
    asked: AskedToVote,
    version: Promise<Approved<C> | null>,
  ): Promise<(vote: Vote & { version: Approved<C> | null }) => Result<NewEvent[]>>;
  /** Reads what it needs to know to say this version anew on the state as it is. Answers what decides it. */
  again(state: S, current: EditVersionOf<C> | undefined, asked: AskedToVote): Promise<(command: Again) => Result<NewEvent[]>>;
  /** What is done before these events of a vote are written, and may stand against them. */
  before(state: S, events: readonly NewEvent[], by: { caller: Caller; identity: Identity }): Promise<CommandResult<null>>;
};
/** One of them, of which nobody asks which. */
export type AnyReviewed = ReviewedAggregate<Review<unknown>, unknown>;
/** By the name of a stream. */
export type ReviewedOf = (stream: string) => AnyReviewed;

type Tools = {
  facts: FactReader;
  incidents: Folds<Incident>;
  sources: Folds<Source>;
  parties: Folds<Party>;
  identifiers: Identifiers;
  privateNames: PrivateNamesOf;
};
const nothingBefore = async () => ({ ok: true, value: null }) as const;

export const createReviewedOf = ({ facts, incidents, sources, parties, identifiers, privateNames }: Tools): ReviewedOf => {
  const incident: ReviewedAggregate<Incident, Change> = {
    folds: incidents,
    seenEdit,
    voting: async (state, current, asked, version) => {
      const changes = current?.changes ?? [];
      const said = version.then((whole) => wordsIn({ changes: whole?.changes ?? [] }));
      const [known, words, names] = await Promise.all([
        facts.facing().factsForVote(current ?? { changes: [], quotes: [] }, state, asked),
        said,
        said.then((words) => privateNames.of(state, changes, words)),
      ]);
      return (vote) => {
        const decided = decideIncident(state, { kind: 'decide', ...asked, ...vote }, known) as Result<NewEvent[]>;
        // Somebody may have become private since it was submitted, or got another name.
        if (!decided.ok || vote.decision !== 'approve') return decided;
        return refusePrivate(names, words) ?? decided;
      };
    },
    again: async (state, current, asked) => {
      const known = await facts.facing().factsFor(current?.changes ?? [], state);
      // It was submitted as it is.
      const again = { ...known, mayNameMerged: true, mayReverse: true };
      return (command) => decideIncident(state, { ...asked, ...command } as AgainCommand<Change>, again) as Result<NewEvent[]>;
    },
    before: nothingBefore,
  };
  const registered = <S extends Review<C> & { version: number }, C extends { kind: string }>(
    folds: Folds<S>,
    factsFor: (state: S, changes: readonly C[]) => Promise<RegisterFacts>,
    decide: (state: S, command: ({ kind: 'decide' } & DecideEdit<C>) | AgainCommand<C>, known: RegisterFacts) => Result<NewEvent[]>,
    before: ReviewedAggregate<S, C>['before'] = nothingBefore,
  ): ReviewedAggregate<S, C> => ({
    folds,
    seenEdit: seenRegistered,
    voting: async (state, current, asked) => {
      const known = await factsFor(state, current?.changes ?? []);
      return (vote) => decide(state, { kind: 'decide', ...asked, ...vote }, known);
    },
    again: async (state, current, asked) => {
      const known = await factsFor(state, current?.changes ?? []);
      return (command) => decide(state, { ...asked, ...command } as AgainCommand<C>, known);
    },
    before,
  });
  const source = registered<Source, SourceChange>(
    sources,
    (_, changes) => facts.facing().registerFacts(registerNeeds(reviewedSource, changes)),
    decideSource,
  );
  const party = registered<Party, PartyChange>(
    parties,
    (state, changes) => facts.facing().registerFacts(registerNeeds(reviewedParty, changes), state),
    decideParty,
    async ({ id }, events, by) => {
      const applied = events.slice(1 + events.findIndex(({ type }) => type === 'EditApplied'));
      for (const [index, event] of applied.entries()) {
        if (event.type !== 'PartyCorrected') continue;
        const reserved = await identifiers.reserveFor(id ?? '', event.data.set.identifiers ?? [], by, `/changes/${index}/set/identifiers`);
        if (!reserved.ok) return reserved;
      }
      return { ok: true, value: null };
    },
  );
  // Each is handed nothing but states and changes of its own.
  const all = { incident, source, party } as unknown as Record<'incident' | 'source' | 'party', AnyReviewed>;
  return (stream) => all[aggregateOf(stream).kind];
};
