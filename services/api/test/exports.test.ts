import { once } from 'node:events';
import { get, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { openSnapshot, SnapshotEnded } from '@averment/read-models';
import t from 'tap';
import { exportsAgree, linesOf, rowsOf } from './support/exported.ts';
import { type Harness, harnessFor } from './support/harness.ts';
import { decide, expect, furnish, propose, publish, stoodClaim, submit } from './support/story.ts';

const harness = await harnessFor(t);
const files = [
  'incidents.ndjson',
  'incidents.csv',
  'incidents.geojson',
  'incidents.parquet',
  'claims.ndjson',
  'claims.csv',
  'claims.parquet',
];

t.test('an export of nothing is whole', async (t) => {
  const own = await harness(t);
  await exportsAgree(t, own);
  t.equal((await own.read('/v1/export/incidents.ndjson')).text, '');
  t.match((await own.read('/v1/export/claims.csv')).text, /^id,incident_id,[a-z_,]+as_of_position\r\n$/);
});

t.test('an export has what the public reads, and everybody gets the same', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const first = await publish(own, world);
  const second = await publish(own, world, { title: '=HYPERLINK("http://evil.example","-1")', claims: [stoodClaim(world)] });
  await propose(own, world, { title: 'Nobody approved of Thistlewood' });
  const merge = { kind: 'merge_incident', into: first.incident, reason: 'It is the same one.' };
  expect(await submit(own, second.incident, second.revision, [merge]), 201);
  for (const key of ['reviewer', 'reviewer2'] as const) await decide(own, second.incident, 2, 'approve', key);
  await exportsAgree(t, own);

  const table = await own.read('/v1/export/incidents.csv');
  t.match(table.headers, {
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': `attachment; filename="incidents-${table.headers['averment-position']}.csv"`,
    etag: /^"[^"]+"$/,
  });
  const rows = rowsOf(table.text);
  t.match(
    rows.find(({ id }) => id === second.incident),
    { status: 'merged', merged_into: first.incident },
  );
  t.match(table.text, `"'=HYPERLINK(""http://evil.example"",""-1"")"`, 'no spreadsheet computes a title');
  t.equal(rows[0]?.as_of_position, table.headers['averment-position']);
  for (const name of files) {
    const open = await own.read(`/v1/export/${name}`);
    t.notMatch(open.text, 'Thistlewood', name);
    for (const key of ['app', 'contributor', 'reviewer', 'auditor', 'admin'] as const)
      t.equal((await own.read(`/v1/export/${name}`, { key })).text, open.text, `${name} for ${key}`);
  }
});

t.test('numbers stay numbers: a longitude is no formula', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const place = {
    text: 'Porto Novo',
    locality: 'Porto Novo',
    region: 'US-MN',
    country: 'US',
    point: { lat: 44.98, lon: -93.27 },
    precision: 'locality',
  };
  await publish(own, world, { place, title: '-1+1' });
  const { text: table } = await own.read('/v1/export/incidents.csv');
  t.match(table, ',44.98,-93.27,');
  t.match(table, `,"'-1+1",`);
  t.match(rowsOf(table)[0], { title: '-1+1', longitude: '-93.27' });
});

t.test('an export is not sent again while it would be the same, and HEAD is answered without it', async (t) => {
  const own = await harness(t, { exports: { atOnce: 2 } });
  await publish(own, await furnish(own));
  for (const name of files) {
    const path = `/v1/export/${name}`;
    const { headers } = await own.read(path);
    const tag = String(headers.etag);
    t.match(await own.ask('GET', path, { headers: { 'if-none-match': tag } }), { status: 304, text: '' });
    // More often than there are places for exports.
    for (const _ of [1, 2, 3])
      t.match(await own.ask('HEAD', path), { status: 200, text: '', headers: { etag: tag, 'averment-position': /^\d+$/ } });
  }
  const before = String((await own.read('/v1/export/incidents.csv')).headers.etag);
  await publish(own, await furnish(own, 'contributor2'), { title: 'Another one' });
  t.not((await own.read('/v1/export/incidents.csv')).headers.etag, before);
  t.equal((await own.ask('GET', '/v1/export/incidents.csv?limit=1')).status, 400);
  t.equal((await own.ask('GET', '/v1/export/incidents.csv', { headers: { accept: 'application/json' } })).status, 406);
});

