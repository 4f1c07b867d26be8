import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
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
