import {
  approvers,
  bringsVersion,
  type DomainEvent,
  editTag,
  handOverEdit,
  hasContributed,
  type NewEvent,
  type Review,
  type Vote,
  withdrawEdit,
  withdrawVote,
} from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import type { Logger } from '@averment/platform';
import type { Again } from './aggregates.ts';
import {
  createOnEdit,
  type EditRef,
  type EditTools,
  type IfMatch,
  type Outcome,
  onlyTag,
  orMissing,
  outcomeOf,
  type Seen,
} from './edit.ts';
import { type CommandResult, refused } from './errors.ts';
import type { Done } from './execute.ts';
import { readEvents } from './folds.ts';
import type { Caller } from './identity.ts';
import type { Leases } from './leases/port.ts';
import type { ReadPolicy } from './policy.ts';
import type { Quotas } from './quotas.ts';

export type Rebased = Outcome & { baseRevision: number | null };
/** `into`: the edit that changes left for. */
export type SplitInTwo = Outcome & { into: Pick<Outcome, 'edit' | 'state' | 'version' | 'etag'> & { waitsFor: number | null } };
/** What is asked of an edit but for what it says. */
type Said =
  | { kind: 'rebase' }
  | { kind: 'reopen'; reason: string }
  | { kind: 'split'; changes: number[]; reason: string; mayReview: boolean };
export type HandedOver = Outcome & { author: string };
export type Decided = Outcome & { approvals: { needed: number; given: number }; appliedRevision: number | null };

/** Whether a subject may write edits. */
export type MayWrite = (subject: string) => Promise<boolean>;

type Tools = EditTools & {
  log: EventLog<DomainEvent>;
  leases: Leases;
  logger: Logger;
  mayWrite: MayWrite;
  quotas: Quotas;
  readPolicy: ReadPolicy;
};

/** What matches the edit's tag now: the tag itself, or a value that cannot match. */
const matched = (state: Review<unknown>, edit: number, ifMatch: IfMatch): string => {
  const tag = editTag(state, edit);
  return ifMatch === '*' || ifMatch?.includes(tag) ? tag : '';
};

