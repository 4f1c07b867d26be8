import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { firstKeys } from '@averment/access';
import { createLogger, createPool, systemClock, systemRandom } from '@averment/platform';
import { patience, testFolder } from '@averment/platform/testing';
import type { Test } from 'tap';
import type { Harness } from '../../services/api/test/support/harness.ts';
import { expect, furnish, publish } from '../../services/api/test/support/story.ts';
import type { Json, Keys } from './client.ts';
import { type Program, runCommand, startProgram, stopPrograms } from './processes.ts';

const [api, worker] = ['services/api/src/main.ts', 'services/worker/src/main.ts'] as const;
export const models = ['record', 'reviews', 'erasure_requests', 'times'];

/** An installation on a database of its own, an api and a worker as processes of their own, with an incident in its record. */
export const install = async (t: Test, databaseUrl: string, more: Record<string, string> = {}) => {
  const folder = await testFolder(t);
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
        ...(key === null ? {} : { authorization: `Bearer ${keys[key as keyof Keys] ?? key}` }),
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
export const untilRestored = async (t: Test, own: Installation, known: string) => {
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
  const verified = await own.run('verify', '--models');
  t.match(verified, { code: 1, out: /^tail_cut: /m }, 'the ledger has leaves of what was lost');
  t.notMatch(verified.out, /^model_/m);
};
