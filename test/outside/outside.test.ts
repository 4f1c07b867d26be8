import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { programOnPath, testFolder } from '@averment/platform/testing';
import t from 'tap';
import { startStandIn } from '../../packages/client/test/stand-in.ts';
import { eventAt, ledgerOf, serving, signer } from '../../packages/verify-log/test/support.ts';
import { harnessFor } from '../../services/api/test/support/harness.ts';
import { furnish, publish } from '../../services/api/test/support/story.ts';

/** The ledger as somebody else's packages see it: those by which Go verifies its own database of modules. */

const run = promisify(execFile);
const packages = '/usr/share/gocode';
const go = programOnPath('go');
const lacks = go === undefined ? 'Go is not installed' : `${packages} has no golang.org/x/mod/sumdb (golang-golang-x-mod-dev)`;
const skip = go === undefined || !existsSync(`${packages}/src/golang.org/x/mod/sumdb/tlog`) ? `skipped: ${lacks}` : false;

const folder = await testFolder(t);
const program = join(folder, 'verify');
if (skip === false)
  execFileSync(go ?? '', ['build', '-o', program, fileURLToPath(new URL('verify.go', import.meta.url))], {
    env: { PATH: process.env.PATH, GO111MODULE: 'off', GOPATH: packages, GOCACHE: join(folder, 'cache') },
  });

const verified = async (url: string, vkey: string, saved?: string): Promise<{ code: number; out: string }> => {
  const file = join(folder, 'saved');
  if (saved !== undefined) await writeFile(file, saved);
  const args = [`${url}/log`, vkey, ...(saved === undefined ? [] : [file])];
  return run(program, args, { env: {} }).then(
    ({ stdout }) => ({ code: 0, out: stdout }),
    ({ code, stdout }) => ({ code, out: stdout }),
  );
};

t.test("Go's packages verify the ledger that the service serves", { skip }, async (t) => {
  const own = await (await harnessFor(t))(t);
  await publish(own, await furnish(own));
  await own.sign();
  const url = await own.app.app.listen({ host: '127.0.0.1', port: 0 });
  const [vkey = ''] = (await own.ask('GET', '/log/key')).text.split('\n');
  const saved = (await own.ask('GET', '/log/checkpoint')).text;
  const size = Number(saved.split('\n')[1]);
  t.match(await verified(url, vkey), { code: 0, out: `${size} entries are in the tree` });
  await publish(own, await furnish(own));
  await own.sign();
  const [after = ''] = (await own.ask('GET', '/log/key')).text.split('\n');
  t.match(await verified(url, after), { code: 0, out: / entries are in the tree/ });
});

t.test("Go's packages find the same as ours, over several tiles", { skip }, async (t) => {
  const events = Array.from({ length: 701 }, (_, index) => eventAt(index));
  const [files, before] = await Promise.all([ledgerOf(events.slice(0, 700)), ledgerOf(events.slice(0, 300))]);
  const served = new Map([...files, ['key', Buffer.from(`${signer.vkey}\n`)]]);
  const url = await startStandIn(t, async (request, response) => {
    const { status, body } = await serving(served)(`http://localhost${request.url}`, { headers: {} });
    response.writeHead(status).end(body && Buffer.from(await new Response(body).arrayBuffer()));
  });
  const since = String(before.get('checkpoint'));
  t.match(await verified(url, signer.vkey, since), { code: 0, out: '700 entries are in the tree' });
  const forked = await ledgerOf(events.slice(5, 305));
  t.match(await verified(url, signer.vkey, String(forked.get('checkpoint'))), { code: 1, out: /does not begin with/ });
  const longer = await ledgerOf(events.slice(0, 701));
  t.match(await verified(url, signer.vkey, String(longer.get('checkpoint'))), { code: 1, out: 'the log had 701 leaves and has 700' });
  for (const path of ['tile/0/001', 'tile/1/000.p/2', 'tile/entries/002.p/188', 'checkpoint']) {
    const bytes = served.get(path) as Buffer;
    const changed = Buffer.from(bytes);
    changed[40] = (changed[40] ?? 0) ^ 1;
    served.set(path, changed);
    t.match(await verified(url, signer.vkey, since), { code: 1 }, path);
    served.set(path, bytes);
  }
});
