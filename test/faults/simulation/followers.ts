import { createHash } from 'node:crypto';
import { anchorings, type Commands, createAnchoring, createErasing, createMerging, erasures, merges } from '@averment/commands';
import { type DomainEvent, passagesOf, stringsIn } from '@averment/domain';
import { type EventLog, type Logged, LogUnavailable } from '@averment/event-log';
import { eraseInMemory, type MemoryStore } from '@averment/event-log/testing';
import { createLine, createTail, eventsOf, type Follows, type Keeping, type Outcome } from '@averment/read-models/testing';
import { changesOf, emptyModel, type Model, write } from './model.ts';

type Deciding = { stream: string; revision: number; position: bigint };
/** What is followed beside the log, by the names that the product notes it under. */
const duties = { merges, anchorings, erasures };
type Duty = keyof typeof duties;
const dutyNames = Object.keys(duties) as Duty[];

/**
 * What the workers keep in place of a database: two models, a durable follower's hashes of the stored bytes, and what has to be followed, the earliest first,
 * each with how far it has followed the log.
 */
export type Kept = {
  models: readonly Model[];
  hashes: { checkpoint: bigint; found: { position: bigint; sha256: string }[] };
  noted: Record<Duty, { checkpoint: bigint; notes: Deciding[] }>;
};
const nothingNoted = () => ({ checkpoint: 0n, notes: [] });
export const nothingKept = (): Kept => ({
  models: [emptyModel(), emptyModel()],
  hashes: { checkpoint: 0n, found: [] },
  noted: { merges: nothingNoted(), anchorings: nothingNoted(), erasures: nothingNoted() },
});
/** Whether everything that was decided has been followed. */
export const isFollowed = ({ noted }: Kept): boolean => dutyNames.every((duty) => noted[duty].notes.length === 0);

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

const notingFollower = ({ noted }: Kept, duty: Duty): Follower => {
  const { name, types } = duties[duty];
  const deciding: ReadonlySet<string> = new Set(types);
  const kept = noted[duty];
  return {
    name,
    texts: [],
    canonical: false,
    current: () => placed(kept.checkpoint),
    checkpoint: () => kept.checkpoint,
    fold: async (page) => () => {
      kept.notes.push(...page.filter(({ type }) => deciding.has(type)));
      kept.checkpoint = page.at(-1)?.position ?? kept.checkpoint;
    },
  };
};

type Following = { log: EventLog<DomainEvent>; clock: { now(): Date }; store: MemoryStore; submitEdit: Commands['submitEdit'] };

/** Of an erasure nothing is left: the vault follows, and no row of a model has the words. Rejects like an outage until the models have followed. */
const requireGoneFrom =
  ({ models }: Kept, store: MemoryStore): Parameters<typeof createErasing>[0]['requireGone'] =>
  async ({ position, values }) => {
    eraseInMemory(
      store,
      store.all.filter((event) => event.position <= position),
    );
    if (models.some(({ checkpoint }) => checkpoint < position)) throw new LogUnavailable('the models have not followed yet');
    for (const find of values.map(passagesOf)) {
      for (const { rows } of models)
        if (stringsIn([...rows.values()]).some((text) => find(text).length > 0)) throw new LogUnavailable('words are still in a model');
    }
  };

/** The product's ways to follow what is noted. The incidents that use a source are those that a model knows, once it has followed. */
const followersOfNotes = (kept: Kept, { log, clock, store, submitEdit }: Following) => ({
  merges: createMerging({ log, clock }),
  erasures: createErasing({ log, clock, requireGone: requireGoneFrom(kept, store) }),
  anchorings: createAnchoring({
    log,
    clock,
    submitEdit,
    incidentsUsing: async (source, position) => {
      const [model = emptyModel()] = kept.models;
      if (model.checkpoint < position) throw new LogUnavailable('the model has not followed yet');
      return [...model.uses].flatMap(([incident, sources]) => (sources.has(source) ? [incident] : []));
    },
  }),
});

/**
 * Follows what is noted, as the worker's duties do: what fails stays noted, with what was decided of the same stream later. `forgets`: a note is taken away
 * before it is followed, and not after it. Rejects with the first failure.
 */
export const followNoted = async (kept: Kept, { forgets = false, ...options }: Following & { forgets?: boolean }): Promise<void> => {
  const followers = followersOfNotes(kept, options);
  const failed = new Map<string, unknown>();
  for (const duty of dutyNames) {
    const noted = kept.noted[duty];
    for (const note of [...noted.notes]) {
      const take = () => void (noted.notes = noted.notes.filter(({ position }) => position !== note.position));
      if (forgets) take();
      if (failed.has(`${duty} ${note.stream}`)) continue;
      try {
        await followers[duty].follow(note);
        take();
      } catch (error) {
        failed.set(`${duty} ${note.stream}`, error);
      }
    }
  }
  for (const error of failed.values()) throw error;
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
  ...dutyNames.map((duty) => notingFollower(kept, duty)),
];

/** The product's tail over what is kept. */
export const tailOver = (kept: Kept, options: Options) =>
  createTail({ ...lineOf(options), followers: followersOf(kept, options.log), told: options.told ?? (() => undefined) });

/** Takes each follower to the head of the log by itself. */
export const followAll = async (kept: Kept, options: Options): Promise<void> => {
  const line = createLine(lineOf(options));
  for (const follower of followersOf(kept, options.log)) await line.alone(follower, null);
};
