import {
  applicationEvents,
  bringsVersion,
  type Candidate,
  type Claim,
  changesSubmitted,
  claimsWarnedOf,
  type DomainEvent,
  decideIncident,
  type EditBody,
  type ExternalId,
  evolveIncident,
  type Incident,
  type IncidentCommand,
  idsMade,
  initialIncident,
  type NewEvent,
  normalisedQuotes,
  type ProposalBody,
  type PublicShare,
  partiesAndSources,
  proposalChanges,
  proposedChanges,
  type ReadProposalBody,
  type ResolveContext,
  type Resolved,
  type Review,
  refsIn,
  resolveChanges,
  reversalOf,
  sourcesNeeded,
  type TagCase,
  type Warning,
  warningsOf,
  withIds,
  wordsIn,
} from '@averment/domain';
import { type EventLog, maxAppendBytes, maxEventBytes } from '@averment/event-log';
import { seenEdit, seenIncident } from './access.ts';
import type { Bring, Brought } from './bringing.ts';
import type { CandidatesOf } from './candidates.ts';
import { createOnEdit, type EditRef, type EditTools, type IfMatch, type Outcome, onlyTag, orMissing, outcomeOf } from './edit.ts';
import { type CommandResult, refused } from './errors.ts';
import { type Done, eventsToAppend } from './execute.ts';
import type { Facing, FactReader } from './facts.ts';
import { type Folds, readEvents, readToFold } from './folds.ts';
import type { Caller, Identity } from './identity.ts';
import { createIncidentExternalIds } from './incident-external-ids.ts';
import { isMachine, refuseOfMachine, type TallyOf } from './machines.ts';
import type { Making } from './making.ts';
import { type PrivateNamesOf, refusePrivate, warnedNames } from './private-names.ts';
import type { Quotas } from './quotas.ts';
import type { Reservations } from './reservations.ts';
import type { Reused } from './reused.ts';
import { mostSearched, type SourceTexts } from './source-texts.ts';

export type Submitted = Outcome & {
  refs: Record<string, string>;
  normalised: string[];
  reused: Reused[];
  warnings: Warning[];
  candidates: Candidate[] | null;
};

type Tools = EditTools & {
  incidents: Folds<Incident>;
  log: EventLog<DomainEvent>;
  facts: FactReader;
  making: Making;
  texts: SourceTexts;
  quotas: Quotas;
  /** How much of each source's text the public may read by quotes. */
  share: PublicShare;
  tagCase: TagCase;
  bring: Bring;
  candidatesOf: CandidatesOf;
  reservations: Reservations;
  privateNames: PrivateNamesOf;
  tallyOf: TallyOf;
};

/**
 * Who submits, to which incident. `editCommand` is the command that first submitted the edit, `made` what its versions make; `reserve` makes its external id
 * the incident's.
 */
type Submitter = {
  caller: Caller;
  identity: Identity;
  incident: string;
  editCommand?: string;
  made?: ReadonlySet<string>;
  reserve?: (() => Promise<CommandResult<null>>) | null;
};
/** What a submission adds to what it was resolved to. */
type Submission =
  | { kind: 'propose' }
  | { kind: 'submit'; baseRevision: number; reverts?: number }
  | { kind: 'revise'; edit: number; ifMatch: string; baseRevision: number | null; asChanges: boolean };

/** A body of a new edit or of a revision. */
type Body = EditBody | ReadProposalBody | ProposalBody;

const isProposal = (body: Body): body is ProposalBody => 'title' in body;
/** The external id that the body gives to its incident, and where. */
const externalIdIn = (body: Body): { externalId: ExternalId | null; pointer: string } => {
  if (isProposal(body)) return { externalId: body.externalId, pointer: '/externalId' };
  const index = body.changes.findIndex((change) => 'externalId' in change);
  const report = body.changes[index];
  return { externalId: report !== undefined && 'externalId' in report ? report.externalId : null, pointer: `/changes/${index}/externalId` };
};
/** How many parties and sources of an edit a reviewer may have to be shown whole. */
const mostNamed = 400;
/** In bytes: what all versions of an edit have of texts. They are shown together, and written anew with each vote. */
const mostEditBytes = 16 * 1024 * 1024;
/**
 * An edit whose changes and quotes are so short as JSON, in UTF-16 units, need not be measured: a unit takes three bytes at most, a text of at least six units
 * (with its name) gives way to a digest of 55 bytes, and what else an event has takes less than 1,024. That is less than any limit.
 */
