import type { Row } from '../bench.ts';
import { connect, expected, type Http } from '../http.ts';
import { claimOf, writeIncident } from '../incidents.ts';
import { loadCast } from '../load.ts';
import { interleaved, median } from '../measure.ts';
import { alone, compared } from '../report.ts';

/** An incident of about so many events: 60 claims, then the editors' ranks of them, again and again. */
const incidentOf = async (seed: number, index: number, events: number) => {
  const incident = await writeIncident(seed, index);
  await incident.report(events < 100 ? 3 : 60);
  const claims = incident.appends
    .flatMap((append) => append.events)
    .flatMap(({ type, data }) => (type === 'ClaimAdded' ? [(data as { claim: { id: string } }).claim.id] : []));
  for (let round = 0; incident.events() < events; round += 1) {
    const changes = Array.from({ length: Math.min(50, events - incident.events()) }, (_, order) => ({
      kind: 'rank_claim',
      claim: claims[order % claims.length],
      rank: (round + Math.floor(order / claims.length)) % 2 === 0 ? 'preferred' : 'normal',
      reason: 'The fuller account.',
    }));
    await incident.edit(changes);
  }
  return incident;
};

/** An incident with 10,000 events beside one with 20: one more edit (POST and decision), and the past. */
export const long: Row = async ({ stacks, quick, rounds, seed }) => {
  const stack = await stacks.empty();
  await loadCast(stack.log);
  const size = quick ? 500 : 10_000;
  const moments = quick ? 3 : 11;
  const incidents = [await incidentOf(seed, 0, size)];
  for (let short = 1; short <= moments; short += 1) incidents.push(await incidentOf(seed, short, 20));
  for (const { stream, expected: revision, events } of incidents.flatMap(({ appends }) => appends)) {
    const { outcome } = await stack.log.append(stream, revision, events);
    if (outcome !== 'written') throw new Error(`${stream} was not written: ${outcome}`);
  }
  await stack.runner.ensure();
  const served = await stack.serve();
  const author = connect(served.url, 1, served.keys.contributor);
  const reviewer = connect(served.url, 1, served.keys.reviewer);
  const anyone = connect(served.url, 1, null);

  const oneMore = async (index: number): Promise<number> => {
    const id = incidents[index]?.stream ?? '';
    const { revision } = expected(await anyone.get(`/v1/incidents/${id}`), 200);
    const taken: number[] = [];
    for (let time = 0; time < (quick ? 3 : 15); time += 1) {
      const body = {
        baseRevision: revision,
        rationale: 'As the source says.',
        changes: [{ kind: 'add_claim', claim: claimOf(index, time) }],
      };
      const begun = performance.now();
      const { edit, etag } = expected(await author.post(`/v1/incidents/${id}/edits`, body), 201);
      const decided = await reviewer.post(
        `/v1/incidents/${id}/edits/${edit}/decision`,
        { decision: 'approve', reason: null },
        { 'if-match': String(etag) },
      );
      taken.push(performance.now() - begun);
      const { position } = expected(decided, 200);
      // Not measured: the next one is to meet models that stand still.
      expected(await anyone.get(`/v1/incidents/${id}?minPosition=${position}`), 200);
    }
    return median(taken);
  };
  await oneMore(0);
  await oneMore(1);
  const figures = await interleaved(rounds, { own: () => oneMore(0), peer: () => oneMore(1) });
  const pastOf = async (http: Http, index: number, revision: number) => {
    const begun = performance.now();
    expected(await http.get(`/v1/incidents/${incidents[index]?.stream}?asOfRevision=${revision}`), 200);
    return performance.now() - begun;
  };
  let [asked, askedShort] = [0, 0];
  // Nothing is asked twice: what was answered is kept for a while. An edit has fewer events than lie between two moments of the long one.
  const past = await interleaved(moments, {
    own: () => pastOf(anyone, 0, size / 2 - 60 * asked++),
    peer: () => pastOf(anyone, 1 + askedShort++, 10),
  });
  await Promise.all([author.close(), reviewer.close(), anyone.close(), served.stop()]);
  return [
    compared(`one more edit, submitted and applied, on an incident with ${size} events; beside it with 20`, figures, {
      unit: 'ms',
      aim: { most: 2 },
      share: [],
    }),
    alone(`the incident with ${size} events as of revision ${size / 2}`, past.own, { unit: 'ms', against: { most: 0.2 } }),
    alone('that with 20 events as of revision 10', past.peer, { unit: 'ms' }),
  ];
};
