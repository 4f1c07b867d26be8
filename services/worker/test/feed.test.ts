import { type DomainEvent, feedOperations } from '@averment/domain';
import { testServer } from '@averment/platform/testing';
import t from 'tap';
import { environment, register, run, stores } from './kit.ts';

const server = await testServer(t);

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
    ['skip'],
    ['skip', '--position', '1'],
    ['skip', '--position', '-1', '--reason', 'x'],
    ['skip', '--position', '9223372036854775808', '--reason', 'x'],
    ['skip', '--position', '1', '--reason', ' '],
    ['mended', 'x'],
  ]) {
    const { code, err } = await feed(...wrong);
    t.equal(code, 2, wrong.join(' '));
    t.match(err, new RegExp(`^averment: [^\\n]+ \\(npm run feed:${wrong[0]} -- --help says how it is used\\)\\n$`));
  }
});
