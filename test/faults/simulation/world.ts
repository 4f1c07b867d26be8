import { anchorer, type Commands } from '@averment/commands';
import { createMemoryLeases, testCommands } from '@averment/commands/testing';
import { catalogue, type DomainEvent, type Incident } from '@averment/domain';
import { type EventLog, type EventToAppend, isUndecodable, LogUnavailable, type StoredEvent } from '@averment/event-log';
import { createMemoryLog, createMemoryStore, eraseInMemory, type MemoryStore } from '@averment/event-log/testing';
import { type Dice, dice } from '../dice.ts';
import { together } from '../experiment.ts';
import { anchoringFindings, erasureFindings, partyFindings, versionFindings } from '../followed.ts';
import { followAll, followNoted, isFollowed, nothingKept, tailOver } from './followers.ts';
import { person } from './people.ts';
import {
  type Acknowledged,
  commandFindings,
  feedFindings,
  hashFindings,
  mergeFindings,
  modelFindings,
  moveFindings,
  orderFindings,
  reservationFindings,
  reviewFindings,
  votes,
} from './promises.ts';
import { createTurns, type Turns } from './turns.ts';

/** What is broken on purpose, to see that it would be noticed. */
export type Sabotage =
  | 'unwritten answers'
  | 'keys forgotten'
  | 'order changes'
  | 'no compare and swap'
  | 'feed skips'
  | 'tail skips'
  | 'own edits decided'
  | 'votes kept'
  | 'notes forgotten'
  | 'copies kept'
  | null;

export type Process = {
  id: number;
  commands: Commands;
  log: EventLog<DomainEvent>;
  /** Resolves when it is this process's turn. */
  turn(): Promise<void>;
  died: Promise<'died'>;
  kill(): void;
};
export type World = {
  random: Dice;
  store: MemoryStore;
  log: EventLog<DomainEvent>;
  clock: { now(): Date };
  sabotage: Sabotage;
  /** The words that each request to erase is about, if any. */
  sought: Map<string, string>;
  /** Resolves after whatever else goes on has gone on a little. */
  turn(): Promise<void>;
  /** Incidents as people know them, each up to a revision. */
  folds: Map<string, { state: Incident; revision: number }>;
  /** A process of the service that lives. */
  api(): Process;
  acknowledge(one: Acknowledged): void;
  /** Resolves once everybody who proposes an incident has done so. */
  opened(proposed: boolean): Promise<void>;
};
/**
 * What a seed did. `outages`: calls of the log that failed, before or after they were carried out; `takenBack`: votes; `acts`: comments, what reviewers do with edits beside voting, and undoings; `merges`: those of incidents and parties that
 * were decided, and ends of such; `anchorings`: edits about another text of a source; `requests`: erasures and restrictions that were carried out.
 */
type Counts = {
  events: number;
  acknowledged: number;
  crashes: number;
  outages: number;
  erasures: number;
  takenBack: number;
  acts: number;
  merges: number;
  anchorings: number;
  requests: number;
  checks: number;
};
export type Simulated = { findings: string[]; counts: Counts };

const people = ['author', 'author', 'reviewer', 'reviewer', 'both', 'eraser'] as const;

/** Votes that the author of the edit is said to have cast. */
const asAuthor = (authors: Map<string, string>, stream: string, event: EventToAppend): EventToAppend => {
  const edit = `${stream} ${event.edit}`;
  if (event.type === 'EditSubmitted') authors.set(edit, event.actor);
  return votes.has(event.type) ? { ...event, actor: authors.get(edit) ?? event.actor } : event;
};

/** A vote that its reviewer took back goes on to count. */
const asKept = (event: EventToAppend): EventToAppend =>
  event.type === 'EditVoteWithdrawn' ? { ...event, type: 'ReviewLeaseBroken', data: { holder: 'nobody', reason: 'Kept.' } } : event;

/** Of all texts that are erased together only the first one goes. */
const asCopied = (event: EventToAppend): EventToAppend =>
  event.type === 'TextErased' ? { ...event, data: { ...event.data, items: (event.data as { items: object[] }).items.slice(0, 1) } } : event;

/** What comes of the events of an append. */
const spoiled = (sabotage: Sabotage, authors: Map<string, string>, stream: string, events: readonly EventToAppend[]) => {
  if (sabotage === 'own edits decided') return events.map((event) => asAuthor(authors, stream, event));
  if (sabotage === 'copies kept') return events.map(asCopied);
  return sabotage === 'votes kept' ? events.map(asKept) : events;
};

