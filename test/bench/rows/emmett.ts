import type { Row } from '../bench.ts';
import { connect, expected, type Http, startPeer } from '../http.ts';
import { interleaved } from '../measure.ts';
import { compared } from '../report.ts';
import { editFor, posting, settled } from './edit.ts';

/** POST of an edit, beside the same as a team would build it with Emmett: on the same incidents, on the same server of PostgreSQL. */
export const emmett: Row = async ({ stacks, quick, rounds }) => {
  const { copyIncidents } = await import('../emmett/copy.ts');
  const stack = await stacks.main();
  const { url: databaseUrl, pool } = await stacks.empty();
  await copyIncidents(stack.log, databaseUrl);
  await pool.query('VACUUM ANALYZE');
  const served = await stack.serve();
  const inline = await startPeer('emmett/server.ts', { databaseUrl, inline: true });
  const plain = await startPeer('emmett/server.ts', { databaseUrl, inline: false });
  const https = {
    own: connect(served.url, 64, served.keys.contributor),
    inline: connect(inline.url, 64, null),
    plain: connect(plain.url, 64, null),
  };
  await projects(https.inline, editFor(stack, 0));

  const post = posting(stack, quick);
  const shares: number[] = [];
  const rateOf = (http: Http) => async () => {
    const { rate, share } = await post(http);
    shares.push(share);
    await settled(stack);
    return rate;
  };
  const sides = { own: rateOf(https.own), inline: rateOf(https.inline), plain: rateOf(https.plain) };
  for (const warmUp of Object.values(sides)) await warmUp();
  const { own, ...peers } = await interleaved(rounds, sides);
  await Promise.all(Object.values(https).map((http) => http.close()));
  await Promise.all([served, inline, plain].map(({ stop }) => stop()));
  const posted = 'POST of an edit, 64 in flight, the worker projects meanwhile';
  const how = { unit: 'per second', share: shares } as const;
  return [
    compared(`${posted}; beside it Emmett with a Pongo projection inline`, { own, peer: peers.inline }, { ...how, aim: { least: 2.5 } }),
    compared(`${posted}; beside it Emmett without any projection`, { own, peer: peers.plain }, { ...how, aim: null }),
  ];
};

/** Sees to it that the peer does what it is compared for. */
const projects = async (http: Http, { id, body }: ReturnType<typeof editFor>): Promise<void> => {
  const edits = async () => (expected(await http.get(`/v1/incidents/${id}`), 200).edits as unknown[]).length;
  const before = await edits();
  expected(await http.post(`/v1/incidents/${id}/edits`, body), 201);
  if ((await edits()) !== before + 1) throw new Error('an edit that was posted is not in the document');
};
