import t from 'tap';
import {
  commandId,
  derivedId,
  editBody,
  proposalBody,
  proposalChanges,
  proposedChanges,
  resolveChanges,
  sourcesNeeded,
} from '../src/index.ts';
import { tagCase } from './given.ts';
import { addClaim, type Body, citations, claim, partyId, proposal, sourceId, text } from './scene.ts';

const command = commandId({ subject: 'ann', method: 'PUT', path: '/', key: '2' });
const editCommand = commandId({ subject: 'ann', method: 'POST', path: '/', key: '1' });
const erased = sourceId('erased');
const sourceText = (source: string, revision: number) =>
  source === erased ? null : source === sourceId('article') && revision === 1 ? text : undefined;
const context = { command, editCommand, sourceText, tagCase };

const resolve = (...changes: Body[]) => {
  const body = editBody.parse({ baseRevision: 1, rationale: '§', changes });
  return resolveChanges(body.changes, { ...context, pointer: '/changes' });
};
const refusal = (...changes: Body[]) => {
  const resolved = resolve(...changes);
  return resolved.ok ? 'ok' : [resolved.error.code, ...(resolved.error.errors ?? []).map(({ pointer }) => pointer)].join(' ');
};
const cited = (more: Body, source = sourceId('article')) => [{ source, ...more }];
const proceeding = { kind: 'open_proceeding', ref: 'p1', type: 'charge', title: '§', status: 'open', citations };

t.test('what is made gets its id from its ref and the edit, or from its place and the version', async (t) => {
  const resolved = resolve(addClaim('c1'), addClaim('x', { ref: null }), {
    kind: 'correct_incident',
    set: { title: '§' },
    reason: 'It was § wrong.',
    citations,
  });
  t.ok(resolved.ok);
  if (!resolved.ok) return;
  t.same(resolved.value.refs, { c1: derivedId('claim', editCommand, 'ref:c1') });
  t.match(resolved.value.changes, [
    { kind: 'add_claim', claim: { id: derivedId('claim', editCommand, 'ref:c1') } },
    { kind: 'add_claim', claim: { id: derivedId('claim', command, 'change:1') } },
    { kind: 'correct_incident', id: derivedId('correction', command, 'change:2'), fields: ['title'] },
  ]);
  t.notOk(
    'ref' in (resolved.value.changes[0]?.kind === 'add_claim' ? resolved.value.changes[0].claim : {}),
    'the ref is not stored with the claim',
  );
});

t.test('refs stand for ids everywhere and in any order', async (t) => {
  const effects = [
    { claim: 'c1', effect: 'upholds', citations },
    { proceeding: 'p1', status: 'open' },
    { ruling: 'r2', effect: 'affirms' },
  ];
  const ruling = { kind: 'record_ruling', finality: 'final', basis: 'report', summary: '§', citations };
  const resolved = resolve(
    { ...ruling, ref: 'r1', effects },
    { kind: 'dispute_claim', ref: 'd1', claim: 'c1', basis: 'inferred', grounds: '§', counterClaim: 'c2', citations },
    { ...proceeding, continues: 'p2', claims: ['c2'] },
    { kind: 'update_proceeding', proceeding: 'p1', status: 'closed', citations },
    { kind: 'add_citation', claim: 'c2', citations },
    { kind: 'rank_claim', claim: 'c1', rank: 'preferred', reason: '§' },
    {
      kind: 'correct_claim',
      claim: 'c2',
      set: { replaces: 'c1', relatesTo: [{ claim: 'c1', as: 'about' }] },
      carry: ['d1', 'r1'],
      reason: 'It was § wrong.',
      citations,
    },
    addClaim('c1', { replaces: 'c2', relatesTo: [{ claim: 'c2', as: 'answers' }] }),
    addClaim('c2'),
    { ...proceeding, ref: 'p2' },
    { ...ruling, ref: 'r2', effects: [effects[0]] },
  );
  t.ok(resolved.ok);
  if (!resolved.ok) return;
  const { refs, changes } = resolved.value;
  t.match(changes, [
    { ruling: { id: refs.r1, effects: [{ claim: refs.c1 }, { proceeding: refs.p1 }, { ruling: refs.r2 }] } },
    { dispute: { id: refs.d1, claim: refs.c1, counterClaim: refs.c2 } },
    { proceeding: { id: refs.p1, continues: refs.p2, claims: [refs.c2] } },
    { proceeding: refs.p1 },
    { claim: refs.c2 },
    { claim: refs.c1 },
    {
      claim: refs.c2,
      fields: ['replaces', 'relatesTo'],
      set: { replaces: refs.c1, relatesTo: [{ claim: refs.c1 }] },
      carry: [refs.d1, refs.r1],
    },
    { claim: { id: refs.c1, replaces: refs.c2, relatesTo: [{ claim: refs.c2 }] } },
    { claim: { id: refs.c2 } },
    { proceeding: { id: refs.p2 } },
    { ruling: { id: refs.r2 } },
  ]);
  const target = derivedId('proceeding', command, 'x');
  const correction = resolve(
    { kind: 'correct_entry', target, set: { continues: 'p1', claims: ['c1'] }, reason: 'It was § wrong.', citations },
    proceeding,
    addClaim('c1'),
  );
  t.match(correction.ok && correction.value.changes[0], {
    set: { continues: derivedId('proceeding', editCommand, 'ref:p1') },
    fields: ['continues', 'claims'],
  });
});

