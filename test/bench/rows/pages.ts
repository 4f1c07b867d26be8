import { createSessions, sessionLength } from '../../../services/desk/src/session.ts';
import { weigh } from '../../desk/weigh.ts';
import type { Row } from '../bench.ts';
import { connect, expected } from '../http.ts';
import { incidentId } from '../incidents.ts';
import { interleaved, quantile, underLoad } from '../measure.ts';
import { alone, compared } from '../report.ts';
import { serverKey } from '../stacks.ts';

/** The page of an incident beside the API's document of the same one, one in flight: from those that are kept, and made anew for a reviewer, for whom none is. */
export const pages: Row = async ({ stacks, quick, rounds }) => {
  const stack = await stacks.main();
  const served = await stack.serve();
  // One connection for all: another would stand idle, and be closed, while this one is measured.
  const http = connect(served.url, 1, null);
  const key = { authorization: `Bearer ${served.keys.reviewer}` };
  const me = { key: served.keys.reviewer, subject: 'reviewer', role: 'reviewer' };
  const cookie = `averment_session=${await createSessions(serverKey).seal(me, sessionLength)}`;
  const ids = Array.from({ length: Math.min(200, stack.incidents) }, (_, index) => incidentId(stack.seed, index));
  const each = async (path: string, headers: Record<string, string> = {}) => {
    const { latencies } = await underLoad({ flight: 1, count: quick ? ids.length : ids.length * 5 }, async (index) =>
      expected({ ...(await http.get(`${path}${ids[index % ids.length]}`, headers)), text: '' }, 200),
    );
    return quantile(latencies, 0.5);
  };
  const kept = () => each('/incidents/');
  const made = () => each('/incidents/', { cookie });
  await kept();
  await made();
  const fromCache = await interleaved(rounds, { own: kept, peer: () => each('/v1/incidents/') });
  const rendered = await interleaved(rounds, { own: made, peer: () => each('/v1/incidents/', key) });
  const { bytes } = await weigh(served.url, `/incidents/${ids[0]}`);
  await http.close();
  await served.stop();
  return [
    compared('page of an incident from its cache, p50; beside it the JSON of the same incident', fromCache, {
      unit: 'ms',
      aim: { most: 2 },
      share: [],
    }),
    compared('page of an incident made for a reviewer, p50; beside it the JSON for the same reviewer', rendered, {
      unit: 'ms',
      aim: { most: 10 },
      share: [],
    }),
    alone('bytes until the page of an incident is seen: HTML, style sheet and modules, brotli', [bytes], { unit: 'in all', most: 60_000 }),
  ];
};
