import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { firstKeys } from '@averment/access';
import { backupOf, newStandInLog, startStandIn } from '@averment/event-log/testing';
import { createLogger, createPool, systemClock, systemRandom } from '@averment/platform';
import { patience, testFolder, testServer } from '@averment/platform/testing';
import t, { type Test } from 'tap';
import type { Harness } from '../../services/api/test/support/harness.ts';
import { expect, furnish, publish } from '../../services/api/test/support/story.ts';
import type { Json, Keys } from './client.ts';
import { type Program, runCommand, startProgram, stopPrograms } from './processes.ts';

// What becomes of a service whose log is exchanged, or comes back from an older backup than its read models: an api and a worker as processes of their own.
const server = await testServer(t);
const [api, worker] = ['services/api/src/main.ts', 'services/worker/src/main.ts'] as const;
const models = ['record', 'reviews', 'times'];

/** An installation on stores of its own, with an incident in its record. */
const install = async (t: Test, more: Record<string, string> = {}) => {
  const [folder, databaseUrl] = [await testFolder(t), await server.createDatabase()];
  const keyFile = join(folder, 'server.key');
  await writeFile(keyFile, randomBytes(32).toString('hex'), { mode: 0o600 });
  const settings = { DATA_DIR: folder, DATABASE_URL: databaseUrl, SERVER_KEY_FILE: keyFile, PORT: '0', LOG_LEVEL: 'fatal', ...more };
  const pool = createPool({ databaseUrl, name: 'test', logger: createLogger({ level: 'silent', name: 'test' }), connectTimeout: patience });
  t.teardown(() => pool.end());
  let programs: Program[] = [];
  const start = async () => {
    programs = await Promise.all([api, worker].map((file) => startProgram(t, file, settings)));
  };
  await start();
  await firstKeys(pool, folder, { clock: systemClock, random: systemRandom });
  const keys = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8')) as Keys;

  const ask = async (method: string, path: string, { key = null, body, headers = {}, query = {} }: Parameters<Harness['ask']>[2] = {}) => {
    const response = await fetch(`${programs[0]?.url}${path}?${new URLSearchParams(query)}`, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${keys[key]}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = { status: response.status, headers: Object.fromEntries(response.headers), text, body: JSON.parse(text) as Json };
    if (typeof answer.body.position === 'string' && method === 'POST') written = answer.body.position;
    return answer;
  };
  let written = '0';
  /** Asks again until what was written is there. */
  const read = async (path: string, asked: Parameters<Harness['ask']>[2] = {}) => {
    for (;;) {
      const answer = await ask('GET', path, { ...asked, query: { ...asked.query, minPosition: written } });
      if (answer.status !== 503) return answer;
    }
  };
  const harness = { ask, read } as unknown as Harness;
  const write = (name: string) => ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'agency', name } });
  const writeAndRead = async (name: string) =>
    expect(await read(`/v1/parties/${expect(await write(name), 201).body.id}`, { key: 'contributor' }), 200);
  const feed = (query: Record<string, string> = {}) => ask('GET', '/v1/events', { key: 'auditor', query });
  const ready = () => ask('GET', '/readyz');
  /** Waits until readiness is so; answers its reasons. */
  const until = async (status: number, reason = /./): Promise<string> => {
    for (;;) {
      const answer = await ready();
      const reasons = String(answer.body.detail ?? '');
      if (answer.status === status && (status === 200 || reason.test(reasons))) return reasons;
      await delay(100);
    }
  };
  const { incident } = await publish(harness, await furnish(harness));
  expect(await read(`/v1/incidents/${incident}`), 200);
  return {
    settings,
    pool,
    ask,
    read,
    write,
    writeAndRead,
    feed,
    until,
    ready,
    start,
    incident,
    run: (program: 'rebuild' | 'verify' | 'restored', ...args: string[]) =>
      runCommand(`services/worker/src/${program}.ts`, settings, ...args),
    stop: () => stopPrograms(programs),
    ended: () => Promise.all(programs.map(async ({ child }) => child.exitCode ?? (await once(child, 'exit'))[0])),
    head: async () => (await pool.query('SELECT position::int FROM log.head')).rows[0]?.position as number,
    /** As if log and vault came back from a backup of when the log ended there. */
    cutBack: (position: number) =>
      pool.query(`BEGIN;
        DELETE FROM log.events WHERE position > ${position};
        UPDATE log.head SET position = ${position}, recorded_at = (SELECT max(recorded_at) FROM log.events);
        DELETE FROM vault.texts AS t WHERE NOT EXISTS (SELECT FROM log.events AS e WHERE e.stream = t.stream AND e.revision = t.revision AND e.sha256 = t.sha256);
        UPDATE vault.checkpoint SET position = ${position}, seen_at = ${position}, sha256 = (SELECT encode(sha256, 'hex') FROM log.events WHERE position = ${position});
        COMMIT`),
  };
};
type Installation = Awaited<ReturnType<typeof install>>;

