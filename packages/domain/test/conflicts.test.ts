import fc from 'fast-check';
import t from 'tap';
import { type Change, changeKinds, changeOf, conflicts, conflictsOf, derivedId, initialIncident, keysOf, kindOf } from '../src/index.ts';
import { addClaim, citations, claim, incidentId, type Scene, scene } from './scene.ts';

const space = '7a1d1f0e-0d4c-5c5b-8f83-2f1d5a0f6b11';
const id = (prefix: 'claim' | 'dispute' | 'proceeding' | 'ruling' | 'correction', name: string) => derivedId(prefix, space, name);
const [c1, c2, d1, p1, p2, r1, r2] = [
  id('claim', 'c1'),
  id('claim', 'c2'),
  id('dispute', 'd1'),
  id('proceeding', 'p1'),
  id('proceeding', 'p2'),
  id('ruling', 'r1'),
  id('ruling', 'r2'),
];
const correction = { id: id('correction', 'x'), basis: 'source', reason: '§', citations: [] };
const effect = { claim: null, ruling: null, proceeding: null, effect: null, status: null, citations: [] };
const effects = [
  { ...effect, claim: c1, effect: 'upholds' as const },
  { ...effect, ruling: r2, effect: 'vacates' as const },
  { ...effect, proceeding: p1, status: 'dismissed' as const },
];
/** Only what decides the keys. */
const change = (of: { kind: Change['kind'] } & Record<string, unknown>) => of as unknown as Change;

/** Kind, change, reads besides `status`, writes. */
const declared: [string, Change, string[], string[]][] = [
  [
    'report_incident',
    change({ kind: 'report_incident' }),
    [],
    ['status', 'incident:title', 'incident:occurred', 'incident:place', 'incident:agencies', 'incident:externalId'],
  ],
  [
    'add_claim reads only status',
    change({ kind: 'add_claim', claim: { id: c1, replaces: c2, relatesTo: [{ claim: c2, as: 'about' }] } }),
    [],
    [`claim:${c1}:content`],
  ],
  ['add_citation', change({ kind: 'add_citation', claim: c1 }), [`claim:${c1}:content`], [`claim:${c1}:content`]],
  [
    'dispute_claim',
    change({ kind: 'dispute_claim', dispute: { id: d1, claim: c1, counterClaim: c2 } }),
    [`claim:${c1}:content`, `claim:${c1}:standing`, `claim:${c2}:content`],
    [`dispute:${d1}`],
  ],
  ['withdraw_dispute', change({ kind: 'withdraw_dispute', dispute: d1 }), [`dispute:${d1}`], [`dispute:${d1}`]],
  [
    'open_proceeding',
    change({ kind: 'open_proceeding', proceeding: { id: p1, claims: [c1], continues: p2 } }),
    [`claim:${c1}:content`, `proceeding:${p2}`],
    [`proceeding:${p1}`],
  ],
  ['update_proceeding', change({ kind: 'update_proceeding', proceeding: p1 }), [`proceeding:${p1}`], [`proceeding:${p1}`]],
  [
    'retract_update',
    change({ kind: 'retract_update', proceeding: p1, revision: 7 }),
    [`proceeding:${p1}`, 'change:7'],
    [`proceeding:${p1}`, 'change:7'],
  ],
  [
    'record_ruling',
    change({ kind: 'record_ruling', ruling: { id: r1, effects } }),
    [`claim:${c1}:content`],
    [`ruling:${r1}`, `claim:${c1}:standing`, `ruling:${r2}`, `proceeding:${p1}`],
  ],
  [
    'correct_incident',
    change({ kind: 'correct_incident', ...correction, fields: ['title'], set: {} }),
    ['incident:title'],
    ['incident:title'],
  ],
  [
    'correct_claim',
    change({ kind: 'correct_claim', ...correction, claim: c1, fields: ['lang'], set: { lang: 'es' }, carry: [d1] }),
    [`claim:${c1}:content`, `claim:${c1}:standing`, `dispute:${d1}`],
    [`claim:${c1}:content`],
  ],
  [
    'correct_entry of a ruling',
    change({ kind: 'correct_entry', ...correction, target: r1, fields: ['effects'], set: { effects } }),
    [`ruling:${r1}`, `claim:${c1}:content`],
    [`ruling:${r1}`, `claim:${c1}:standing`, `ruling:${r2}`, `proceeding:${p1}`],
  ],
  [
    'correct_entry of a proceeding',
    change({ kind: 'correct_entry', ...correction, target: p1, fields: ['claims', 'continues'], set: { claims: [c1], continues: p2 } }),
    [`proceeding:${p1}`, `proceeding:${p2}`, `claim:${c1}:content`],
    [`proceeding:${p1}`],
  ],
  ['rank_claim', change({ kind: 'rank_claim', claim: c1 }), [`claim:${c1}:content`], [`claim:${c1}:rank`]],
  ['retract_claim', change({ kind: 'retract_claim', claim: c1 }), [`claim:${c1}:content`], [`claim:${c1}:standing`]],
  ['reinstate_claim', change({ kind: 'reinstate_claim', claim: c1 }), [`claim:${c1}:content`], [`claim:${c1}:standing`]],
  [
    'move_claim',
    change({ kind: 'move_claim', claim: c1, to: incidentId('other') }),
    [`claim:${c1}:content`],
    [`claim:${c1}:content`, `claim:${c1}:standing`],
  ],
  ['retract_entry', change({ kind: 'retract_entry', target: d1 }), [`dispute:${d1}`], [`dispute:${d1}`]],
  ['reinstate_entry', change({ kind: 'reinstate_entry', target: d1 }), [`dispute:${d1}`], [`dispute:${d1}`]],
  ['correct_change', change({ kind: 'correct_change', target: c1, revision: 7 }), ['change:7'], ['change:7']],
  [
    'correct_change of an entry',
    change({ kind: 'correct_change', target: d1, revision: 7 }),
    ['change:7', `dispute:${d1}`],
    ['change:7', `dispute:${d1}`],
  ],
  ['merge_incident', change({ kind: 'merge_incident', into: incidentId('other') }), [], ['status']],
  ['unmerge_incident', change({ kind: 'unmerge_incident' }), [], ['status']],
  [
    'distinguish_incident',
    change({ kind: 'distinguish_incident', from: incidentId('other') }),
    [`distinct:${incidentId('other')}`],
    [`distinct:${incidentId('other')}`],
  ],
  [
    'undistinguish_incident',
    change({ kind: 'undistinguish_incident', from: incidentId('other') }),
    [`distinct:${incidentId('other')}`],
    [`distinct:${incidentId('other')}`],
  ],
  ['retract_incident', change({ kind: 'retract_incident' }), [], ['status']],
  ['reinstate_incident', change({ kind: 'reinstate_incident' }), [], ['status']],
];

