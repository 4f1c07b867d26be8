// Checks the types of everything: what runs in Node, and what runs in browsers, which know other things.
import { spawnSync } from 'node:child_process';

const results = ['tsconfig.json', 'services/desk/src/browser/tsconfig.json'].map(
  (project) => spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '--project', project], { stdio: 'inherit' }).status,
);
process.exitCode = results.every((status) => status === 0) ? 0 : 1;
