import t from 'tap';
import { claimFields } from '../src/incident/things/claim.ts';
import { type Body, citations, claim, outcome, partyId, proposal, scene } from './scene.ts';
import { correct, dispute, nobody, proceeding, published, reason, ruling, upholds } from './sent.ts';

t.test('correct_incident', async (t) => {
  const s = published();
  const set = (fields: Body) => outcome(s.submit([{ kind: 'correct_incident', set: fields, citations, ...reason }]));
  t.equal(set({ agencies: [partyId('bureau'), partyId('city')] }), 'EditSubmitted');
  t.equal(set({ agencies: [nobody] }), 'InvalidChange /changes/0/set/agencies/0');
  t.equal(set({ agencies: [partyId('witness')] }), 'InvalidChange /changes/0/set/agencies/0');
  t.throws(() => set({}));
  const p = scene();
  t.equal(outcome(p.propose({ ...proposal([]), agencies: [nobody] })), 'InvalidChange /agencies/0');
  t.equal(outcome(p.propose(proposal([claim('c1'), claim('c2', { speaker: nobody })]))), 'InvalidChange /claims/1/speaker');
});

t.test('correct_claim', async (t) => {
  const s = published();
  const set = (fields: Body, more: Body = {}) => outcome(s.submit([correct(s, fields, more)]));
  t.equal(set({ statement: 'Another § one', flags: [] }), 'EditSubmitted');
  t.equal(set({ speaker: nobody }), 'InvalidChange /changes/0/set/speaker');
  t.equal(set({ aspect: 'weapon' }), 'InvalidChange /changes/0/set', 'the value that stays does not fit the new aspect');
  t.equal(set({ aspect: 'weapon', value: { kind: 'term', value: 'tool' } }), 'EditSubmitted');
  t.equal(set({ stance: 'denies' }), 'EditSubmitted');
  t.equal(set({ stance: 'confirms' }), 'InvalidChange /changes/0/set');
  t.equal(set({ relatesTo: [{ claim: s.id('c1'), as: 'about' }] }), 'InvalidChange /changes/0/set/relatesTo/0/claim');
  t.equal(set({ lang: 'es' }, { claim: published(claim('c9')).id('c9') }), 'InvalidChange /changes/0/claim');
});

t.test('a correction says in three words why', async (t) => {
  const s = published();
  const because = (text: string) => s.submit([correct(s, { lang: 'es' }, { reason: text })]);
  for (const text of ['x', 'Wrong.', 'It was', '§ § §', '— 2 —']) t.throws(() => because(text), /at least three words/, text);
  for (const text of ['It was wrong', 'Dos, no tres', '書いた数が誤り']) t.equal(outcome(because(text)), 'EditSubmitted', text);
});

t.test('for a typing error of our own nothing is quoted', async (t) => {
  const s = published();
  s.applied(dispute(s), ruling([upholds(s)]), {
    kind: 'open_proceeding',
    ref: 'p1',
    type: 'charge',
    title: '§',
    status: 'open',
    citations,
  });
  const editorial = { basis: 'editorial', reason: 'A slip of our own.' };
  const claimSet = (set: Body, more: Body = {}) =>
    outcome(s.submit([{ kind: 'correct_claim', claim: s.id('c1'), set, ...editorial, ...more }]));
  t.equal(claimSet({ statement: 'Another § one', lang: 'es' }), 'EditSubmitted');
  t.equal(claimSet({ lang: 'es' }, { citations }), 'EditSubmitted', 'a quotation does no harm');
  t.equal(claimSet({ lang: 'es' }, { basis: 'source' }), 'InvalidChange /changes/0/citations');
  t.equal(claimSet({ lang: 'es' }, { basis: undefined }), 'InvalidChange /changes/0/citations', 'and is asked unless that is said');
  const said: Body = {
    aspect: 'fled',
    about: null,
    value: { kind: 'boolean', value: false },
    stance: 'alleges',
    speaker: partyId('city'),
    capacity: 'official',
    onBehalfOf: partyId('city'),
    via: [partyId('city')],
    rendering: 'direct',
    ownReporting: true,
    saidAt: '2026-01-02',
    validAt: '2026-01-02',
    replaces: null,
    relatesTo: [],
    scope: null,
    flags: [],
    citations,
  };
  const ofClaim = Object.keys(claimFields.sent).filter((field) => !['statement', 'lang'].includes(field));
  t.same(Object.keys(said).sort(), ofClaim.sort(), 'all other fields of a claim');
  for (const [field, value] of Object.entries(said))
    t.equal(claimSet({ statement: 'Another § one', [field]: value }), `InvalidChange /changes/0/set/${field}`);
  const incidentSet = (set: Body) => outcome(s.submit([{ kind: 'correct_incident', set, ...editorial }]));
  t.equal(incidentSet({ title: 'Another §' }), 'EditSubmitted', 'so of the incident');
  t.equal(incidentSet({ agencies: [partyId('city')] }), 'InvalidChange /changes/0/set/agencies');
  const { occurred, place } = proposal([]);
  t.equal(incidentSet({ occurred }), 'InvalidChange /changes/0/set/occurred');
  t.equal(incidentSet({ place }), 'InvalidChange /changes/0/set/place');
  const entrySet = (target: string, set: Body) => outcome(s.submit([{ kind: 'correct_entry', target: s.id(target), set, ...editorial }]));
  t.equal(entrySet('d1', { grounds: 'Other §' }), 'EditSubmitted', 'and of an entry');
  t.equal(entrySet('r1', { summary: 'Other §' }), 'EditSubmitted');
  t.equal(entrySet('d1', { by: partyId('city') }), 'InvalidChange /changes/0/set/by');
  t.equal(entrySet('d1', { capacity: 'official' }), 'InvalidChange /changes/0/set/capacity');
  t.equal(entrySet('r1', { effects: [{ ...upholds(s), effect: 'contradicts' }] }), 'InvalidChange /changes/0/set/effects');
  t.equal(entrySet('p1', { title: 'Other §' }), 'EditSubmitted');
  const ofEntries: [string, Body][] = [
    ['p1', { status: 'closed' }],
    ['p1', { openedOn: '2026-02' }],
    ['p1', { caseNumber: '1:26-cr-00001' }],
    ['r1', { decidedOn: '2026-02' }],
    ['r1', { onMotionOf: 'the § defence' }],
    ['r1', { standard: 'beyond § doubt' }],
    ['r1', { caseNumber: null }],
  ];
  for (const [target, set] of ofEntries)
    t.equal(entrySet(target, set), `InvalidChange /changes/0/set/${Object.keys(set)[0]}`, `of ${target}`);
  s.applied({ kind: 'correct_claim', claim: s.id('c1'), set: { statement: 'Another § one' }, ...editorial });
  t.match(s.state.corrections.at(-1), { basis: 'editorial', citations: [] });
  s.applied(correct(s, { lang: 'es' }));
  t.match(s.state.corrections.at(-1), { basis: 'source' });
});

