import { z } from 'zod';
import { createSeal, type Seal } from './seal.ts';

const shape = z.object({
  key: z.string(),
  subject: z.string(),
  role: z.string(),
});
/** Who has signed in: the key or token that they use the API with, and what it said of them then. */
export type Me = z.output<typeof shape>;

/** In seconds: a working day. */
export const sessionLength = 12 * 60 * 60;

/** Sessions as they lie in cookies. The key in one is held against the API at each request, so what is revoked there is over here too. */
export const createSessions = (serverKey: Uint8Array): Seal<Me> => createSeal(serverKey, 'session', shape);