const alwaysFits = 4096;
/** Longer than any subject: an approval is measured before anybody knows who will approve. */
const longestSubject = 'x'.repeat(64);

/** Whether the log would take these events in one append. */
export const takes = (
  log: Pick<EventLog<DomainEvent>, 'sizeOf'>,
  events: readonly NewEvent[],
  caller: Caller,
  identity: Identity,
): boolean => {
  const by = { ...identity, actor: longestSubject, correlation: caller.correlation };
  const { events: sizes, total } = log.sizeOf(eventsToAppend(events, by, new Date(0), () => identity.command));
  return total <= maxAppendBytes && sizes.every((size) => size <= maxEventBytes);
};
export const tooLarge = () =>
  refused(
    'EditTooLarge',
    `Applying this edit would append more than ${maxEventBytes} bytes in an event or ${maxAppendBytes} in all. Divide it.`,
  );

/** Proposing incidents, submitting edits and revising both. Every answer follows from the fold up to the command's last event. */
export const editCommands = (tools: Tools) => {
  const { execute, log, incidents, facts, making, texts, quotas, tallyOf, share, tagCase, bring, candidatesOf, privateNames, identify } =
    tools;
  const externalIds = createIncidentExternalIds(tools);
  const onEdit = createOnEdit(tools);

  const resolve = async (
    body: Body,
    { named, coming }: Brought,
    { command, editCommand, made }: Pick<ResolveContext, 'command' | 'editCommand' | 'made'>,
    facing: Facing,
  ): Promise<CommandResult<Resolved>> => {
    const refs = Object.fromEntries([...named].map(([ref, { id }]) => [ref, id]));
    const sent = isProposal(body) ? proposedChanges(body) : body.changes;
    facing.begin(sent);
    const sourceText = await texts.load(sourcesNeeded(sent), facing.source, coming.sources);
    if (sourceText === null)
      return refused('EditTooLarge', `The edit cites sources whose texts have more than ${mostSearched} characters together. Divide it.`);
    const context = { command, editCommand, sourceText, share, tagCase, ...(made && { made }) };
    const resolved = isProposal(body) ? proposalChanges(body, context) : resolveChanges(body.changes, { ...context, pointer: '/changes' });
    return resolved.ok ? { ok: true, value: { ...resolved.value, refs: { ...refs, ...resolved.value.refs } } } : resolved;
  };

  /** Whether the log would take what an approval of these changes appends. */
  const fits = (caller: Caller, identity: Identity, { changes, quotes }: Resolved): boolean =>
    JSON.stringify([changes, quotes]).length <= alwaysFits ||
    takes(log, applicationEvents(1_000_000_000, { version: 1_000_000_000, changes, quotes }), caller, identity);

  /** Resolves what was sent and decides on it; refuses what could be submitted but never applied. */
  const submit = async (state: Incident, by: Submitter, body: Body, submission: Submission): Promise<CommandResult<NewEvent[]>> => {
    const { caller, identity, incident, editCommand = identity.command, made, reserve } = by;
    const brought = await bring(caller, editCommand, body, refsIn(body));
    if (!brought.ok) return brought;
    const whole = withIds(body, brought.value.named);
    if (!whole.ok) return whole;
    const facing = facts.facing(brought.value.coming);
    const resolved = await resolve(whole.value, brought.value, { command: identity.command, editCommand, ...(made && { made }) }, facing);
    if (!resolved.ok) return resolved;
    const words = wordsIn(whole.value);
    const [tally, known, names] = await Promise.all([
      tallyOf(caller),
      facing.factsFor(resolved.value.changes, state),
      privateNames.of(state, resolved.value.changes, words, brought.value.coming),
    ]);
    const refusal = refusePrivate(names, words) ?? refuseOfMachine(caller, known.policy, resolved.value.changes);
    if (refusal) return refusal;
    if (partiesAndSources(resolved.value.changes, known.parties).size > mostNamed)
      return refused('EditTooLarge', `The edit names more than ${mostNamed} parties, those above them included, and sources. Divide it.`);
    const asked = { command: identity.command, actor: caller.subject, rationale: body.rationale, machine: isMachine(caller), tally };

    const command: IncidentCommand = { ...submission, ...asked, ...resolved.value };
    const mayReverse = submission.kind === 'submit' && submission.reverts !== undefined;
    const decision = decideIncident(state, command, { ...known, mayReverse });
    if (decision.ok && !fits(caller, identity, resolved.value)) return tooLarge();
    if (!decision.ok) return decision;
    const [submitted] = decision.value;
    if (submitted?.type === 'EditSubmitted') {
      const most = known.policy.now.rules.openEdits;
      const taken = await quotas.takeEdit(identity.command, caller.subject, { stream: incident, edit: submitted.edit ?? 0, most });
      if (!taken.ok) return taken;
    }
    // Nothing stands against the edit, so what it brings may be written.
    const reserved = await reserve?.();
    if (reserved?.ok === false) return reserved;
    const written = await brought.value.register();
    if (written === 'moved') return submit(state, by, body, submission);
    return written.ok ? decision : written;
  };

  const answerSubmitted =
    (incident: string, caller: Caller, body: Body) =>
    async (state: Review<unknown>, done: Done): Promise<Submitted> => {
      const { edit, outcome } = outcomeOf(state, incident, done);
      const [event] = done.decided ?? (await readEvents(log, incident, done.first, { to: done.first, texts: true }));
      const submits = bringsVersion(event);
      const changes = submits ? changesSubmitted(event) : [];
      // A repeat has the body of the first time, so it is answered the same.
      const normalised = normalisedQuotes(body, changes);
      const words = wordsIn(body);
      const [texts, names] = await Promise.all([
        claimTexts(log, incident, state as Incident, claimsWarnedOf(changes)),
        privateNames.of(state as Incident, changes, words),
      ]);
      const warnings = [...warningsOf(changes, (id) => texts.get(id), !isProposal(body)), ...warnedNames(names, words)];
      const refs = submits ? (event.data.refs ?? {}) : {};
      const candidates = edit.edit === 1 ? await candidatesOf(incident, changes, caller) : [];
      return { ...outcome, refs, normalised, reused: await bring.reused(body, refs, edit.command), warnings, candidates };
    };

  return {
    /** Refusals: those of `proposalChanges` and of the domain's `propose`, `ExternalIdTaken`, `EditTooLarge`, `QuotaExceeded`, `IdempotencyKeyReused`, `Busy`. */
    proposeIncident: async (caller: Caller, body: ProposalBody): Promise<CommandResult<Submitted>> => {
      const { identity, stream: own } = await making(caller, 'incident');
      for (;;) {
        const { stream, reserve, moved } = await externalIds.place(own, { caller, identity }, body.externalId);
        const answered = await execute<Incident, Submitted>(incidents, caller, identity, {
          stream,
          decide: async ({ state }) =>
            body.externalId !== null && state.status !== 'none'
              ? externalIds.refuseTaken(state, caller)
              : submit(state, { caller, identity, incident: stream, reserve }, body, { kind: 'propose' }),
          answer: answerSubmitted(stream, caller, body),
        });
        if (!moved()) return answered;
      }
    },

    /** Refusals: `NotFound`, those of `resolveChanges` and of the domain's `submit`, `EditTooLarge`, `QuotaExceeded`, `IdempotencyKeyReused`, `Busy`. */
    submitEdit: (caller: Caller, { incident, body }: { incident: string; body: EditBody }): Promise<CommandResult<Submitted>> => {
      const identity = identify(caller);
      return execute<Incident, Submitted>(incidents, caller, identity, {
        stream: incident,
        decide: async ({ state }) => {
          const seen = seenIncident(state, caller);
          if (!seen.ok) return seen;
          return submit(state, { caller, identity, incident }, body, { kind: 'submit', baseRevision: body.baseRevision });
        },
        answer: answerSubmitted(incident, caller, body),
      });
    },

    /**
     * Submits the edit that undoes an applied one. Refusals: `NotFound`, `EditState` of an edit that is not applied, `RecordState` where a change cannot be
     * undone, and those of `submitEdit`.
     */
    revertEdit: (
      caller: Caller,
      { incident, edit, reason }: { incident: string; edit: number; reason: string },
    ): Promise<CommandResult<Submitted>> => {
      const identity = identify(caller);
      const said: EditBody = { baseRevision: 0, rationale: reason, changes: [], sources: [], parties: [] };
      return execute<Incident, Submitted>(incidents, caller, identity, {
        stream: incident,
        decide: async ({ state }) => {
          // What was applied is on record, and no secret of its author.
          const isApplied = state.edits.get(edit)?.state === 'applied';
          const seen = isApplied ? seenIncident(state, caller) : seenEdit(state, edit, caller);
          if (!seen.ok) return seen;
          if (!isApplied || state.recordRevision === null)
            return refused('EditState', `This edit is ${state.edits.get(edit)?.state}: only one that was applied can be undone.`);
          const reversal = reversalOf(await readToFold(log, incident, 0, { texts: true }), edit, reason);
          if (!reversal.ok) return reversal;
          const body = { ...said, baseRevision: state.recordRevision, changes: reversal.value };
          return submit(state, { caller, identity, incident }, body, { kind: 'submit', baseRevision: body.baseRevision, reverts: edit });
        },
        answer: answerSubmitted(incident, caller, said),
      });
    },

    /** Refusals: `NotFound`, `InvalidChange`, those of the domain's `revise`, `ExternalIdTaken`, `TextErased`, `PreconditionRequired`, `EditTooLarge`, `IdempotencyKeyReused`, `Busy`. */
    reviseEdit: (
      caller: Caller,
      { ifMatch, body, ...ref }: EditRef & { ifMatch: IfMatch; body: Body },
    ): Promise<CommandResult<Submitted>> =>
      onEdit(
        caller,
        ref,
        async ({ state: folded, found, identity }) => {
          // Only an incident's edit comes here.
          const state = folded as Incident;
          const { stream, edit } = ref;
          const baseRevision = isProposal(body) ? null : body.baseRevision;
          if ((baseRevision === null) !== (edit === 1)) {
            const message =
              edit === 1
                ? 'Edit 1 is the proposal: send the body of POST /v1/incidents, or the changes as they are read, without a baseRevision.'
                : 'Send the body of POST /v1/incidents/{id}/edits.';
            return refused('InvalidChange', message, { errors: [{ pointer: '', message }] });
          }
          const tag = onlyTag(ifMatch);
          const { externalId, pointer } = externalIdIn(body);
          const reserve = externalId && (() => externalIds.reserveFor(state, { caller, identity }, externalId, pointer));
          const made = new Set(state.edits.get(edit)?.versions.flatMap(({ changes }) => idsMade(changes)));
          const by = { caller, identity, incident: stream, editCommand: found.command, made, reserve };
          if (await isFull(log, stream, found.versions)) return full();
          return orMissing(
            await submit(state, by, body, { kind: 'revise', edit, ifMatch: tag ?? '', baseRevision, asChanges: !isProposal(body) }),
            tag,
          );
        },
        answerSubmitted(ref.stream, caller, body),
      ),
  };
};

