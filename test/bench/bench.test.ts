import t from 'tap';
import { runBench } from './bench.ts';
import { writeIncident } from './incidents.ts';
import { quantile, ratioOf } from './measure.ts';
import { alone, compared, pairs, skipped } from './report.ts';

t.test('a row yields figures of both sides, and says where they come from', async (t) => {
  let printed = '';
  const lines = await runBench(['append'], { quick: true, seed: 1, rounds: 1, minutes: 0, scale: 1, eventLogUrl: null }, (text) => {
    printed += `${text}\n`;
  });
  t.equal(lines.length, 2);
  for (const line of lines) {
    t.match(line, { own: /^[\d .]+\/s$/, peer: /^[\d .]+\/s$/, ratio: /^\d+\.\d\d \(/, aim: /^≥ [57]$/, share: /^\d+ %$/ });
    t.ok(printed.includes(line.measure), 'it stands in the table');
  }
  t.match(printed, /\d+ cores \(.+fsync on\nfdatasync of 8 KiB: \d+\/s .+ seed 1/);
});

t.test('the ratio is that of the medians, its bounds are those of the rounds', async (t) => {
  t.same(ratioOf([10, 40, 20], [10, 10, 5]), { ratio: 2, min: 1, max: 4 });
  t.equal(quantile([1, 2, 3, 4], 0.5), 2);
  t.equal(quantile([1, 2, 3, 4], 0.99), 4);
});

t.test('lines of two builds are paired by their names, and held to the aims for this pair', async (t) => {
  const ms = { unit: 'ms', against: { most: 0.5 } } as const;
  const rates = { unit: 'per second', aim: { least: 5 }, share: [], against: { least: 3 } } as const;
  const here = [
    compared('rebuild from 300 events; beside it Emmett', { own: [60, 80], peer: [10, 10] }, rates),
    alone('p99', [4, 6], ms),
    alone('p50', [2, 2], ms),
    skipped('store', 'no server'),
  ];
  const there = [
    alone('p50', [3, 3], ms),
    compared('rebuild from 290 events; beside it Emmett', { own: [30, 10], peer: [10, 10] }, rates),
    alone('p99', [10, 12], ms),
    alone('gone since', [1], ms),
  ];
  t.same(pairs(here, there, 'that').split('\n'), [
    '| measure | this build | that | ratio (rounds) | aim | met | to what stands beside it |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    '| rebuild from 300 events; beside it Emmett | 60.0/s (60.0/s – 80.0/s) | 10.0/s (10.0/s – 30.0/s) | 6.00 (2.00 – 8.00) | ≥ 3 | yes | 6.00 (6.00 – 8.00), aim ≥ 5: yes |',
    '| p99 | 4.00 ms (4.00 ms – 6.00 ms) | 10.0 ms (10.0 ms – 12.0 ms) | 0.40 (0.40 – 0.50) | ≤ 0.5 | yes | – |',
    '| p50 | 2.00 ms (2.00 ms – 2.00 ms) | 3.00 ms (3.00 ms – 3.00 ms) | 0.67 (0.67 – 0.67) | ≤ 0.5 | **no** | – |',
    '| store | skipped: no server | – | – | – |  | – |',
    '| gone since | – | 1.00 ms | – | – |  | – |',
  ]);
});

t.test('an incident follows from the seed, and grows by edits that are applied', async (t) => {
  const make = async (seed: number) => {
    const incident = await writeIncident(seed, 3);
    await incident.report(2);
    await incident.edit([{ kind: 'rank_claim', claim: incident.claims[0], rank: 'preferred', reason: 'The fuller account.' }]);
    return incident;
  };
  const withoutTimes = async (seed: number) =>
    (await make(seed)).appends.map((append) => ({ ...append, events: append.events.map(({ at: _, ...event }) => event) }));
  t.same(await withoutTimes(1), await withoutTimes(1));
  t.notSame(await withoutTimes(1), await withoutTimes(2));
  t.same(
    (await make(1)).appends.map(({ expected, events }) => [expected, events.map(({ type }) => type)]),
    [
      [-1, ['EditSubmitted']],
      [0, ['EditApproved', 'EditApplied', 'IncidentReported', 'ClaimAdded', 'ClaimAdded']],
      [5, ['EditSubmitted']],
      [6, ['EditApproved', 'EditApplied', 'ClaimRanked']],
    ],
  );
});
