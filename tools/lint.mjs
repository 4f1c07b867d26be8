// Lints everything, or the folders given: `npm run lint -- packages/domain`. `--write` repairs what can be repaired safely.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const given = process.argv.slice(2);
const write = given.includes('--write');
const folders = given.filter((arg) => arg !== '--write');
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