t.test('what each kind of change reads and writes', async (t) => {
  for (const [name, of, reads, writes] of declared) {
    const keys = keysOf(of);
    t.same({ reads: keys.reads.sort(), writes: keys.writes.sort() }, { reads: ['status', ...reads].sort(), writes: writes.sort() }, name);
    t.same(changeOf(kindOf(of).toEvent(1, of)), of, 'its event applies the same change');
  }
  t.same(new Set(declared.map(([, { kind }]) => kind)).size, changeKinds.length, 'every kind');
});

t.test('a conflict is found exactly when declared keys meet', async (t) => {
  const changes = fc.constantFrom(...declared.map(([, of]) => of));
  fc.assert(
    fc.property(
      fc.array(changes, { maxLength: 6 }),
      fc.array(changes, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: -1, max: 7 }),
      (record, edit, base) => {
        const state = initialIncident();
        for (const [revision, change] of record.entries()) {
          state.written.push({ revision, type: kindOf(change).event, keys: keysOf(change).writes });
        }
        const touched = edit.map(keysOf).flatMap(({ reads, writes }) => [...reads, ...writes]);
        const expected = record.flatMap((of, revision) =>
          revision > base && keysOf(of).writes.some((key) => touched.includes(key)) ? [revision] : [],
        );
        return JSON.stringify(conflicts(state, edit, base).map(({ revision }) => revision)) === JSON.stringify(expected);
      },
    ),
  );
  t.pass();
});

t.test('on the record', async (t) => {
  const both = (s: Scene, first: object, second: object) => {
    const edits = s.last();
    s.submit([first as Record<string, unknown>]);
    s.submit([second as Record<string, unknown>]);
    s.approve(edits + 1);
    return conflictsOf(s.state, edits + 2).map(({ type }) => type);
  };
  const dispute = (s: Scene, ref: string) => ({
    kind: 'dispute_claim',
    ref,
    claim: s.id('c1'),
    basis: 'inferred',
    grounds: '§',
    counterClaim: s.id('c2'),
    citations,
  });
  const of = (s: Scene, kind: string, more: object = {}) => ({ kind, claim: s.id('c1'), reason: 'It was § wrong.', ...more });
  const start = () => {
    const s = scene();
    s.published(claim('c1'), claim('c2'));
    return s;
  };
  const s = start();
  t.same(both(s, dispute(s, 'd1'), dispute(s, 'd2')), [], 'two disputes of one claim');
  t.same(both(s, addClaim('c3'), addClaim('c4', { replaces: s.id('c1') })), [], 'claims added');
  t.same(both(s, of(s, 'rank_claim', { rank: 'preferred' }), of(s, 'rank_claim', { rank: 'deprecated' })), ['ClaimRanked']);
  t.same(both(s, of(s, 'rank_claim', { rank: 'preferred' }), of(s, 'retract_claim')), [], 'rank and standing are apart');
  t.same(both(s, of(s, 'correct_claim', { set: { lang: 'es' }, citations }), of(s, 'retract_claim')), ['ClaimCorrected']);
  t.same(both(s, of(s, 'retract_claim'), of(s, 'correct_claim', { set: { lang: 'es' }, citations })), ['ClaimRetracted']);
  t.same(
    both(
      s,
      { kind: 'correct_incident', set: { title: '§' }, reason: 'It was § wrong.', citations },
      { kind: 'correct_incident', set: { agencies: [] }, reason: 'It was § wrong.', citations },
    ),
    [],
  );
  t.same(
    both(s, { kind: 'merge_incident', into: incidentId('other'), reason: '§' }, addClaim('c9')),
    ['IncidentMerged'],
    'everything rests on the status',
  );
  t.same(conflictsOf(s.state, 1), [], 'a decided edit conflicts with nothing');
  t.same(conflictsOf(s.state, 99), []);
});
