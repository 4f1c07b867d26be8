import type { Bench, Row } from '../bench.ts';
import { connect, expected, type Http, startBare } from '../http.ts';
import { claimOf, incidentId } from '../incidents.ts';
import type { Size } from '../load.ts';
import { interleaved, median, underLoad } from '../measure.ts';
import { compared } from '../report.ts';

const flight = 64;

/** The body of an edit with one claim, and the incident that it is for; each number another. */
export const editFor = ({ seed, incidents, claims }: Size, number: number) => {
  const index = number % incidents;
  // Edits of a load all rest on the revision of the report: claims added meanwhile do not conflict with one another.
  const baseRevision = 3 + claims;
  const body = { baseRevision, rationale: 'As the source says.', changes: [{ kind: 'add_claim', claim: claimOf(index, number) }] };
  return { id: incidentId(seed, index), body };
};

/** POST of an edit, beside a route with the same schema that stores nothing. The worker follows meanwhile, as it does in service. */
export const edit: Row = async ({ stacks, quick, rounds }: Bench) => {
  const stack = await stacks.main();
  const served = await stack.serve();
  const bare = await startBare([]);
  const own = connect(served.url, flight, served.keys.contributor);
  const peer = connect(bare.url, flight, null);
  let sent = 0;
  const shares: number[] = [];
  const measure = async (http: Http) => {
    const { rate, share } = await underLoad({ flight, seconds: quick ? 1 : 6 }, async () => {
      const { id, body } = editFor(stack, sent++);
      expected(await http.post(`/v1/incidents/${id}/edits`, body), 201);
    });
    shares.push(share);
    return rate;
  };
  await measure(own);
  const running = await interleaved(rounds, { own: () => measure(own), peer: () => measure(peer) });
  process.kill(served.worker, 'SIGSTOP');
  const alone = await interleaved(rounds, { own: () => measure(own), peer: () => measure(peer) });
  process.kill(served.worker, 'SIGCONT');
  await Promise.all([own.close(), peer.close(), served.stop(), bare.stop()]);
  const how = { unit: 'per second', aim: { least: 0.4 }, share: shares } as const;
  return [
    compared('POST of an edit, 64 in flight, the worker projects meanwhile; beside it the route without a store', running, how),
    compared('the same while the worker stands still', alone, { ...how, aim: null }),
  ];
};

/** Decisions that apply the edits of the round before, one an incident, beside the POSTs of these edits. */
export const decision: Row = async ({ stacks, quick, rounds }: Bench) => {
  const stack = await stacks.main();
  const served = await stack.serve();
  const author = connect(served.url, flight, served.keys.contributor);
  const reviewer = connect(served.url, flight, served.keys.reviewer);
  const count = quick ? 100 : Math.min(3000, stack.incidents);
  const figures: Record<'own' | 'peer', number[]> = { own: [], peer: [] };
  const shares: number[] = [];
  for (let round = -1; round < rounds; round += 1) {
    const edits: { path: string; etag: string }[] = [];
    const posts = await underLoad({ flight, count }, async (index) => {
      const { id, body } = editFor(stack, (round + 1) * count + index);
      const answer = expected(await author.post(`/v1/incidents/${id}/edits`, body), 201);
      edits[index] = { path: `/v1/incidents/${id}/edits/${answer.edit}/decision`, etag: String(answer.etag) };
    });
    const decisions = await underLoad({ flight, count }, async (index) => {
      const { path, etag } = edits[index] ?? { path: '', etag: '' };
      const { state } = expected(await reviewer.post(path, { decision: 'approve', reason: null }, { 'if-match': etag }), 200);
      if (state !== 'applied') throw new Error(`an approved edit is ${state}`);
    });
    // The first round only warms up.
    if (round < 0) continue;
    figures.own.push(decisions.rate);
    figures.peer.push(posts.rate);
    shares.push(decisions.share);
  }
  await Promise.all([author.close(), reviewer.close(), served.stop()]);
  return [
    compared('decision that applies an edit, 64 incidents in flight; beside it POST of an edit', figures, {
      unit: 'per second',
      aim: { least: 0.7 },
      share: [median(shares)],
    }),
  ];
};
