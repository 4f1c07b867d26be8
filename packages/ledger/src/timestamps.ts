import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Connection } from '@averment/event-log';
import type { Clock } from '@averment/platform';
import { digestOf, parseCheckpoint, parseNote } from '@averment/verify-log';

/** Who stamps checkpoints (RFC 3161), by which certificates its tokens are verified, and how often at most, in milliseconds. */
export type Stamping = { url: string; caFile: string; every: number };

/** There is no token; the message says why. */
export class StampFailed extends Error {
  override readonly name = 'StampFailed';
}

const patience = 10_000;
/** Tokens with all certificates have some kilobytes. */
const longest = 64 * 1024;
const run = promisify(execFile);

const openssl = (...args: string[]): Promise<unknown> =>
  run('openssl', ['ts', ...args], { timeout: patience }).catch((error: Error & { stderr?: string }) => {
    throw new StampFailed(`openssl ts ${args[0]}: ${(error.stderr || error.message).trim().slice(0, 500)}`);
  });

/** A token over the SHA-256 of the text, verified. Rejects with `StampFailed`. */
const stamp = async (text: string, { url, caFile }: Stamping): Promise<Buffer> => {
  const folder = await mkdtemp(join(tmpdir(), 'averment-stamp-'));
  const [query, reply] = [join(folder, 'query.tsq'), join(folder, 'reply.tsr')];
  try {
    await openssl('-query', '-sha256', '-digest', digestOf(text), '-cert', '-out', query);
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query' },
      body: await readFile(query),
      signal: AbortSignal.timeout(patience),
      redirect: 'error',
    }).catch((error: unknown) => {
      throw new StampFailed(`${url} does not answer: ${String(error)}`);
    });
    const token = Buffer.from(await answer.arrayBuffer());
    if (!answer.ok || token.length > longest) throw new StampFailed(`${url} answered ${answer.status} with ${token.length} bytes`);
    await writeFile(reply, token);
    await openssl('-verify', '-queryfile', query, '-in', reply, '-CAfile', caFile);
    return token;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** The last checkpoint that was stamped: the text that was signed, and the token (RFC 3161, a TimeStampResp) over its SHA-256. */
export type Stamped = { text: string; token: Buffer };

export const lastStamped = async (connection: Connection): Promise<Stamped | null> => {
  const { rows } = await connection.query<Stamped>('SELECT text, token FROM ledger.stamps ORDER BY size DESC LIMIT 1');
  return rows[0] ?? null;
};

/** Has the last checkpoint stamped, where it is another one than the last that was, and that is long enough ago. Rejects with `StampFailed`. */
export const createStamping = (pool: Connection, stamping: Stamping, clock: Clock) => async (): Promise<void> => {
  const { rows } = await pool.query<{ note: string | null; stampedAt: Date | null }>(
    'SELECT c.note, (SELECT max(stamped_at) FROM ledger.stamps) AS "stampedAt" FROM ledger.checkpoint c',
  );
  const { note = null, stampedAt = null } = rows[0] ?? {};
  const now = clock.now();
  if (note === null || (stampedAt !== null && now.getTime() - stampedAt.getTime() < stamping.every)) return;
  const { text } = parseNote(note);
  const last = await lastStamped(pool);
  if (last?.text === text) return;
  await pool.query('INSERT INTO ledger.stamps (size, text, token, stamped_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
    parseCheckpoint(text).size,
    text,
    await stamp(text, stamping),
    now,
  ]);
};
