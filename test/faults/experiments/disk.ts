import { execFile, spawn } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findEmbedded } from '@averment/platform';
import { testFolder } from '@averment/platform/testing';
import { cast, openBase } from '../bed.ts';
import { acknowledged, checkAll, follow } from '../checks.ts';
import { createClient } from '../client.ts';
import { type Experiment, expected, type Scope, together, type Verdict } from '../experiment.ts';
import { furnish, workAtDesk } from '../work.ts';

const run = promisify(execFile);
const launcher = fileURLToPath(new URL('../../../services/launcher/src/main.ts', import.meta.url));
const megabytes = 320;

/** A small file system in memory; the test's folder is its mount point's parent. */
const mountSmall = async (scope: Scope): Promise<string> => {
  const disk = join(await testFolder(scope), 'disk');
  await mkdir(disk);
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'averment-faults', disk]);
  scope.teardown(async () => void (await run('umount', ['-l', disk])));
  return disk;
};

const noMount = async (): Promise<string | null> => {
  if (process.getuid?.() !== 0) return 'only root can mount the small file system that is filled';
  const ends: (() => Promise<void> | void)[] = [];
  try {
    await mountSmall({ teardown: (end) => ends.unshift(end) });
    return null;
  } catch (error) {
    return `a small file system cannot be mounted here: ${(error as Error).message}`;
  } finally {
    for (const end of ends) await end();
  }
};

/** Starts what `npm start` starts, and answers where it serves. */
const launch = async (scope: Scope, dataDir: string): Promise<string> => {
  const child = spawn(process.execPath, [launcher], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      SAMPLES: 'off',
      LOG_LEVEL: 'fatal',
      RATE_LIMIT: 'off',
      SOURCE_QUOTA: 'off',
      OPEN_EDIT_QUOTA: 'off',
      DATA_DIR: dataDir,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  scope.teardown(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  let said = '';
  return new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
        const url = /^ {2}api {3}(\S+)$/m.exec(said)?.[1];
        if (url !== undefined && said.includes('Ctrl-C stops it.')) resolve(url);
      });
    }
    void ended.then(() => reject(new Error(`the service ended: ${said}`)));
  });
};

/** Writes until there is no room left for a single byte. */
const fill = async (file: string): Promise<void> => {
  const ballast = await open(file, 'w');
  try {
    for (let size = 1_048_576; size >= 1; size = Math.floor(size / 4)) {
      const piece = Buffer.alloc(size);
      for (;;) {
        const written = await ballast.write(piece).catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOSPC') return null;
          throw error;
        });
        if (written === null) break;
      }
    }
  } finally {
    await ballast.close();
  }
};

const urlOf = async (dataDir: string): Promise<string> => (await findEmbedded(dataDir)) ?? '';

export const disk: Experiment = {
  name: '4 disk full',
  what: 'the disk fills up under load, then has room again: 503 and a clear error, no half event, and recovery without manual work',
  profiles: ['one database'],
  impossible: noMount,
  run: async (scope, random) => {
    const folder = await mountSmall(scope);
    const dataDir = join(folder, 'data');
    const url = await launch(scope, dataDir);
    const before = await openBase(scope, await urlOf(dataDir));
    for (const subject of cast) await before.keyOf(subject);
    const client = createClient(before, [url], 20_000);
    const scene = await furnish(client, 'disk');
    const follower = follow(client);

    const verdicts: Verdict[] = [];
    const ballast = join(folder, 'ballast');
    // Once only the tables find no room, and once the log itself has none for its next segment, which ends the server.
    for (const inTheLog of random.shuffle([false, true])) {
      const where = inTheLog ? 'in the log' : 'in the tables';
      const desk = (name: string) => ({ client, scene, random, name: `${name}, no room ${where}` });
      let working: Promise<unknown> = Promise.all(Array.from({ length: 6 }, (_, n) => workAtDesk(desk(`desk ${n}`), 1, 8)));
      await Promise.race([client.afterAnswers(client.journal.answered.length + 15 + random.below(15)), working]);
      const earlier = client.journal.turnedAway.length;
      const nextSegment = async () => inTheLog && (await before.pool.query('SELECT pg_switch_wal()').catch(() => undefined));
      await fill(ballast);
      await nextSegment();
      await Promise.race([client.afterTurnedAway(earlier + 3), working]);
      // The server may have had segments or pages at hand for all that was left to write: then others go on.
      for (let n = 0; n < 20 && client.journal.turnedAway.length === earlier; n += 1) {
        await nextSegment();
        const more = workAtDesk(desk(`later desk ${n}`), 1, 4);
        working = Promise.all([working, more]);
        await Promise.race([client.afterTurnedAway(earlier + 1), more]);
      }
      await rm(ballast);
      await working;
      const turnedAway = client.journal.turnedAway.length > earlier;
      verdicts.push(expected(`commands turned away for want of room ${where}`, turnedAway, true));
    }

    const { journal } = client;
    const refused = journal.turnedAway.flatMap(({ status, text, retryAfter }) =>
      status === 503 && retryAfter !== null && text.includes('/problems/') ? [] : [`while the disk was full: ${status} ${text}`],
    );
    // The server may have come back at another port.
    const after = await openBase(scope, await urlOf(dataDir));
    return {
      ...together([
        ...verdicts,
        { checks: journal.turnedAway.length, findings: refused },
        await checkAll({ ...after, keyOf: before.keyOf }, client, follower),
      ]),
      tried: { 'disk filled': 2, 'its write-ahead log too': 1, 'commands turned away': journal.turnedAway.length },
      acknowledged: acknowledged(client),
    };
  },
};