/** Claims of the record as they stand, with the texts of value, statement and citations: from the events that added and last corrected these. */
const claimTexts = async (
  log: EventLog<DomainEvent>,
  stream: string,
  { claims, corrections }: Incident,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Claim>> => {
  const added = ids.flatMap((id) => claims.get(id)?.addedAtRevision ?? []);
  const corrected = ids.flatMap((id) => {
    const own = corrections.filter(({ target }) => target === id);
    const last = (field: keyof Claim) => own.findLast(({ changes }) => changes.some((change) => change.field === field));
    return (['value', 'statement', 'citations'] as const).flatMap((field) => last(field)?.revision ?? []);
  });
  const revisions = [...new Set([...added, ...corrected])].sort((one, other) => one - other);
  const events = await Promise.all(revisions.map((revision) => readEvents(log, stream, revision, { to: revision, texts: true })));
  const texts = events.flat().reduce(evolveIncident, initialIncident());
  return new Map(
    ids.flatMap((id) => {
      const [claim, own] = [claims.get(id)?.claim, texts.claims.get(id)?.claim];
      return claim && own ? [[id, { ...claim, value: own.value, statement: own.statement, citations: own.citations }]] : [];
    }),
  );
};

/** Whether the versions of an edit have so much text that it takes no more. */
export const isFull = async (log: EventLog<DomainEvent>, stream: string, versions: readonly { revision: number }[]): Promise<boolean> => {
  const stored = await Promise.all(versions.map(({ revision }) => log.readStored(stream, revision, { to: revision })));
  const bytes = stored.flat().reduce((sum, { disclosures }) => sum + disclosures.reduce((own, { length }) => own + length, 0), 0);
  return bytes > mostEditBytes;
};
export const full = () =>
  refused('EditTooLarge', `The versions of this edit have more than ${mostEditBytes} bytes together. Withdraw it, and submit a new one.`);
