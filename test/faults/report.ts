import { arch, cpus, release, totalmem, type } from 'node:os';
import type { Experiment, Place, Profile } from './experiment.ts';

/** What the runs of one experiment came to. */
export type Line = {
  experiment: Experiment;
  /** Why it is not run here, or null. */
  skipped: string | null;
  runs: number;
  /** The time that it took so far, in milliseconds. */
  spent: number;
  tried: Record<string, number>;
  acknowledged: number;
  checks: number;
  findings: string[];
};

const listed = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

const cells = ({ experiment, skipped, runs, tried, acknowledged, checks, findings }: Line, first: number): string[] => {
  if (skipped !== null) return [experiment.name, `skipped: ${skipped}`, '–', '–', '–', '–', '–'];
  const seeds = runs <= 1 ? String(first) : `${first}–${first + runs - 1}`;
  const lost = findings.length === 0 ? '0' : `**${findings.length}**, named above`;
  return [experiment.name, listed(tried), String(runs), seeds, String(acknowledged), String(checks), lost];
};

const heads = ['experiment', 'what was tried', 'rounds', 'seeds', 'commands acknowledged', 'checks made', 'lost, doubled or out of order'];

const where: Record<Profile, (place: Place) => string> = {
  'one database': () => 'PostgreSQL holds events, texts, models and jobs; one api and one worker where the experiment says no other',
  distributed: ({ eventLog }) =>
    `events in ${eventLog === null ? 'a stand-in for EventStoreDB' : 'a real EventStoreDB'}, jobs in Redis, texts and models in PostgreSQL; two api and two worker processes`,
};

/** The table of a run, in Markdown, under what it was run on. `first` is the seed of each experiment's first round. */
export const report = (lines: readonly Line[], place: Place, first: number, minutes: number): string => {
  const [cpu] = cpus();
  const machine = `${cpu?.model.trim() ?? arch()}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${type()} ${release()}, Node ${process.version}`;
  const rows = [heads, heads.map(() => '---'), ...lines.map((line) => cells(line, first))].map((row) => `| ${row.join(' | ')} |`);
  return [
    `${new Date().toISOString().slice(0, 10)}, ${minutes} minutes, profile ${place.profile}: ${where[place.profile](place)}.`,
    `Machine: ${machine}. Seeds from ${first}.`,
    '',
    ...rows,
    ...rate(lines),
  ].join('\n');
};

/** How many seeds of the simulation a minute holds, what it takes to start its threads included. */
const rate = (lines: readonly Line[]): string[] =>
  lines.flatMap(({ tried }) => {
    const { 'simulated seeds': seeds, milliseconds } = tried;
    if (seeds === undefined || milliseconds === undefined) return [];
    return ['', `The simulation did ${Math.round((seeds / milliseconds) * 60_000)} seeds a minute, in a thread for each core.`];
  });
