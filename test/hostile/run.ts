import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { commandLine } from '@averment/platform';
import { campaign, type Table, type Tally } from './campaign.ts';
import { idle, oddities, slowClients, slowReaders } from './sockets.ts';
import { createWorld, type World } from './world.ts';

const usage = `npm run hostile -- [--requests <100000>] [--seed <1>] [--sockets <10000>]

Sends hostile requests to a service of its own, then holds idle connections to it, and ends with a table (docs/hostile.md); with 1 where anything was found.`;

const statuses = (byStatus: Record<string, number>): string =>
  Object.entries(byStatus)
    .map(([status, count]) => `${status} ×${count}`)
    .join(', ');

const tableOf = (name: string, tallies: Map<string, Tally>): string => {
  const rows = [...tallies]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(
      ([each, { requests, reached, byStatus, findings }]) => `| ${each} | ${requests} | ${reached} | ${statuses(byStatus)} | ${findings} |`,
    );
  return [`| ${name} | requests | reached the handler | answers | findings |`, '| --- | --- | --- | --- | --- |', ...rows].join('\n');
};

const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

/** The result in Markdown, as it goes into docs/hostile.md. */
const written = ({ total, ...table }: Table, seconds: number, memory: { before: number; after: number }): string => {
  const kinds = Map.groupBy(table.findings, ({ fault }) => fault);
  const found = [...kinds].map(
    ([fault, [first, ...rest]]) =>
      `- ${fault} (${rest.length + 1} times), first request ${first?.number} as ${first?.role}: ${first?.request}`,
  );
  const lines = [
    `- ${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}`,
    `- ${total.requests} requests, seed ${table.seed}, ${seconds.toFixed(0)} s (${(total.requests / seconds).toFixed(0)} a second)`,
    `- ${total.reached} reached the handler (${Math.round((100 * total.reached) / total.requests)} %)`,
    `- memory of the API: ${mib(memory.before)} before, ${mib(memory.after)} after`,
    `- slowest answer: ${table.slowest.milliseconds.toFixed(0)} ms, to \`${table.slowest.request.slice(0, 100).replaceAll('`', ' ')}\``,
    `- findings: ${table.findings.length}`,
  ];
  return [
    lines.join('\n'),
    tableOf('class of routes', table.byClass),
    tableOf('spoiled part', table.byPart),
    tableOf('operation', table.byOperation),
    ...found,
  ].join('\n\n');
};

/** How many connections this machine lets a process hold, some files left aside. */
const mostSockets = async (): Promise<number> => {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  return Number(/^Max open files\s+\d+\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY) - 500;
};

/** Holds so many idle connections beside slow, silent and senseless ones, and reads meanwhile; says how they ended, in Markdown. */
const hold = async (world: World, wanted: number, resident: () => Promise<number>): Promise<{ text: string; unserved: number }> => {
  const { url } = world.server;
  const count = Math.min(wanted, await mostSockets());
  const before = await resident();
  const ends = [...slowClients(world), ...slowReaders(url, '/openapi.json', 40), ...(await idle(url, count))];
  const odd = oddities(url);
  const opened = performance.now();
  let going = true;
  const all = Promise.all(ends).finally(() => {
    going = false;
  });
  const milliseconds: number[] = [];
  const answers = new Map<number, number>();
  let most = before;
  while (going) {
    const begun = performance.now();
    const { status } = await world.as('none').get(`/v1/incidents/${world.incident}`);
    milliseconds.push(performance.now() - begun);
    answers.set(status, (answers.get(status) ?? 0) + 1);
    if (milliseconds.length % 50 === 0) most = Math.max(most, await resident());
  }
  const seconds = (performance.now() - opened) / 1000;
  const counts: Record<string, number> = {};
  for (const { kind, status } of await all) counts[`${kind}: ${status ?? 'closed'}`] = (counts[`${kind}: ${status ?? 'closed'}`] ?? 0) + 1;
  const oddEnds = (await Promise.all(odd)).map(
    ({ kind, statuses: [status, ...more] }) =>
      `${kind}: ${status ?? 'closed'}${more.length > 0 ? ` and ${more.length} more, the last ${more.at(-1)}` : ''}`,
  );
  milliseconds.sort((a, b) => a - b);
  const at = (share: number) => milliseconds[Math.floor((milliseconds.length - 1) * share)]?.toFixed(1);
  const ready = (await world.as('none').get('/readyz')).status;
  const text = [
    `- ${count} idle connections${count < wanted ? ` (of ${wanted}: this machine lets a process hold no more)` : ''}; all were ended within ${seconds.toFixed(0)} s`,
    `- ended: ${statuses(counts)}`,
    `- ended: ${oddEnds.join('; ')}`,
    `- ${milliseconds.length} reads meanwhile, one at a time: ${statuses(Object.fromEntries(answers))}; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
    `- memory of the API: ${mib(before)} before, ${mib(most)} at most, ${mib(await resident())} after; /readyz then answers ${ready}`,
  ].join('\n');
  return { text, unserved: milliseconds.length - (answers.get(200) ?? 0) + (ready === 200 ? 0 : 1) };
};

const { values } = commandLine('npm run hostile', usage).read({
  requests: { type: 'string', default: '100000' },
  seed: { type: 'string', default: '1' },
  sockets: { type: 'string', default: '10000' },
});
const closers: (() => Promise<void> | void)[] = [];
// Ctrl-C reaches the service too, which stops by itself; being told to end by another way must not leave it behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void Promise.all(closers.map((close) => close())).then(() => process.exit(130)));
}
try {
  const world = await createWorld({ teardown: (run) => void closers.unshift(run) });
  const resident = async () => Number(/^process_resident_memory_bytes (\S+)/m.exec((await world.as('none').get('/metrics')).text)?.[1]);
  const before = await resident();
  const begun = performance.now();
  const requests = Number(values.requests);
  const table = await campaign(world, {
    requests,
    seed: Number(values.seed),
    onDone: (done) => {
      if (done % 10_000 === 0) console.log(`${done} of ${requests}`);
    },
  });
  console.log(written(table, (performance.now() - begun) / 1000, { before, after: await resident() }));
  const held = Number(values.sockets) > 0 ? await hold(world, Number(values.sockets), resident) : { text: '', unserved: 0 };
  console.log(held.text);
  process.exitCode = table.findings.length + held.unserved > 0 ? 1 : 0;
} catch (error) {
  // What fails once the service is being stopped would hide what came first.
  console.error(error);
  process.exitCode = 1;
} finally {
  for (const close of closers) await close();
}
