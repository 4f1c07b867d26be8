import {
  bringsVersion,
  type DomainEvent,
  decideParty,
  decideSource,
  type EditCommand,
  type NewEvent,
  normalisedIn,
  type Party,
  type PartyChange,
  type PartyEditBody,
  type PublicShare,
  type RegisterFacts,
  type Result,
  type Review,
  type Reviewed,
  registerApplication,
  registerNeeds,
  resolveRegister,
  reviewedParty,
  reviewedSource,
  type SentPartyChange,
  type SentSourceChange,
  type Source,
  type SourceChange,
  type SourceEditBody,
  sourcesNeeded,
  type TagCase,
} from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { nothing } from './access.ts';
import { createOnEdit, type EditRef, type EditTools, type IfMatch, onlyTag, orMissing, outcomeOf } from './edit.ts';
import { full, isFull, type Submitted, takes, tooLarge } from './edits.ts';
import { type CommandResult, refused } from './errors.ts';
import type { Done } from './execute.ts';
import type { FactReader } from './facts.ts';
import { type Folds, readEvents } from './folds.ts';
import type { Identifiers } from './identifiers.ts';
import type { Caller, Identity } from './identity.ts';
import { isMachine, refuseOfMachine, type TallyOf } from './machines.ts';
import type { Quotas } from './quotas.ts';
import { type LookAlikesOf, refuseAlike } from './registering.ts';
import { mostSearched, type SourceTexts } from './source-texts.ts';

type Tools = EditTools & {
  log: EventLog<DomainEvent>;
  facts: FactReader;
  texts: SourceTexts;
  quotas: Quotas;
  share: PublicShare;
  tagCase: TagCase;
  sources: Folds<Source>;
  parties: Folds<Party>;
  lookAlikesOf: LookAlikesOf;
  identifiers: Identifiers;
  tallyOf: TallyOf;
};

type Body<Sent> = { baseRevision: number; rationale: string; changes: Sent[] };
type Submission = { kind: 'submit' } | { kind: 'revise'; edit: number; ifMatch: string };
const granted = { ok: true, value: null } as const;

/** What is special to sources, or to parties. */
type Kind<S, Sent, C> = {
  of: Reviewed<S, Sent, C>;
  folds: Folds<S>;
  decide(state: S, command: EditCommand<C>, facts: RegisterFacts): Result<NewEvent[]>;
  /** What is asked of an edit against which nothing else stands, before it is written. */
  before(state: S, changes: readonly C[], by: { caller: Caller; identity: Identity }): Promise<CommandResult<null>>;
};

/** What the approval that decides appends, at its longest but for its reason. */
const approvalOf = <S, Sent, C extends { kind: string }>(of: Reviewed<S, Sent, C>, state: S, changes: C[]): NewEvent[] => [
  {
    type: 'EditApproved',
    edit: 1_000_000_000,
    data: { version: 1_000_000_000, reason: null, needed: 1, policy: 1, despiteComments: null },
  },
  ...registerApplication(of, state, 1_000_000_000, { version: 1_000_000_000, changes }),
];

