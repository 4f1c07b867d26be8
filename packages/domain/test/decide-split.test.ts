import t from 'tap';
import {
  bringsVersion,
  type Change,
  changesSubmitted,
  concealedTexts,
  conflictsOf,
  contributors,
  idsMade,
  outdatedOf,
} from '../src/index.ts';
import { addClaim, citations, claim, outcome, partyId, proposal, scene } from './scene.ts';

type Scene = ReturnType<typeof scene>;
const published = () => {
  const s = scene();
  s.published(claim('c1'));
  return s;
};
const edit = (s: Scene, number: number) => {
  const found = s.state.edits.get(number);
  if (!found) throw new Error(`there is no edit ${number}`);
  return found;
};
const kinds = (s: Scene, number: number) =>
  edit(s, number)
    .versions.at(-1)
    ?.changes.map((change) => idsMade([change]).length && change.kind);
const disputed = (claim: string, ref: string) => {
  const said = { basis: 'stated', by: partyId('city'), capacity: 'spokesperson', grounds: 'Not § so', citations };
  return { kind: 'dispute_claim', ref, claim, ...said };
};
const wrong = (pointer: string) => ({ ok: false, error: { code: 'InvalidChange', errors: [{ pointer }] } });

t.test('changes leave an edit for another one, and none is lost', async (t) => {
  const s = published();
  s.submit([addClaim('c2'), addClaim('c3'), addClaim('c4')]);
  s.comment(2, 'reviewer');
  const changes = edit(s, 2).versions[0]?.changes as Change[];
  const { rationale, baseRevision } = edit(s, 2).versions[0] ?? {};
  t.equal(outcome(s.split(2, 'reviewer', [2, 0])), 'EditSplit EditSplit');
  const common = { author: 'author', state: 'submitted' };
  t.match(edit(s, 2), {
    ...common,
    splitFrom: null,
    splitInto: [3],
    versions: [{}, { by: 'author', version: 2, rationale, baseRevision }],
  });
  t.match(edit(s, 3), {
    ...common,
    splitFrom: 2,
    splitInto: [],
    waitsFor: null,
    versions: [{ by: 'author', version: 1, rationale, baseRevision }],
  });
  t.same(edit(s, 2).versions[1]?.changes, [changes[1]]);
  t.same(edit(s, 3).versions[0]?.changes, [changes[2], changes[0]]);
  const events = s.events.filter((event) => event.type === 'EditSplit');
  t.same(
    events.map(({ data }) => Object.keys(data.refs)),
    [['c3'], ['c2', 'c4']],
    'refs stay with what they name',
  );
  t.same(
    events.map(({ data }) => [data.author, data.contributors, data.by]),
    Array(2).fill(['author', ['author'], 'author']),
  );
  t.match(edit(s, 2).acts, [{ act: 'split', by: 'reviewer', other: 3, version: 2 }]);
  t.match(edit(s, 3).acts, [{ act: 'split', by: 'reviewer', other: 2, version: 1 }]);
  t.equal(edit(s, 2).comments.length, 1, 'comments stay');
  t.equal(outcome(s.vote(3, 'approve', 'reviewer')), 'EditApproved EditApplied ClaimAdded ClaimAdded', 'who split it did not contribute');
  t.equal(outcome(s.vote(2, 'reject', 'reviewer')), 'EditRejected');
});

t.test('quotes stay with the changes that bring them', async (t) => {
  const s = published();
  s.submit([addClaim('c2'), { kind: 'rank_claim', claim: s.id('c1'), rank: 'preferred', reason: 'Filmed § it' }]);
  const before = edit(s, 2).versions[0]?.quotes ?? [];
  t.ok(before.length > 0);
  s.split(2, 'author', [0]);
  t.same([edit(s, 2).versions[1]?.quotes, edit(s, 3).versions[0]?.quotes], [[], before]);
});

