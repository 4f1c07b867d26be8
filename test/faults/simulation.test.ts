import t from 'tap';
import { testExperiment } from './experiment.ts';
import { simulation } from './experiments/simulation.ts';
import { type Sabotage, simulate } from './simulation/world.ts';

t.test(simulation.name, (t) => testExperiment(t, simulation));

t.test('a seed gives the same run again', async (t) => {
  t.same(await simulate(7), await simulate(7));
});

const planted: [Sabotage, ...RegExp[]][] = [
  ['unwritten answers', /^P1/],
  ['keys forgotten', /^P[12]/],
  ['order changes', /^P3/],
  ['no compare and swap', /^P5/],
  ['feed skips', /^P4/],
  ['tail skips', /^P[45]/],
  ['own edits decided', /^P7/],
  ['votes kept', /^P7: edit/],
  [
    'notes forgotten',
    /^merge: .* was not told/,
    /^party: .* was not told/,
    /^anchoring: .* was proposed nothing/,
    /^erasure: .* is (?:looking|approved)/,
  ],
  ['copies kept', /^erasure: .* can be read/],
];
for (const [sabotage, ...promises] of planted) {
  t.test(`what is broken on purpose is noticed: ${sabotage}`, async (t) => {
    const findings: string[] = [];
    const isNoticed = (promise: RegExp) => findings.some((finding) => promise.test(finding));
    for (let seed = 1; seed <= 120 && !promises.every(isNoticed); seed += 1) {
      findings.push(...(await simulate(seed, sabotage).catch((error: Error) => ({ findings: [error.message] }))).findings);
    }
    for (const promise of promises) t.ok(isNoticed(promise), `${promise} among ${findings.length} findings`);
  });
}
