import { createHash } from 'node:crypto';
import { createMerging } from '@averment/commands';
import type { DomainEvent } from '@averment/domain';
import type { EventLog, Logged } from '@averment/event-log';
import { createLine, createTail, eventsOf, type Follows, type Keeping, type Outcome } from '@averment/read-models/testing';
import { changesOf, emptyModel, type Model, write } from './model.ts';

/** What the workers keep in place of a database: two models, and a durable follower's hashes of the stored bytes, each with how far it has followed the log. */
export type Kept = {
  models: readonly Model[];
  hashes: { checkpoint: bigint; found: { position: bigint; sha256: string }[] };
  /** Decisions on merges that have to be followed, the earliest first. */
  merges: { checkpoint: bigint; noted: { stream: string; revision: number; position: bigint }[] };
};
export const nothingKept = (): Kept => ({
  models: [emptyModel(), emptyModel()],
  hashes: { checkpoint: 0n, found: [] },
  merges: { checkpoint: 0n, noted: [] },
});

type Follower = Follows & {
  checkpoint(): bigint;
  /** Works out what the page changes, and answers what writes it. */
  fold(page: readonly Logged<DomainEvent>[]): Promise<() => void>;
};

/** Where something in the simulation waits for its turn, and may die. */
type Chance = { turn(): Promise<void>; isTaken(): boolean };
const certain: Chance = { turn: async () => undefined, isTaken: () => false };

const placed = async (position: bigint) => ({ position, log: 'simulation.0', mark: null });

const modelFollower = (name: string, model: Model, log: EventLog<DomainEvent>): Follower => ({
  name,
  texts: [''],
  canonical: false,
  current: () => placed(model.checkpoint),
  checkpoint: () => model.checkpoint,
  fold: async (page) => {
    const changes = await changesOf(log, model, page);
    return () => write(model, changes);
  },
});

const hashFollower = ({ hashes }: Kept): Follower => ({
  name: 'hashes',
  texts: [],
  canonical: true,
  current: () => placed(hashes.checkpoint),
  checkpoint: () => hashes.checkpoint,
  fold: async (page) => {
    const found = page.map(({ position, canonical = '' }) => ({ position, sha256: createHash('sha256').update(canonical).digest('hex') }));
    return () => {
      hashes.found.push(...found);
      hashes.checkpoint = found.at(-1)?.position ?? hashes.checkpoint;
    };
  },
});

const mergeFollower = ({ merges }: Kept): Follower => ({
  name: 'merges',
  texts: [],
  canonical: false,
  current: () => placed(merges.checkpoint),
  checkpoint: () => merges.checkpoint,
  fold: async (page) => () => {
    merges.noted.push(...page.filter(({ type }) => type === 'IncidentMerged' || type === 'IncidentUnmerged'));
    merges.checkpoint = page.at(-1)?.position ?? merges.checkpoint;
  },
});

/**
 * Follows what is noted, as the worker's duty does. `forgets`: a note is taken away before it is followed, and not after it.
 */
export const followNoted = async (
  { merges }: Kept,
  { log, clock, forgets = false }: { log: EventLog<DomainEvent>; clock: { now(): Date }; forgets?: boolean },
): Promise<void> => {
  const merging = createMerging({ log, clock });
  for (const note of [...merges.noted]) {
    const take = () => void (merges.noted = merges.noted.filter(({ position }) => position !== note.position));
    if (forgets) take();
    await merging.follow(note);
    take();
  }
};

/** A worker dies between reading and committing, and locks are taken at times. `compares`: whether checkpoints are compared, as they have to be. */
const keepingWith = ({ turn, isTaken }: Chance, compares: boolean): Keeping<Follower> => ({
  commit: async (pairs, appends, { waited, held }) => {
    const stands = ({ follower, move }: (typeof pairs)[number]) => !compares || follower.checkpoint() === move.from.position;
    const free = pairs.filter((pair) => stands(pair) && (waited || !isTaken()));
    const folded = [];
    for (const pair of free) folded.push({ ...pair, write: await pair.follower.fold(eventsOf(appends)) });
    await held;
    await turn();
    // From here to the end is one transaction: nothing comes between.
    const moved = folded.filter(stands);
    for (const { write: commit } of moved) commit();
    return moved.map(({ follower }) => follower);
  },
  wait: turn,
});

type Options = {
  log: EventLog<DomainEvent>;
  batch: number;
  compares?: boolean;
  chance?: Chance;
  told?: (name: string, outcome: Outcome) => void;
};

const lineOf = ({ log, batch, compares = true, chance = certain }: Options) => ({
  keeping: keepingWith(chance, compares),
  log,
  logName: async () => 'simulation.0',
  batch,
  stopped: () => false,
});

const followersOf = (kept: Kept, log: EventLog<DomainEvent>): Follower[] => [
  ...kept.models.map((model, index) => modelFollower(`model ${index}`, model, log)),
  hashFollower(kept),
  mergeFollower(kept),
];

/** The product's tail over what is kept. */
export const tailOver = (kept: Kept, options: Options) =>
  createTail({ ...lineOf(options), followers: followersOf(kept, options.log), told: options.told ?? (() => undefined) });

/** Takes each follower to the head of the log by itself. */
export const followAll = async (kept: Kept, options: Options): Promise<void> => {
  const line = createLine(lineOf(options));
  for (const follower of followersOf(kept, options.log)) await line.alone(follower, null);
};