t.test('votes lapse on both, and who contributed before contributed to both', async (t) => {
  const s = published();
  s.submit([addClaim('c2'), addClaim('c3'), { kind: 'retract_claim', claim: s.id('c1'), reason: 'Not § so' }]);
  s.handOver(2, 'reviewer', 'second');
  s.vote(2, 'approve', 'reviewer3');
  s.split(2, 'second', [1]);
  for (const number of [2, 3]) {
    t.same([...contributors(edit(s, number))].sort(), ['author', 'second']);
    t.equal(edit(s, number).author, 'second');
    t.match(edit(s, number).versions.at(-1), { by: 'author' }, 'who wrote it, not who split it');
    for (const by of ['author', 'second']) t.equal(outcome(s.vote(number, 'approve', by)), 'SelfApproval');
  }
  t.equal(edit(s, 2).votes.at(-1)?.version, 1);
});

t.test('who may split, and when', async (t) => {
  const s = published();
  s.submit([addClaim('c2'), addClaim('c3')]);
  t.equal(outcome(s.split(2, 'second', [1])), 'NotAuthor');
  t.equal(outcome(s.split(2, 'reviewer', [1], { ifMatch: '"2-other"' })), 'EtagMismatch');
  t.equal(outcome(s.split(9, 'reviewer', [1])), 'NotFound');
  t.match(s.split(2, 'author', [2, 1, 1]), { ok: false, error: { errors: [{ pointer: '/changes/0' }, { pointer: '/changes/2' }] } });
  t.match(s.split(2, 'author', [1, 0]), wrong('/changes'), 'one has to stay');
  s.vote(2, 'request_changes', 'reviewer');
  t.equal(outcome(s.split(2, 'author', [1])), 'EditSplit EditSplit');
  t.same([edit(s, 2).state, edit(s, 3).state], ['submitted', 'submitted']);
  s.withdraw(2);
  t.equal(outcome(s.split(2, 'author', [0])), 'EditState');
  s.erase({ revision: edit(s, 3).versions[0]?.revision ?? 0, pointer: '/changes/0/claim/statement' });
  t.match(s.split(3, 'author', [0]), { ok: false, error: { code: 'TextErased' } });
});

t.test('nothing names what is made on the other side of the cut', async (t) => {
  const s = published();
  const about = addClaim('c3', { relatesTo: [{ claim: 'c2', as: 'about' }] });
  s.submit([addClaim('c2'), disputed('c2', 'd1'), about, disputed(s.id('c1'), 'd2')]);
  t.match(s.split(2, 'author', [1]), wrong('/changes/0'), 'it names what stays');
  t.match(s.split(2, 'author', [3, 0]), wrong('/changes/1'), 'what stays names it');
  t.match(s.split(2, 'author', [0, 1]), wrong('/changes/0'), 'so does another one');
  t.equal(outcome(s.split(2, 'author', [0, 1, 2])), 'EditSplit EditSplit');
  t.same(kinds(s, 2), ['dispute_claim']);
});

t.test('a thing is made once: not in both edits, whichever is revised', async (t) => {
  const s = published();
  s.submit([addClaim('c2'), addClaim('c3')]);
  s.split(2, 'author', [1]);
  t.match(s.revise(2, [addClaim('c2'), addClaim('c3')]), wrong('/changes/1/claim'), 'its ref is that of what left');
  t.match(s.revise(3, [addClaim('c2')]), wrong('/changes/0/claim'));
  t.equal(outcome(s.revise(3, [addClaim('c3'), addClaim('c4')])), 'EditRevised');
  t.match(
    s.state.edits.get(3)?.versions.map(({ changes }) => idsMade(changes)[0]),
    [s.id('c3'), s.id('c3')],
    'and keeps its id there',
  );
  s.vote(3, 'reject', 'reviewer');
  t.equal(outcome(s.revise(2, [addClaim('c2'), addClaim('c3')])), 'EditRevised', 'what was rejected may come back');
  t.match(s.reopen(3, 'reviewer2'), { ok: false, error: { code: 'InvalidChange' } }, 'and then that stays rejected');
});

