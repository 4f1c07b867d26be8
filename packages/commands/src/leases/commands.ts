import {
  breakLease,
  countingVotes,
  type DomainEvent,
  type EditOf,
  hasContributed,
  isRecused,
  type NewEvent,
  type Review,
} from '@averment/domain';
import { type EventLog, StreamUnreadable } from '@averment/event-log';
import type { InTurn } from '@averment/platform';
import { createOnEdit, type EditRef, type EditTools, namesOf, type Outcome } from '../edit.ts';
import { type CommandResult, refused } from '../errors.ts';
import { readEvents } from '../folds.ts';
import type { Caller } from '../identity.ts';
import type { Lease, Leases } from './port.ts';

/** Who holds the edit in its current version now. */
export type Leased = Pick<Outcome, 'of' | 'incidentId' | 'edit' | 'version'> & { lease: Pick<Lease, 'holder' | 'until'> | null };

type Tools = EditTools & {
  log: EventLog<DomainEvent>;
  leases: Leases;
  serial: InTurn;
  /** How long a lease lasts, in milliseconds. */
  duration: number;
};

/** An edit that waits for a reviewer, as a model knows it. */
export type Waiting = EditRef & { version: number };
/** How often an item is looked for anew that others took meanwhile, or that a model did not know to be decided. */
const rounds = 50;

const shown = (lease: Lease | undefined): Leased['lease'] => (lease ? { holder: lease.holder, until: lease.until } : null);

const answer = ({ stream, edit }: EditRef, version: number, lease: Lease | undefined): Leased => ({
  ...namesOf(stream),
  edit,
  version,
  lease: shown(lease),
});

