import { execFile, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { patience, testFolder } from '@averment/platform/testing';
import { makeBed } from '../bed.ts';
import { createClient, keyFor } from '../client.ts';
import { type Experiment, expected, oneDatabase, together } from '../experiment.ts';
import { flushedBeforeAnswered, parseTrace } from '../trace.ts';
import { accepted } from '../work.ts';

const writes = 20;

/** Why no process can be traced here, or null. */
const noTrace = async (): Promise<string | null> => {
  try {
    await promisify(execFile)('strace', ['-e', 'trace=none', 'true']);
    return null;
  } catch (error) {
    return (error as { code?: unknown }).code === 'ENOENT'
      ? 'strace is not installed'
      : `strace cannot trace here: ${(error as Error).message}`;
  }
};

export const flush: Experiment = {
  name: '3 flushed, then acknowledged',
  what: 'a trace of system calls shows the flush of the write-ahead log before the bytes of the answer',
  profiles: ['one database'],
  impossible: noTrace,
  run: async (scope, random) => {
    // Nobody but who appends has a reason to flush.
    const bed = await makeBed(scope, oneDatabase, ['wal_writer_delay = 10s', 'autovacuum = off']);
    // What is registered is held against the models; a worker that follows would flush as well.
    const { code, out } = await bed.run('rebuild', 'all');
    if (code !== 0) throw new Error(out);
    const api = await bed.start('api');
    // One answer to each request: none is sent again because this one, traced, is slow.
    const client = createClient(bed, [api.url ?? ''], patience);
    const register = async (n: number) =>
      accepted(
        await client.write({
          subject: 'contributor0',
          method: 'POST',
          path: '/v1/parties',
          key: keyFor('flush', String(n)),
          body: { kind: 'agency', name: `Agency ${n} ${random.below(1e6)}` },
        }),
      );
    // The connection that appends exists from here on.
    await register(-1);
    const { rows } = await bed.pool.query<{ pid: number }>("SELECT pid FROM pg_stat_activity WHERE application_name = 'averment api, log'");
    const writers = rows.map(({ pid }) => pid);
    const apiPid = api.process().pid ?? 0;
    const threads = (await readdir(`/proc/${apiPid}/task`)).map(Number);

    const file = join(await testFolder(scope), 'trace');
    const calls = 'fsync,fdatasync,read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg';
    const targets = [apiPid, ...writers].flatMap((pid) => ['-p', String(pid)]);
    const tracer = spawn('strace', ['-f', '-y', '-s', '64', '-e', `trace=${calls}`, '-o', file, ...targets], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = new Promise((resolve) => tracer.once('exit', resolve));
    scope.teardown(() => void tracer.kill('SIGKILL'));
    let said = '';
    await new Promise<void>((resolve, reject) => {
      tracer.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
        if (targets.every((target) => target === '-p' || new RegExp(`Process ${target} attached`).test(said))) resolve();
      });
      void ended.then(() => reject(new Error(`strace ended: ${said}`)));
    });
    for (let n = 0; n < writes; n += 1) await register(n);
    tracer.kill('SIGINT');
    await ended;

    const traced = flushedBeforeAnswered(parseTrace(await readFile(file, 'utf8')), new Set(threads), new Set(writers));
    return {
      ...together([expected('answers in the trace', traced.answers, writes), { checks: traced.answers, findings: traced.findings }]),
      tried: { 'answers traced to their flush': traced.answers },
      acknowledged: writes,
    };
  },
};
