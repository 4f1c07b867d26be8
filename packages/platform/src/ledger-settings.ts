import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { origin, path, type Setting } from './setting-shapes.ts';

/** The settings of the ledger: by which key it is signed, and what it is called. */

export const ledgerSchemas = {
  LEDGER_KEY_FILE: path,
  LEDGER_ORIGIN: origin,
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
};

export type LedgerSettings = {
  /** Null: nothing is signed. */
  keyFile: string | null;
  /** Null: as the key says. */
  origin: string | null;
};

type Read = <T>(name: keyof typeof ledgerSchemas, schema: z.ZodType<T, string>) => T | null;

export const readLedger = (read: Read, { databaseUrl, dataDir }: { databaseUrl: string | null; dataDir: string }): LedgerSettings => {
  const file = read('LEDGER_KEY_FILE', ledgerSchemas.LEDGER_KEY_FILE);
  const made = databaseUrl === null ? join(dataDir, 'ledger.key') : null;
  return { keyFile: file === null ? made : resolve(file), origin: read('LEDGER_ORIGIN', ledgerSchemas.LEDGER_ORIGIN) };
};