/** The log as a process has it: each call waits for its turn before and after it touches the log, and may fail on either side. */
const reached = (
  log: EventLog<DomainEvent>,
  id: number,
  { turn }: Turns,
  random: Dice,
  sabotage: Sabotage,
  failed: () => void,
): EventLog<DomainEvent> => {
  const authors = new Map<string, string>();
  const fail = (why: string): never => {
    failed();
    throw new LogUnavailable(why);
  };
  const call = async <T>(run: () => Promise<T>): Promise<T> => {
    await turn(id);
    if (random.chance(0.02)) fail('the request did not arrive');
    const result = await run();
    await turn(id);
    if (random.chance(0.02)) fail('the answer did not arrive');
    return result;
  };
  return {
    ...log,
    append: (stream, expected, given) =>
      call(async () => {
        const events = spoiled(sabotage, authors, stream, given);
        if (sabotage === 'unwritten answers' && random.chance(0.1))
          return { outcome: 'written' as const, revision: expected + events.length, position: (await log.head()) + BigInt(events.length) };
        return log.append(stream, expected, events);
      }),
    readStream: (...given) => call(() => log.readStream(...given)),
    readAll: (...given) => call(() => log.readAll(...given)),
    readStored: (...given) => call(() => log.readStored(...given)),
    head: () => call(log.head),
  };
};

/**
 * Simulates one seed: people at work on a few incidents through two processes that die and are replaced, hints that are lost, doubled and late, two workers
 * and a follower that die too, texts erased meanwhile, by every other seed from a vault that lags, a clock that jumps. At the end everything comes to rest,
 * and the promises are held against the log.
 */