/** Deciding edits, taking votes back, and withdrawing edits. Every answer follows from the fold up to the command's last event. */
export const reviewCommands = (tools: Tools) => {
  const { log, leases, logger, readPeople, readRecused, mayWrite, quotas, readPolicy } = tools;
  const onEdit = createOnEdit(tools);

  const answerDecided = async (state: Review<unknown>, stream: string, done: Done): Promise<Decided> => {
    const { edit, outcome } = outcomeOf(state, stream, done);
    // The lease is advisory: a decision that is on disk is not refused because of it.
    if (done.decided)
      await leases.end({ stream, edit: edit.edit }).catch((error: Error) => logger.warn({ err: error }, 'a lease could not be ended'));
    const needed = edit.votes.find(({ revision }) => revision === done.first)?.needed ?? 1;
    const personOf = await readPeople();
    const recused = await readRecused({ stream, state, edit }, { actor: edit.author, personOf });
    const given = approvers(edit, personOf, recused).size;
    return { ...outcome, approvals: { needed, given }, appliedRevision: edit.appliedRevision };
  };

  type Withdrawing = EditRef & { ifMatch: IfMatch; reason: string | null };
  /** A command that takes an edit or a vote back, and answers the edit as it left it. */
  const withdrawing =
    (decide: (seen: Seen, command: Withdrawing) => CommandResult<NewEvent[]>) =>
    (caller: Caller, command: Withdrawing): Promise<CommandResult<Outcome>> =>
      onEdit(
        caller,
        command,
        async (seen) => decide(seen, command),
        async (state, done) => outcomeOf(state, command.stream, done).outcome,
      );

  /** What is decided on what the edit says as it says it. */
  const again = async (
    ref: EditRef,
    { reviewed, state, found, asked }: Seen,
    ifMatch: IfMatch,
    said: Said,
  ): Promise<CommandResult<NewEvent[]>> => {
    const tag = onlyTag(ifMatch);
    const current = found.versions.at(-1);
    const recused = await readRecused({ stream: ref.stream, state, edit: found }, asked);
    const [decide, submitted] = await Promise.all([
      reviewed.again(state, current, { ...asked, recused }),
      submittedIn(log, ref.stream, current),
    ]);
    return orMissing(decide({ ...said, ifMatch: tag ?? '', submitted } as Again) as CommandResult<NewEvent[]>, tag);
  };
  const rebase = (caller: Caller, { ifMatch, ref, ...more }: { ref: EditRef; ifMatch: IfMatch } & Said): Promise<CommandResult<Rebased>> =>
    onEdit(
      caller,
      ref,
      (seen) => again(ref, seen, ifMatch, more),
      async (state, done) => {
        const { edit, outcome } = outcomeOf(state, ref.stream, done);
        return { ...outcome, baseRevision: edit.versions.at(-1)?.baseRevision ?? null };
      },
    );

  return {
    /** Refusals: `NotFound`, those of the domain's `decide`, `ExternalIdTaken`, `PreconditionRequired`, `IdempotencyKeyReused`, `Busy`. */
    decideEdit: (
      caller: Caller,
      {
        ifMatch,
        decision,
        reason,
        despiteComments = null,
        ...ref
      }: EditRef & Pick<Vote, 'decision' | 'reason'> & { ifMatch: IfMatch; despiteComments?: string | null },
    ): Promise<CommandResult<Decided>> =>
      onEdit(
        caller,
        ref,
        async ({ reviewed, state, found, asked, identity }) => {
          const current = found.versions.at(-1);
          const approves = decision === 'approve' && current && !hasContributed(found, caller.subject, asked.personOf);
          const whole = Promise.resolve(approves ? withTexts(log, ref.stream, current) : null);
          // Both at once: a rejection that nobody waits for ends the process.
          const [recused, version] = await Promise.all([readRecused({ stream: ref.stream, state, edit: found }, asked), whole]);
          const decide = await reviewed.voting(state, current, { ...asked, recused }, whole);
          const tag = onlyTag(ifMatch);
          const decided = orMissing(decide({ ifMatch: tag ?? '', decision, reason, despiteComments, version }), tag);
          const before = decided.ok ? await reviewed.before(state, decided.value, { caller, identity }) : decided;
          return before.ok ? decided : before;
        },
        (state, done) => answerDecided(state, ref.stream, done),
      ),

    /** Leases stay as they are. Refusals: `NotFound`, those of the domain's `withdrawVote`, `PreconditionRequired`, `IdempotencyKeyReused`, `Busy`. */
    withdrawVote: withdrawing(({ state, asked }, { ifMatch, reason }) => {
      const tag = onlyTag(ifMatch);
      return orMissing(withdrawVote(state, { ...asked, ifMatch: tag ?? '', reason }) as CommandResult<NewEvent[]>, tag);
    }),

    /** Refusals: `NotFound`, those of the domain's `rebaseEdit`, `PreconditionRequired`, `IdempotencyKeyReused`, `Busy`. */
    rebaseEdit: (caller: Caller, { ifMatch, ...ref }: EditRef & { ifMatch: IfMatch }): Promise<CommandResult<Rebased>> =>
      rebase(caller, { ref, ifMatch, kind: 'rebase' }),

    /** Refusals: `NotFound`, those of the domain's `reopenEdit`, `PreconditionRequired`, `IdempotencyKeyReused`, `Busy`. */
    reopenEdit: (
      caller: Caller,
      { ifMatch, reason, ...ref }: EditRef & { ifMatch: IfMatch; reason: string },
    ): Promise<CommandResult<Rebased>> => rebase(caller, { ref, ifMatch, kind: 'reopen', reason }),

    /** By the author, whose quota the new edit counts in, or a reviewer. Refusals: `NotFound`, those of the domain's `splitEdit`, `QuotaExceeded`, `PreconditionRequired`, `IdempotencyKeyReused`, `Busy`. */
    splitEdit: (
      caller: Caller,
      { ifMatch, changes, reason, ...ref }: EditRef & { ifMatch: IfMatch; changes: number[]; reason: string },
    ): Promise<CommandResult<SplitInTwo>> =>
      onEdit(
        caller,
        ref,
        async (seen) => {
          const mayReview = caller.role === 'reviewer';
          const decided = await again(ref, seen, ifMatch, { kind: 'split', changes, reason, mayReview });
          const other = decided.ok ? decided.value[1]?.edit : undefined;
          if (other === undefined || other === null || caller.subject !== seen.found.author) return decided;
          const most = (await readPolicy()).now.rules.openEdits;
          const taken = await quotas.takeEdit(seen.identity.command, caller.subject, { stream: ref.stream, edit: other, most });
          return taken.ok ? decided : taken;
        },
        async (state, done) => {
          const { edit, outcome } = outcomeOf(state, ref.stream, done);
          const other = state.edits.get(edit.splitInto.at(-1) ?? 0);
          if (!other) throw new RangeError(`${ref.stream} has no edit that left edit ${edit.edit}`);
          const { edit: number, state: stands, versions, waitsFor } = other;
          return { ...outcome, into: { edit: number, state: stands, version: versions.length, etag: editTag(state, number), waitsFor } };
        },
      ),

    /** Refusals: `NotFound`, `InvalidChange` also of a subject who may not write, those of the domain's `handOverEdit`, `PreconditionRequired`, `IdempotencyKeyReused`, `Busy`. */
    handOverEdit: (
      caller: Caller,
      { ifMatch, to, reason, ...ref }: EditRef & { ifMatch: IfMatch; to: string; reason: string },
    ): Promise<CommandResult<HandedOver>> =>
      onEdit(
        caller,
        ref,
        async ({ state, found, asked }) => {
          const tag = onlyTag(ifMatch);
          const recused = await readRecused({ stream: ref.stream, state, edit: found }, asked);
          const command = { ...asked, recused, ifMatch: tag ?? '', to, reason };
          const decided = orMissing(handOverEdit(state, command) as CommandResult<NewEvent[]>, tag);
          if (!decided.ok || (await mayWrite(to))) return decided;
          const message = 'must be the subject of a contributor or a reviewer';
          return refused('InvalidChange', `to ${message}.`, { errors: [{ pointer: '/to', message }] });
        },
        async (state, done) => {
          const { edit, outcome } = outcomeOf(state, ref.stream, done);
          return { ...outcome, author: edit.author };
        },
      ),

    /** Refusals: `NotFound`, those of the domain's `withdraw`, `IdempotencyKeyReused`, `Busy`. */
    withdrawEdit: withdrawing(({ state, asked }, { edit, ifMatch, reason }) => {
      const given = ifMatch === null ? null : matched(state, edit, ifMatch);
      return withdrawEdit(state, { ...asked, ifMatch: given, reason }) as CommandResult<NewEvent[]>;
    }),
  };
};

/** What a version says, with its texts, from the event that submitted it. */
const submittedIn = async (log: EventLog<DomainEvent>, stream: string, current: { revision: number } | undefined) => {
  const at = current?.revision ?? -1;
  const [event] = at < 0 ? [] : await readEvents(log, stream, at, { to: at, texts: true });
  if (!bringsVersion(event)) return null;
  const { rationale, changes, refs, quotes, machine, tally } = event.data;
  return { rationale, changes, refs, quotes, machine, tally };
};

/** A version with its texts, from the event that submitted it: an approval copies them into the record. */
const withTexts = async (log: EventLog<DomainEvent>, stream: string, { version, revision }: { version: number; revision: number }) => {
  const [event] = await readEvents(log, stream, revision, { to: revision, texts: true });
  return bringsVersion(event) ? { version, changes: event.data.changes, quotes: event.data.quotes } : null;
};
