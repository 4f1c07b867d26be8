import type { Pool } from 'pg';
import { available } from './errors.ts';

const durable = ['fsync', 'full_page_writes', 'synchronous_commit'];
const encodings = ['server_encoding', 'client_encoding'];

/** The server would acknowledge what it has not flushed, or would change the encoding of what it is given. */
export class UnsuitableServer extends Error {
  override readonly name = 'UnsuitableServer';
}

/** Rejects with `UnsuitableServer` if the server, as this user sees it, would acknowledge a commit that a crash can lose, or would recode text; `LogUnavailable` if it cannot be asked. */
export const requireSuitable = async (pool: Pool): Promise<void> => {
  const { rows } = await available(() =>
    pool.query<{ name: string; setting: string }>('SELECT name, setting FROM pg_settings WHERE name = ANY($1)', [
      [...durable, ...encodings],
    ]),
  );
  const wrong = rows.filter(({ name, setting }) => (encodings.includes(name) ? setting !== 'UTF8' : setting === 'off'));
  if (wrong.length === 0) return;
  const found = wrong.map(({ name, setting }) => `${name} = ${setting}`).join(', ');
  throw new UnsuitableServer(`the event log cannot be kept by a PostgreSQL with ${found}`);
};
