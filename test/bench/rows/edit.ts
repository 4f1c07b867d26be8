import { availableParallelism } from 'node:os';
import type { Bench, Row } from '../bench.ts';
import { connect, expected, type Http, startBare } from '../http.ts';
import { claimOf, incidentId } from '../incidents.ts';
import type { Size } from '../load.ts';
import { inRounds, interleaved, median, underLoad } from '../measure.ts';
import { createMeter } from '../processes.ts';
import { alone, compared } from '../report.ts';
import type { Loaded, Served } from '../stacks.ts';

const flight = 64;
const models = ['record', 'reviews', 'times'] as const;

/** The body of an edit with one claim, and the incident that it is for; each number another. */
export const editFor = ({ seed, incidents, claims }: Size, number: number) => {
  const index = number % incidents;
  // Edits of a load all rest on the revision of the report: claims added meanwhile do not conflict with one another.
  const baseRevision = 3 + claims;
  const body = { baseRevision, rationale: 'As the source says.', changes: [{ kind: 'add_claim', claim: claimOf(index, number) }] };
  return { id: incidentId(seed, index), body };
};

/** Until the worker has projected all there is, so that nothing of it falls into what is measured next. */
export const settled = async ({ runner, log }: Pick<Loaded, 'runner' | 'log'>): Promise<void> => {
  if (!(await runner.waitFor(models, await log.head(), 600_000))) throw new Error('the worker did not reach the head');
};

/** POSTs of edits under load: how many a second, and what share of the cores the load generator took. */
export const posting = (stack: Size, quick: boolean) => {
  let sent = 0;
  return (http: Http) =>
    underLoad({ flight, seconds: quick ? 1 : 6 }, async () => {
      const { id, body } = editFor(stack, sent++);
      expected(await http.post(`/v1/incidents/${id}/edits`, body), 201);
    });
};

/** POST of an edit, beside a route with the same schema that stores nothing. The worker follows meanwhile, as it does in service. */
export const edit: Row = async ({ stacks, quick, rounds }: Bench) => {
  const stack = await stacks.main();
  const served = await stack.serve();
  const bare = await startBare([]);
  const own = connect(served.url, flight, served.keys.contributor);
  const peer = connect(bare.url, flight, null);
  const post = posting(stack, quick);
  const shares: number[] = [];
  const rateOf = async (http: Http) => {
    const { rate, share } = await post(http);
    shares.push(share);
    return rate;
  };
  const cpu = createMeter({ 'the API': served.api, 'the worker': served.worker, PostgreSQL: stacks.postmaster });
  const followed = async () => {
    const { rate, share } = await cpu.during(async () => {
      const load = await post(own);
      await settled(stack);
      return load;
    });
    shares.push(share);
    return rate;
  };

  await rateOf(own);
  await settled(stack);
  const running = await interleaved(rounds, { own: followed, peer: () => rateOf(peer) });
  const second = await stack.serve();
  const two = [own, connect(second.url, flight, second.keys.contributor)];
  let turns = 0;
  const both: Http = {
    get: (path, headers) => (two[turns++ % 2] ?? own).get(path, headers),
    post: (path, body, headers) => (two[turns++ % 2] ?? own).post(path, body, headers),
    del: (path) => own.del(path),
    close: async () => undefined,
  };
  await rateOf(both);
  await settled(stack);
  const still = await whileStill([served, second], () =>
    interleaved(rounds, { own: () => rateOf(own), two: () => rateOf(both), peer: () => rateOf(peer) }),
  );
  await settled(stack);
  await Promise.all([...two, peer].map((http) => http.close()));
  await Promise.all([served.stop(), second.stop(), bare.stop()]);
  const how = { unit: 'per second', aim: null, share: shares } as const;
  return [
    compared('POST of an edit, 64 in flight, the worker projects meanwhile; beside it the route without a store', running, {
      ...how,
      against: { least: 1.8 },
    }),
    compared('the same while the worker stands still', still, { ...how, against: { least: 1.2 } }),
    compared(
      `the same by two API processes on ${availableParallelism()} cores; beside it by one`,
      { own: still.two, peer: still.own },
      { ...how, share: [] },
    ),
    ...Object.entries(cpu.figures).map(([name, each]) => alone(`CPU of a POST that is projected, ${name}`, each, { unit: 'µs' })),
  ];
};

/** The workers go on whatever happens: one that stands still could not be stopped. */
export const whileStill = async <T>(all: readonly Served[], run: () => Promise<T>): Promise<T> => {
  for (const { worker } of all) process.kill(worker, 'SIGSTOP');
  try {
    return await run();
  } finally {
    for (const { worker } of all) process.kill(worker, 'SIGCONT');
  }
};

/** Decisions that apply the edits of the round before, one an incident, beside the POSTs of these edits. */
export const decision: Row = async ({ stacks, quick, rounds }: Bench) => {
  const stack = await stacks.main();
  const served = await stack.serve();
  const author = connect(served.url, flight, served.keys.contributor);
  const reviewer = connect(served.url, flight, served.keys.reviewer);
  const count = quick ? 100 : Math.min(3000, stack.incidents);
  const run = async (first: number) => {
    const edits: { path: string; etag: string }[] = [];
    const posts = await underLoad({ flight, count }, async (index) => {
      const { id, body } = editFor(stack, first + index);
      const answer = expected(await author.post(`/v1/incidents/${id}/edits`, body), 201);
      edits[index] = { path: `/v1/incidents/${id}/edits/${answer.edit}/decision`, etag: String(answer.etag) };
    });
    const decisions = await underLoad({ flight, count }, async (index) => {
      const { path, etag } = edits[index] ?? { path: '', etag: '' };
      const { state } = expected(await reviewer.post(path, { decision: 'approve', reason: null }, { 'if-match': etag }), 200);
      if (state !== 'applied') throw new Error(`an approved edit is ${state}`);
    });
    await settled(stack);
    return { posts, decisions };
  };
  await run(0);
  const figures: Record<'own' | 'peer', number[]> = { own: [], peer: [] };
  const shares: number[] = [];
  await inRounds(rounds, async (round) => {
    const { posts, decisions } = await run((round + 1) * count);
    figures.own.push(decisions.rate);
    figures.peer.push(posts.rate);
    shares.push(decisions.share);
  });
  await Promise.all([author.close(), reviewer.close(), served.stop()]);
  return [
    compared('decision that applies an edit, 64 incidents in flight; beside it POST of an edit', figures, {
      unit: 'per second',
      aim: { least: 0.7 },
      share: [median(shares)],
    }),
  ];
};
