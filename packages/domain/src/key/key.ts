import { type DomainEvent, isKeyEvent, type KeyEvent, type NewEvent } from '../log/events.ts';
import { followStream, initialStream, type StreamState } from '../log/stream.ts';
import type { PersonOf } from '../people/people.ts';
import { accept, type Result, refuse } from '../values/errors.ts';
import type { Confirmation, KeyKind, KeyRole } from './shapes.ts';

/** A key of the API, and what was done with it. Whether a request's key is valid is not asked here: that is the row's matter (`packages/access`). */

type Act = { by: string; at: string };
export type Key = StreamState & {
  status: 'none' | 'waiting' | 'active' | 'revoked';
  subject: string | null;
  role: KeyRole | null;
  kind: KeyKind;
  /** Absent once it was erased, or where texts were not asked for. */
  name: string | null | undefined;
  expiresAt: string | null;
  /** Whether another admin has to confirm it, or had to; null for one that was made before that was written down. */
  confirmation: Confirmation | null;
  created: Act | null;
  rotated: Act | null;
  confirmed: Act | null;
  revoked: Act | null;
  position: bigint;
};

/** The state of a stream without events. */
export const initialKey = (): Key => ({
  ...initialStream(),
  status: 'none',
  subject: null,
  role: null,
  kind: 'person',
  name: null,
  expiresAt: null,
  confirmation: null,
  created: null,
  rotated: null,
  confirmed: null,
  revoked: null,
  position: 0n,
});

const fold = (state: Key, event: KeyEvent): void => {
  const act = { by: event.actor, at: event.recordedAt };
  switch (event.type) {
    case 'KeyCreated': {
      const { confirmation } = event.data;
      Object.assign(state, event.data, { created: act, name: event.data.name });
      state.status = confirmation === 'needed' ? 'waiting' : 'active';
      return;
    }
    case 'KeyNoted':
      Object.assign(state, { subject: event.data.subject, role: event.data.role, status: 'active' });
      return;
    case 'KeyRotated':
      state.rotated = act;
      state.confirmed = null;
      state.confirmation = event.data.confirmation;
      state.status = event.data.confirmation === 'needed' ? 'waiting' : 'active';
      return;
    case 'KeyConfirmed':
      state.confirmed = act;
      state.status = 'active';
      return;
    case 'KeyRevoked':
      state.revoked = act;
      state.status = 'revoked';
      return;
    default:
      event satisfies never;
  }
};

/** Folds one event into the state, in place, and returns it. Total, also on erased texts. */
export const evolveKey = (state: Key, event: DomainEvent): Key => {
  if (isKeyEvent(event)) fold(state, event);
  state.position = event.position;
  followStream(state, event);
  return state;
};

/** Roles with which the record, or who may change it, is changed. */
const changing: ReadonlySet<KeyRole> = new Set(['contributor', 'reviewer', 'admin']);

/** Whether another admin has to confirm a key of this role. `admins`: how many subjects have, or had, keys as admins. */
export const confirmationOf = (role: KeyRole, { twoAdmins, admins }: { twoAdmins: boolean; admins: number }): Confirmation => {
  if (!twoAdmins) return 'off';
  if (!changing.has(role)) return 'no_content';
  return role === 'admin' && admins < 2 ? 'first_admins' : 'needed';
};

/** What is known of a key that was made before it had a stream. */
type Made = { subject: string; role: KeyRole; createdAt: string };

const noted = ({ status }: Key, { subject, role, createdAt }: Made): NewEvent[] =>
  status === 'none' ? [{ type: 'KeyNoted', edit: null, data: { subject, role, createdAt } }] : [];

/** Whether it can be used after `now` (milliseconds). */
const isOver = ({ expiresAt }: Key, now: number): boolean => expiresAt !== null && Date.parse(expiresAt) <= now;

const ended = (state: Key, now: number) => {
  if (state.status === 'revoked') return refuse('KeyState', 'The key was revoked. Make a new one.');
  return isOver(state, now) ? refuse('KeyState', 'The key has expired. Make a new one.') : null;
};

/** Decides that a key is replaced by another one of the same id. Refusals: `KeyState`. */
export const decideRotation = (
  state: Key,
  made: Made,
  { now, confirmation }: { now: number; confirmation: Confirmation },
): Result<NewEvent[]> => ended(state, now) ?? accept([...noted(state, made), { type: 'KeyRotated', edit: null, data: { confirmation } }]);

/** Decides that a key works that another admin made or rotated. `personOf`: who subjects are. Refusals: `KeyState`, `SelfApproval`. */
export const decideConfirmation = (
  state: Key,
  { actor, now, personOf }: { actor: string; now: number; personOf: PersonOf },
): Result<NewEvent[]> => {
  const over = ended(state, now);
  if (over !== null) return over;
  if (state.status !== 'waiting') return refuse('KeyState', 'The key works already: there is nothing to confirm.');
  const { by } = state.rotated ?? state.created ?? { by: actor };
  if (personOf(by) === personOf(actor)) return refuse('SelfApproval', 'You made this key, so another admin has to confirm it.');
  return accept([{ type: 'KeyConfirmed', edit: null, data: {} }]);
};

/** Decides that a key is never valid again; nothing where that was decided. */
export const decideRevocation = (state: Key, made: Made): NewEvent[] =>
  state.status === 'revoked' ? [] : [...noted(state, made), { type: 'KeyRevoked', edit: null, data: {} }];
