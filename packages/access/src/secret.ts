import { hash } from 'node:crypto';
import type { Random } from '@averment/platform';

/** A new key: `avk_` and 256 random bits in base64url. */
export const newSecret = (random: Random): string => `avk_${random.bytes(32).toString('base64url')}`;

export const isSecret = (value: string): boolean => /^avk_[A-Za-z0-9_-]{43}$/.test(value);

/** What is stored in place of a key: its SHA-256. */
export const hashOf = (secret: string): Buffer => hash('sha256', secret, 'buffer');
