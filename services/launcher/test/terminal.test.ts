// `npm start` on a real terminal, which `script` of util-linux makes.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findEmbedded } from '@averment/platform';
import { testFolder } from '@averment/platform/testing';
import t from 'tap';
import { get, gone, pidIn } from './fixtures/launcher.ts';

const program = fileURLToPath(new URL('./fixtures/start.ts', import.meta.url));
const missing = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '')
  ? false
  : 'skipped: there is no script of util-linux';

t.test('on a terminal it tells its steps and logs to read, and ends in order when the terminal goes', { skip: missing }, async (t) => {
  const dataDir = join(await testFolder(t), 'data');
  const terminal = spawn('script', ['--quiet', '--flush', '--command', `${process.execPath} ${program}`, '/dev/null'], {
    env: { PATH: process.env.PATH, TERM: 'xterm', DATA_DIR: dataDir, PORT: '0', SAMPLES: 'on', LOG_LEVEL: 'info' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(terminal, 'close');
  t.teardown(async () => {
    terminal.kill('SIGKILL');
    await ended;
  });
  let said = '';
  terminal.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  while (!/Open this in a browser: \S+\r\n/.test(said) && terminal.exitCode === null) await delay(20);

  t.notMatch(said, '{"level"');
  t.match(said, /\[\d\d:\d\d:\d\d\].*INFO.*\(launcher\).*making a database cluster/);
  // A step is a line that is written anew until it is done.
  t.match(said, /\r\u001b\[KMaking the database: \d\.\d s\r/);
  for (const step of ['The database is made', 'The worker and the API run', 'The sample incidents are there']) {
    t.match(said, new RegExp(`\\r\u001b\\[K${step} \\(\\d+\\.\\d s\\)\r\n`));
  }
  t.match(
    said,
    /\r\n {2}docs +http:[^\n]+\r\n {2}keys [^\n]+\r\n {2}data [^\n]+\r\nCtrl-C stops it\.\r\nOpen this in a browser: http:\S+\/\r\n\s*$/,
    'the summary comes last, and the link last of it',
  );

  const url = / api +(\S+)/.exec(said)?.[1] ?? '';
  const pids = [Number(await get(`${url}/pid`)), await pidIn(dataDir, 'worker.pid'), await pidIn(dataDir, 'postgres', 'postmaster.pid')];
  terminal.kill('SIGKILL');
  for (const pid of pids) await gone(pid);
  t.equal(await findEmbedded(dataDir), null, 'the database was stopped cleanly');
});
