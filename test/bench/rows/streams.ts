import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Row } from '../bench.ts';
import { connect, expected } from '../http.ts';
import { loadCast, loadIncidents } from '../load.ts';
import { memoryOf } from '../processes.ts';
import { alone, compared } from '../report.ts';

const start = (file: string): ChildProcess => fork(join(import.meta.dirname, '..', file));
const asked = async <T>(child: ChildProcess, message: object | string): Promise<T> => {
  const answer = once(child, 'message');
  child.send(message);
  return (await answer)[0] as T;
};

/** A process's memory once it stands still, in MiB. */
const standing = async (pid: number): Promise<number> => {
  for (let before = await memoryOf(pid); ; ) {
    await setTimeout(1000);
    const now = await memoryOf(pid);
    if (Math.abs(now - before) < before / 100) return now;
    before = now;
  }
};

type Target = { url: string; path: string; key: string; pid: number };

/** What a server's memory grows by, in MiB, once so many follow it and have heard what `tell` has told them. */
const growth = async (
  { url, path, key, pid }: Target,
  count: number,
  tell: () => Promise<number>,
): Promise<{ memory: number; seconds: number }> => {
  const before = await memoryOf(pid);
  const listeners = start('listeners.ts');
  try {
    await asked(listeners, { url, path, key, count });
    const begun = performance.now();
    const frames = await tell();
    while ((await asked<{ heard: number }>(listeners, 'heard')).heard < frames * count) await setTimeout(50);
    const seconds = (performance.now() - begun) / 1000;
    // Buffers that were written are given back some time later.
    return { memory: (await standing(pid)) - before, seconds };
  } finally {
    listeners.kill();
    await once(listeners, 'exit');
  }
};

/** Many who follow by event streams, beside bare `node:http` that writes the same to as many. */
export const streams: Row = async ({ stacks, quick, seed }) => {
  if (process.platform !== 'linux') return [];
  const count = quick ? 500 : 10_000;
  const stack = await stacks.empty();
  await loadCast(stack.log);
  const served = await stack.serve();
  const http = connect(served.url, 1, served.keys.auditor);
  const after = async (position: unknown) => expected(await http.get(`/v1/events?after=${position}&limit=500`), 200) as unknown as Page;
  type Page = { items: { position: string }[]; next: string };
  let { next } = await after(0);
  for (let page = await after(next); page.items.length > 0; page = await after(next)) next = page.next;

  let items: Page['items'] = [];
  const own = await growth(
    { url: served.url, path: `/v1/events/stream?after=${next}`, key: served.keys.auditor, pid: served.api },
    count,
    async () => {
      await loadIncidents(stack.log, { seed, incidents: 3, claims: 3 });
      ({ items } = await after(next));
      return items.length;
    },
  );
  const bare = start('bare-streams.ts');
  const { url } = await asked<{ url: string }>(bare, 'listen');
  const frames = items.map((item) => `id: ${item.position}\ndata: ${JSON.stringify(item)}\n\n`);
  const peer = await growth({ url, path: '/', key: served.keys.auditor, pid: bare.pid ?? 0 }, count, async () => {
    await asked(bare, frames);
    return frames.length;
  });
  bare.kill();
  await http.close();
  await served.stop();
  return [
    compared(
      `memory that ${count} event streams take in the API; beside it in bare node:http`,
      { own: [own.memory], peer: [peer.memory] },
      { unit: 'MiB', aim: { most: 1.5 }, share: [] },
    ),
    alone(`until all have heard ${items.length} events, appended and told`, [own.seconds * 1000], { unit: 'ms' }),
  ];
};