t.test('of a proposal claims leave, which wait for it', async (t) => {
  const s = scene();
  s.propose(proposal([claim('c1'), claim('c2', { relatesTo: [{ claim: 'c1', as: 'about' }] }), claim('c3')]));
  t.match(s.split(1, 'reviewer', [0]), wrong('/changes/0'), 'the incident stays');
  t.match(s.split(1, 'reviewer', [1]), wrong('/changes/0'), 'a claim that stays names it');
  t.equal(outcome(s.split(1, 'reviewer', [2])), 'EditSplit EditSplit', 'it may name what stays');
  t.match(edit(s, 2), { splitFrom: 1, waitsFor: 1, refs: { c2: s.id('c2') } });
  t.match(s.split(1, 'reviewer', [1]), wrong('/changes/0'), 'nor does it leave once what waits names it');
  for (const refused of [
    s.vote(2, 'approve', 'reviewer'),
    s.vote(2, 'reject', 'reviewer'),
    s.revise(2, [addClaim('c2')]),
    s.split(2, 'author', [0]),
  ])
    t.equal(outcome(refused), 'EditState');
  t.equal(outdatedOf(s.state, edit(s, 2)), null);
  t.equal(outcome(s.vote(1, 'approve', 'reviewer')), 'EditApproved EditApplied IncidentReported ClaimAdded ClaimAdded');
  t.match(edit(s, 2), { waitsFor: null, state: 'submitted', versions: [{ baseRevision: s.state.recordRevision }] });
  t.same(conflictsOf(s.state, 2), []);
  t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'EditApproved EditApplied ClaimAdded');
});

t.test('what waits for a proposal is closed with it, and opened after it', async (t) => {
  const s = scene();
  s.propose(proposal([claim('c1'), claim('c2'), claim('c3')]));
  s.split(1, 'reviewer', [2]);
  s.split(1, 'reviewer', [2]);
  s.withdraw(3);
  s.handOver(2, 'reviewer', 'reviewer2');
  t.equal(outcome(s.vote(1, 'reject', 'reviewer2')), 'EditRejected EditClosed', 'whose own it is too');
  t.match([edit(s, 2).state, edit(s, 3).state], ['rejected', 'withdrawn']);
  t.match(s.reopen(2, 'reviewer3'), { ok: false, error: { code: 'EditState' } }, 'first the proposal');
  t.equal(outcome(s.reopen(1, 'reviewer')), 'EditReopened');
  t.equal(outcome(s.reopen(2, 'reviewer3')), 'EditReopened');
  t.match(edit(s, 2), { state: 'submitted', waitsFor: 1 });
  t.equal(outcome(s.withdraw(1)), 'EditWithdrawn EditClosed');
  t.equal(edit(s, 2).state, 'withdrawn');
});

t.test('what a change that left said of itself is concealed in both edits', async (t) => {
  const s = published();
  const rank = { kind: 'rank_claim', claim: s.id('c1'), rank: 'preferred', reason: 'Ada § filmed it' };
  s.submit([addClaim('c2'), rank]);
  s.split(2, 'author', [1]);
  s.approve(3);
  const revision = s.state.recordRevision ?? 0;
  const set = { reason: 'It § was filmed' };
  const conceal = { kind: 'correct_change', target: s.id('c1'), revision, set, reason: 'No § name there', citations, conceal: true };
  t.equal(outcome(s.submit([conceal])), 'EditSubmitted');
  s.approve(4);
  const hidden = concealedTexts(s.events).map(({ revision, pointer }) => `${revision} ${pointer}`);
  const brought = s.events.filter(bringsVersion).filter((event) => changesSubmitted(event).some(({ kind }) => kind === 'rank_claim'));
  t.equal(brought.length, 2);
  for (const event of brought) {
    const at = changesSubmitted(event).findIndex(({ kind }) => kind === 'rank_claim');
    t.ok(hidden.includes(`${event.revision} /changes/${at}/reason`), `${event.type}: ${hidden.join(', ')}`);
  }
});
