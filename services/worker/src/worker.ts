import { setTimeout } from 'node:timers/promises';
import { withoutKey } from '@averment/access';
import {
  anchorings,
  createAnchoring,
  createErasing,
  createMerging,
  createNoting,
  deleteTips,
  erasures,
  followNoted,
  merges,
} from '@averment/commands';
import { createErasures, sweepAttempts } from '@averment/event-log';
import { createJobs, type JobsStore } from '@averment/jobs';
import { createLedgerFollower } from '@averment/ledger';
import { type Logger, shared, systemClock, systemRandom, type WebhookSettings } from '@averment/platform';
import { ModelMissing, type Outcome } from '@averment/read-models';
import { backoff, createDelivering, createFollowing, createPost, deleteDeliveries, webhookHint } from '@averment/webhooks';
import { createTelling, keepDoing } from './duties.ts';
import { createRequireGone } from './gone.ts';
import type { Signing } from './ledger.ts';
import type { Stores } from './open.ts';
import { type Counts, createCounts } from './watched.ts';

type Worker = {
  /** The numbers of this worker. */
  register: Counts['register'];
  /** Resolves once all models are there. */
  ready: Promise<void>;
  /** Ends what is under way: each projection finishes its batch. The stores stay open. */
  close(): Promise<void>;
};

type WorkerOptions = {
  stores: Stores;
  store: JobsStore;
  webhooks: WebhookSettings;
  serverKey: Buffer;
  /** Signs the ledger; null for nobody. */
  signing?: Signing | null;
  logger: Logger;
};

/** How often it is checked whether a follower is behind the log, in milliseconds. */
const sweep = 2000;
/** How often it is looked for deliveries of which no job tells, in milliseconds. */
const sendSweep = 10_000;
const hour = 3_600_000;
/** From one checkpoint of the ledger to the next, in milliseconds: each one is flushed to disk, as appends are. */
const signGap = 250;

/** Ends only so long after the work is done, so that it is not done more often; those who ask meanwhile have it done once more. */
const atMostEvery = (milliseconds: number, run: () => Promise<unknown>) => async (): Promise<void> => {
  try {
    await run();
  } finally {
    await setTimeout(milliseconds);
  }
};

/**
 * Keeps the models and the vault's erasures up to date with the log. It is told to look by the log, by jobs and by its own sweeper; each of them may fail, be
 * late, or come twice.
 */
export const startWorker = async ({ stores, store, webhooks, serverKey, signing = null, logger }: WorkerOptions): Promise<Worker> => {
  const { runner, log, commands, incidentsUsing } = stores;
  const deciding = [
    { noted: merges, ...createMerging({ log, clock: systemClock }) },
    { noted: erasures, ...createErasing({ log, clock: systemClock, requireGone: createRequireGone(stores) }) },
    { noted: anchorings, ...createAnchoring({ log, clock: systemClock, submitEdit: commands.submitEdit, incidentsUsing }) },
  ].map((each) => ({ ...each, duty: `follow ${each.noted.name}`, isNoted: true }));
  const jobs = await createJobs({ store, logger });
  const counts = createCounts(stores);
  const delivering = createDelivering({
    pool: stores.webhookPool,
    serverKey,
    clock: systemClock,
    random: systemRandom,
    logger,
    post: createPost(webhooks),
    backoff: backoff(systemRandom),
    ...webhooks,
    withoutKey: (subjects) => withoutKey(stores.webhookPool, subjects),
    wakeAt: (time) => jobs.hintAt(webhookHint, time),
    told: counts.sent,
  });
  const sending = { duty: 'send to webhooks', isNoted: true };
  const durables = [
    createErasures(log),
    createLedgerFollower(log),
    ...deciding.map((each) => createNoting(each.noted, log, () => void (each.isNoted = true))),
    createFollowing(log, () => void (sending.isNoted = true)),
  ];
  const names = runner.projections.map(({ name }) => name);
  const telling = createTelling(logger);
  const told = (name: string, outcome: Outcome): void => {
    if ('passed' in outcome) {
      counts.followed(name, outcome.passed);
      telling.works(name);
    } else if (!(outcome.error instanceof ModelMissing)) {
      // A model that is still being built catches up once it is there.
      counts.failed(name);
      telling.failed(name, outcome.error);
    }
  };
  for (const { name } of [...runner.projections, ...durables]) counts.failed(name, 0);
  const follow = { name: 'follow the log', run: runner.follow(durables, told), every: sweep };
  const signs =
    signing === null
      ? []
      : [
          { name: 'sign the ledger', run: atMostEvery(signGap, signing.sign), every: sweep },
          ...signing.further.map((duty) => ({ ...duty, every: 5 * sweep })),
        ];
  const upkeep = [
    ...signs,
    ...deciding.map(({ duty, noted, follow }) => ({
      name: duty,
      run: () => followNoted({ pool: stores.pool, noted, follow }),
      every: sweep,
    })),
    { name: 'mend', run: () => mend(stores, logger), every: 5000 },
    { name: 'mend the feed', run: () => mendFeed(stores, logger), every: 30_000 },
    { name: sending.duty, run: delivering.run, every: sendSweep },
    {
      name: 'delete deliveries',
      run: () => deleteDeliveries(stores.webhookPool, new Date(systemClock.now().getTime() - webhooks.retention)),
      every: hour,
    },
    { name: 'delete tips', run: () => deleteTips(stores.pool, systemClock.now()), every: hour },
    { name: 'sweep the vault', run: () => sweepVault(stores, logger, counts), every: 6 * hour },
  ];

  // A call while one is under way shares it, and it counts once.
  const all = [follow, ...upkeep].map((duty) => ({ ...duty, run: shared(counts.watched(duty), { parallel: 1 }) }));
  const duties = keepDoing(all, telling);
  const look = async () => {
    await duties.run(follow.name);
    if (signing !== null) void duties.run('sign the ledger');
    for (const each of [...deciding, sending].filter(({ isNoted }) => isNoted)) {
      each.isNoted = false;
      await duties.run(each.duty);
    }
  };
  const stopListening = log.subscribe(() => void look());
  await jobs.work({ ...Object.fromEntries(names.map((name) => [name, look])), [webhookHint]: () => duties.run(sending.duty) });

  return {
    register: counts.register,
    ready: runner.ensure().then(() => void look()),
    close: async () => {
      stopListening();
      // The runner first: no batch begins any more, and what waits for one comes to its end.
      await runner.close();
      await delivering.close();
      await duties.close();
      await jobs.close();
    },
  };
};

/** If a model holds an erased text of a parked stream, only a rebuild removes it. */
const mend = async ({ runner }: Stores, logger: Logger): Promise<void> => {
  for (const name of await runner.withErasedText()) {
    const { milliseconds, parked } = await runner.rebuild(name);
    logger.warn({ projection: name, milliseconds, parked: parked.length }, 'a model was rebuilt: a text was erased in a stream that waits');
  }
};

/** What the feed passed over, and can be read again, must reach the followers that have gone on. */
const mendFeed = async ({ feed }: Stores, logger: Logger): Promise<void> => {
  for (const { outcome, ...place } of await feed.mend('worker')) {
    if (outcome === 'mended') logger.info(place, 'an event that the feed passed over can be read again, and is served at a new position');
  }
};

/** What was attempted a day ago and is not in the log will never be. */
const sweepVault = async ({ logPool, log }: Stores, logger: Logger, counts: Counts): Promise<void> => {
  const deleted = await sweepAttempts({ pool: logPool, log });
  counts.swept(deleted);
  if (deleted > 0) logger.info({ deleted }, 'texts that never reached the log were removed from the vault');
};
