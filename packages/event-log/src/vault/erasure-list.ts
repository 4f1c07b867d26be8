import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { inParts } from '@averment/domain';
import type { Pool } from 'pg';
import { erasureParts } from '../erase.ts';
import { type ErasedText, erasedKey, erasureType } from '../erased.ts';
import { type EventLog, type EventToAppend, LogUnavailable } from '../port.ts';

/**
 * A list of what was erased, in a file that is in no backup of the log or the vault: a line of JSON for each text. A log that is restored from before an erasure
 * does not know of it any more, and neither does a vault of then; the file does. It holds no text, only which one it was.
 */

type Line = ErasedText & { pointer: string; reasonCode: string; decision: string | null };
const isLine = (json: unknown): json is Line => {
  const { stream, revision, pointer, digest, reasonCode, decision } = (json ?? {}) as Partial<Line>;
  const areTexts = [stream, pointer, digest, reasonCode, decision ?? ''].every((text) => typeof text === 'string');
  return areTexts && Number.isSafeInteger(revision);
};

type Log = Pick<EventLog<object>, 'readAll' | 'readStored' | 'append'>;
type Tools = { path: string; pool: Pool; log: Log; clock: { now(): Date } };

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
};

/**
 * Rejects for a file that is there and cannot be read, and for a line that is none. One without its closing brace was cut off by a crash before it was
 * acknowledged, wherever it stands by now.
 */
const linesIn = async (path: string): Promise<Line[]> => {
  const written = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return written.split('\n').flatMap((one, index) => {
    if (!one.endsWith('}')) return [];
    const read = parsed(one);
    if (!isLine(read)) throw new Error(`${path} is no list of erasures: line ${index + 1} cannot be read`);
    return [read];
  });
};

const linesAtOnce = 200;
const append = async (path: string, lines: readonly Line[]): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a');
  try {
    // Few enough to be one write, which others who append to the file do not divide.
    for (let from = 0; from < lines.length; from += linesAtOnce) {
      const some = lines.slice(from, from + linesAtOnce);
      // First the end of a line that a crash may have cut off.
      await file.appendFile(`\n${some.map((one) => JSON.stringify(one)).join('\n')}\n`);
    }
    await file.sync();
  } finally {
    await file.close();
  }
};

const tries = 20;
/** So many erasures fit into one append. */
const textsAtOnce = 1000;

/** Makes the list in the file of this path. Several processes may write it: a text that is listed twice was erased once. */
export const createErasureList = ({ path, pool, log, clock }: Tools) => {
  let known: Set<string> | undefined;

  const inVault = async (): Promise<(ErasedText & { position: string })[]> =>
    (await pool.query<ErasedText & { position: string }>('SELECT stream, revision, digest, position::text FROM vault.erasures')).rows;

  /** Writes what the vault has erased and the file does not say yet; it is on disk when that resolves. */
  const note = async (): Promise<void> => {
    known ??= new Set((await linesIn(path)).map(erasedKey));
    const listed = known;
    const missing = (await inVault()).filter((text) => !listed.has(erasedKey(text)));
    const lines: Line[] = [];
    for (const position of new Set(missing.map((text) => text.position))) {
      const [event] = await log.readAll(BigInt(position) - 1n, 1, { texts: false });
      const { type, stream, data } = event as unknown as { type: string; stream: string; data: { items: Omit<Line, 'stream'>[] } & Line };
      if (type !== erasureType) continue;
      const { reasonCode, decision } = data;
      lines.push(...data.items.map(({ revision, pointer, digest }) => ({ stream, revision, pointer, digest, reasonCode, decision })));
    }
    if (lines.length === 0) return;
    await append(path, lines);
    for (const one of lines) listed.add(erasedKey(one));
  };

  /** Of these texts of a stream, those of which the log has the event and no erasure. */
  const forgotten = async (stream: string, lines: readonly Line[]): Promise<{ lost: Line[]; revision: number }> => {
    const events = await log.readStored(stream, 0, { texts: false });
    const erased = new Set(
      events.flatMap(({ type, canonical }) =>
        type === erasureType ? (JSON.parse(canonical) as { data: { items: Line[] } }).data.items.map(({ digest }) => digest) : [],
      ),
    );
    const holds = ({ revision, digest }: Line) => events.some((one) => one.revision === revision && one.canonical.includes(digest));
    return { lost: lines.filter((one) => !erased.has(one.digest) && holds(one)), revision: events.at(-1)?.revision ?? -1 };
  };

  const eraseAgain = async (stream: string, lines: readonly Line[]): Promise<number> => {
    for (let tried = 0; tried < tries; tried += 1) {
      const { lost, revision } = await forgotten(stream, lines);
      if (lost.length === 0) return 0;
      const command = randomUUID();
      const events = [...Map.groupBy(lost, ({ reasonCode, decision }) => `${reasonCode} ${decision}`).values()].flatMap((own) =>
        erasureParts(own.map(({ revision, pointer, digest }) => ({ revision, pointer, digest }))).map(
          (items): EventToAppend => ({
            id: randomUUID(),
            type: erasureType,
            at: clock.now().toISOString(),
            actor: 'worker',
            edit: null,
            command,
            request: null,
            correlation: null,
            data: { items, reasonCode: own[0]?.reasonCode, decision: own[0]?.decision },
          }),
        ),
      );
      if ((await log.append(stream, revision, events)).outcome !== 'wrong_revision') return lost.length;
    }
    throw new LogUnavailable(`the stream ${stream} changed ${tries} times while a text was erased from it again`);
  };

  /**
   * Erases again what the file says was erased and the log does not know: how many texts that were. The vault has to be brought to the head of the log after it.
   */
  const makeGood = async (): Promise<number> => {
    const lines = await linesIn(path);
    if (lines.length === 0) return 0;
    const there = new Set((await inVault()).map(erasedKey));
    let count = 0;
    const missing = lines.filter((one) => !there.has(erasedKey(one)));
    for (const [stream, own] of Map.groupBy(missing, (one) => one.stream))
      for (const part of inParts(own, textsAtOnce)) count += await eraseAgain(stream, part);
    return count;
  };

  return { note, makeGood };
};
export type ErasureList = ReturnType<typeof createErasureList>;
