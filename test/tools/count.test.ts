import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the test runner on some of the fixtures; answers its exit code, its last line and all that it printed. */
const run = (...names: string[]) => {
  const files = names.map((name) => fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url)));
  const { status, stdout } = spawnSync(process.execPath, ['tools/test.mjs', ...files], { cwd: root, encoding: 'utf8' });
  return { status, last: stdout.trimEnd().split('\n').at(-1), stdout };
};

t.test('assertions are counted, each once, and what failed or was left out is named', async (t) => {
  const { status, last, stdout } = run('mixed', 'good');
  t.equal(last, '3 passed, 2 failed, 1 skipped');
  t.equal(status, 1);
  t.match(stdout, 'fails twice > the first');
  t.match(stdout, 'fails twice > the second');
  t.match(stdout, 'is left out: the moon is down');
});

t.test('what passes passes', async (t) => {
  t.match(run('good'), { status: 0, last: '1 passed, 0 failed, 0 skipped' });
});

t.test('a file that asserts nothing, breaks or does not finish is a failure', async (t) => {
  t.match(run('silent'), { status: 1, last: '0 passed, 1 failed, 0 skipped', stdout: /no assertion was made/ });
  t.match(run('broken'), { status: 1, last: '0 passed, 1 failed, 0 skipped', stdout: /ended with code 3[\s\S]*the reason/ });
  t.match(run('unfinished'), { status: 1, last: '1 passed, 1 failed, 0 skipped' });
});

t.test('a file that is not there is an error, not a success', async (t) => {
  t.equal(run('none').status, 1);
});
