import { publicShare, standardVocabulary, tagCases } from '@averment/domain';
import { AppendTooLarge, LogUnavailable } from '@averment/event-log';
import { createLogger, createRegistry, loadConfig, systemRandom } from '@averment/platform';
import { testPools, testServer } from '@averment/platform/testing';
import { createProjections, createRunner } from '@averment/read-models';
import t from 'tap';
import { createApp } from '../src/app.ts';
import { open } from '../src/open.ts';
import { timedAppends, type Watched, watchStores } from '../src/watched.ts';

const logger = createLogger({ level: 'silent', name: 'test' });
const names = ['record', 'reviews', 'erasure_requests', 'times', 'erasures'];
const hanging = () => new Promise<never>(() => undefined);

const ownLines = (text: string) => text.replaceAll(/^(?!averment_).*\n/gm, '');
const down = (text: string, dependency: string) => text.includes(`averment_dependency_up{dependency="${dependency}"} 0\n`);
const dependencies = ['database', 'event_log', 'jobs'];

/** What there would be to see if all went well. */
const seen = (more: Partial<Watched> = {}): Watched => {
  const at = { position: 100n, parked: new Set<string>() };
  const event = { recordedAt: new Date(Date.now() - 60_000).toISOString(), stream: 's', revision: 0, last: 0, position: 101n };
  const parked = { id: '1', projection: 'record', stream: 'incident_secret', state: 'parked' };
  return {
    pool: { query: (async () => ({ rows: [{ position: '90' }] })) as unknown as Watched['pool']['query'] },
    log: { head: async () => 100n, readAll: async () => [event] },
    runner: {
      projections: [{ name: 'record' }, { name: 'times' }] as unknown as Watched['runner']['projections'],
      status: async () =>
        new Map([
          ['record', { ...at, position: 40n }],
          ['times', at],
        ]),
      parked: (async () => [parked, { ...parked, id: '2', state: 'skipped' }]) as unknown as Watched['runner']['parked'],
    },
    jobs: { counts: async () => ({ averment: { waiting: 3, active: 1 } }) },
    ...more,
  };
};

const textOf = async (watched: Watched) => {
  const register = createRegistry({});
  watchStores(register, watched);
  return ownLines(await register.metrics());
};

t.test('the lag of each projection, parked events, jobs', async (t) => {
  const text = await textOf(seen());
  t.match(text, 'averment_projection_lag_positions{projection="record"} 60\n');
  t.match(text, /averment_projection_lag_seconds\{projection="record"\} 60(\.\d+)?\n/);
  t.match(text, 'averment_projection_lag_positions{projection="times"} 0\n');
  t.match(text, 'averment_projection_lag_seconds{projection="times"} 0\n');
  t.match(text, 'averment_projection_lag_positions{projection="erasures"} 10\n');
  t.match(text, 'averment_parked_events{projection="record",state="parked"} 1\n');
  t.match(text, 'averment_parked_events{projection="record",state="skipped"} 1\n');
  t.match(text, 'averment_parked_events{projection="times",state="parked"} 0\n');
  t.match(text, 'averment_jobs{queue="averment",state="waiting"} 3\n');
  for (const dependency of dependencies) t.match(text, `averment_dependency_up{dependency="${dependency}"} 1\n`);
  t.notMatch(text, 'incident_secret', 'no ids');
});

t.test('what does not answer is left out and said, and holds nothing up', async (t) => {
  const { runner, log } = seen();
  const failing = async () => {
    throw new Error('away');
  };
  const cases = [
    {
      down: 'database',
      watched: seen({ runner: { ...runner, status: hanging } }),
      gone: ['projection_lag', 'parked_events'],
      there: ['jobs'],
    },
    { down: 'event_log', watched: seen({ log: { ...log, head: hanging } }), gone: ['projection_lag'], there: ['parked_events', 'jobs'] },
    {
      down: 'jobs',
      watched: seen({
        jobs: { counts: failing },
      }),
      gone: ['jobs'],
      there: ['projection_lag', 'parked_events'],
    },
  ];
  for (const { down, watched, gone, there } of cases) {
    const text = await textOf(watched);
    t.match(text, `averment_dependency_up{dependency="${down}"} 0\n`);
    for (const name of gone) t.notMatch(text, new RegExp(`^averment_${name}.*\\{`, 'm'), `${name} without ${down}`);
    for (const name of there) t.match(text, new RegExp(`^averment_${name}.*\\{`, 'm'), `${name} without ${down}`);
  }
});

