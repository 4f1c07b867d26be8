import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programOnPath, testFolder } from '@averment/platform/testing';
import t from 'tap';
import ts from 'typescript';
import { says, startStandIn } from '../../packages/client/test/stand-in.ts';
import { eventAt, ledgerOf, serving, signer } from '../../packages/verify-log/test/support.ts';
import { fileOf } from '../e2e/processes.ts';

/** What `npm run pack` makes works where it is installed: without the workspace, without types being stripped, and on an older Node if there is one. */

const app = `
import { createApi, follow, LogChanged, type Followed, type Schemas } from '@averment/client';

const url = process.argv[2] ?? '';
const { data } = await createApi({ url }).GET('/v1/incidents', { params: { query: { limit: 1 } } });
const titles: (string | null)[] | undefined = data?.items.map(({ title }: Schemas['ListedIncident']) => title);
console.log(titles?.join(), typeof LogChanged);
for await (const event of follow({ url, live: false })) {
  const { position, type }: Followed = event;
  console.log(position, type);
}
`;

t.test('packages are compiled, typed, and run by themselves', async (t) => {
  const folder = await testFolder(t);
  execFileSync(process.execPath, [fileOf('tools/pack.mjs'), '--to', join(folder, 'packed')]);
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@types'), { recursive: true });
  symlinkSync(fileOf('node_modules/@types/node'), join(modules, '@types', 'node'), 'dir');
  for (const name of ['verify-log', 'client', 'cli']) {
    const own = join(modules, '@averment', name);
    mkdirSync(own, { recursive: true });
    execFileSync('tar', ['-xzf', join(folder, 'packed', `averment-${name}-0.1.0.tgz`), '--strip-components=1', '-C', own]);
    const sources = readdirSync(own, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.d)\.ts$/.test(file));
    t.strictSame(sources, [], `${name} has no source that Node would have to strip`);
  }
  for (const [name, from] of [
    ['openapi-fetch', 'client'],
    ['eventsource-parser', 'client'],
    ['commander', 'cli'],
  ] as const)
    symlinkSync(fileOf(`packages/${from}/node_modules/${name}`), join(modules, name), 'dir');

  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  writeFileSync(join(folder, 'app.ts'), app);
  const compiled = ts.createProgram([join(folder, 'app.ts')], {
    strict: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: ['node'],
    typeRoots: [join(modules, '@types')],
  });
  const { diagnostics } = compiled.emit();
  const wrong = [...ts.getPreEmitDiagnostics(compiled), ...diagnostics].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
  t.strictSame(wrong, [], 'also with the declarations of libraries looked at');

  const url = await startStandIn(t, (request, response) => {
    const isFeed = request.url?.startsWith('/v1/events') ?? false;
    const items = isFeed
      ? [{ position: '7', type: 'ClaimAdded' }]
      : [{ id: 'incident_1', title: 'A shot', counts: { claims: 1 }, occurred: null, place: null }];
    says(response, 200, isFeed ? { items: request.url?.includes('after=0') ? items : [], next: '7', log: 'l' } : { items, next: null });
  });
  const files = await ledgerOf(Array.from({ length: 300 }, (_, index) => eventAt(index)));
  const ledger = await startStandIn(t, async (request, response) => {
    const { status, body } = await serving(files)(`http://localhost${request.url}`, { headers: {} });
    response.writeHead(status).end(body && Buffer.from(await new Response(body).arrayBuffer()));
  });

  const older = programOnPath('node');
  const nodes = new Set([process.execPath, older ?? process.execPath]);
  for (const node of nodes) {
    const run = (...args: string[]) =>
      new Promise<string>((resolve, reject) => {
        const child = execFile(node, args, { cwd: folder, env: { AVERMENT_URL: url } }, (error, out) =>
          error ? reject(error) : resolve(out),
        );
        child.stdin?.end();
      });
    t.equal(await run('app.js', url), 'A shot function\n7 ClaimAdded\n', node);
    t.match(await run(join(modules, '@averment', 'cli', 'dist', 'main.js'), 'list'), /^incident_1 {2}A shot\n/);
    const verify = [join(modules, '@averment', 'verify-log', 'dist', 'bin.js'), '--log', `${ledger}/log`, '--key', signer.vkey];
    t.match(await run(...verify, '--save', 'checkpoint'), /^300 leaves, root \S{44}: all is as it was signed\n$/);
    t.match(await run(...verify, '--since', 'checkpoint', '--json'), /^\{"size":300,"root":"\S{44}","findings":0\}\n$/);
    const tile = files.get('tile/1/000.p/1') as Buffer;
    files.set('tile/1/000.p/1', Buffer.alloc(32));
    await t.rejects(run(...verify), { code: 1 });
    files.set('tile/1/000.p/1', tile);
    await t.rejects(run(...verify.slice(0, 3)), { code: 2 });
  }
});
