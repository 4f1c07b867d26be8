import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DomainEvent, feedOperations } from '@averment/domain';
import { eraseTexts } from '@averment/event-log';
import { testServer } from '@averment/platform/testing';
import t from 'tap';
import { environment, register, run, stores } from './kit.ts';

const server = await testServer(t);

/**
 * The files of the database server that hold the text, its write-ahead log included: as it is, or in base64, at each of the three places where it may begin
 * in a group of three bytes.
 */
const filesWith = async (text: string): Promise<string[]> => {
  const encoded = [0, 1, 2].map((before) =>
    Buffer.from(`${'x'.repeat(before)}${text}`)
      .toString('base64')
      .slice(4, -4),
  );
  const needles = [text, ...encoded].map((needle) => Buffer.from(needle));
  const entries = await readdir(server.folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    // The server removes files while they are looked at.
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    if (needles.some((needle) => bytes.includes(needle))) found.push(path);
  }
  return found;
};

t.test('rebuild says what it did, and only comparing changes nothing', async (t) => {
  const { databaseUrl, log, runner, pool } = await stores(t, server);
  await register(log, 3);
  await runner.ensure();
  const first = await run('rebuild', environment(databaseUrl), 'all');
  t.equal(first.code, 0, first.err);
  t.match(first.out, /^record: built from 3 events up to position 3/m);
  t.match(first.out, /^times: built/m);
  t.match(first.out, /parties: 3 rows, 3 compared, none differs/);
  t.match(first.out, /the rebuilt tables are in use now/);

  await pool.query('DELETE FROM times_v2.times');
  const compared = await run('rebuild', environment(databaseUrl), 'times', '--compare-only');
  t.equal(compared.code, 1, compared.err);
  t.match(compared.out, /times: 0 rows in use, \d+ rebuilt/);
  t.match(compared.out, /is only in the rebuilt tables/);
  t.match(compared.out, /nothing was changed/);
  t.same((await pool.query('SELECT FROM times_v2.times')).rowCount, 0);
  t.equal((await run('rebuild', environment(databaseUrl), 'times')).code, 0);
  t.ok((await pool.query('SELECT FROM times_v2.times')).rowCount);
});

t.test('rebuild explains itself', async (t) => {
  const { databaseUrl } = await stores(t, server);
  for (const wrong of [[], ['nothing'], ['record', 'times'], ['record', '--all']]) {
    const { code, err } = await run('rebuild', environment(databaseUrl), ...wrong);
    t.equal(code, 2, wrong.join(' '));
    t.match(err, /npm run rebuild -- <projection\|all>/);
    t.notMatch(err, /\bat .*\.ts:\d/, 'without a trace');
  }
  for (const [program, ...wrong] of [
    ['verify', '--model'],
    ['verify', 'record'],
    ['restored', '--at-least', '-1'],
    ['restored', 'now'],
  ] as const) {
    const { code, err } = await run(program, environment(databaseUrl), ...wrong);
    t.equal(code, 2, wrong.join(' '));
    t.match(err, new RegExp(`npm run ${program} -- \\[--`));
    t.notMatch(err, /\bat .*\.ts:\d/, 'without a trace');
  }
  const unset = await run('verify', { PATH: process.env.PATH, DATABASE_URL: 'nonsense' });
  t.equal(unset.code, 1);
  t.match(unset.err, /DATABASE_URL/);
});

t.test('restored counts on from whatever the models have heard of, where the vault has forgotten it, and from what is said', async (t) => {
  const { databaseUrl, log, runner, pool } = await stores(t, server);
  await register(log, 2);
  await runner.ensure();
  const name = async (...args: string[]) => {
    const { code, out, err } = await run('restored', environment(databaseUrl), ...args);
    t.equal(code, 0, err);
    return /is called (\S+) from/.exec(out)?.[1];
  };
  const id = String((await pool.query('SELECT id FROM vault.log')).rows[0]?.id);
  t.equal(await name(), `${id}.1`);
  await pool.query(`UPDATE times_v2.checkpoint SET log = '${id}.5'`);
  t.equal(await name(), `${id}.6`);
  t.equal(await name('--at-least', '9'), `${id}.9`);
  t.equal(await name(), `${id}.10`);
  t.same(await runner.off(), new Map(), 'no model has to be built for that');
});

