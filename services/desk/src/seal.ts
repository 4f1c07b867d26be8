import { hkdfSync } from 'node:crypto';
import { EncryptJWT, type JWTPayload, jwtDecrypt } from 'jose';
import type { z } from 'zod';

export type Seal<T> = {
  /** The value as a text that only a desk with this server key reads, for so many seconds. */
  seal(value: T, seconds: number): Promise<string>;
  /** What was sealed; null where that is nothing of ours, changed, sealed by another key, or too old. */
  open(sealed: string | undefined): Promise<T | null>;
};

/**
 * What lies in a browser's cookie alone, encrypted (JWE, A256GCM) under a key for this purpose that follows from the server's (RFC 5869): every process reads
 * those of the others, and nothing of them is stored here.
 */
export const createSeal = <T extends JWTPayload>(serverKey: Uint8Array, purpose: string, shape: z.ZodType<T>): Seal<T> => {
  const secret = new Uint8Array(hkdfSync('sha256', serverKey, new Uint8Array(), `averment desk ${purpose}`, 32));
  return {
    seal: (value, seconds) =>
      new EncryptJWT(value)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setIssuedAt()
        .setExpirationTime(`${seconds}s`)
        .encrypt(secret),
    open: async (sealed) => {
      if (sealed === undefined) return null;
      try {
        const how = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'], requiredClaims: ['exp'] };
        const { payload } = await jwtDecrypt(sealed, secret, how);
        return shape.safeParse(payload).data ?? null;
      } catch {
        return null;
      }
    },
  };
};
