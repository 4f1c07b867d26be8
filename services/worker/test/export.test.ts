import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testFolder, testServer } from '@averment/platform/testing';
import t from 'tap';
import { environment, register, run, stores } from './kit.ts';

const server = await testServer(t);
const onlyIn = async (folder: string): Promise<string> => {
  const [one = '', ...others] = await readdir(folder);
  if (others.length > 0) throw new Error(`more than one: ${others.join()}`);
  return join(folder, one);
};

t.test('a snapshot is a new folder whose sums are right, of one position', async (t) => {
  const { databaseUrl, log, runner } = await stores(t, server);
  await register(log, 3);
  await runner.ensure();
  for (const { name } of runner.projections) await runner.advance(name);
  const folder = await testFolder(t);
  const { code, out, err } = await run('export', environment(databaseUrl), '--dir', folder);
  t.equal(code, 0, err);
  t.match(out, /: 0 incidents and 0 claims as of position 3\n/);
  t.equal(err, '', 'no progress where there is no terminal');
  const path = await onlyIn(folder);
  t.match(path, /averment-\d{4}-\d\d-\d\d-3$/);
  const files = (await readdir(path)).sort();
  t.strictSame(
    files.filter((name) => name !== 'checkpoint'),
    [
      'SHA256SUMS',
      'claims-3.csv',
      'claims-3.ndjson',
      'claims-3.parquet',
      'incidents-3.csv',
      'incidents-3.geojson',
      'incidents-3.ndjson',
      'incidents-3.parquet',
      'manifest.json',
    ],
  );
  t.match(execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: path }).toString(), /^(?:\S+: OK\n)+$/);
  const manifest = JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8'));
  t.match(manifest, { position: '3', incomplete: 0, log: /\.\d+$/, files: Array });
  t.equal(manifest.files.length, 7);

  const again = await run('export', environment(databaseUrl), '--dir', folder);
  t.match(again, { code: 1, err: /^averment export: \S+ is there already\n$/ });
  t.strictSame((await readdir(path)).sort(), files, 'what was there is as it was');
  t.equal(await onlyIn(folder), path, 'and no draft stays');
});

t.test('what cannot be read to its end leaves nothing', async (t) => {
  const { databaseUrl, log, runner, pool } = await stores(t, server);
  await register(log, 2);
  await runner.ensure();
  for (const { name } of runner.projections) await runner.advance(name);
  const { rows } = await pool.query(`SELECT nspname AS record FROM pg_namespace WHERE nspname ~ '^record_v\\d+$'`);
  await pool.query(`ALTER TABLE ${rows[0].record}.claims RENAME TO gone`);
  const folder = await testFolder(t);
  const { code } = await run('export', environment(databaseUrl), '--dir', folder);
  t.equal(code, 1);
  t.strictSame(await readdir(folder), []);
  await mkdir(join(folder, 'kept'));
  t.match(await run('export', environment(databaseUrl)), { code: 2, err: /--dir has to say/ });
  t.match(await run('export', { ...environment(databaseUrl), DATABASE_URL: 'postgres://127.0.0.1:1/x' }, '--dir', folder), {
    code: 1,
    err: /^averment export: [^\n]+ cannot be used: [^\n]+\n$/,
  });
  t.strictSame(await readdir(folder), ['kept']);
});
