import { join, resolve } from 'node:path';
import { z } from 'zod';
import { duration, origin, path, type Setting, url } from './setting-shapes.ts';

/** The settings of the ledger: by which key it is signed, and what it is called. */

/** What witnesses are asked for, and by which keys they answer (C2SP tlog-witness). */
const witnesses = z
  .string()
  .transform((value) => value.split(',').map((part) => part.trim().split(/\s+/)))
  .refine(
    (parts) =>
      parts.every(([url = '', vkey = '', ...more]) => /^https?:/.test(url) && URL.canParse(url) && vkey !== '' && more.length === 0),
    'is no list of witnesses, each with its address, a blank and its key',
  )
  .transform((parts) => parts.map(([url = '', vkey = '']) => ({ url, vkey })));

export const ledgerSchemas = {
  LEDGER_KEY_FILE: path,
  LEDGER_ORIGIN: origin,
  LEDGER_WITNESSES: witnesses,
  LEDGER_TSA_URL: url(['http', 'https'], 'a time-stamping authority'),
  LEDGER_TSA_CA_FILE: path,
  LEDGER_TSA_EVERY: duration,
};

export const describedLedger: Record<keyof typeof ledgerSchemas, Setting> = {
  LEDGER_KEY_FILE: {
    fallback: null,
    example: '/etc/averment/ledger.key',
    about:
      'A file of the keys that sign the ledger, a line each. Made in DATA_DIR on the embedded default; with DATABASE_URL nothing is signed without it.',
    secret: false,
  },
  LEDGER_ORIGIN: {
    fallback: null,
    example: 'record.example/log',
    about: 'What the ledger is called: where it is served, without the scheme. Without it, as its key says.',
    secret: false,
  },
  LEDGER_WITNESSES: {
    fallback: null,
    example: 'https://witness.example witness.example+0b8a6b3e+BO1sOoZ…',
    about: 'Witnesses (C2SP tlog-witness) that sign checkpoints too: address and verifier key with a blank between, several with commas.',
    secret: false,
  },
  LEDGER_TSA_URL: {
    fallback: null,
    example: 'https://stamps.example/tsr',
    about: 'An authority (RFC 3161) that sets the time of checkpoints, by the program openssl; with LEDGER_TSA_CA_FILE.',
    secret: false,
  },
  LEDGER_TSA_CA_FILE: {
    fallback: null,
    example: '/etc/averment/stamps.pem',
    about: 'The certificates by which its tokens are verified.',
    secret: false,
  },
  LEDGER_TSA_EVERY: {
    fallback: '1d',
    example: '1h',
    about: 'How often it is asked at most: a number and s, m, h or d.',
    secret: false,
  },
};

export type LedgerSettings = {
  /** Who else signs checkpoints: an address and a verifier key each. */
  witnesses: { url: string; vkey: string }[];
  /** Who sets the time of them, and how often at most, in milliseconds; null for nobody. */
  stamping: { url: string; caFile: string; every: number } | null;
  /** Null: nothing is signed. */
  keyFile: string | null;
  /** Null: as the key says. */
  origin: string | null;
};

type Read = <T>(name: keyof typeof ledgerSchemas, schema: z.ZodType<T, string>) => T | null;

/** What belongs together and is not all there goes to `problems`. */
export const readLedger = (
  read: Read,
  { databaseUrl, dataDir }: { databaseUrl: string | null; dataDir: string },
  problems: string[],
): LedgerSettings => {
  const file = read('LEDGER_KEY_FILE', ledgerSchemas.LEDGER_KEY_FILE);
  const made = databaseUrl === null ? join(dataDir, 'ledger.key') : null;
  const stamps = read('LEDGER_TSA_URL', ledgerSchemas.LEDGER_TSA_URL);
  const caFile = read('LEDGER_TSA_CA_FILE', ledgerSchemas.LEDGER_TSA_CA_FILE);
  const every = read('LEDGER_TSA_EVERY', ledgerSchemas.LEDGER_TSA_EVERY) ?? 0;
  if ((stamps === null) !== (caFile === null)) problems.push('LEDGER_TSA_URL and LEDGER_TSA_CA_FILE have to be set together');
  return {
    keyFile: file === null ? made : resolve(file),
    origin: read('LEDGER_ORIGIN', ledgerSchemas.LEDGER_ORIGIN),
    witnesses: read('LEDGER_WITNESSES', ledgerSchemas.LEDGER_WITNESSES) ?? [],
    stamping: stamps === null || caFile === null ? null : { url: stamps, caFile: resolve(caFile), every },
  };
};
