import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { scripts }: { scripts: Record<string, string> } = JSON.parse(await readFile(`${root}package.json`, 'utf8'));

/** What an npm script does with these arguments. */
const say = (script: string, ...args: string[]) =>
  new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
    const command = (scripts[script] ?? '').replace(/^node /, '').split(' ');
    execFile(process.execPath, [...command, ...args], { cwd: root, env: { ...process.env, DATA_DIR: '/nowhere' } }, (error, out, err) =>
      resolve({ code: error === null ? 0 : error.code, out, err }),
    );
  });

for (const script of Object.keys(scripts)) {
  t.test(`npm run ${script} explains itself, and ends`, async (t) => {
    t.match(await say(script, '--help'), { code: 0, out: new RegExp(`^(npm (run )?|Usage: )${script}\\b[^]*\n.+`) });
  });
}

t.test('what a command does not know is refused in one line', async (t) => {
  for (const [script, ...args] of [
    ['start', '--port=1'],
    ['lint', '--fix'],
    ['keys', 'list', 'more'],
    ['tour', '--url'],
  ] as const) {
    const { code, out, err } = await say(script, ...args);
    t.match({ code, out }, { code: 2, out: '' }, script);
    t.match(err, new RegExp(`^averment: [^\\n]+ \\(npm (run )?${script} -- --help says how it is used\\)\\n$`));
  }
});

t.test('what serves lists its settings', async (t) => {
  t.match((await say('api', '--help')).out, /^ {2}PORT +The port .*\(8080\)$/m);
});
