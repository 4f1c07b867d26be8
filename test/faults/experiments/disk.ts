import { execFile, spawn } from 'node:child_process';
import { access, mkdir, open, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findEmbedded } from '@averment/platform';
import { testFolder } from '@averment/platform/testing';
import { cast, openBase } from '../bed.ts';
import { acknowledged, checkAll, follow } from '../checks.ts';
import { type Client, createClient, type Json, keyFor, recovery } from '../client.ts';
import type { Dice } from '../dice.ts';
import { type Experiment, expected, type Scope, together, type Verdict } from '../experiment.ts';
import { accepted, type Basics, type Editing, furnish, publish, workAtDesk } from '../work.ts';

const run = promisify(execFile);
const launcher = fileURLToPath(new URL('../../../services/launcher/src/main.ts', import.meta.url));
const megabytes = 512;

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

/** Takes nearly all room at once, and then writes until there is none left for a single byte. */
const fill = async (file: string): Promise<void> => {
  const { bavail, bsize } = await statfs(dirname(file));
  await run('fallocate', ['--length', String(Math.floor(bavail * bsize * 0.98)), file]);
  const ballast = await open(file, 'a');
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

type Asked = readonly [subject: string | null, path: string];

/** Everything that is read without writing, of an incident that nobody works on meanwhile. */
const allReads = async (client: Client, { incident, revision }: Editing, { source, police }: Basics): Promise<Asked[]> => {
  const path = `/v1/incidents/${incident}`;
  const proposed = await client.write({
    subject: 'contributor1',
    method: 'POST',
    path: `${path}/edits`,
    key: keyFor('disk', 'open edit'),
    body: { baseRevision: revision, rationale: 'It waits.', changes: [{ kind: 'retract_incident', reason: 'Nobody decides this.' }] },
  });
  const { position } = accepted(proposed);
  await client.read('reviewer0', `/v1/reviews?minPosition=${String(position)}`);
  const { items } = (await client.read('auditor0', `/v1/events?after=0&limit=500`)) as { items: Json[] };
  const stamp = String(items.at(-1)?.recordedAt);
  const open: Asked[] = [
    path,
    `${path}?asOfRevision=${revision}`,
    `${path}?asOfPosition=${String(position)}`,
    `${path}?asOf=${stamp}`,
    `${path}/comparison`,
    `${path}/comparison?asOf=${stamp}`,
    `${path}/events`,
    `${path}/diff?from=${revision}&to=${revision}`,
    '/v1/incidents?q=harbour&limit=500',
    `/v1/incidents?asOf=${stamp}`,
    '/v1/claims?limit=500',
    '/v1/parties?q=police',
    `/v1/parties/${police}`,
    `/v1/parties/${police}/claims/summary`,
    '/v1/sources',
    `/v1/sources/${source}`,
  ].flatMap((one) => [[null, one] as const, ['auditor0', one] as const]);
  return [
    ...open,
    ['contributor0', `/v1/sources/${source}/text`],
    ['reviewer0', `${path}/edits`],
    ['reviewer0', `${path}/edits/2`],
    ['reviewer0', `${path}/edits/2/preview`],
    ['reviewer0', '/v1/reviews?limit=500'],
    ['reviewer0', '/v1/reviews/stats'],
    ['auditor0', '/v1/events?after=0&limit=500'],
    ['admin0', '/v1/parked'],
    [null, '/readyz'],
  ];
};

/** Asks for each once; those that were not answered 200. */
const notAnswered = async (client: Client, reads: readonly Asked[]): Promise<string[]> => {
  const failed: string[] = [];
  for (const [subject, path] of reads) {
    const { status, json } = await client.look(subject, path);
    if (status !== 200) failed.push(`${path} as ${subject ?? 'nobody'}: ${status} ${JSON.stringify(json)}`);
  }
  return failed;
};

/** Asks until each is answered 200. A server that has not come back by then never will, however busy the machine is. */
const untilAnswered = async (client: Client, reads: readonly Asked[]): Promise<void> => {
  const begun = performance.now();
  for (let failed = await notAnswered(client, reads); failed.length > 0; failed = await notAnswered(client, reads))
    if (performance.now() - begun > recovery) throw new Error(`not answered for ${recovery / 1000} s: ${failed.join('; ')}`);
};

/** How often everything is read while there is no room, so that whatever a read may find to write has been met. */
const rounds = 3;

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const urlOf = async (dataDir: string): Promise<string> => (await findEmbedded(dataDir)) ?? '';

/** `places`: each time whether the log, and not only the tables, finds no room. */
const filling = (name: string, places: (random: Dice) => readonly boolean[]): Experiment => ({
  name,
  what: 'the disk fills up under load, then has room again: 503 and a clear error for writes, reads go on, no half event, and recovery without manual work',
  profiles: ['one database'],
  impossible: noMount,
  run: async (scope, random) => {
    const folder = await mountSmall(scope);
    const dataDir = join(folder, 'data');
    const url = await launch(scope, dataDir);
    const before = await openBase(scope, await urlOf(dataDir), undefined, join(dataDir, 'server.key'));
    for (const subject of cast) await before.keyOf(subject);
    const client = createClient(before, [url], 20_000);
    const basics = await furnish(client, 'disk');
    const quiet = await publish({ client, basics, random, name: 'a quiet desk' }, 'what is read all the time');
    const reads = await allReads(client, quiet, basics);
    const follower = follow(client);

    const verdicts: Verdict[] = [];
    const ballast = join(folder, 'ballast');
    // Once only the tables find no room, and once the log itself has none for its next segment, which ends the server.
    const filled = places(random);
    for (const inTheLog of filled) {
      const where = inTheLog ? 'in the log' : 'in the tables';
      const desk = (name: string) => ({ client, basics, random, name: `${name}, no room ${where}` });
      let working: Promise<unknown> = Promise.all(Array.from({ length: 6 }, (_, n) => workAtDesk(desk(`desk ${n}`), 1, 8)));
      await Promise.race([client.afterAnswers(client.journal.answered.length + 15 + random.below(15)), working]);
      await client.read('auditor0', reads.find(([, path]) => path.includes('?asOf='))?.[1] ?? '');
      // It is made anew once there is room again.
      while (!(await isThere(join(dataDir, 'postgres', 'averment.reserve'))));
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
      // A server that has ended for want of room is back by itself; one that goes on goes on.
      if (inTheLog) await untilAnswered(client, reads);
      for (let round = 0; round < rounds; round += 1)
        verdicts.push({
          checks: reads.length,
          findings: (await notAnswered(client, reads)).map((read) => `no room ${where}, and no read: ${read}`),
        });
      const key = keyFor('disk', where);
      const write = { subject: 'contributor0', method: 'POST' as const, path: '/v1/parties', key, body: { kind: 'agency', name: key } };
      verdicts.push(expected(`a write with no room ${where}`, (await client.once(write, url))?.status, 503));
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
    const after = await openBase(scope, await urlOf(dataDir), undefined, join(dataDir, 'server.key'));
    return {
      ...together([
        ...verdicts,
        { checks: journal.turnedAway.length, findings: refused },
        await checkAll({ ...after, keyOf: before.keyOf }, client, follower),
      ]),
      tried: {
        'disk filled': filled.length,
        'its write-ahead log too': filled.filter((inTheLog) => inTheLog).length,
        'commands turned away': journal.turnedAway.length,
      },
      acknowledged: acknowledged(client),
    };
  },
});

export const disk = filling('4 disk full', (random) => random.shuffle([false, true]));
/** Each half of it, so that both can be tested side by side. */
export const diskForTheTables = filling('4 disk full, for the tables', () => [false]);
export const diskForTheLog = filling('4 disk full, for the log', () => [true]);