t.test('a correction of what a claim says asks what becomes of its disputes and rulings', async (t) => {
  const value = { value: { kind: 'boolean', value: false } };
  const substance: Body[] = [value, { aspect: 'fled' }, { about: null }, { stance: 'alleges' }, { speaker: partyId('city') }];
  const s = published();
  t.equal(outcome(s.submit([correct(s, value)])), 'EditSubmitted', 'nothing names it');
  s.applied(dispute(s), dispute(s, { ref: 'd2' }));
  s.applied(ruling([upholds(s)]));
  const set = (fields: Body, carry: string[] = []) => outcome(s.submit([correct(s, fields, { carry })]));
  for (const fields of substance) t.equal(set(fields), 'CarryNeeded /changes/0/carry', Object.keys(fields).join());
  t.equal(set({ statement: 'Another §', capacity: 'official', lang: 'es' }), 'EditSubmitted', 'other fields do not ask');
  t.equal(set(value, [s.id('d1')]), 'EditSubmitted');
  const none = published();
  none.applied(dispute(none, { ref: 'd9' }));
  t.equal(set(value, [none.id('d9')]), 'InvalidChange /changes/0/carry/0', 'one of another incident');
  s.applied(correct(s, value, { carry: [s.id('d1')] }));
  const entry = s.state.claims.get(s.id('c1'));
  t.same([...(entry?.detached ?? [])].sort(), [s.id('d2'), s.id('r1')].sort(), 'the others are detached');
  t.equal(set({ stance: 'alleges' }), 'CarryNeeded /changes/0/carry', 'what was carried asks again');
  t.equal(set({ stance: 'alleges' }, [s.id('d2')]), 'InvalidChange /changes/0/carry/0', 'what was detached does not');
  const withdraw = { kind: 'withdraw_dispute', dispute: s.id('d1'), ...reason };
  t.equal(outcome(s.submit([correct(s, value), withdraw])), 'CarryNeeded /changes/0/carry');
  t.equal(outcome(s.submit([withdraw, correct(s, value)])), 'EditSubmitted', 'withdrawn by an earlier change');
  t.equal(
    outcome(s.submit([withdraw, dispute(s, { ref: 'd5' }), correct(s, value)])),
    'CarryNeeded /changes/2/carry',
    'disputed by an earlier change',
  );
});

t.test('an inferred dispute names its counter-claim too', async (t) => {
  const s = published(claim('c2', { speaker: partyId('city'), stance: 'denies' }));
  s.applied(dispute(s, { basis: 'inferred', by: null, counterClaim: s.id('c2') }));
  const change = correct(s, { stance: 'asserts' }, { claim: s.id('c2') });
  t.equal(outcome(s.submit([change])), 'CarryNeeded /changes/0/carry');
  t.equal(outcome(s.submit([{ ...change, carry: [s.id('d1')] }])), 'EditSubmitted');
});