/** Processes that run say so and take nothing; once it is said that the older log is the right one they begin anew, and a rebuild mends the models. */
const untilRestored = async (t: Test, own: Installation, known: string) => {
  t.match(await own.write('An agency of nowhere'), { status: 503, body: { type: '/problems/unavailable' } });
  await own.until(503, /event log/);
  t.match(await own.feed(), { status: 503 });

  const said = await own.run('restored');
  t.equal(said.code, 0, said.out);
  const next = known.replace(/\d+$/, (count) => String(Number(count) + 1));
  t.match(said.out, `the event log is called ${next} from now on`);
  for (const name of models) t.match(said.out, new RegExp(`the read model ${name} is at position.*npm run rebuild -- ${name}`));
  t.same(await own.ended(), [1, 1], 'whoever ran begins anew');
  await own.start();
  t.match(await own.ready(), { status: 503, body: { detail: new RegExp(models.map((name) => `read model ${name} is at.*`).join('')) } });
  t.match(await own.write('An agency too early'), { status: 503, body: { detail: /npm run rebuild/ } });
  t.equal((await own.run('rebuild', 'all')).code, 0);
  await own.until(200);
  await own.writeAndRead('An agency after that');
  t.match(await own.feed({ log: known }), { status: 410, body: { type: '/problems/log-changed' } });
  t.match(await own.feed({ log: next }), { status: 200, body: { log: next } });
  t.equal((await own.run('verify', '--models')).code, 0);
};

t.test(
  'a log that came back from a backup without its models loses nothing: they stop, commands are refused, a rebuild mends it',
  async (t) => {
    const own = await install(t);
    const backup = await own.head();
    for (let n = 0; n < 10; n += 1) await own.writeAndRead(`A lost agency ${n}`);
    t.same(await own.stop(), [0, 0]);
    await own.cutBack(backup);
    await own.start();

    const ahead = (name: string) =>
      `read model ${name} is at position ${backup + 10}, and the event log ends at ${backup}: .*npm run rebuild -- ${name}`;
    t.match(await own.ready(), { status: 503, body: { detail: new RegExp(models.map(ahead).join('.*')) } });
    t.match(await own.write('An agency of nowhere'), { status: 503, body: { type: '/problems/unavailable', detail: /npm run rebuild/ } });
    t.match(await own.ask('GET', `/v1/incidents/${own.incident}`), { status: 503, body: { detail: new RegExp(ahead('record')) } });
    t.equal(await own.head(), backup, 'nothing was written');
    t.match(await own.feed({ after: String(backup + 10) }), { status: 410 });
    const verified = await own.run('verify', '--models');
    t.equal(verified.code, 1);
    for (const name of models) t.match(verified.out, new RegExp(`^model_off: the ${ahead(name)}`, 'm'));

    t.equal((await own.run('rebuild', 'all')).code, 0, 'while the processes run');
    await own.until(200);
    await own.writeAndRead('A new agency');
    t.match(await own.read(`/v1/incidents/${own.incident}`), { status: 200 });
    const well = await own.run('verify', '--models');
    t.equal(well.code, 0, well.out);
    for (const name of models)
      t.match(well.out, new RegExp(`^${name}: \\d+ rows up to position ${backup + 1}: all are as the log has them$`, 'm'));

    await own.pool.query(`UPDATE record_v2.incidents SET document = replace(document, 'shoots at a car', 'looks at a car')`);
    const ill = await own.run('verify', '--models');
    t.equal(ill.code, 1);
    t.match(ill.out, `model_differs: record, incidents, {"id":"${own.incident}"} differs in: document\n`);
    t.match(ill.out, /^record: \d+ rows up to position \d+: 1 differ$/m);
    t.same(await own.stop(), [0, 0]);
  },
);

t.test(
  'PostgreSQL: an older backup in place of the log stops the processes that run, until it is said that it is the right one',
  async (t) => {
    const own = await install(t);
    const backup = await own.head();
    for (let n = 0; n < 3; n += 1) await own.writeAndRead(`A lost agency ${n}`);
    const { log } = expect(await own.feed(), 200).body;
    await own.cutBack(backup);
    await untilRestored(t, own, String(log));
  },
);

t.test(
  'EventStoreDB: another log, or an older backup, stops the processes until the right one is back or it is said to be that',
  async (t) => {
    const right = newStandInLog();
    const store = await startStandIn(t, right);
    const own = await install(t, { EVENT_LOG_URL: store.url, EVENT_LOG_NAME: 'restored' });
    const { log } = expect(await own.feed(), 200).body;
    store.restartOn(newStandInLog());
    t.match(await own.write('An agency of nowhere'), { status: 503 });
    await own.until(503, /another event log/);
    t.match(await own.feed(), { status: 503 });
    t.match(await own.ask('GET', `/v1/incidents/${own.incident}`), { status: 200 }, 'the record is read');
    store.restartOn(right);
    await own.until(200);
    await own.writeAndRead('An agency in the right log');

    const backup = backupOf(right);
    for (let n = 0; n < 3; n += 1) await own.writeAndRead(`A lost agency ${n}`);
    store.restartOn(backup);
    await untilRestored(t, own, String(log));
  },
);
