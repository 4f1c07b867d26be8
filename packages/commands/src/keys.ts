import {
  countAdmins,
  hashOf,
  insertKey,
  isUser,
  type KeyKind,
  type KeyRow,
  listKeys,
  lockKey,
  newSecret,
  type Role,
  releaseKey,
  revokeKey,
} from '@averment/access';
import {
  type Confirmation,
  confirmationOf,
  type DomainEvent,
  decideConfirmation,
  decideRevocation,
  decideRotation,
  evolveKey,
  idOfUuid,
  initialKey,
  type Key,
  type NewEvent,
  uuidOf,
} from '@averment/domain';
import { decoded, type EventLog } from '@averment/event-log';
import { type Clock, inTransaction, inTurn, type Random } from '@averment/platform';
import type { Pool, PoolClient } from 'pg';
import { nothing } from './access.ts';
import { type CommandResult, refused } from './errors.ts';
import { createExecute, type Done } from './execute.ts';
import { createFolds, type Fold } from './folds.ts';
import type { Caller, Identity } from './identity.ts';
import { createMaking } from './making.ts';
import { createReadPeople } from './people.ts';

/** What a key is made for; `expiresAt` is RFC 3339 in UTC. */
export type SentKey = { subject: string; role: Role; kind: KeyKind; name: string | null; expiresAt: string | null };
export type KeyState = 'active' | 'waiting' | 'expired' | 'revoked';
/** `key` is told once: null where the same request was answered before. */
export type KeyMade = { id: string; key: string | null; state: KeyState; position: string };
export type KeyActed = Omit<KeyMade, 'key'>;

/** A key as admins see it. Who did something with it is null where that was not written down. */
export type KeyItem = {
  id: string;
  subject: string;
  role: Role;
  kind: KeyKind;
  name: string | null;
  state: KeyState;
  confirmation: Confirmation | null;
  createdAt: string;
  createdBy: string | null;
  rotatedAt: string | null;
  rotatedBy: string | null;
  confirmedAt: string | null;
  confirmedBy: string | null;
  expiresAt: string | null;
  lastUsedAt: string | null;
  revokedAt: string | null;
  revokedBy: string | null;
};

type Tools = {
  log: EventLog<DomainEvent>;
  pool: Pool;
  clock: Clock;
  random: Random;
  identify: (caller: Caller) => Identity;
  /** Whether another admin has to confirm keys with which the record can be changed. */
  twoAdmins: boolean;
  onAppended?: (position: bigint) => void;
};

/** What is to be left undone in the database, and what is answered nevertheless. */
class Undone extends Error {
  readonly answer: unknown;
  constructor(answer: unknown) {
    super('nothing was written');
    this.answer = answer;
  }
}

const stateOf = (status: Key['status'], expiresAt: string | null, now: number): KeyState => {
  if (status === 'revoked') return 'revoked';
  if (expiresAt !== null && Date.parse(expiresAt) <= now) return 'expired';
  return status === 'waiting' ? 'waiting' : 'active';
};
const ofAnotherRole = (subject: string) =>
  refused('KeyState', `${subject} has keys of another role. Revoke them first, or choose another subject.`);
const madeAs = ({ subject, role, createdAt }: KeyRow) => ({ subject, role, createdAt: createdAt.toISOString() });

/**
 * What is done with keys: each act is an event of the key's own stream, and a change of its row. What gives a right is written down first: the row changes in a
 * transaction that is committed once the event is in the log. What takes one is done first: a key is revoked even where the log does not answer.
 */
