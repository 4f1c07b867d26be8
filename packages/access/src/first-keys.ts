import { access, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock, inTransaction, isCode, type Random, syncFolder, writeWhole } from '@averment/platform';
import type { Pool } from 'pg';
import { insertKey } from './keys.ts';
import type { KeyKind, Role } from './roles.ts';
import { hashOf, newSecret } from './secret.ts';

/** Whom an empty data directory gets a key for: the subject's name, and its role. */
export const firstSubjects: Readonly<Record<string, Role>> = {
  contributor: 'contributor',
  contributor2: 'contributor',
  reviewer: 'reviewer',
  reviewer2: 'reviewer',
  auditor: 'auditor',
  app: 'app',
  admin: 'admin',
  admin2: 'admin',
};

/** The steps between which a crash is possible, for tests that crash there. */
export type FirstKeyStep = 'drafted' | 'stored' | 'published';

/**
 * Gives an empty database its first keys, and writes them to `keys.json` (mode 0600) in the data directory. Answers the file's path if it is there.
 * A crash at any moment neither loses the keys nor leaves a file whose keys do not work: they are first written to a draft, then their hashes are
 * stored in one transaction, then the draft gets its name. The next call goes on from where the last one died.
 * A database that has keys, or had, gets none.
 */
export const firstKeys = async (
  pool: Pool,
  dataDir: string,
  tools: { clock: Clock; random: Random; reached?: (step: FirstKeyStep) => void },
): Promise<string | null> => {
  const file = join(dataDir, 'keys.json');
  const draft = join(dataDir, 'keys.json.draft');
  if (await exists(file)) return file;

  let keys = await readKeys(draft);
  if (keys === null) {
    if (await hasKeys(pool)) return null;
    keys = new Map(Object.keys(firstSubjects).map((subject) => [subject, newSecret(tools.random)]));
    await writeWhole(draft, `${JSON.stringify(Object.fromEntries(keys), null, 2)}\n`, 0o600);
  }
  tools.reached?.('drafted');
  if (!(await store(pool, keys, tools))) {
    await rm(draft, { force: true });
    return null;
  }
  tools.reached?.('stored');
  await rename(draft, file);
  await syncFolder(dirname(file));
  tools.reached?.('published');
  return file;
};

/** Stores the hashes unless they are stored already; answers false where the database has other keys instead. */
const store = (pool: Pool, keys: ReadonlyMap<string, string>, tools: { clock: Clock; random: Random }): Promise<boolean> =>
  inTransaction(pool, async (client) => {
    await client.query('LOCK TABLE access.keys IN SHARE ROW EXCLUSIVE MODE');
    const hashes = [...keys.values()].map(hashOf);
    const { rows } = await client.query<{ all: number; own: number }>(
      'SELECT count(*)::int AS all, (count(*) FILTER (WHERE hash = ANY ($1)))::int AS own FROM access.keys',
      [hashes],
    );
    const found = rows[0] ?? { all: 0, own: 0 };
    if (found.own === keys.size) return true;
    if (found.all > 0) return false;
    for (const [subject, key] of keys) {
      const role = firstSubjects[subject];
      const kind: KeyKind = role === 'app' ? 'machine' : 'person';
      if (role !== undefined)
        await insertKey(client, { id: tools.random.uuid(), subject, role, kind, hash: hashOf(key), at: tools.clock.now() });
    }
    return true;
  });

const hasKeys = async (pool: Pool): Promise<boolean> => {
  const { rows } = await pool.query<{ found: boolean }>('SELECT EXISTS (SELECT FROM access.keys) AS found');
  return rows[0]?.found === true;
};

const readKeys = async (path: string): Promise<Map<string, string> | null> => {
  try {
    return new Map(Object.entries(JSON.parse(await readFile(path, 'utf8')) as Record<string, string>));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
};

const exists = async (path: string): Promise<boolean> => {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
};
