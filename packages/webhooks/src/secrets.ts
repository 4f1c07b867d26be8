import { createHmac, createSecretKey, hkdfSync } from 'node:crypto';
import type { Random } from '@averment/platform';
import { CompactEncrypt, compactDecrypt } from 'jose';

/** As Standard Webhooks writes a symmetric secret. */
export const newSecret = (random: Random): string => `whsec_${random.bytes(32).toString('base64')}`;

const keyFor = (serverKey: Uint8Array, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', serverKey, new Uint8Array(), `averment ${purpose}`, 32));

/** Keeps secrets encrypted (JWE, A256GCM), each for its webhook alone, under a key for this purpose that follows from the server's (RFC 5869). */
export const createSeal = (serverKey: Uint8Array) => {
  const key = keyFor(serverKey, 'webhook secrets');
  return {
    seal: (webhook: string, secret: string): Promise<string> =>
      new CompactEncrypt(new TextEncoder().encode(secret)).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: webhook }).encrypt(key),
    /** Rejects where it was sealed for another webhook, or with another server key. */
    open: async (webhook: string, sealed: string): Promise<string> => {
      const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      if (protectedHeader.kid !== webhook) throw new Error(`the secret of the webhook ${webhook} is that of another one`);
      return new TextDecoder().decode(plaintext);
    },
  };
};

/**
 * What an event is called to receivers: the same for all of them and for ever, so that they can drop repeats. The event's own id follows from who sent it, and
 * could be tried out.
 */
export const createMessageIds = (serverKey: Uint8Array): ((event: string) => string) => {
  const key = createSecretKey(Buffer.from(keyFor(serverKey, 'webhook messages')));
  return (event) => `msg_${createHmac('sha256', key).update(event).digest('base64url').slice(0, 27)}`;
};