export const createKeyCommands = ({ log, pool, clock, random, identify, twoAdmins, onAppended = () => undefined }: Tools) => {
  const execute = createExecute({ log, clock, serial: inTurn(), onAppended });
  const making = createMaking({ log, identify });
  const folds = createFolds({ log, initial: initialKey, evolve: evolveKey, budget: 1000 });
  const readPeople = createReadPeople(log);
  const now = () => clock.now().getTime();
  const acted = async (state: Key, { position }: Done): Promise<KeyActed> => ({
    id: state.id ?? '',
    state: stateOf(state.status, state.expiresAt, now()),
    position: String(position),
  });

  /** Decides with the database's rows at hand, and keeps what was done to them only where its events are in the log. */
  const write = async <T>(
    caller: Caller,
    { identity, stream }: { identity: Identity; stream: string },
    decide: (client: PoolClient, fold: Fold<Key>) => Promise<CommandResult<readonly NewEvent[]>>,
    answer: (state: Key, done: Done) => Promise<T>,
  ): Promise<CommandResult<T>> => {
    try {
      return await inTransaction(pool, async (client) => {
        let isWritten = false;
        const result = await execute(folds, caller, identity, {
          stream,
          decide: (fold) => decide(client, fold),
          answer: (state, done) => {
            isWritten = done.decided !== null;
            return answer(state, done);
          },
        });
        // A repeat has decided on a row too, if it came before it could see the first: what that one has stored stays.
        if (!isWritten) throw new Undone(result);
        return result;
      });
    } catch (error) {
      if (error instanceof Undone) return error.answer as CommandResult<T>;
      throw error;
    }
  };
  /** A secret is told by the call that made it, if that wrote it. */
  const told = (key: string) => async (state: Key, done: Done) => ({
    ...(await acted(state, done)),
    key: done.decided === null ? null : key,
  });

  const create = async (caller: Caller, sent: SentKey): Promise<CommandResult<KeyMade>> => {
    const made = await making(caller, 'key');
    const secret = newSecret(random);
    const { subject, role, kind, name, expiresAt } = sent;
    return write(
      caller,
      made,
      async (client) => {
        const at = clock.now();
        if (expiresAt !== null && Date.parse(expiresAt) <= at.getTime())
          return refused('InvalidChange', 'A key expires in the future.', {
            errors: [{ pointer: '/expiresAt', message: 'must lie in the future' }],
          });
        if (isUser(subject))
          return refused('InvalidChange', 'Subjects of this form are those of users who come with tokens.', {
            errors: [{ pointer: '/subject', message: 'is reserved for users who come with tokens' }],
          });
        const confirmation = confirmationOf(role, { twoAdmins, admins: await countAdmins(client) });
        const row = { id: uuidOf(made.stream), subject, role, kind, hash: hashOf(secret), at };
        const isStored = await insertKey(client, {
          ...row,
          expiresAt: expiresAt === null ? null : new Date(expiresAt),
          waits: confirmation === 'needed',
        });
        if (!isStored) return ofAnotherRole(subject);
        return { ok: true, value: [{ type: 'KeyCreated', edit: null, data: { subject, role, kind, name, expiresAt, confirmation } }] };
      },
      told(secret),
    );
  };

  const rotate = async (caller: Caller, id: string): Promise<CommandResult<KeyMade>> => {
    const secret = newSecret(random);
    return write(
      caller,
      { identity: identify(caller), stream: id },
      async (client, { state }) => {
        const row = await lockKey(client, uuidOf(id));
        const { subject, role } = row ?? state;
        if (subject === null || role === null) return nothing();
        const confirmation = confirmationOf(role, { twoAdmins, admins: await countAdmins(client) });
        const at = clock.now();
        const decided = decideRotation(
          state,
          { subject, role, createdAt: (row?.createdAt ?? at).toISOString() },
          { now: now(), confirmation },
        );
        if (!decided.ok) return decided;
        const { kind, expiresAt } = row ?? { kind: state.kind, expiresAt: state.expiresAt === null ? null : new Date(state.expiresAt) };
        const stored = { id: uuidOf(id), subject, role, kind, hash: hashOf(secret), at, expiresAt, waits: confirmation === 'needed' };
        // The row is missing where the process that made the key ended between its event and the row.
        return (await insertKey(client, stored)) ? decided : ofAnotherRole(subject);
      },
      told(secret),
    );
  };

  const confirm = (caller: Caller, id: string): Promise<CommandResult<KeyActed>> =>
    write(
      caller,
      { identity: identify(caller), stream: id },
      async (client, { state }) => {
        const row = await lockKey(client, uuidOf(id));
        if (row === null) return nothing();
        const decided = decideConfirmation(state, { actor: caller.subject, now: now(), personOf: await readPeople() });
        if (decided.ok) await releaseKey(client, row.id);
        return decided;
      },
      acted,
    );

  const revoke = async (caller: Caller, id: string): Promise<CommandResult<KeyActed>> => {
    const row = await revokeKey(pool, uuidOf(id), clock.now());
    if (row === null) return nothing();
    const { state } = await folds.fresh(id);
    const identity = identify(caller);
    // Another one has revoked it: nothing is left to be done, or to be written down.
    const isRepeat = [identity.command, ...identity.former].some((command) => state.commands.has(command));
    if (state.status === 'revoked' && !isRepeat) return { ok: true, value: { id, state: 'revoked', position: String(state.position) } };
    return execute(folds, caller, identity, {
      stream: id,
      decide: async (fold) => {
        const events = decideRevocation(fold.state, madeAs(row));
        return events.length === 0
          ? refused('Busy', 'Another admin has just revoked it. Send the request again.')
          : { ok: true, value: events };
      },
      answer: acted,
    });
  };

  /** The row, and what its stream says of it, with texts. */
  const itemOf = async (row: KeyRow): Promise<KeyItem> => {
    const id = idOfUuid('key', row.id);
    const state = decoded(await log.readStream(id, 0)).reduce(evolveKey, initialKey());
    const { created, rotated, confirmed, revoked } = state;
    const expiresAt = row.expiresAt?.toISOString() ?? null;
    return {
      id,
      subject: row.subject,
      role: state.role ?? row.role,
      kind: row.kind,
      name: state.name ?? null,
      state: stateOf(row.revokedAt !== null ? 'revoked' : row.waits ? 'waiting' : 'active', expiresAt, now()),
      confirmation: state.confirmation,
      createdAt: row.createdAt.toISOString(),
      createdBy: created?.by ?? null,
      rotatedAt: rotated?.at ?? null,
      rotatedBy: rotated?.by ?? null,
      confirmedAt: confirmed?.at ?? null,
      confirmedBy: confirmed?.by ?? null,
      expiresAt,
      lastUsedAt: row.usedAt?.toISOString() ?? null,
      revokedAt: row.revokedAt?.toISOString() ?? null,
      revokedBy: revoked?.by ?? null,
    };
  };

  const nameOf = async (id: string): Promise<string | null> =>
    decoded(await log.readStream(id, 0)).reduce(evolveKey, initialKey()).name ?? null;

  return {
    /** What a key is called; null for nothing, and for one of before that was written down. */
    nameOf,
    /** Refusals: `InvalidChange`, `KeyState`, `IdempotencyKeyReused`, `Busy`. */
    create,
    /** The key that was valid under this id is so no more. Refusals: `NotFound`, `KeyState`, `IdempotencyKeyReused`, `Busy`. */
    rotate,
    /** Refusals: `NotFound`, `KeyState`, `SelfApproval`, `IdempotencyKeyReused`, `Busy`. */
    confirm,
    /** Where this rejects with `LogUnavailable` the key is revoked, and the same command writes that down. Refusals: `NotFound`, `IdempotencyKeyReused`, `Busy`. */
    revoke,
    /** Oldest first: at most so many (all, where null), those behind the one of the id `after`. */
    list: async ({ after, limit }: { after: string | null; limit: number | null }): Promise<KeyItem[]> => {
      const rows = await listKeys(pool, { after: after === null ? null : uuidOf(after), limit });
      return Promise.all(rows.map(itemOf));
    },
  };
};

export type KeyCommands = ReturnType<typeof createKeyCommands>;
