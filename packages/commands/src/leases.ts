import { breakLease, contributors, type Edit, type Incident } from '@averment/domain';
import { seenEdit } from './access.ts';
import { type CommandResult, refused } from './errors.ts';
import type { Execute } from './execute.ts';
import { type Folds, readEvents } from './folds.ts';
import type { Caller } from './identity.ts';
import type { LeaseRow } from './lease-table.ts';
import type { ReviewTools } from './reviews.ts';
import type { Serial } from './serial.ts';

type Target = { incident: string; edit: number };
type Lease = { holder: string; until: string };
/** Who holds the edit in its current version now. */
export type Leased = { incidentId: string; edit: number; version: number; lease: Lease | null };

type Tools = Pick<ReviewTools, 'log' | 'leases' | 'identify'> & {
  execute: Execute;
  incidents: Folds<Incident>;
  serial: Serial;
  /** How long a lease lasts, in milliseconds. */
  duration: number;
};

const leaseOf = (row: LeaseRow | undefined): Lease | null => (row ? { holder: row.holder, until: row.until } : null);

/** Taking, renewing, giving back and breaking leases (architecture.md, decision 13). They are advisory and contend with nobody for the stream. */
export const leaseCommands = ({ execute, log, incidents, leases, identify, serial, duration }: Tools) => {
  const editNow = (caller: Caller, { incident, edit }: Target): Promise<CommandResult<Edit>> =>
    // In turn with the commands on the stream, whose fold must not move on under them.
    serial(incident, async () => seenEdit((await incidents.fresh(incident)).state, edit, caller));

  const answer = ({ incident, edit }: Target, version: number, row: LeaseRow | undefined): Leased => ({
    incidentId: incident,
    edit,
    version,
    lease: leaseOf(row),
  });

  return {
    /** Takes the edit, or renews the own lease. Refusals: `NotFound`, `SelfApproval`, `EditState`, `LeaseHeld`. */
    async takeLease(caller: Caller, target: Target): Promise<CommandResult<Leased>> {
      const seen = await editNow(caller, target);
      if (!seen.ok) return seen;
      const edit = seen.value;
      const version = edit.versions.length;
      if (contributors(edit).has(caller.subject))
        return refused('SelfApproval', 'You contributed to this edit, so another reviewer has to take it.');
      if (edit.state !== 'submitted')
        return refused('EditState', `This edit is ${edit.state.replace('_', ' ')}: nobody needs to review it now.`);
      const row = await leases.take(target.incident, target.edit, version, caller.subject, duration);
      if (row) return { ok: true, value: answer(target, version, row) };
      const other = leaseOf(await leases.current(target.incident, target.edit, version));
      return refused('LeaseHeld', 'Another reviewer holds this edit. It can be decided all the same.', other ? { lease: other } : {});
    },

    /** Gives the own lease back, if there is one. Refusals: `NotFound`. */
    async giveLeaseBack(caller: Caller, target: Target): Promise<CommandResult<Leased>> {
      const seen = await editNow(caller, target);
      if (!seen.ok) return seen;
      const version = seen.value.versions.length;
      await leases.giveBack(target.incident, target.edit, caller.subject);
      return { ok: true, value: answer(target, version, await leases.current(target.incident, target.edit, version)) };
    },

    /**
     * Breaks another's lease. The event comes first; should the row outlive a crash, a repeat removes it.
     * Refusals: `NotFound`, `SelfApproval`, `EditState`, `NoLease`, `RecordState` (the own lease), `IdempotencyKeyReused`, `Busy`.
     */
    breakLease(caller: Caller, { reason, ...target }: Target & { reason: string }): Promise<CommandResult<Leased & { position: string }>> {
      const identity = identify(caller);
      const { incident, edit } = target;
      let broken: LeaseRow | undefined;
      return execute(incidents, caller, identity, {
        stream: incident,
        traceOf: (state: Incident, command) => state.commands.get(command),
        decide: async ({ state }) => {
          const seen = seenEdit(state, edit, caller);
          if (!seen.ok) return seen;
          broken = await leases.current(incident, edit, seen.value.versions.length);
          const holder = broken?.holder ?? '';
          const decision = breakLease(state, { command: identity.command, actor: caller.subject, edit, holder, reason });
          return decision.ok && !broken ? refused('NoLease', 'Nobody holds this edit now.') : decision;
        },
        answer: async (state, { first, position }) => {
          const [event] = await readEvents(log, incident, first, { to: first, texts: false });
          const version = state.edits.get(edit)?.versions.length ?? 0;
          if (event?.type === 'ReviewLeaseBroken')
            await leases.removeBroken(incident, edit, event.data.holder, broken?.taken ?? event.recordedAt);
          return { incidentId: incident, edit, version, lease: null, position: String(position) };
        },
      });
    },
  };
};
