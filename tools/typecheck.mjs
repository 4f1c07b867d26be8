// Checks the types of everything: what runs in Node, what runs in browsers, which know other things, and the tests that go through both.
import { spawnSync } from 'node:child_process';
import { commandLine } from '../packages/platform/src/command-line.ts';

const usage = `npm run typecheck

Checks the types of everything.`;

commandLine('npm run typecheck', usage).read({});
const results = ['tsconfig.json', 'services/desk/src/browser/tsconfig.json', 'test/browser/tsconfig.json'].map(
  (project) => spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '--project', project], { stdio: 'inherit' }).status,
);
process.exitCode = results.every((status) => status === 0) ? 0 : 1;