t.test('verify ends with 1 where something is not as it was written, and names the place', async (t) => {
  const { databaseUrl, log, pool } = await stores(t, server);
  const { streams } = await register(log, 3);
  const well = await run('verify', environment(databaseUrl));
  t.equal(well.code, 0, well.err);
  t.match(well.out, /^3 events up to position 3: all is as it was written$/m);
  const unbuilt = await run('verify', environment(databaseUrl), '--models');
  t.match(unbuilt, { code: 1, out: /^model_off: the read model record is not there/m }, 'what was not looked at is not well');
  await pool.query('DELETE FROM vault.texts WHERE stream = $1', [streams[1]]);
  const ill = await run('verify', environment(databaseUrl));
  t.equal(ill.code, 1);
  t.match(ill.out, new RegExp(`^text_missing: ${streams[1]}, revision 0, position \\d+: `, 'm'));
  t.match(ill.out, /3 events up to position 3: \d+ findings/);
});

t.test('feed:skip lets the feed pass over what cannot be read, and feed:mended brings it back', async (t) => {
  const { databaseUrl, log, pool } = await stores(t, server);
  const { streams } = await register(log, 2);
  const events = (await log.readAll(0n, 10)) as DomainEvent[];
  const [lost = '', kept = ''] = streams.map((stream) => String(events.find((event) => event.stream === stream)?.position));
  const feed = (...args: string[]) => run('feed', environment(databaseUrl), ...args);
  const skip = (position: string, ...more: string[]) => feed('skip', '--position', position, '--reason', 'The disk lost it.', ...more);
  await pool.query(`CREATE TABLE public.kept AS SELECT * FROM vault.texts WHERE stream = '${streams[0]}'`);
  await pool.query('DELETE FROM vault.texts WHERE stream = $1', [streams[0]]);

  t.match(await skip(kept), { code: 1, out: /PartyRegistered at position \d+ can be read: there is nothing to pass over/ });
  t.match(await skip('9223372036854775807'), { code: 1, out: /^no event stands at position/ });
  t.match(await skip('99'), { code: 1, out: 'no event stands at position 99\n' });
  const passed = await skip(lost, '--by', 'the night shift');
  t.match(passed, {
    code: 0,
    out: new RegExp(`^the feed passes over revision 0 of ${streams[0]} at position ${lost} \\(text_missing: .*from now on$`, 'm'),
  });
  t.match(await skip(lost), { code: 0, out: /already$/m });
  t.match(await feed('mended'), {
    code: 1,
    out: new RegExp(`^revision 0 of ${streams[0]}, passed over at position ${lost}: still cannot be read`),
  });
  const decided = (await log.readStream(feedOperations, 0)) as DomainEvent[];
  t.match(decided, [{ type: 'FeedEventSkipped', actor: 'the night shift', data: { position: lost, reason: 'The disk lost it.' } }]);
  t.equal(decided.length, 1);

  await pool.query('INSERT INTO vault.texts TABLE public.kept');
  t.match(await feed('mended'), { code: 0, out: /can be read again, and is served at a new position/ });
  t.match(await feed('mended'), { code: 0, out: 'the feed passes over nothing that waits to be mended\n' });
  t.equal((await run('verify', environment(databaseUrl))).code, 0, 'verify knows these events');

  for (const wrong of [
    [],
    ['skip'],
    ['skip', '--position', '1'],
    ['skip', '--position', '-1', '--reason', 'x'],
    ['skip', '--position', '9223372036854775808', '--reason', 'x'],
    ['skip', '--position', '1', '--reason', ' '],
    ['mended', 'x'],
  ]) {
    const { code, err } = await feed(...wrong);
    t.equal(code, 2, wrong.join(' '));
    t.match(err, /npm run feed:skip -- --position/);
    t.notMatch(err, /\bat .*\.ts:\d/, 'without a trace');
  }
});

t.test('after an erasure and a rebuild the text is in no file of the database', async (t) => {
  const { databaseUrl, log, runner, pool } = await stores(t, server);
  const canary = `Ca${randomUUID().replaceAll('-', '')}ry`;
  await runner.ensure();
  const { streams, position } = await register(log, 2, canary);
  for (const { name } of runner.projections) await runner.advance(name);
  t.equal(await runner.position(['record']), position);
  await pool.query('CHECKPOINT');
  t.ok((await filesWith(canary)).length > 2, 'it is in the vault, in the models, and in the write-ahead log');
  for (const stream of streams) {
    const command = randomUUID();
    const at = '2026-01-01T00:00:00.000Z';
    const fields = [{ revision: 0, pointer: '/name' }];
    const erased = await eraseTexts(log, {
      stream,
      fields,
      reasonCode: 'personal_data',
      actor: 'tester',
      command,
      at,
      idOf: () => command,
    });
    t.equal(erased.outcome, 'written');
  }
  for (const { name } of runner.projections) await runner.advance(name);
  const { code, out, err } = await run('rebuild', environment(databaseUrl), 'all');
  t.equal(code, 0, err);
  t.match(out, /^erased texts: removed from the files/m);
  t.notMatch(out, /may still hold/);
  t.same(await filesWith(canary), []);
  t.equal((await run('verify', environment(databaseUrl))).code, 0);
});