export const simulate = async (seed: number, sabotage: Sabotage = null): Promise<Simulated> => {
  const random = dice(seed);
  const turns = createTurns(random);
  let now = Date.UTC(2026, 0, 15);
  const clock = { now: () => new Date(now) };
  const store = createMemoryStore({ lags: seed % 2 === 1 });
  const log = createMemoryLog<DomainEvent>({ catalogue, clock, random, store });
  const leases = createMemoryLeases(clock);
  const acknowledged: Acknowledged[] = [];
  let [processes, crashes, hints, outages] = [0, 0, 0, 0];

  const newProcess = (): Process => {
    const id = processes++;
    const { promise, resolve } = Promise.withResolvers<'died'>();
    const own = reached(log, id, turns, random, sabotage, () => (outages += 1));
    const commands = testCommands({
      log: own,
      leases,
      clock,
      random,
      // Lost, told, or told twice.
      onAppended: () => void (hints += random.below(3)),
      foldBudget: random.pick([20, 10_000]),
    });
    const kill = () => {
      turns.kill(id, () => random.chance(0.5));
      resolve('died');
    };
    return { id, commands, log: own, turn: () => turns.turn(id), died: promise, kill };
  };
  const apis = [newProcess(), newProcess()];
  const opening = Promise.withResolvers<void>();
  let authors = people.filter((role) => role === 'author').length;
  const world: World = {
    random,
    store,
    log,
    clock,
    sabotage,
    sought: new Map(),
    turn: () => turns.turn(-1),
    folds: new Map(),
    api: () => random.pick(apis),
    acknowledge: (one) => void acknowledged.push(one),
    opened: (proposed) => {
      if (proposed) authors -= 1;
      if (authors === 0) opening.resolve();
      return opening.promise;
    },
  };

  // A worker dies anywhere between reading and committing; another one begins anew from the checkpoints.
  const kept = nothingKept();
  const failures: string[] = [];
  const tails = new WeakMap<Process, ReturnType<typeof tailOver>>();
  const tailOf = (process: Process) => {
    const { id, log: own } = process;
    const skipping: typeof own = {
      ...own,
      readAll: async (...given) => (await own.readAll(...given)).filter(() => sabotage !== 'tail skips' || !random.chance(0.05)),
    };
    const told: Parameters<typeof tailOver>[1]['told'] = (name, outcome) => {
      if ('error' in outcome && !(outcome.error instanceof LogUnavailable)) failures.push(`${name}: ${(outcome.error as Error).stack}`);
    };
    const tail = tailOver(kept, {
      log: skipping,
      batch: 1 + random.below(6),
      compares: sabotage !== 'no compare and swap',
      chance: { turn: () => turns.turn(id), isTaken: () => random.chance(0.1) },
      told,
    });
    tails.set(process, tail);
    return tail;
  };
  const lives = (work: (process: Process) => Promise<void>) => {
    let process = newProcess();
    let running: Promise<unknown> | null = null;
    return {
      begin: () => {
        const mine = process;
        running ??= Promise.race([work(mine).catch(onlyOutage), mine.died]).then(() => void (running = null));
      },
      die: () => {
        process.kill();
        process = newProcess();
      },
    };
  };
  const project = async (process: Process) => {
    await (tails.get(process) ?? tailOf(process)).advance();
    const { log: own, commands } = process;
    const following = { log: own, clock, store, submitEdit: commands.submitEdit, forgets: sabotage === 'notes forgotten' };
    // What could not be followed, since others were faster, is followed the next time, at the latest once all is at rest.
    await followNoted(kept, following).catch(() => undefined);
  };
  const workers = [lives(project), lives(project)];
  const seen: bigint[] = [];
  let bookmark = 0n;
  const follower = lives(async ({ log: own }) => {
    const page = await own.readAll(bookmark, 1 + random.below(4), { texts: false });
    seen.push(...page.map(({ position }) => position));
    // It dies between seeing and remembering, and then sees again.
    if (random.chance(0.8)) bookmark = page.at(-1)?.position ?? bookmark;
    if (sabotage === 'feed skips' && random.chance(0.2)) bookmark += 1n;
  });

  let busy = people.length;
  for (const [index, role] of people.entries()) {
    void person(world, role, `p${index}`)
      .catch((error: Error) => void failures.push(`${role}: ${error.stack}`))
      .then(() => void (busy -= 1));
  }

  const earlier: (typeof store.all)[] = [];
  for (let quietFor = 0; busy > 0 && quietFor < 50; ) {
    quietFor = (await turns.step()) ? 0 : quietFor + 1;
    const event = random.below(40);
    if (event === 0) {
      const index = random.below(apis.length);
      apis[index]?.kill();
      apis[index] = newProcess();
      crashes += 1;
    } else if (event === 1) {
      random.pick([...workers, follower]).die();
      crashes += 1;
    } else if (event === 2) now += random.below(5 * 86_400_000) - 2 * 86_400_000;
    else if (event === 3) earlier.push([...store.all]);
    else if (event < 8) follower.begin();
    // The sweeper looks now and then, whatever became of the hints.
    if (hints > 0 ? random.chance(0.3) : event === 9) {
      hints = Math.max(0, hints - 1);
      random.pick(workers).begin();
    }
  }
  if (busy > 0) failures.push(`${busy} people still wait for an answer, though nothing is under way`);

  if (sabotage === 'order changes') exchange(store.all);
  // Nobody dies any more: everything reaches the end of the log.
  const { submitEdit } = testCommands({ log, leases, clock, random });
  await comeToRest(kept, { log, clock, store, submitEdit });
  for (let page = await log.readAll(bookmark, 5); page.length > 0; page = await log.readAll(bookmark, 5)) {
    seen.push(...page.map(({ position }) => position));
    bookmark = page.at(-1)?.position ?? bookmark;
  }
  eraseInMemory(store, store.all);
  // A log that was opened just now decodes every event anew, from its bytes.
  const reopened = createMemoryLog<DomainEvent>({ catalogue, clock, random, store });
  const rebuilt = nothingKept();
  await followAll(rebuilt, { log: reopened, batch: 1000 });
  const events = (await reopened.readAll(0n, 10_000)).filter((event): event is DomainEvent => !isUndecodable(event));
  const vault = [...store.vault.values()].flat().map((disclosure) => Buffer.from(disclosure, 'base64url').toString('utf8'));
  const { checks, findings } = together([
    commandFindings(events, acknowledged),
    orderFindings(store.all, earlier),
    feedFindings(store.all, seen),
    ...kept.models.map((model, index) => modelFindings(model, rebuilt.models[index] ?? model)),
    hashFindings(store.all, kept.hashes.found),
    reviewFindings(events, acknowledged),
    mergeFindings(events),
    moveFindings(events),
    reservationFindings(events),
    partyFindings(events),
    versionFindings(events, acknowledged),
    anchoringFindings(events),
    erasureFindings(events, { sought: world.sought, rows: kept.models.map(({ rows }) => [...rows.values()]), kept: vault }),
  ]);
  const counted = (...types: readonly string[]) => events.filter(({ type }) => types.includes(type)).length;
  const counts = {
    events: events.length,
    acknowledged: acknowledged.length,
    crashes,
    outages,
    erasures: counted('TextErased'),
    takenBack: counted('EditVoteWithdrawn'),
    acts:
      counted('EditCommented', 'EditCommentResolved', 'EditHandedOver', 'EditReopened', 'EditSplit') +
      events.filter((event) => event.type === 'EditSubmitted' && event.data.reverts !== null).length,
    merges: counted('IncidentMerged', 'IncidentUnmerged', 'PartyMerged', 'PartyUnmerged'),
    anchorings: events.filter(({ type, actor }) => type === 'EditSubmitted' && actor === anchorer).length,
    requests: counted('ErasureDone'),
    checks,
  };
  return { findings: [...failures, ...findings], counts };
};

/** Follows everything to the end of the log, and what that makes others follow in turn. */
const comeToRest = async (kept: ReturnType<typeof nothingKept>, following: Parameters<typeof followNoted>[1]): Promise<void> => {
  const { log } = following;
  for (let [rounds, end] = [0, -1n]; end !== (await log.head()) || !isFollowed(kept); rounds += 1) {
    end = await log.head();
    await followAll(kept, { log, batch: 3 });
    try {
      await followNoted(kept, following);
    } catch (error) {
      // What waits for the models waits for a round.
      if (rounds > 20) throw error;
    }
  }
};

/** The last two events of different streams change places. */
const exchange = (all: StoredEvent[]): void => {
  const last = all.length - 1;
  const other = all.findLastIndex(({ stream }) => stream !== all[last]?.stream);
  const [one, two] = [all[last], all[other]];
  if (one && two)
    [all[last], all[other]] = [
      { ...two, position: one.position },
      { ...one, position: two.position },
    ];
};

const onlyOutage = (error: unknown): void => {
  if (!(error instanceof LogUnavailable)) throw error;
};