t.test('refs that are wrong', async (t) => {
  t.equal(refusal(addClaim('c1'), { ...proceeding, ref: 'c1' }), 'InvalidChange /changes/1/ref');
  t.equal(refusal(addClaim('c1'), addClaim('c1')), 'InvalidChange /changes/1/claim/ref');
  t.equal(refusal(addClaim('c1', { replaces: 'c9' })), 'InvalidChange /changes/0/claim/replaces');
  t.equal(
    refusal(proceeding, addClaim('c1', { relatesTo: [{ claim: 'p1', as: 'about' }] })),
    'InvalidChange /changes/1/claim/relatesTo/0/claim',
  );
});

t.test('citations get both quote and position', async (t) => {
  const resolved = resolve(addClaim('c1', { citations: [...cited({ position: { start: 6, end: 12 } }), ...citations] }));
  const [change] = resolved.ok ? resolved.value.changes : [];
  t.match(change?.kind === 'add_claim' && change.claim.citations, [
    { quote: { exact: text.slice(6, 12) }, position: { start: 6, end: 12 }, revision: 1, part: null },
    { quote: { exact: 'the car moved' }, position: { start: text.indexOf('the car moved'), end: text.indexOf('the car moved') + 13 } },
  ]);
});

t.test('citations that are wrong', async (t) => {
  const at = '/changes/0/claim/citations/0';
  const bad = (more: Body, source?: string) => refusal(addClaim('c1', { citations: cited(more, source) }));
  t.equal(bad({ quote: { exact: 'a bus' } }), `QuoteNotFound ${at}/quote`);
  t.equal(bad({ quote: { exact: 'The §' } }), `QuoteAmbiguous ${at}/quote`);
  t.equal(bad({}), `InvalidChange ${at}`);
  t.equal(bad({ position: { start: 5, end: 5 } }), `InvalidChange ${at}/position`);
  t.equal(bad({ position: { start: 5, end: 5000 } }), `QuoteNotFound ${at}/position`);
  t.equal(bad({ revision: 2, quote: { exact: 'the car' } }), `SourceTextUnknown ${at}`);
  t.equal(bad({ quote: { exact: 'the car' } }, sourceId('nothing')), `SourceTextUnknown ${at}`);
  t.equal(bad({ quote: { exact: 'the car' } }, erased), `TextErased ${at}`);
  const ambiguous = resolve(addClaim('c1', { citations: cited({ quote: { exact: 'The §' } }) }));
  t.match(!ambiguous.ok && ambiguous.error.errors, [{ offsets: [0, text.indexOf('The §', 1)] }]);
});