/** Submitting and revising edits of sources and parties. What they answer follows from the fold up to the command's last event. */
export const registerEditCommands = (tools: Tools) => {
  const { execute, identify, log, facts, texts, quotas, share, tagCase, sources, parties, lookAlikesOf, identifiers, tallyOf } = tools;
  const onEdit = createOnEdit(tools);

  const commandsOf = <S extends Review<C> & { version: number }, Sent extends { kind: string }, C extends { kind: string }>({
    of,
    folds,
    decide,
    before,
  }: Kind<S, Sent, C>) => {
    const submit = async (
      state: S,
      { caller, identity, editCommand = identity.command }: { caller: Caller; identity: Identity; editCommand?: string },
      { baseRevision, rationale, changes }: Body<Sent>,
      submission: Submission,
    ): Promise<CommandResult<NewEvent[]>> => {
      if (state.version === 0) return nothing();
      const facing = facts.facing();
      const sourceText = await texts.load(sourcesNeeded(changes), facing.source);
      if (sourceText === null)
        return refused('EditTooLarge', `The edit cites sources whose texts have more than ${mostSearched} characters together. Divide it.`);
      const context = { command: identity.command, editCommand, sourceText, share, tagCase, pointer: '/changes' };
      const resolved = resolveRegister(changes, context, of.table.kindOf);
      if (!resolved.ok) return resolved;
      const [tally, known] = await Promise.all([tallyOf(caller), facing.registerFacts(registerNeeds(of, resolved.value.changes))]);
      // Of its quotes nothing is shown to the public.
      const version = { baseRevision, rationale, changes: resolved.value.changes, refs: {}, quotes: [], machine: isMachine(caller), tally };
      const ofMachine = refuseOfMachine(caller, known.policy, version.changes);
      if (ofMachine) return ofMachine;
      const decision = decide(state, { ...submission, command: identity.command, actor: caller.subject, ...version }, known);
      if (!decision.ok) return decision;
      if (!takes(log, approvalOf(of, state, version.changes), caller, identity)) return tooLarge();
      const asked = await before(state, version.changes, { caller, identity });
      if (!asked.ok) return asked;
      const [submitted] = decision.value;
      const taken =
        submitted?.type === 'EditSubmitted'
          ? await quotas.takeEdit(identity.command, caller.subject, {
              stream: state.id ?? '',
              edit: submitted.edit ?? 0,
              most: known.policy.now.rules.openEdits,
            })
          : granted;
      return taken.ok ? decision : taken;
    };

    const answer =
      (stream: string, { changes }: Body<Sent>) =>
      async (state: Review<unknown>, done: Done): Promise<Submitted> => {
        const [event] = done.decided ?? (await readEvents(log, stream, done.first, { to: done.first, texts: true }));
        const stored = bringsVersion(event) ? (event.data.changes as unknown as C[]) : [];
        const documents = stored.map((change) => of.table.kindOf(change).document(change));
        return {
          ...outcomeOf(state, stream, done).outcome,
          refs: {},
          normalised: normalisedIn(changes, documents),
          reused: [],
          warnings: [],
          candidates: [],
        };
      };

    return {
      submit: (caller: Caller, { stream, body }: { stream: string; body: Body<Sent> }): Promise<CommandResult<Submitted>> => {
        const identity = identify(caller);
        return execute<S, Submitted>(folds, caller, identity, {
          stream,
          decide: ({ state }) => submit(state, { caller, identity }, body, { kind: 'submit' }),
          answer: answer(stream, body),
        });
      },
      revise: (
        caller: Caller,
        { ifMatch, body, ...ref }: EditRef & { ifMatch: IfMatch; body: Body<Sent> },
      ): Promise<CommandResult<Submitted>> =>
        onEdit(
          caller,
          ref,
          async ({ state, found, identity }) => {
            if (await isFull(log, ref.stream, found.versions)) return full();
            const tag = onlyTag(ifMatch);
            const by = { caller, identity, editCommand: found.command };
            // The fold of a stream of this aggregate.
            return orMissing(await submit(state as S, by, body, { kind: 'revise', edit: ref.edit, ifMatch: tag ?? '' }), tag);
          },
          answer(ref.stream, body),
        ),
    };
  };

  const source = commandsOf<Source, SentSourceChange, SourceChange>({
    of: reviewedSource,
    folds: sources,
    decide: decideSource,
    // A text counts as that of a new source does.
    before: async (_, changes, { caller, identity }) => {
      const bytes = changes.reduce((sum, change) => sum + (change.kind === 'revise_text' ? Buffer.byteLength(change.text) : 0), 0);
      return bytes === 0 ? granted : quotas.takeSource(identity.command, caller.subject, bytes);
    },
  });
  const party = commandsOf<Party, SentPartyChange, PartyChange>({
    of: reviewedParty,
    folds: parties,
    decide: decideParty,
    before: async (state, changes) => {
      for (const [index, change] of changes.entries()) {
        if (change.kind !== 'correct_party') continue;
        const own = await identifiers.check(state.id ?? '', change.set.identifiers ?? [], `/changes/${index}/set/identifiers`);
        if (!own.ok) return own;
        const { name = null, aliases = [], distinctFrom = state.fields?.distinctFrom ?? [] } = change.set;
        const alike = await lookAlikesOf(state.id ?? '', { name, aliases, distinctFrom });
        if (alike.length > 0) return refuseAlike({ name, aliases }, alike, `/changes/${index}/set`);
      }
      return granted;
    },
  });

  return {
    /** Refusals: `NotFound`, those of resolving and of the domain's `submit`, `EditTooLarge`, `QuotaExceeded`, `IdempotencyKeyReused`, `Busy`. */
    submitSourceEdit: (caller: Caller, sent: { stream: string; body: SourceEditBody }) => source.submit(caller, sent),
    /** Refusals: the same, those of the domain's `revise`, and `PreconditionRequired`. */
    reviseSourceEdit: (caller: Caller, sent: EditRef & { ifMatch: IfMatch; body: SourceEditBody }) => source.revise(caller, sent),
    /** Refusals: as of a source, `LooksAlike`, and `ExternalIdTaken` of an identifier. */
    submitPartyEdit: (caller: Caller, sent: { stream: string; body: PartyEditBody }) => party.submit(caller, sent),
    revisePartyEdit: (caller: Caller, sent: EditRef & { ifMatch: IfMatch; body: PartyEditBody }) => party.revise(caller, sent),
  };
};