/** Taking, renewing, giving back and breaking leases (docs/decisions, 13). They are advisory and contend with nobody for the stream. */
export const leaseCommands = (tools: Tools) => {
  const { log, reviewedOf, readPeople, readRecused, leases, serial, duration } = tools;
  const onEdit = createOnEdit(tools);

  /** What is asked of the edit as it is now, where the caller may see it. */
  const onEditNow = <T>(
    caller: Caller,
    { stream, edit }: EditRef,
    ask: (edit: EditOf<unknown>, state: Review<unknown>) => Promise<T>,
  ): Promise<CommandResult<T>> => {
    const { folds, seenEdit } = reviewedOf(stream);
    // In turn with the commands on the stream, whose fold must not move on under them.
    return serial(stream, async () => {
      const { state } = await folds.fresh(stream);
      const seen = seenEdit(state, edit, caller);
      return seen.ok ? { ok: true, value: await ask(seen.value, state) } : seen;
    });
  };
  const editNow = (caller: Caller, ref: EditRef) => onEditNow(caller, ref, async (edit) => edit);

  /** The edit, with who the subjects are and whether the caller is recused from it. */
  const forReview = (caller: Caller, ref: EditRef) =>
    onEditNow(caller, ref, async (edit, state) => {
      const personOf = await readPeople();
      const recused = await readRecused({ stream: ref.stream, state, edit }, { actor: caller.subject, personOf });
      return { edit, personOf, recused: recused(caller.subject) };
    });

  /** Takes the first that no other holds, and tells which others do. In turn, as all would else begin with the same one. */
  const takeFirst = (holder: string, find: () => Promise<readonly Waiting[]>) =>
    serial('next', async () => {
      const held: Waiting[] = [];
      for (const waiting of await find()) {
        const lease = await leases.take(waiting, { version: waiting.version, holder, duration });
        if (lease) return { held, taken: { waiting, lease } };
        held.push(waiting);
      }
      return { held, taken: null };
    });

  /** Whether the caller may decide this version now: a model may lag. What cannot be read nobody can decide. */
  const mayDecide = async (caller: Caller, { version, ...ref }: Waiting): Promise<boolean> => {
    try {
      const seen = await forReview(caller, ref);
      if (!seen.ok) return false;
      const { edit, personOf, recused } = seen.value;
      if (edit.state !== 'submitted' || edit.versions.length !== version) return false;
      const voted = [...countingVotes(edit).keys()].some((by) => personOf(by) === personOf(caller.subject));
      return !voted && !recused && !hasContributed(edit, caller.subject, personOf);
    } catch (error) {
      if (error instanceof StreamUnreadable) return false;
      throw error;
    }
  };

  return {
    /**
     * Takes the first edit of those that `find` answers, best first, which nobody else holds and the caller may decide; what was passed over is not found
     * again. Null where there is none. Refusal: `Busy`.
     */
    takeNext: async (
      caller: Caller,
      find: (passed: readonly EditRef[]) => Promise<readonly Waiting[]>,
    ): Promise<CommandResult<(EditRef & Pick<Leased, 'lease'>) | null>> => {
      const passed: EditRef[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const { held, taken } = await takeFirst(caller.subject, () => find(passed));
        // Others were quicker, or hold a version that the model does not know yet.
        passed.push(...held);
        if (taken === null && held.length === 0) return { ok: true, value: null };
        if (taken === null) continue;
        const { waiting, lease } = taken;
        const { stream, edit } = waiting;
        if (await mayDecide(caller, waiting)) return { ok: true, value: { stream, edit, lease: shown(lease) } };
        await leases.giveBack(waiting, caller.subject);
        passed.push({ stream, edit });
      }
      return refused('Busy', 'Others keep taking what there is. Send the request again.');
    },

    /** Takes the edit, or renews the own lease. Refusals: `NotFound`, `SelfApproval`, `Recused`, `EditState`, `LeaseHeld`. */
    takeLease: async (caller: Caller, ref: EditRef): Promise<CommandResult<Leased>> => {
      const seen = await forReview(caller, ref);
      if (!seen.ok) return seen;
      const { edit, personOf, recused } = seen.value;
      const version = edit.versions.length;
      if (hasContributed(edit, caller.subject, personOf))
        return refused('SelfApproval', 'You contributed to this edit, so another reviewer has to take it.');
      if (recused) return isRecused();
      if (edit.state !== 'submitted')
        return refused('EditState', `This edit is ${edit.state.replace('_', ' ')}: nobody needs to review it now.`);
      if (edit.waitsFor !== null) return refused('EditState', `This edit waits for edit ${edit.waitsFor}: nobody needs to review it now.`);
      const own = await leases.take(ref, { version, holder: caller.subject, duration });
      if (own) return { ok: true, value: answer(ref, version, own) };
      const other = shown(await leases.current(ref, version));
      return refused('LeaseHeld', 'Another reviewer holds this edit. It can be decided all the same.', other ? { lease: other } : {});
    },

    /** Gives the own lease back, if there is one. Refusals: `NotFound`. */
    giveLeaseBack: async (caller: Caller, ref: EditRef): Promise<CommandResult<Leased>> => {
      const seen = await editNow(caller, ref);
      if (!seen.ok) return seen;
      const version = seen.value.versions.length;
      await leases.giveBack(ref, caller.subject);
      return { ok: true, value: answer(ref, version, await leases.current(ref, version)) };
    },

    /**
     * Breaks another's lease. The event comes first; should the lease outlive a crash, a repeat removes it.
     * Refusals: `NotFound`, `SelfApproval`, `Recused`, `EditState`, `NoLease`, `RecordState` (the own lease), `IdempotencyKeyReused`, `Busy`.
     */
    breakLease: (
      caller: Caller,
      { reason, ...ref }: EditRef & { reason: string },
    ): Promise<CommandResult<Leased & { position: string }>> => {
      let broken: Lease | undefined;
      return onEdit(
        caller,
        ref,
        async ({ state, found, asked }) => {
          broken = await leases.current(ref, found.versions.length);
          const recused = await readRecused({ stream: ref.stream, state, edit: found }, asked);
          const decision = breakLease(state, { ...asked, recused, holder: broken?.holder ?? '', reason }) as CommandResult<NewEvent[]>;
          return decision.ok && !broken ? refused('NoLease', 'Nobody holds this edit now.') : decision;
        },
        async (state, { first, position }) => {
          const [event] = await readEvents(log, ref.stream, first, { to: first, texts: false });
          if (event?.type === 'ReviewLeaseBroken') await leases.removeBroken(ref, event.data.holder, broken?.taken ?? event.recordedAt);
          const version = state.edits.get(ref.edit)?.versions.length ?? 0;
          return { ...answer(ref, version, undefined), position: String(position) };
        },
      );
    },
  };
};
