import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { notes, samples } from '../src/data.ts';
import { parties } from '../src/parties.ts';
import { refsMadeBy, refsOfClaims, resolve } from '../src/resolve.ts';
import type { Change, Citation, Claim, Sample } from '../src/shapes.ts';

const changesOf = (sample: Sample): Change[] =>
  sample.edits.flatMap(({ changes, review }) => [...changes, ...review.flatMap((step) => ('revise' in step ? step.revise.changes : []))]);
const claimsOf = (sample: Sample): Claim[] => [
  ...sample.proposal.claims,
  ...changesOf(sample).flatMap(({ claim }) => (typeof claim === 'object' ? [claim] : [])),
];

/** Everything below a value that looks like a citation. */
const citationsIn = (value: unknown): Citation[] => {
  if (Array.isArray(value)) return value.flatMap(citationsIn);
  if (value === null || typeof value !== 'object') return [];
  return 'quote' in value ? [value as Citation] : Object.values(value).flatMap(citationsIn);
};
const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [];
};
const repeated = (items: string[]) => items.filter((item, index) => items.indexOf(item) !== index);
const names = new Map([...parties, ...notes].map(({ ref }) => [ref, `id-of-${ref}`]));

t.test('every quote stands in its note exactly once, and is short enough for the public to see whole', (t) => {
  for (const sample of samples) {
    for (const { source, quote } of citationsIn([sample.proposal, changesOf(sample)])) {
      const text = notes.find(({ ref }) => `@${ref}` === source)?.text ?? '';
      t.equal(text.split(quote.exact).length - 1, 1, `${sample.name}: ${quote.exact}`);
      t.ok([...quote.exact].length <= 300, 'at most 300 code points');
    }
  }
  t.end();
});

t.test('every note is cited, and every party is used', (t) => {
  const used = new Set(samples.flatMap((sample) => textsIn([sample.proposal, changesOf(sample)])));
  const parents = new Set(parties.map(({ parent }) => parent));
  for (const { ref } of notes) t.ok(used.has(`@${ref}`), ref);
  for (const { ref } of parties) t.ok(used.has(`@${ref}`) || parents.has(`@${ref}`), ref);
  t.end();
});

t.test('names are unique, and stand for something made before', (t) => {
  t.same(repeated([...parties, ...notes].map(({ ref }) => ref)), [], 'parties and notes');
  t.same(repeated(samples.map(({ name }) => name)), [], 'incidents');
  parties.forEach(({ parent }, index) => {
    const earlier = parties.slice(0, index).map(({ ref }) => `@${ref}`);
    t.ok(parent === null || earlier.includes(parent), `${parent} comes before its children`);
  });
  for (const sample of samples) {
    t.same(repeated(sample.edits.map(({ name }) => name)), [], `edits of ${sample.name}`);
    t.same(repeated(sample.proposal.claims.map(({ ref }) => ref)), [], `claims of ${sample.name}`);
    const ids = new Map(names);
    const made = (refs: Iterable<string>) => {
      for (const ref of refs) {
        t.notOk(ids.has(ref), `${ref} is new in ${sample.name}`);
        ids.set(ref, `id-of-${ref}`);
      }
    };
    t.doesNotThrow(() => resolve(sample.proposal, ids, refsOfClaims(sample.proposal.claims)), sample.name);
    made(refsOfClaims(sample.proposal.claims));
    for (const { name, changes, review } of sample.edits) {
      const own = refsMadeBy(changes);
      for (const list of [changes, ...review.flatMap((step) => ('revise' in step ? [step.revise.changes] : []))]) {
        t.doesNotThrow(() => resolve(list, ids, own), `${sample.name}, ${name}`);
        t.same(refsMadeBy(list), own, 'a revision makes what the first version made');
      }
      made(own);
    }
  }
  t.end();
});

t.test('private people are named by function, and titles name nobody', (t) => {
  for (const { name, kind, private: isPrivate, publicRole } of parties) {
    t.equal(isPrivate, kind === 'described_role' && publicRole === null, `${name}: private unless a public role says why`);
    if (kind === 'described_role') t.match(name, /^(the|a|two|politicians)\b/, `${name}: a function`);
  }
  for (const { proposal } of samples) t.match(proposal.title, / in (Phoenix|Chicago|Washington|Los Angeles|Ontario|Minneapolis|Brooklyn)$/);
  t.end();
});

