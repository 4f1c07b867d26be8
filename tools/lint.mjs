// Lints everything, or the folders given.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { commandLine } from '../packages/platform/src/command-line.ts';

const usage = `npm run lint -- [--write] [<folder>...]

Lints everything, or the folders given, as packages/domain; the arrows between the packages are always looked at.
  --write   repairs what can be repaired safely`;

const { values, positionals: folders } = commandLine('npm run lint', usage).read(
  { write: { type: 'boolean', default: false } },
  { positionals: Number.POSITIVE_INFINITY },
);
const { write } = values;
const code = ['packages', 'services', 'test'].filter((path) => existsSync(path));

const run = (file, args) => {
  const { status } = spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' });
  return status === 0;
};

const results = [
  run('node_modules/@biomejs/biome/bin/biome', ['check', '--error-on-warnings', ...(write ? ['--write'] : []), ...folders]),
  // The arrows between the packages are a property of the whole, so they are always looked at everywhere.
  run('node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', [
    '--config',
    '.dependency-cruiser.mjs',
    '--output-type',
    'err',
    ...code,
  ]),
];
process.exitCode = results.every(Boolean) ? 0 : 1;