t.test('appends are counted by what became of them, and answer as before', async (t) => {
  const answers = [
    { outcome: 'written', revision: 0, position: 1n },
    { outcome: 'repeated', revision: 0, position: 1n },
    { outcome: 'wrong_revision', actual: 4 },
    new LogUnavailable('away'),
    new AppendTooLarge({ events: [1], total: 1 }),
    new TypeError('no events'),
  ];
  const register = createRegistry({});
  const append = async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const log = timedAppends({ append } as unknown as Parameters<typeof timedAppends>[0], register);
  t.match(await log.append('s', -1, []), { outcome: 'written', position: 1n });
  t.match(await log.append('s', -1, []), { outcome: 'repeated' });
  t.match(await log.append('s', -1, []), { outcome: 'wrong_revision', actual: 4 });
  await t.rejects(log.append('s', -1, []), LogUnavailable);
  await t.rejects(log.append('s', -1, []), AppendTooLarge);
  await t.rejects(log.append('s', -1, []), TypeError);
  const text = await register.metrics();
  for (const outcome of ['written', 'repeated', 'wrong_revision', 'unavailable', 'too_large', 'failed'])
    t.match(text, `averment_append_duration_seconds_count{outcome="${outcome}"} 1\n`);
});

t.test('GET /metrics of a server shows all of it, and answers without its database too', async (t) => {
  const server = await testServer(t);
  const databaseUrl = await server.createDatabase();
  const { close, ...opened } = await open({
    databaseUrl,
    settings: { eventLogUrl: null, eventLogName: 'averment' },
    jobsStore: { databaseUrl },
    serverKey: Buffer.alloc(32, 7),
    keysTwoAdmins: false,
    tokens: null,
    auditReads: false,
    tipRetention: 1,
    streamLimit: 1,
    webhooks: loadConfig({}).webhooks,
    reviewLease: 60_000,
    exports: { atOnce: 1, time: 60_000 },
    quotas: { sourceBytes: null, openEdits: null },
    share: publicShare,
    vocabulary: standardVocabulary,
    logger,
  });
  const authenticate = async () => ({ subject: 'contributor', role: 'contributor', kind: 'person', keyId: '1', expiresAt: null }) as const;
  const { app } = await createApp({ ...opened, authenticate, publicRead: true, logger, random: systemRandom, version: 'test' });
  const { pool, applying, end } = testPools(databaseUrl);
  // Stands in for the worker.
  const runner = createRunner({
    pool,
    applying,
    log: { head: async () => 0n, readAll: async () => [] } as unknown as Parameters<typeof createRunner>[0]['log'],
    logger,
    erase: async () => undefined,
    logName: opened.services.logName,
    projections: createProjections({ vocabulary: standardVocabulary, tagCase: tagCases(Buffer.alloc(32)) }),
  });
  t.teardown(async () => {
    await app.close();
    await runner.close();
    await end();
    await close();
  });
  const read = async () => {
    const { statusCode, body } = await app.inject({ method: 'GET', url: '/metrics' });
    if (statusCode !== 200) throw new Error(`${statusCode}: ${body}`);
    return ownLines(body);
  };

  // What cannot be read within seconds is left out, and is there the next time.
  const shown = async (...lines: string[]) => {
    let text = await read();
    while (!lines.every((line) => text.includes(line))) text = await read();
    return text;
  };
  const before = await shown('averment_projection_lag_positions{projection="erasures"} 0\n');
  t.notMatch(before, 'projection="record"} 0\n', 'no model is there yet');
  await runner.ensure();
  const party = { kind: 'agency', name: 'The Harbour Police' };
  const answer = await app.inject({ method: 'POST', url: '/v1/parties', headers: { authorization: 'Bearer x' }, payload: party });
  // Without it the numbers would never come.
  if (answer.statusCode !== 201) throw new Error(`${answer.statusCode}: ${answer.body}`);

  let text = await shown(
    ...names.map((name) => `averment_projection_lag_positions{projection="${name}"} 1\n`),
    ...dependencies.map((dependency) => `averment_dependency_up{dependency="${dependency}"} 1\n`),
    'averment_parked_events{projection="record",state="parked"} 0\n',
    'averment_jobs{queue="averment",state="waiting"}',
  );
  t.match(text, /averment_projection_lag_seconds\{projection="record"\} \d/);
  t.match(text, 'averment_append_duration_seconds_count{outcome="written"} 1\n');
  t.match(text, 'averment_http_request_duration_seconds_count{method="POST",route="/v1/parties",status="201"} 1\n');
  t.match(text, 'averment_parked_events{projection="record",state="parked"} 0\n');
  t.match(text, /averment_jobs\{queue="averment",state="waiting"\} \d/);
  t.match(text, 'averment_pool_connections_limit{pool="log"} 8\n');

  await server.stop();
  const ofStores = /^averment_(projection_lag|parked_events|jobs).*\{/m;
  while (ofStores.test(text) || !dependencies.every((dependency) => down(text, dependency))) text = await read();
  t.match(text, 'averment_append_duration_seconds_count{outcome="written"} 1\n', 'what the process knows by itself is still shown');
  await server.start();
  while (!ofStores.test(text) || dependencies.some((dependency) => down(text, dependency))) text = await read();
});
