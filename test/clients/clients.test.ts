import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { testFolder } from '@averment/platform/testing';
import { createClient } from '@hey-api/openapi-ts';
import openapiTypescript, { astToString, type OpenAPI3 } from 'openapi-typescript';
import generate from 'orval';
import t from 'tap';
import ts from 'typescript';
import { startServer } from '../e2e/server.ts';
import { stepsOf } from '../e2e/tour.ts';
import { clientTypes } from './client-types.ts';

/** What others' tools make of `/openapi.json` compiles under `strict`, and works. */

const root = join(import.meta.dirname, '..', '..');

type Sent = { schema: string; body: string };
const schemas: [RegExp, string][] = [
  [/^sources$/, 'SentSource'],
  [/^parties$/, 'SentParty'],
  [/^incidents$/, 'Proposal'],
  [/\/edits$/, 'Submission'],
  [/\/decision$/, 'Decision'],
];

/** The bodies that the README's tour sends. Its shell functions make them; what would ask the service answers with ids of its own. */
const tourBodies = (): Sent[] => {
  const instead = `
post() { printf '%s\\t%s\\0' "$2" "$4" >&3; }
get() { :; }
show() { :; }
curl() { :; }
member() { case $1 in appliedRevision) echo 5;; *) echo source_00000000000000000000000001;; esac; }
`;
  const [first = '', ...rest] = stepsOf(readFileSync(join(root, 'README.md'), 'utf8'), '## Five minutes').map(({ command }) => command);
  const script = ['exec 3>&1 >/dev/null', first, instead, ...rest].join('\n');
  const sent = execFileSync('bash', ['-c', script], { cwd: root, encoding: 'utf8' }).split('\0').slice(0, -1);
  return sent.map((one) => {
    const [path = '', body = ''] = one.split('\t');
    return { schema: schemas.find(([pattern]) => pattern.test(path))?.[1] ?? path, body };
  });
};

/** A module in which each body is of the type that each tool made of its schema. */
const typed = (bodies: Sent[]): string => {
  const names = [...new Set(bodies.map(({ schema }) => schema))];
  return [
    `import type { components } from './openapi-typescript';`,
    `import type * as Hey from './hey-api/types.gen';`,
    `import type * as Orval from './orval';`,
    ...names.map((schema) => `type ${schema} = components['schemas']['${schema}'] & Hey.${schema} & Orval.${schema};`),
    ...bodies.map(({ schema, body }, index) => `export const body${index}: ${schema} = ${body};`),
  ].join('\n');
};

t.test('clients that are generated compile, and work', async (t) => {
  const folder = await testFolder(t);
  const made = join(folder, 'made');
  const server = await startServer(t, { SAMPLES: 'off' });
  // Compiling takes longer than the server keeps a connection that nobody uses.
  const document = (await (await fetch(`${server.url}/openapi.json`, { headers: { connection: 'close' } })).json()) as OpenAPI3;
  const input = join(folder, 'openapi.json');
  writeFileSync(input, JSON.stringify(document));

  const own = readFileSync(join(root, 'packages', 'client', 'src', 'openapi.ts'), 'utf8');
  t.ok(own === (await clientTypes(document)), 'packages/client has the types of this document: npm run client writes them anew');

  await createClient({
    input,
    output: join(made, 'hey-api'),
    plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
    logs: { level: 'error', file: false },
  });
  const orval = { input: { target: input }, output: { target: join(made, 'orval.ts'), client: 'fetch', mode: 'single' } } as const;
  await generate(orval, folder, { logLevel: 'error', throwOnError: true });
  writeFileSync(join(made, 'openapi-typescript.ts'), astToString(await openapiTypescript(document)));

  const bodies = tourBodies();
  t.ok(bodies.length >= 15, `the tour sends ${bodies.length} bodies`);
  t.strictSame([...new Set(bodies.map(({ schema }) => schema))].sort(), ['Decision', 'Proposal', 'SentParty', 'SentSource', 'Submission']);
  writeFileSync(join(made, 'tour.ts'), typed(bodies));
  cpSync(join(import.meta.dirname, 'apps'), join(folder, 'apps'), { recursive: true });
  symlinkSync(join(root, 'test', 'node_modules'), join(folder, 'node_modules'), 'dir');
  writeFileSync(join(folder, 'package.json'), '{"type": "commonjs"}');

  const tools = ['openapi-typescript', 'hey-api', 'orval'];
  const files = [join(made, 'tour.ts'), ...tools.map((tool) => join(folder, 'apps', `${tool}.ts`))];
  const program = ts.createProgram(files, {
    strict: true,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    rootDir: folder,
    outDir: join(folder, 'out'),
    skipLibCheck: true,
  });
  const { diagnostics } = program.emit();
  const wrong = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  t.equal(
    ts.formatDiagnostics(wrong, { getCanonicalFileName: (name) => name, getCurrentDirectory: () => folder, getNewLine: () => '\n' }),
    '',
  );

  const asked = globalThis.fetch;
  t.teardown(() => {
    globalThis.fetch = asked;
  });
  globalThis.fetch = (address, options) => asked(typeof address === 'string' ? new URL(address, server.url) : address, options);
  writeFileSync(join(folder, 'out', 'package.json'), '{"type": "commonjs"}');
  const load = createRequire(join(folder, 'out', 'apps', 'x.js'));
  type App = { run(url: string, keys: object): Promise<string[]> };
  const said = async (tool: string) => (load(`./${tool}.js`) as App).run(server.url, server.keys);
  t.strictSame(await said('openapi-typescript'), ['vehicle_motion: yes', 'shots_fired: exact 1 shot']);
  t.strictSame(await said('hey-api'), ['vehicle_motion: yes', 'shots_fired: exact 2 shot']);
  t.strictSame(await said('orval'), ['shots_fired: none']);
});