t.test('every citation of an edit is looked up, each text once', async (t) => {
  const other = sourceId('other');
  const effects = [{ claim: 'c1', effect: 'upholds', citations: cited({ quote: { exact: 'a' } }, sourceId('effect')) }];
  const { changes } = editBody.parse({
    baseRevision: 1,
    rationale: '§',
    changes: [
      addClaim('c1'),
      addClaim('c2', { citations: cited({ revision: 2, quote: { exact: 'a' } }) }),
      { kind: 'record_ruling', finality: 'final', basis: 'report', summary: '§', citations, effects },
      {
        kind: 'correct_claim',
        claim: 'c1',
        set: { citations: cited({ quote: { exact: 'a' } }, other) },
        reason: 'It was § wrong.',
        citations,
      },
      { kind: 'rank_claim', claim: 'c1', rank: 'normal', reason: '§' },
    ],
  });
  const needed = sourcesNeeded(changes);
  t.match(needed, [
    { source: sourceId('article'), revision: 1 },
    { source: sourceId('article'), revision: 2, quotes: [{ exact: 'a' }] },
    { source: sourceId('effect'), revision: 1 },
    { source: other, revision: 1, quotes: [{ exact: 'a' }] },
  ]);
  t.equal(needed.length, 4, 'each once');
  t.equal(
    refusal(...(changes as Body[])),
    ['SourceTextUnknown', '/changes/1/claim/citations/0', '/changes/2/effects/0/citations/0', '/changes/3/set/citations/0'].join(' '),
  );
});

t.test('a proposal becomes the incident and its claims, with pointers into its own body', async (t) => {
  const body = proposalBody.parse(proposal([claim('c1'), claim('c2', { relatesTo: [{ claim: 'c1', as: 'about' }] })]));
  const resolved = proposalChanges(body, context);
  t.ok(resolved.ok);
  if (resolved.ok)
    t.same(
      resolved.value.changes.map(({ kind }) => kind),
      ['report_incident', 'add_claim', 'add_claim'],
    );
  t.match(sourcesNeeded(proposedChanges(body)), [{ source: sourceId('article'), revision: 1 }]);
  const wrong = proposalChanges(
    proposalBody.parse(proposal([claim('c1'), claim('c2', { citations: cited({ quote: { exact: 'a bus' } }) })])),
    context,
  );
  t.match(!wrong.ok && wrong.error, { code: 'QuoteNotFound', errors: [{ pointer: '/claims/1/citations/0/quote' }] });
  const unnamed = proposalChanges(proposalBody.parse(proposal([claim('c1', { ref: null })])), context);
  t.match(unnamed.ok && unnamed.value.changes[1], {
    claim: { id: derivedId('claim', command, 'change:1'), speaker: partyId('department') },
  });
});

t.test('a text of 500,000 code points with a hundred quotes', async (t) => {
  const sentences = Array.from({ length: 10_000 }, (_, index) => `Sentence ${index} 😀 of many that look alike, all the same. `);
  const long = sentences.join('').padEnd(500_000, '.');
  const quotes = Array.from({ length: 100 }, (_, index) => ({
    source: sourceId('article'),
    quote: { exact: sentences[index * 100]?.trim() },
  }));
  const { changes } = editBody.parse({
    baseRevision: 1,
    rationale: '§',
    changes: [addClaim('c1', { citations: quotes.slice(0, 50) }), addClaim('c2', { citations: quotes.slice(50) })],
  });
  const resolved = resolveChanges(changes, { ...context, pointer: '/changes', sourceText: () => long });
  t.ok(resolved.ok);
  const [, second] = resolved.ok ? resolved.value.changes : [];
  const last = second?.kind === 'add_claim' ? second.claim.citations.at(-1) : undefined;
  t.equal([...long].slice(last?.position?.start, last?.position?.end).join(''), sentences[9900]?.trim());
});
