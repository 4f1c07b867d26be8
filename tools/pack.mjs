// Makes of the packages that outsiders install what they install: JavaScript with types, for Node 20.19 and newer. In the workspace Node runs their source.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandLine } from '../packages/platform/src/command-line.ts';

const usage = `npm run pack -- [--to <folder>]

Packs what outsiders install: @averment/verify-log, @averment/client and the command line averment, an archive for npm each.
  --to   where they go; ./packed unless it is said`;

/** Each after those that it uses. */
const packages = ['verify-log', 'client', 'cli'];
const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = commandLine('npm run pack', usage).read({ to: { type: 'string', default: 'packed' } });
const to = resolve(values.to);
const built = mkdtempSync(join(tmpdir(), 'averment-pack-'));

const run = (...args) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
};
const manifestOf = (name) => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
const compiled = (file, extension) => file.replace('./src/', './dist/').replace(/\.ts$/, extension);

/** The compiler's settings: what Node 20 lacks does not compile, and our own packages are those that were built just now. */
const settingsOf = (name) => ({
  extends: join(root, 'tsconfig.base.json'),
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023'],
    typeRoots: [join(root, 'node_modules', '@types')],
    noEmit: false,
    incremental: false,
    tsBuildInfoFile: null,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    rootDir: join(root, 'packages', name, 'src'),
    outDir: join(built, name, 'dist'),
    paths: Object.fromEntries(packages.map((one) => [`@averment/${one}`, [join(built, one, 'dist', 'index.d.ts')]])),
  },
  include: [join(root, 'packages', name, 'src')],
});

/** The package's own, about what was compiled. */
const packedManifest = ({ private: _, devDependencies: __, exports = {}, bin = {}, dependencies = {}, ...rest }) => ({
  ...rest,
  engines: { node: '>=20.19' },
  files: ['dist'],
  exports: Object.fromEntries(
    Object.entries(exports).map(([path, file]) => [path, { types: compiled(file, '.d.ts'), default: compiled(file, '.js') }]),
  ),
  bin: Object.fromEntries(Object.entries(bin).map(([command, file]) => [command, compiled(file, '.js')])),
  dependencies: Object.fromEntries(
    Object.entries(dependencies).map(([name, version]) => [
      name,
      version.startsWith('workspace:') ? manifestOf(name.replace('@averment/', '')).version : version,
    ]),
  ),
});

try {
  for (const name of packages) {
    const folder = join(built, name);
    mkdirSync(folder);
    // Types of a package's dependencies are looked for beside it.
    symlinkSync(join(root, 'packages', name, 'node_modules'), join(folder, 'node_modules'));
    const settings = join(built, `${name}.json`);
    writeFileSync(settings, JSON.stringify(settingsOf(name)));
    run('node_modules/typescript/bin/tsc', '--project', settings);
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(packedManifest(manifestOf(name)), null, 2)}\n`);
    run('tools/node_modules/pnpm/bin/pnpm.mjs', '--dir', folder, '--ignore-workspace', 'pack', '--pack-destination', to);
  }
} finally {
  rmSync(built, { recursive: true, force: true });
}
process.stdout.write(`${to} has ${packages.map((name) => `@averment/${name}`).join(', ')}\n`);
