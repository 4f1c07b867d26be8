import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Viewer } from '@averment/access';
import { standardVocabulary, tagCases } from '@averment/domain';
import { certificatesMissing, makeCertificates, newStandInLog, startStandIn } from '@averment/event-log/testing';
import { loadConfig } from '@averment/platform';
import { testFolder, testServer } from '@averment/platform/testing';
import { createQueries } from '@averment/read-models';
import t from 'tap';
import { openStores } from '../src/open.ts';
import { environment, logger, register, run, serverKey } from './kit.ts';

// What another application writes in EventStoreDB under the names of our streams.
const server = await testServer(t);
const records = newStandInLog();
const { url } = await startStandIn(t, records);
const databaseUrl = await server.createDatabase();
const env = { ...environment(databaseUrl), EVENT_LOG_URL: url };
const open = () =>
  openStores({ databaseUrl, settings: loadConfig({ EVENT_LOG_URL: url }), serverKey, vocabulary: standardVocabulary, logger });

const write = (stream: string, type: string) => {
  const event = { id: randomUUID(), type, data: Buffer.from('{}'), metadata: Buffer.from(''), isJson: true };
  const answer = records.append(`averment-${stream}`, 'any', [event]);
  if (!answer.success) throw new Error(answer.error);
  return answer.position;
};

t.test('a foreign event under our names stops nobody for longer than it takes to pass over it', async (t) => {
  let stores = await open();
  t.teardown(() => stores.close());
  await stores.runner.ensure();
  const { streams } = await register(stores.log, 1);
  const foreign = [write('billing', 'Invoiced'), write(streams[0] ?? '', 'Strange'), write('billing', 'TextErased')];
  const last = await register(stores.log, 1);
  const { pool, log, runner } = stores;
  for (const { name } of runner.projections) await runner.advance(name);
  t.equal(await runner.position(['record', 'reviews', 'erasure_requests', 'times']), last.position);
  t.same([...new Set((await runner.parked()).map(({ stream }) => stream))], streams, 'only where it is in a stream of ours a stream waits');

  const clock = () => new Date();
  const here = { position: last.position, parked: new Set<string>() };
  const models = { status: async () => here, reached: async () => here, positionAt: async () => here.position };
  const { projections } = runner;
  const queries = createQueries({
    pool,
    log,
    vocabulary: standardVocabulary,
    tagCase: tagCases(serverKey),
    clock,
    projections,
    models,
  });
  const reading = { held: undefined, noteFreshness: () => undefined, client: { name: 'test', signal: new AbortController().signal } };
  const auditor: Viewer = { role: 'auditor', subject: 'auditor' };
  const app: Viewer = { role: 'app', subject: 'app' };
  t.match(await queries.feed(0n, 50, app, reading), { items: [], next: String(last.position) }, 'an app is not concerned');
  t.match(
    await queries.feed(0n, 50, auditor, reading),
    { items: [{ stream: streams[0], revision: 0 }] },
    'an auditor stops before the first',
  );

  await t.rejects(stores.erase(), { name: 'StreamUnreadable', message: new RegExp(`position ${foreign[2]}`) });
  await stores.close();
  const refused = await run('rebuild', env, 'times');
  t.match(
    refused,
    { code: 1, err: new RegExp(`^averment rebuild: revision 1 of billing, position ${foreign[2]}, cannot be read`) },
    'nor does a program start',
  );

  for (const position of foreign) {
    const skipped = await run('feed', env, 'skip', '--position', String(position), '--reason', 'Not ours.');
    t.match(skipped, { code: 0, out: /^the feed passes over/ });
  }
  stores = await open();
  const again = createQueries({
    ...stores,
    vocabulary: standardVocabulary,
    tagCase: tagCases(serverKey),
    clock,
    projections,
    models,
  });
  const { items } = await again.feed(0n, 50, auditor, reading);
  t.same(
    items.filter(({ type }) => type === 'Unreadable').map(({ position, stream, data }) => [BigInt(position), stream, data]),
    foreign.map((position, index) => [position, index === 1 ? streams[0] : 'billing', { why: 'corrupt' }]),
  );
  t.equal(items.filter(({ type }) => type === 'PartyRegistered').length, 2);
  t.match(await stores.feed.mend('worker'), [{ outcome: 'waits' }, { outcome: 'waits' }, { outcome: 'waits' }]);
});

t.test('a program that starts without the rights that it needs names the first of them', { skip: certificatesMissing }, async (t) => {
  const { authority, ...certified } = makeCertificates(join(await testFolder(t), 'certificates'));
  const secured = await startStandIn(t, newStandInLog(), { ...certified, passwords: { admin: 'a secret', ops: 'another' } });
  const as = (user: string) => ({
    ...environment(databaseUrl),
    EVENT_LOG_URL: `${secured.url.replace('//', `//${user}@`)}&tlsCAFile=${encodeURIComponent(authority)}`,
  });
  const { code, err } = await run('rebuild', as('ops:another'), 'times');
  t.equal(code, 1);
  t.match(
    err,
    /^averment rebuild: the user ops of EVENT_LOG_URL may not read \$all: `npm run eventstore:secure` gives it what it needs[^\n]*\n$/,
  );
  const unknown = await run('rebuild', as('averment:x'), 'times');
  t.match(unknown.err, /^averment rebuild: EventStoreDB does not know the user averment of EVENT_LOG_URL by that password: [^\n]*\n$/);
});
