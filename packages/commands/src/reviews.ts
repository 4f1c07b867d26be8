import {
  applicationEvents,
  contributors,
  countingVotes,
  type DomainEvent,
  decideIncident,
  derivedId,
  type Edit,
  type EditBody,
  editTag,
  type Incident,
  type IncidentCommand,
  type NewEvent,
  type ProposalBody,
  type PublicShare,
  partiesAndSources,
  proposalChanges,
  proposedClaims,
  type Resolved,
  resolveChanges,
  sourcesNeeded,
  type Vote,
  withdrawEdit,
} from '@averment/domain';
import { type EventLog, maxAppendBytes, maxEventBytes } from '@averment/event-log';
import type { Logger } from '@averment/platform';
import { seenEdit, seenIncident } from './access.ts';
import { type CommandResult, refused } from './errors.ts';
import { type Done, type Execute, eventsToAppend } from './execute.ts';
import type { Facing, FactSource } from './facts.ts';
import { type Folds, readEvents } from './folds.ts';
import type { Caller, Identity } from './identity.ts';
import type { LeaseTable } from './lease-table.ts';
import type { Quotas } from './quotas.ts';
import { mostSearched, type SourceTexts } from './source-texts.ts';

/** The tags of an `If-Match` header, with their quotes; null where none was sent. */
export type IfMatch = '*' | readonly string[] | null;
type EditRef = { incident: string; edit: number };

type Outcome = { incidentId: string; edit: number; state: Edit['state']; version: number; etag: string; position: string };
export type Submitted = Outcome & { refs: Record<string, string> };
export type Decided = Outcome & { approvals: { needed: number; given: number }; appliedRevision: number | null };

export type ReviewTools = {
  execute: Execute;
  log: EventLog<DomainEvent>;
  incidents: Folds<Incident>;
  facts: FactSource;
  texts: SourceTexts;
  leases: LeaseTable;
  quotas: Quotas;
  /** How much of each source's text the public may read by quotes. */
  share: PublicShare;
  identify: (caller: Caller) => Identity;
  logger: Logger;
};

/** The edit as the command left it. */
const outcomeOf = (state: Incident, incident: string, { edit: number, position }: Done): { edit: Edit; outcome: Outcome } => {
  const edit = state.edits.get(number ?? 0);
  if (!edit) throw new RangeError(`${incident} has no edit ${number}`);
  const etag = editTag(state, edit.edit);
  return {
    edit,
    outcome: { incidentId: incident, edit: edit.edit, state: edit.state, version: edit.versions.length, etag, position: String(position) },
  };
};

const isProposal = (body: EditBody | ProposalBody): body is ProposalBody => 'title' in body;
/** So much of what an edit names a reviewer may have to be shown whole. */
const mostNamed = 400;
/** In bytes: what all versions of an edit have of texts. They are shown together, and written anew with each vote. */
const mostEditBytes = 16 * 1024 * 1024;
/** Longer than any subject: an approval is measured before anybody knows who will approve. */
const longestSubject = 'x'.repeat(64);

/** What matches the edit's tag now: the tag itself, or a value that cannot match. */
const matched = (state: Incident, edit: number, ifMatch: IfMatch): string => {
  const tag = editTag(state, edit);
  return ifMatch === '*' || ifMatch?.includes(tag) ? tag : '';
};

/** The one tag that was sent. `*` and lists name no version: whoever sends them need not have read what they would bind to. */
const onlyTag = (ifMatch: IfMatch): string | null => (Array.isArray(ifMatch) && ifMatch.length === 1 ? ifMatch[0] : null);

/** Without a version named nothing is stale: the precondition is missing. */
const orMissing = (result: CommandResult<NewEvent[]>, tag: string | null): CommandResult<NewEvent[]> =>
  !result.ok && result.error.code === 'EtagMismatch' && tag === null
    ? refused('PreconditionRequired', "Send the edit's ETag as If-Match, one and not `*`, so that this binds to the version that you read.")
    : result;

