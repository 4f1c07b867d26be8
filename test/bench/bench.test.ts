import t from 'tap';
import { runBench } from './bench.ts';
import { writeIncident } from './incidents.ts';
import { quantile, ratioOf } from './measure.ts';

t.test('a row yields figures of both sides, and says where they come from', async (t) => {
  let printed = '';
  const lines = await runBench(['append'], { quick: true, seed: 1, rounds: 1, minutes: 0, scale: 1, eventLogUrl: null }, (text) => {
    printed += `${text}\n`;
  });
  t.equal(lines.length, 2);
  for (const line of lines) {
    t.match(line, { own: /^[\d .]+\/s$/, peer: /^[\d .]+\/s$/, ratio: /^\d+\.\d\d \(/, aim: '≥ 7', share: /^\d+ %$/ });
    t.ok(printed.includes(line.measure), 'it stands in the table');
  }
  t.match(printed, /\d+ cores \(.+fsync on\nfdatasync of 8 KiB: \d+\/s .+ seed 1/);
});

t.test('the ratio is that of the medians, its bounds are those of the rounds', async (t) => {
  t.same(ratioOf([10, 40, 20], [10, 10, 5]), { ratio: 2, min: 1, max: 4 });
  t.equal(quantile([1, 2, 3, 4], 0.5), 2);
  t.equal(quantile([1, 2, 3, 4], 0.99), 4);
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
