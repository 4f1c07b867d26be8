import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { caseKeyOf, createLogger, makeServerKey, readServerKey, systemRandom, writeWhole, writeWholeOnce } from '../src/index.ts';
import { testFolder } from '../src/testing.ts';

t.test('of many who make the server key at once, all get the same one', async (t) => {
  const folder = await testFolder(t);
  const file = join(folder, 'server.key');
  await t.rejects(readServerKey(file), { name: 'ServerKeyError', message: /is not there\. Restore it from a backup/ });
  const keys = await Promise.all(Array.from({ length: 8 }, () => makeServerKey(file, systemRandom)));
  t.equal(keys[0]?.length, 32);
  t.equal(new Set(keys.map((key) => key.toString('hex'))).size, 1);
  t.same(await readServerKey(file), keys[0]);
  t.equal((await stat(file)).mode & 0o777, 0o600);
  t.same(await readdir(folder), ['server.key']);
});

t.test('a file that is no server key is refused without being shown', async (t) => {
  const file = join(await testFolder(t), 'server.key');
  for (const content of ['', 'canary', '0'.repeat(63), `${'0'.repeat(64)}00`]) {
    await writeFile(file, content);
    const error = await readServerKey(file).catch((one: Error) => one);
    t.match(error, { name: 'ServerKeyError', message: /is not made of 64 hexadecimal digits/ });
    t.notMatch(String(error), 'canary');
  }
});

t.test('a file is written whole, or once', async (t) => {
  const folder = await testFolder(t);
  const file = join(folder, 'file');
  await writeWhole(file, 'one', 0o640);
  await writeWhole(file, 'two', 0o600);
  t.equal(await readFile(file, 'utf8'), 'two');
  t.equal((await stat(file)).mode & 0o777, 0o600);
  t.equal(await writeWholeOnce(file, 'three', 0o600), false);
  t.equal(await readFile(file, 'utf8'), 'two');
  t.same(await readdir(folder), ['file']);
});

t.test('the log leaves credentials out', async (t) => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', name: 'test', write: (line) => lines.push(line) });
  logger.info({ req: { headers: { authorization: 'Bearer canary' } }, databaseUrl: 'postgres://x:canary@y', key: 'canary' }, 'a request');
  logger.debug('not at this level');
  t.equal(lines.length, 1);
  t.match(JSON.parse(lines[0] ?? ''), { level: 'info', name: 'test', msg: 'a request', req: { headers: { authorization: '[left out]' } } });
  t.notMatch(lines[0], 'canary');
});

t.test('the key of the tags of cases follows from the server key, for ever, and is another one', async (t) => {
  const hex = (byte: number) => caseKeyOf(Buffer.alloc(32, byte)).export().toString('hex');
  t.equal(hex(7), '203d138eac5f155c151520db1f2a3681231be26b2c4f86f45285c22eb727d625');
  t.not(hex(7), Buffer.alloc(32, 7).toString('hex'));
  t.not(hex(7), hex(8));
});