/** Proposing, revising, deciding and withdrawing edits. Every answer follows from the fold up to the command's last event. */
export const reviewCommands = (tools: ReviewTools) => {
  const { execute, log, incidents, facts, texts, leases, quotas, share, identify, logger } = tools;
  const traceOf = (state: Incident, command: string) => state.commands.get(command);

  const resolve = async (
    body: EditBody | ProposalBody,
    command: string,
    editCommand: string,
    facing: Facing,
  ): Promise<CommandResult<Resolved>> => {
    const sent = isProposal(body) ? proposedClaims(body) : body.changes;
    facing.begin(sent);
    const sourceText = await texts.load(sourcesNeeded(sent), facing.source);
    if (sourceText === null)
      return refused('EditTooLarge', `The edit cites sources whose texts have more than ${mostSearched} characters together. Divide it.`);
    const context = { command, editCommand, sourceText, share };
    return isProposal(body) ? proposalChanges(body, context) : resolveChanges(body.changes, { ...context, pointer: '/changes' });
  };

  /** Whether the log would take what an approval of these changes appends. */
  const fits = (caller: Caller, identity: Identity, { changes, quotes }: Resolved): boolean => {
    const events = applicationEvents(1_000_000_000, { version: 1_000_000_000, changes, quotes });
    const { events: sizes, total } = log.sizeOf(
      eventsToAppend(events, { ...caller, subject: longestSubject }, identity, new Date(0), () => identity.command),
    );
    return total <= maxAppendBytes && sizes.every((size) => size <= maxEventBytes);
  };

  /** Resolves what was sent and decides on it; refuses what could be submitted but never applied. */
  const submit = async (
    state: Incident,
    caller: Caller,
    identity: Identity,
    body: EditBody | ProposalBody,
    editCommand: string,
    commandOf: (resolved: Resolved) => IncidentCommand,
  ): Promise<CommandResult<NewEvent[]>> => {
    const facing = facts.facing();
    const resolved = await resolve(body, identity.command, editCommand, facing);
    if (!resolved.ok) return resolved;
    const known = await facing.factsFor(resolved.value.changes, state);
    if (partiesAndSources(resolved.value.changes, known.parties).size > mostNamed)
      return refused('EditTooLarge', `The edit names more than ${mostNamed} parties, those above them included, and sources. Divide it.`);
    const decision = decideIncident(state, commandOf(resolved.value), known);
    if (decision.ok && !fits(caller, identity, resolved.value)) {
      return refused(
        'EditTooLarge',
        `Applying this edit would append more than ${maxEventBytes} bytes in an event or ${maxAppendBytes} in all. Divide it.`,
      );
    }
    const [submitted] = decision.ok ? decision.value : [];
    if (submitted?.type !== 'EditSubmitted') return decision;
    // The stream of a proposal is that of its command.
    const incident = state.id ?? derivedId('incident', identity.command, 'incident');
    const taken = await quotas.takeEdit(identity.command, caller.subject, { incident, edit: submitted.edit ?? 0 });
    return taken.ok ? decision : taken;
  };

  const answerSubmitted = async (state: Incident, incident: string, done: Done): Promise<Submitted> => {
    const [event] = done.decided ?? (await readEvents(log, incident, done.first, { to: done.first, texts: true }));
    const refs = event?.type === 'EditSubmitted' || event?.type === 'EditRevised' ? event.data.refs : {};
    return { ...outcomeOf(state, incident, done).outcome, refs: refs ?? {} };
  };

  const answerDecided = async (state: Incident, incident: string, done: Done): Promise<Decided> => {
    const { edit, outcome } = outcomeOf(state, incident, done);
    // The lease is advisory: a decision that is on disk is not refused because of it.
    if (done.decided)
      await leases.end(incident, edit.edit).catch((error: Error) => logger.warn({ err: error }, 'a lease could not be ended'));
    const needed = edit.votes.find(({ revision }) => revision === done.first)?.needed ?? 1;
    const given = [...countingVotes(edit).values()].filter(({ decision }) => decision === 'approve').length;
    return { ...outcome, approvals: { needed, given }, appliedRevision: edit.appliedRevision };
  };

  return {
    /** Refusals: those of `proposalChanges` and of the domain's `propose`, `EditTooLarge`, `QuotaExceeded`, `IdempotencyKeyReused`, `Busy`. */
    proposeIncident(caller: Caller, body: ProposalBody): Promise<CommandResult<Submitted>> {
      const identity = identify(caller);
      const { command } = identity;
      const stream = derivedId('incident', command, 'incident');
      return execute(incidents, caller, identity, {
        stream,
        traceOf,
        decide: ({ state }) =>
          submit(state, caller, identity, body, command, (resolved) => ({
            kind: 'propose',
            command,
            actor: caller.subject,
            rationale: body.rationale,
            ...resolved,
          })),
        answer: (state, done) => answerSubmitted(state, stream, done),
      });
    },

    submitEdit(caller: Caller, { incident, body }: { incident: string; body: EditBody }): Promise<CommandResult<Submitted>> {
      const identity = identify(caller);
      const { command } = identity;
      return execute(incidents, caller, identity, {
        stream: incident,
        traceOf,
        decide: async ({ state }) => {
          const seen = seenIncident(state, caller);
          if (!seen.ok) return seen;
          const { rationale, baseRevision } = body;
          return submit(state, caller, identity, body, command, (resolved) => ({
            kind: 'submit',
            command,
            actor: caller.subject,
            rationale,
            baseRevision,
            ...resolved,
          }));
        },
        answer: (state, done) => answerSubmitted(state, incident, done),
      });
    },

    reviseEdit(
      caller: Caller,
      { incident, edit, ifMatch, body }: EditRef & { ifMatch: IfMatch; body: EditBody | ProposalBody },
    ): Promise<CommandResult<Submitted>> {
      const identity = identify(caller);
      const { command } = identity;
      return execute(incidents, caller, identity, {
        stream: incident,
        traceOf,
        decide: async ({ state }) => {
          const seen = seenEdit(state, edit, caller);
          if (!seen.ok) return seen;
          if (isProposal(body) !== (edit === 1)) {
            const message =
              edit === 1
                ? 'Edit 1 is the proposal: send the body of POST /v1/incidents.'
                : 'Send the body of POST /v1/incidents/{id}/edits.';
            return refused('InvalidChange', message, { errors: [{ pointer: '', message }] });
          }
          const decision = await submit(state, caller, identity, body, seen.value.command, (resolved) => ({
            kind: 'revise',
            command,
            actor: caller.subject,
            edit,
            ifMatch: onlyTag(ifMatch) ?? '',
            rationale: body.rationale,
            baseRevision: isProposal(body) ? null : body.baseRevision,
            ...resolved,
          }));
          if (decision.ok && (await bytesOf(log, incident, seen.value.versions)) > mostEditBytes) {
            return refused(
              'EditTooLarge',
              `The versions of this edit have more than ${mostEditBytes} bytes together. Withdraw it, and submit a new one.`,
            );
          }
          return orMissing(decision, onlyTag(ifMatch));
        },
        answer: (state, done) => answerSubmitted(state, incident, done),
      });
    },

    decideEdit(
      caller: Caller,
      { incident, edit, ifMatch, decision, reason }: EditRef & { ifMatch: IfMatch; decision: Vote['decision']; reason: string | null },
    ): Promise<CommandResult<Decided>> {
      const identity = identify(caller);
      return execute(incidents, caller, identity, {
        stream: incident,
        traceOf,
        decide: async ({ state }) => {
          const seen = seenEdit(state, edit, caller);
          if (!seen.ok) return seen;
          const current = seen.value.versions.at(-1);
          const approves = decision === 'approve' && current && !contributors(seen.value).has(caller.subject);
          const [known, version] = await Promise.all([
            facts.facing().factsForVote(current ?? { changes: [], quotes: [] }, state),
            approves ? withTexts(log, incident, current) : null,
          ]);
          const command = { kind: 'decide', command: identity.command, actor: caller.subject, edit, decision, reason, version } as const;
          const tag = onlyTag(ifMatch);
          return orMissing(decideIncident(state, { ...command, ifMatch: tag ?? '' }, known), tag);
        },
        answer: (state, done) => answerDecided(state, incident, done),
      });
    },

    withdrawEdit(
      caller: Caller,
      { incident, edit, ifMatch, reason }: EditRef & { ifMatch: IfMatch; reason: string | null },
    ): Promise<CommandResult<Outcome>> {
      const identity = identify(caller);
      return execute(incidents, caller, identity, {
        stream: incident,
        traceOf,
        decide: async ({ state }) => {
          const seen = seenEdit(state, edit, caller);
          if (!seen.ok) return seen;
          const given = ifMatch === null ? null : matched(state, edit, ifMatch);
          return withdrawEdit(state, { command: identity.command, actor: caller.subject, edit, ifMatch: given, reason });
        },
        answer: async (state, done) => outcomeOf(state, incident, done).outcome,
      });
    },
  };
};

/** How many bytes the texts of these versions have, as they are stored. */
const bytesOf = async (log: EventLog<DomainEvent>, stream: string, versions: Edit['versions']): Promise<number> => {
  const stored = await Promise.all(versions.map(({ revision }) => log.readStored(stream, revision, { to: revision })));
  return stored.flat().reduce((sum, { disclosures }) => sum + disclosures.reduce((own, { length }) => own + length, 0), 0);
};

/** A version with its texts, from the event that submitted it: an approval copies them into the record. */
const withTexts = async (log: EventLog<DomainEvent>, stream: string, { version, revision }: { version: number; revision: number }) => {
  const [event] = await readEvents(log, stream, revision, { to: revision, texts: true });
  return event?.type === 'EditSubmitted' || event?.type === 'EditRevised'
    ? { version, changes: event.data.changes, quotes: event.data.quotes }
    : null;
};
