import { fileURLToPath } from 'node:url';
import { type Bed, type Kept, makeBed } from '../bed.ts';
import { checkAll, follow, readLog } from '../checks.ts';
import { type Client, createClient, keyFor } from '../client.ts';
import type { Experiment } from '../experiment.ts';
import { accepted, furnish, proposal, type Scene, workAtDesk } from '../work.ts';

const day = 86_400_000;
const jumping = { execArgv: ['--import', fileURLToPath(new URL('../jumping-clock.ts', import.meta.url))] };

const setClocks = (all: readonly Kept[], days: number): Promise<unknown> =>
  Promise.all(all.map((kept) => new Promise((resolve) => kept.process().send({ shift: days * day }, resolve))));

/** Leases are judged by the database's clock, whatever a process believes: a lease taken now holds now, and is one's own. */
const leaseFindings = async (bed: Bed, client: Client, scene: Scene, url: string, days: number): Promise<string[]> => {
  const name = keyFor('lease', String(days));
  const by = { subject: 'contributor0', method: 'POST' as const };
  const { incidentId } = accepted(
    await client.write({ ...by, path: '/v1/incidents', key: name, body: proposal(scene, `Leased, ${days}`) }),
  );
  const take = async (subject: string) =>
    fetch(`${url}/v1/incidents/${String(incidentId)}/edits/1/lease`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await bed.keyOf(subject)}` },
    });
  const [first, second] = [await take('reviewer0'), await take('reviewer1')];
  const { lease } = (await first.json()) as { lease: { until: string } };
  await second.text();
  const { rows } = await bed.pool.query<{ left: number }>(
    'SELECT extract(epoch FROM $1::timestamptz - clock_timestamp())::float8 AS left',
    [lease.until],
  );
  const left = rows[0]?.left ?? 0;
  return [
    ...(first.status === 200 && second.status === 409
      ? []
      : [`a lease was answered ${first.status}, then ${second.status}, the clock being off by ${days} days`]),
    ...(left > 0 && left <= 15 * 60 ? [] : [`a lease lasts ${left} s, the clock being off by ${days} days`]),
  ];
};

export const clock: Experiment = {
  name: '8 clock jumps',
  what: 'the clocks of api and worker, and the one that stamps the log, jump by days; order is unaffected and leases stay sane',
  run: async (scope, random) => {
    const bed = await makeBed(scope);
    const all = await Promise.all([bed.start('api', jumping), bed.start('worker', jumping)]);
    const url = all[0].url ?? '';
    const client = createClient(bed, [url]);
    const scene = await furnish(client, 'clock');
    const follower = follow(client);
    const findings: string[] = [];
    const jumps = [random.below(30) + 1, -random.below(30) - 1, 0];
    for (const [round, days] of jumps.entries()) {
      const working = Promise.all(
        Array.from({ length: 6 }, (_, n) => workAtDesk({ client, scene, random, name: `desk ${round}.${n}` }, 1, 3)),
      );
      await Promise.race([client.afterAnswers(client.journal.answered.length + random.below(15)), working]);
      await setClocks(all, days);
      // The log's own clock: as if it had run ahead by days, and was then set right.
      if (round === 1) await bed.pool.query("UPDATE log.head SET recorded_at = recorded_at + interval '3 days'");
      await working;
      findings.push(...(await leaseFindings(bed, client, scene, url, days)));
    }
    const events = await readLog(bed.log);
    for (const [index, { recordedAt, position, stream }] of events.entries()) {
      const before = events[index - 1];
      const sameAppend = before?.stream === stream && before.recordedAt === recordedAt;
      if (before && !sameAppend && before.recordedAt >= recordedAt)
        findings.push(`position ${position} is stamped before the one before it`);
    }
    findings.push(...(await checkAll(bed, client, follower)));
    return { counts: { acknowledged: client.journal.answered.length, jumps: jumps.length + 1 }, findings };
  },
};