const listen = async (own: Harness): Promise<number> => {
  await own.app.app.listen({ host: '127.0.0.1', port: 0 });
  return (own.app.app.server.address() as AddressInfo).port;
};

t.test('it is coded as the client takes it', async (t) => {
  const own = await harness(t);
  await publish(own, await furnish(own));
  const { text: plain } = await own.read('/v1/export/incidents.ndjson');
  const port = await listen(own);
  const ask = async (encoding: string): Promise<{ coding: string | undefined; bytes: Buffer; etag: string }> => {
    const [answer] = (await once(
      get({ port, path: '/v1/export/incidents.ndjson', headers: { 'accept-encoding': encoding } }),
      'response',
    )) as [IncomingMessage];
    const bytes = Buffer.concat(await answer.toArray());
    return { coding: answer.headers['content-encoding'], bytes, etag: String(answer.headers.etag) };
  };
  const zipped = await ask('br, gzip');
  t.equal(zipped.coding, 'gzip');
  t.match(zipped.etag, /^W\//);
  t.equal(gunzipSync(zipped.bytes).toString(), plain);
  const zstd = await ask('gzip, zstd');
  t.equal(zstd.coding, 'zstd');
  t.equal(zstdDecompressSync(zstd.bytes).toString(), plain);
  t.equal((await ask('br')).coding, undefined);
});

/** So many incidents as the model would hold them, each of so many bytes. */
const fill = async ({ pool }: Harness, incidents: number, bytes: number): Promise<void> => {
  const { rows } = await pool.query(`SELECT nspname AS record FROM pg_namespace WHERE nspname ~ '^record_v\\d+$'`);
  await pool.query(
    `INSERT INTO ${rows[0].record}.incidents (id, published, authors, absorbed, document, etag, comparison, comparison_etag)
     SELECT 'incident_' || n, true, '{}', '{}', '{"n":' || n || ',"text":"' || (SELECT string_agg(encode(sha512((n || '.' || m)::bytea), 'hex'), '') FROM generate_series(0, $2::int / 128) AS m) || '"}', '"x"', '{}', '"x"' FROM generate_series(1, $1) AS n`,
    [incidents, bytes],
  );
};

/** Reads a little of an export and then nothing more. */
const begin = async (port: number, path = '/v1/export/incidents.ndjson'): Promise<IncomingMessage> => {
  const sent = request({ port, path, agent: false });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.pause();
  return answer;
};
/** Transactions that are open beside that of the question. */
const exporting =
  "FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND datname = current_database()";
const sessionsOf = async ({ pool }: Harness): Promise<number> => (await pool.query(`SELECT ${exporting}`)).rows.length;
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
};
const allOf = async <T>(rows: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
};
/** How an answer ends that is read to its end. */
const endOf = async (answer: IncomingMessage): Promise<'whole' | 'broken'> => {
  try {
    for await (const _ of answer);
    return answer.complete ? 'whole' : 'broken';
  } catch {
    return 'broken';
  }
};

t.test('who takes nothing is cut off, and holds no cursor', async (t) => {
  const own = await harness(t, { exports: { patience: 300 } });
  await fill(own, 2000, 20_000);
  const port = await listen(own);
  const answer = await begin(port);
  await until(async () => (await sessionsOf(own)) === 1);
  await until(async () => (await sessionsOf(own)) === 0);
  t.equal(await endOf(answer), 'broken', 'what was sent does not look whole');
});

t.test('an export that takes too long is broken off', async (t) => {
  const own = await harness(t, { exports: { longest: 300 } });
  await fill(own, 2000, 20_000);
  const answer = await begin(await listen(own));
  await until(async () => (await sessionsOf(own)) === 1);
  await until(async () => (await sessionsOf(own)) === 0);
  t.equal(await endOf(answer), 'broken');
});