t.test('a claim opens with its speaker and relays come in order', (t) => {
  for (const sample of samples) {
    for (const { ref, statement, capacity, via, rendering } of claimsOf(sample)) {
      t.match(statement, /^(The|A) /, `${sample.name} ${ref}`);
      t.equal(via.length === 0, capacity === 'reporter', `${sample.name} ${ref}: an outlet relays everybody but itself`);
      t.equal(rendering, capacity === 'reporter' ? 'unattributed' : 'paraphrase', 'a note in our own words quotes nobody');
    }
  }
  t.end();
});

t.test('four eyes: an edit that needs two approvals has two reviewers', (t) => {
  const needsTwo = ({ kind, basis }: Change) => ['record_ruling', 'retract_claim', 'merge_incident'].includes(kind) || basis === 'inferred';
  for (const { name, edits } of samples) {
    for (const { name: edit, changes, review, ends } of edits) {
      if (ends !== 'applied') continue;
      const approvals = review.flatMap((step) => ('decision' in step && step.decision === 'approve' ? [step.by] : []));
      t.equal(new Set(approvals).size, changes.some(needsTwo) ? 2 : 1, `${name}, ${edit}`);
    }
  }
  t.end();
});

t.test('together they show what a newcomer should see', (t) => {
  const edits = samples.flatMap((sample) => sample.edits);
  const changes = samples.flatMap(changesOf);
  const kinds = new Set(changes.map(({ kind }) => kind));
  for (const kind of [
    'dispute_claim',
    'record_ruling',
    'open_proceeding',
    'update_proceeding',
    'correct_claim',
    'correct_incident',
    'rank_claim',
  ])
    t.ok(kinds.has(kind), kind);
  const bases = changes.filter(({ kind }) => kind === 'dispute_claim').map(({ basis, counterClaim }) => [basis, typeof counterClaim]);
  t.strictSame(new Set(bases.map(String)), new Set(['stated,string', 'inferred,string']), 'both kinds of dispute, with counter-claims');
  t.ok(
    edits.some(({ review }) => review.some((step) => 'decision' in step && step.decision === 'request_changes')),
    'sent back',
  );
  t.ok(
    edits.some(({ ends }) => ends === 'rejected'),
    'rejected',
  );
  t.ok(
    edits.some(({ ends, review }) => ends === 'submitted' && review.length === 0),
    'waiting for its first reviewer',
  );
  t.ok(
    edits.some(({ ends, review }) => ends === 'submitted' && review.length === 1),
    'waiting for its second approval',
  );
  const flagged = samples.flatMap((sample) => sample.proposal.claims.filter(({ flags }) => flags.includes('negation_unclear')));
  t.equal(flagged.length, 1, 'one claim with an unclear negation');
  t.ok(
    changes.some(({ kind, claim }) => kind === 'correct_claim' && claim === `@${flagged[0]?.ref}`),
    'corrected later',
  );
  t.end();
});

/** Eight words in a row, of which the project holds none that are an article's. */
const runs = (text: string): string[] => {
  const words =
    text
      .toLowerCase()
      .replaceAll(/['’]/g, '')
      .match(/[a-z0-9]+/g) ?? [];
  return words.slice(7).map((_, index) => words.slice(index, index + 8).join(' '));
};
const bytes = 5;
const digestOf = (run: string): string => hash('sha256', run, 'buffer').toString('hex', 0, bytes);
const root = join(import.meta.dirname, '..', '..', '..');
const filesIn = (folder: string) => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));

t.test('no run of eight words is that of an article', async (t) => {
  // The beginnings of the digests of their runs, from which nobody reads a word.
  const kept = Buffer.from(readFileSync(new URL('./runs-of-articles.txt', import.meta.url), 'utf8'), 'base64').toString('hex');
  const theirs = new Set(kept.match(new RegExp(`.{${2 * bytes}}`, 'g')));
  t.ok(theirs.size > 1000, `${theirs.size} runs`);
  const articles = join(root, '..', 'shared', 'articles');
  if (existsSync(articles))
    t.same([...new Set(filesIn(articles).flatMap(runs).map(digestOf))].sort(), [...theirs], 'those of the articles');

  for (const own of [...textsIn([parties, notes, samples]), ...filesIn(join(root, 'test', 'articles', 'stand-ins'))]) {
    t.same(
      runs(own).filter((run) => theirs.has(digestOf(run))),
      [],
      own.slice(0, 60),
    );
  }
});
