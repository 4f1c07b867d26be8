import { setTimeout as delay } from 'node:timers/promises';
import { commandLine } from '@averment/platform';
import { dice } from './dice.ts';
import { distributed, type Experiment, noRedis, type Outcome, oneDatabase, type Place, type Scope } from './experiment.ts';
import { clock } from './experiments/clock.ts';
import { database } from './experiments/database.ts';
import { decisions } from './experiments/decisions.ts';
import { disk } from './experiments/disk.ts';
import { eventLog } from './experiments/event-log.ts';
import { flush } from './experiments/flush.ts';
import { followers } from './experiments/followers.ts';
import { jobs } from './experiments/jobs.ts';
import { kill } from './experiments/kill.ts';
import { processes } from './experiments/processes.ts';
import { redis } from './experiments/redis.ts';
import { roleMatrix } from './experiments/roles.ts';
import { simulation } from './experiments/simulation.ts';
import { storm } from './experiments/storm.ts';
import { type Line, report } from './report.ts';

const usage = `npm run faults -- [--minutes <N>] [--seed <S>] [--only <words of a name>]
                  [--profile distributed [--event-log <esdb://...> [--restart-event-log <command>]]]
Runs the fault experiments over and over, each time with the next seed, for about so many minutes (10), and ends with a table: what was tried, how often,
and what was lost. Ends with 1 if anything was. The seed of each experiment's first round is S, or drawn and printed. What fails names its seed:
--seed <that> --only <the experiment> repeats it.
The distributed profile needs redis-server on the PATH, and starts a stand-in for EventStoreDB unless --event-log names a real one (a single node), which
may be used by others too. --restart-event-log is run by a shell to kill that one and to start it again.`;

const { read, refuse } = commandLine('npm run faults', usage);

const all = [kill, followers, database, redis, eventLog, flush, disk, jobs, decisions, processes, clock, storm, roleMatrix, simulation];
/** An experiment that has not ended by then is given up, in milliseconds. */
const longest = 300_000;

/** What went wrong where nobody waits for it any more, as in an experiment that broke off: told with the run that is on. */
const leftBehind: string[] = [];
process.on('unhandledRejection', (error) => leftBehind.push(`left behind: ${error instanceof Error ? error.stack : String(error)}`));

/** A scope whose ends run when `close` is called, the last registered first. */
const openScope = (): Scope & { close(): Promise<void> } => {
  const ends: (() => Promise<void> | void)[] = [];
  return {
    teardown: (end) => void ends.push(end),
    close: async () => {
      for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
    },
  };
};

const runOnce = async (experiment: Experiment, seed: number, place: Place): Promise<Outcome> => {
  const scope = openScope();
  const givingUp = new AbortController();
  const tooLong = delay(longest, undefined, { signal: givingUp.signal }).then(() => {
    throw new Error(`it had not ended after ${longest / 1000} s`);
  });
  try {
    const outcome = await Promise.race([experiment.run(scope, dice(seed), place), tooLong]);
    return { ...outcome, findings: [...outcome.findings, ...leftBehind.splice(0)] };
  } catch (error) {
    const finding = `it broke off: ${error instanceof Error ? error.stack : String(error)}`;
    return { checks: 0, findings: [finding, ...leftBehind.splice(0)], tried: {}, acknowledged: 0 };
  } finally {
    givingUp.abort();
    tooLong.catch(() => undefined);
    await scope.close();
  }
};

const count = (line: Line, { tried, acknowledged, checks, findings }: Outcome, spent: number): void => {
  line.runs += 1;
  line.spent += spent;
  line.acknowledged += acknowledged;
  line.checks += checks;
  line.findings.push(...findings);
  for (const [name, times] of Object.entries(tried)) line.tried[name] = (line.tried[name] ?? 0) + times;
};

const linesFor = async (place: Place, only: string): Promise<Line[]> => {
  const chosen = all.filter(({ name, profiles }) => name.includes(only) && profiles.includes(place.profile));
  const missing = place.profile === 'distributed' ? await noRedis() : null;
  return Promise.all(
    chosen.map(async (experiment) => ({
      experiment,
      runs: 0,
      spent: 0,
      tried: {},
      acknowledged: 0,
      checks: 0,
      findings: [],
      skipped: missing ?? (await experiment.impossible?.()) ?? null,
    })),
  );
};

const given = () => {
  const text = { type: 'string' } as const;
  const { values } = read({ minutes: text, seed: text, only: text, profile: text, 'event-log': text, 'restart-event-log': text });
  const { profile = oneDatabase.profile, minutes = '10', seed, only = '', 'event-log': url, 'restart-event-log': restart } = values;
  const place = [oneDatabase, distributed].find((each) => each.profile === profile);
  const first = seed === undefined ? Math.floor(Math.random() * 1e9) : Number(seed);
  if (!place) return refuse(`--profile is ${oneDatabase.profile} or ${distributed.profile}`);
  if (!(Number(minutes) > 0) || !Number.isInteger(first)) refuse('--minutes is a number above 0, --seed a whole number');
  if (url !== undefined && place !== distributed) refuse('--event-log needs --profile distributed');
  if (restart !== undefined && url === undefined) refuse('--restart-event-log needs --event-log');
  const eventLogGiven = url === undefined ? null : { url, restart: restart ?? null };
  return { place: { ...place, eventLog: eventLogGiven }, minutes: Number(minutes), first, only };
};

/** Runs to the end of the time given; answers whether nothing was found. */
const main = async (): Promise<boolean> => {
  const { place, minutes, first, only } = given();
  const lines = await linesFor(place, only);
  if (lines.length === 0) refuse(`no experiment is called ${only}; there are ${all.map(({ name }) => name).join(', ')}`);
  process.stdout.write(`seed ${first}, ${minutes} minutes, ${place.profile}\n`);
  const end = performance.now() + minutes * 60_000;
  const possible = lines.filter(({ skipped }) => skipped === null);
  for (;;) {
    // Whoever has had the least of the time goes next: short experiments have more rounds.
    const [line] = [...possible].sort((one, other) => one.spent - other.spent);
    if (line === undefined || (performance.now() >= end && line.runs > 0)) break;
    const seed = first + line.runs;
    const begun = performance.now();
    const outcome = await runOnce(line.experiment, seed, place);
    count(line, outcome, performance.now() - begun);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    const verdict = outcome.findings.length === 0 ? 'nothing lost' : 'BROKEN';
    process.stdout.write(`${line.experiment.name}, seed ${seed}: ${verdict} (${seconds} s)\n`);
    for (const finding of outcome.findings) process.stdout.write(`  seed ${seed}: ${finding}\n`);
  }
  process.stdout.write(`\n${report(lines, place, first, minutes)}\n`);
  return lines.every(({ findings }) => findings.length === 0);
};

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 2;
}
