import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { z } from 'zod';

const shape = z.object({
  key: z.string(),
  subject: z.string(),
  role: z.string(),
});
/** Who has signed in: the key or token that they use the API with, and what it said of them then. */
export type Me = z.output<typeof shape>;

export type Sessions = {
  /** The value of the cookie. */
  seal(me: Me): Promise<string>;
  /** Who it is of; null where it is nobody's, changed, or too old. */
  open(sealed: string): Promise<Me | null>;
};

/** In seconds: a working day. */
export const sessionLength = 12 * 60 * 60;

/**
 * Sessions that lie in the cookie alone, encrypted (JWE, A256GCM) under a key that follows from the server's: every process reads those of the others, and
 * nothing of them is stored here. The key in it is held against the API at each request, so what is revoked there is over here too.
 */
export const createSessions = (serverKey: Uint8Array): Sessions => {
  const secret = new Uint8Array(hkdfSync('sha256', serverKey, new Uint8Array(), 'averment desk session', 32));
  return {
    seal: (me) =>
      new EncryptJWT(me)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setIssuedAt()
        .setExpirationTime(`${sessionLength}s`)
        .encrypt(secret),
    open: async (sealed) => {
      try {
        const { payload } = await jwtDecrypt(sealed, secret, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        return shape.safeParse(payload).data ?? null;
      } catch {
        return null;
      }
    },
  };
};