t.test('there are so many at once, and a place is free again when a client has gone', async (t) => {
  const own = await harness(t, { exports: { atOnce: 2 }, trustProxy: 1 });
  await fill(own, 2000, 20_000);
  const port = await listen(own);
  const held = await begin(port);
  const refused = await own.ask('GET', '/v1/export/claims.csv');
  t.match(
    refused,
    { status: 503, headers: { 'retry-after': '10' }, body: { type: '/problems/overloaded' } },
    'one client may have half of them',
  );
  const other = { 'x-forwarded-for': '192.0.2.7' };
  t.equal((await own.ask('GET', '/v1/export/claims.csv', { headers: other })).status, 200);
  held.destroy();
  await until(async () => (await own.ask('GET', '/v1/export/claims.csv')).status === 200);
});

t.test('where the database breaks in the middle the answer is not whole', async (t) => {
  for (const encoding of ['identity', 'gzip', 'zstd']) {
    const own = await harness(t);
    await fill(own, 2000, 20_000);
    const sent = request({
      port: await listen(own),
      path: '/v1/export/incidents.ndjson',
      agent: false,
      headers: { 'accept-encoding': encoding },
    });
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.pause();
    await until(async () => (await sessionsOf(own)) === 1);
    const { rows } = await own.pool.query(`SELECT pg_terminate_backend(pid) AS ended ${exporting}`);
    t.match(rows, [{ ended: true }]);
    t.equal(await endOf(answer), 'broken', encoding);
  }
});

t.test('a whole one comes to its end, whatever the size of its rows', async (t) => {
  const own = await harness(t);
  await fill(own, 300, 10);
  const { rows } = await own.pool.query(`SELECT nspname AS record FROM pg_namespace WHERE nspname ~ '^record_v\\d+$'`);
  await own.pool.query(`UPDATE ${rows[0].record}.incidents SET document = document || repeat(' ', 1500000) WHERE id ~ '7$'`);
  const answer = await begin(await listen(own));
  const lines = linesOf(Buffer.concat(await answer.toArray()).toString());
  t.equal(lines.length, 300);
  t.strictSame(
    lines.map((line) => JSON.parse(line).n).toSorted((one, other) => one - other),
    Array.from({ length: 300 }, (_, index) => index + 1),
  );
});

t.test('it is of one moment, ends once a text is erased, and lets a rebuild swap', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  await publish(own, world);
  await own.read('/v1/incidents');
  const open = () => openSnapshot({ pool: own.pool, projections: own.runner.projections, log: own.log });
  const snapshot = await open();
  t.teardown(snapshot.close);
  await publish(own, world, { title: 'Later' });
  await own.read('/v1/incidents');
  const documents = (await allOf(snapshot.documents())).flat();
  t.equal(documents.length, 1);
  t.equal((await allOf(snapshot.incidents())).flat().length, 1);
  t.equal((await allOf(snapshot.claims())).flat().length, 1, 'all files of a snapshot are of its moment');
  await snapshot.close();

  await fill(own, 3000, 10_000);
  const reading = await open();
  t.teardown(reading.close);
  const rows = reading.documents();
  t.equal((await rows.next()).done, false);
  const [rebuilt, error] = await Promise.all([
    own.runner.rebuild('record'),
    (async () => {
      for await (const _ of rows) await new Promise((resolve) => setTimeout(resolve, 300));
    })().then(
      () => null,
      async (error: unknown) => {
        await reading.close();
        return error;
      },
    ),
  ]);
  t.ok(error instanceof SnapshotEnded, 'it makes room');
  t.equal(rebuilt.swapped, true);
});

t.test('nobody is sent what was erased since the export began', async (t) => {
  const own = await harness(t);
  const { incident } = await publish(own, await furnish(own));
  await own.read('/v1/incidents');
  await fill(own, 3000, 10_000);
  const log = { readAll: async () => [{ type: 'TextErased', position: 9n, stream: incident }] } as unknown as typeof own.log;
  const snapshot = await openSnapshot({ pool: own.pool, projections: own.runner.projections, log });
  t.teardown(snapshot.close);
  await t.rejects(async () => {
    for await (const _ of snapshot.documents()) await new Promise((resolve) => setTimeout(resolve, 300));
  }, SnapshotEnded);
});