t.test('effects that a correction names anew apply again', async (t) => {
  const s = published();
  s.applied(ruling([upholds(s)]), dispute(s));
  s.applied(correct(s, { value: { kind: 'boolean', value: false } }, { carry: [s.id('d1')] }));
  t.same([...(s.state.claims.get(s.id('c1'))?.detached ?? [])], [s.id('r1')]);
  s.applied({
    kind: 'correct_entry',
    target: s.id('r1'),
    set: { effects: [{ ...upholds(s), effect: 'contradicts' }] },
    citations,
    ...reason,
  });
  t.same([...(s.state.claims.get(s.id('c1'))?.detached ?? [])], []);
});

t.test('correct_entry', async (t) => {
  const s = published();
  s.applied(dispute(s), proceeding(), ruling([upholds(s)]));
  const set = (target: string, fields: Body) =>
    outcome(s.submit([{ kind: 'correct_entry', target: s.id(target), set: fields, citations, ...reason }]));
  t.equal(set('d1', { grounds: 'Other § grounds', by: partyId('witness') }), 'EditSubmitted');
  t.equal(set('d1', { by: null }), 'InvalidChange /changes/0/set/by');
  t.equal(set('d1', { basis: 'inferred' }), 'InvalidChange /changes/0/set /changes/0/set');
  t.equal(set('d1', { basis: 'report' }), 'InvalidChange /changes/0/set/basis');
  t.equal(set('d1', { court: partyId('court') }), 'InvalidChange /changes/0/set/court');
  t.equal(set('p1', { status: 'closed', title: 'Other §' }), 'EditSubmitted');
  t.equal(set('p1', { forum: nobody }), 'InvalidChange /changes/0/set/forum');
  t.equal(set('p1', { effects: [upholds(s)] }), 'InvalidChange /changes/0/set/effects');
  t.equal(set('r1', { decidedOn: '2026-02', summary: 'Other §' }), 'EditSubmitted');
  t.equal(set('r1', { court: partyId('city') }), 'InvalidChange /changes/0/set/court');
  t.equal(set('r1', { effects: [{ ...upholds(s), citations: [] }] }), 'InvalidChange /changes/0/set/effects/0/citations');
  t.equal(set('r1', { basis: 'stated' }), 'InvalidChange /changes/0/set/basis');
  const other = published();
  other.applied(dispute(other, { ref: 'd9' }));
  t.equal(
    outcome(s.submit([{ kind: 'correct_entry', target: other.id('d9'), set: { grounds: '§' }, citations, ...reason }])),
    'InvalidChange /changes/0/target',
  );
  s.applied({ kind: 'retract_entry', target: s.id('d1'), ...reason });
  t.equal(set('d1', { grounds: '§' }), 'RecordState /changes/0/target');
});

t.test('rank, retract, reinstate', async (t) => {
  const s = published();
  const change = (kind: string, more: Body = {}) => ({ kind, claim: s.id('c1'), ...reason, ...more });
  const elsewhere = { claim: published(claim('c9')).id('c9') };
  t.equal(outcome(s.submit([change('rank_claim', { rank: 'deprecated', ...elsewhere })])), 'InvalidChange /changes/0/claim');
  t.equal(outcome(s.submit([change('retract_claim', elsewhere)])), 'InvalidChange /changes/0/claim');
  t.equal(outcome(s.submit([change('reinstate_claim')])), 'RecordState /changes/0/claim', 'nothing to reinstate');
  s.applied(change('rank_claim', { rank: 'deprecated' }), change('retract_claim'));
  t.match(s.state.claims.get(s.id('c1')), { rank: 'deprecated', ranking: { reason: 'The § reason why' }, retracted: true });
  t.equal(outcome(s.submit([change('retract_claim')])), 'RecordState /changes/0/claim', 'retracted before');
  s.applied(change('reinstate_claim'));
  t.equal(s.state.claims.get(s.id('c1'))?.retracted, false);
  t.equal(outcome(s.submit([change('retract_claim'), change('retract_claim')])), 'RecordState /changes/1/claim', 'twice in one edit');
});

t.test('retract_entry', async (t) => {
  const s = published();
  s.applied(dispute(s), proceeding(), ruling([upholds(s)]));
  for (const ref of ['d1', 'p1', 'r1']) {
    const change = { kind: 'retract_entry', target: s.id(ref), ...reason };
    t.equal(outcome(s.submit([change, change])), 'RecordState /changes/1/target');
    s.applied(change);
    t.equal(outcome(s.submit([change])), 'RecordState /changes/0/target');
  }
  t.equal(s.state.rulings.get(s.id('r1'))?.retracted, true);
  const other = published();
  other.applied(proceeding({ ref: 'p9' }));
  t.equal(outcome(s.submit([{ kind: 'retract_entry', target: other.id('p9'), ...reason }])), 'InvalidChange /changes/0/target');
});
