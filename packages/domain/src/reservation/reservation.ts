import { createHmac, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { DomainEvent } from '../log/events.ts';
import { followStream, initialStream, type StreamState } from '../log/stream.ts';
import { idOfBytes } from '../values/ids.ts';
import { typeId } from '../values/shapes.ts';

/**
 * A reservation: that a value, such as an external id, belongs to one thing, its owner. Each value has a stream of its own, and its first append decides. The
 * stream's name is a keyed digest of the value, so the value can be erased and still be recognised. Its events are `ValueReserved`; the last one counts.
 */

export const reservationSchemas = {
  ValueReserved: z.strictObject({ owner: typeId('incident', 'source', 'party') }),
};

/** What is reserved: a value of a scheme, once for each use (`of`): as the external id of such a thing, or as an identifier of a party. */
export type Reserved = { of: 'incident' | 'source' | 'party' | 'identifier'; scheme: string; value: string };

/** The stream of a value's reservation. */
export type NameReservation = (reserved: Reserved) => string;
/** By HMAC-SHA-256: names and numbers are few, so that a mere hash would tell them to whoever tries them all. The form is part of the storage format. */
export const reservationsUnder =
  (key: KeyObject | Uint8Array): NameReservation =>
  ({ of, scheme, value }) =>
    idOfBytes(
      'reservation',
      createHmac('sha256', key)
        .update(JSON.stringify([of, scheme, value]))
        .digest(),
    );

export type Reservation = StreamState & { owner: string | null };
export const initialReservation = (): Reservation => ({ ...initialStream(), owner: null });

/** Folds one event into the state, in place, and returns it. */
export const evolveReservation = (state: Reservation, event: DomainEvent): Reservation => {
  if (event.type === 'ValueReserved') state.owner = event.data.owner;
  followStream(state, event);
  return state;
};
