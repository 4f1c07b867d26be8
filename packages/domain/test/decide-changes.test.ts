import t from 'tap';
import { loadVocabulary } from '../src/index.ts';
import { addClaim, type Body, citations, claim, incidentId, outcome, partyId, type Scene, sourceId } from './scene.ts';
import { claimed, correct, dispute, nobody, proceeding, published, quantity, reason, ruling, upholds } from './sent.ts';

t.test('a claim has an aspect of the vocabulary and a value that fits it', async (t) => {
  const at = '/changes/0/claim';
  const cases: [string, Body, string][] = [
    ['no such aspect', { aspect: 'weather' }, `InvalidChange ${at}/aspect`],
    ['another kind', { value: { kind: 'text', value: '§' } }, `InvalidChange ${at}/value/kind`],
    ['values without content fit', { value: { kind: 'unknown' } }, 'EditSubmitted'],
    ['no such term', { aspect: 'weapon', value: { kind: 'term', value: 'stick' } }, `InvalidChange ${at}/value/value`],
    ['a term', { aspect: 'weapon', value: { kind: 'term', value: 'tool' } }, 'EditSubmitted'],
    ['none', { aspect: 'weapon', value: { kind: 'none' } }, 'EditSubmitted'],
    ['a quantity', quantity(), 'EditSubmitted'],
    ['no such unit', quantity({ unit: 'stone' }), `InvalidChange ${at}/value/unit`],
    ['a unit of other aspects', quantity({ unit: 'person' }), `InvalidChange ${at}/value/unit`],
    ['upper without range', quantity({ upper: '3' }), `InvalidChange ${at}/value/upper`],
    ['range without upper', quantity({ comparator: 'range' }), `InvalidChange ${at}/value/upper`],
    ['a range that ends before it starts', quantity({ comparator: 'range', upper: '1.9' }), `InvalidChange ${at}/value/upper`],
    ['a range by tenths', quantity({ comparator: 'range', value: '9.9', upper: '10' }), 'EditSubmitted'],
    ['a range below nothing', quantity({ comparator: 'range', value: '-1.5', upper: '-1.6' }), `InvalidChange ${at}/value/upper`],
    [
      'a range beyond doubles',
      quantity({ comparator: 'range', value: '100000000000000.000002', upper: '100000000000000.000001' }),
      `InvalidChange ${at}/value/upper`,
    ],
    ['a party that there is not', { aspect: 'shooter', value: { kind: 'party', value: nobody } }, `InvalidChange ${at}/value/value`],
    ['a party', { aspect: 'shooter', value: { kind: 'party', value: partyId('bureau') } }, 'EditSubmitted'],
    ['another incident', { aspect: 'part_of', value: { kind: 'incident', value: incidentId('other') } }, 'EditSubmitted'],
    ['this incident', { aspect: 'part_of', value: { kind: 'incident', value: incidentId('this') } }, `InvalidChange ${at}/value/value`],
    [
      'an unpublished incident',
      { aspect: 'part_of', value: { kind: 'incident', value: incidentId('unpublished') } },
      `InvalidChange ${at}/value/value`,
    ],
    ['no incident', { aspect: 'part_of', value: { kind: 'incident', value: incidentId('none') } }, `InvalidChange ${at}/value/value`],
    ['part of what has no record', { aspect: 'part_of', value: { kind: 'text', value: 'a § series' } }, 'EditSubmitted'],
    ['a time', { aspect: 'time', value: { kind: 'time', value: '2026-01-14T18:50' } }, 'EditSubmitted'],
    ['a replica', { aspect: 'weapon', value: { kind: 'term', value: 'replica' } }, 'EditSubmitted'],
    ['a taser', { aspect: 'weapon', value: { kind: 'term', value: 'taser' } }, 'EditSubmitted'],
    ['a pursuit', { aspect: 'pursuit', value: { kind: 'boolean', value: true } }, 'EditSubmitted'],
    ['how many died', { aspect: 'death_count', value: { ...quantity().value, unit: 'person' } }, 'EditSubmitted'],
    ['an age', { aspect: 'age', value: { ...quantity().value, unit: 'year' } }, 'EditSubmitted'],
    [
      'a decade of age',
      { aspect: 'age', value: { ...quantity().value, value: '30', comparator: 'range', upper: '39', unit: 'year' } },
      'EditSubmitted',
    ],
    ['an age in words', { aspect: 'age', value: { kind: 'text', value: 'a § teenager' } }, 'EditSubmitted'],
    ['a race as a term', { aspect: 'race_or_ethnicity', value: { kind: 'term', value: 'white' } }, `InvalidChange ${at}/value/kind`],
    ['who it turned out to be', { aspect: 'identity', value: { kind: 'party', value: partyId('witness') } }, 'EditSubmitted'],
  ];
  for (const [name, more, expected] of cases) t.equal(claimed(more), expected, name);
});

t.test('what is wrong with a value says what is right', async (t) => {
  const said = (more: Body): string => {
    const refused = published().submit([addClaim('c9', more)]);
    return refused.ok
      ? ''
      : (refused.error.errors ?? []).map(({ pointer, message }) => `${pointer.replace('/changes/0/claim', '')}: ${message}`).join('; ');
  };
  const weapon = (value: Body) => said({ aspect: 'weapon', value });
  t.equal(weapon({ kind: 'term', value: 'none' }), '/value: none is a kind of value and no term: send {"kind": "none"}');
  t.equal(said({ value: { kind: 'term', value: 'unknown' } }), '/value: unknown is a kind of value and no term: send {"kind": "unknown"}');
  t.equal(said({ aspect: 'recording', value: { kind: 'term', value: 'withheld' } }), '', 'a term of that name is one');
  t.match(
    weapon({ kind: 'term', value: 'fire_arm' }),
    /^\/value\/value: is no term of weapon \(did you mean firearm\?\); there are firearm, blade, /,
  );
  t.match(weapon({ kind: 'term', value: 'firearms' }), /did you mean firearm\?/);
  for (const word of ['Fire arm', 'FIREARM']) t.match(weapon({ kind: 'term', value: word }), /did you mean firearm\?/, word);
  t.equal(weapon({ kind: 'term', value: 'None' }), '/value: none is a kind of value and no term: send {"kind": "none"}');
  for (const word of ['No weapon', 'unarmed', 'hand gun', 'Beil'])
    t.match(
      weapon({ kind: 'term', value: word }),
      /^\/value\/value: is no term of weapon.*; there are .*; where there was none \{"kind": "none"\}$/,
      word,
    );
  t.match(said({ aspect: 'injury', value: { kind: 'term', value: 'uninjured' } }), /; where there was none \{"kind": "none"\}$/);
  for (const [aspect, value, form] of [
    ['age', '30s', '{"kind":"quantity",'],
    ['time', '18:50', '{"kind":"time",'],
    ['shots_fired', '2', '{"kind":"quantity",'],
    ['shots_fired', 'two', '{"kind":"quantity",'],
  ] as const)
    t.ok(
      said({ aspect, value: { kind: 'term', value } }).startsWith(`/value/kind: ${aspect} takes a value of kind `) &&
        said({ aspect, value: { kind: 'term', value } }).includes(`send ${form}`),
      `${aspect} ${value}`,
    );
  t.equal(
    said({ aspect: 'death', about: partyId('driver'), value: quantity().value }),
    '/value/kind: death takes a value of kind boolean: send {"kind":"boolean","value":true}; where it was not so {"kind": "boolean", "value": false}',
  );
  t.notMatch(weapon({ kind: 'term', value: 'stick' }), /did you mean/);
  t.equal(
    weapon({ kind: 'boolean', value: false }),
    '/value/kind: weapon takes a value of kind term: send {"kind":"term","value":"firearm"}; where there was none {"kind": "none"}',
  );
  t.match(
    said({ aspect: 'shots_fired', value: { kind: 'text', value: '§' } }),
    /send \{"kind":"quantity","value":"2","unit":"shot","comparator":"exact"\}/,
  );
  t.equal(said(quantity({ unit: 'shots' })), '/value/unit: shots_fired is counted in shot (did you mean shot?)');
  t.match(
    said({ aspect: 'statistic', value: { ...quantity().value, unit: 'percents' } }),
    /is counted in shot, person, .* \(did you mean percent\?\)/,
  );
  t.equal(
    said({ aspect: 'weapons' }),
    '/aspect: there is no aspect weapons in the vocabulary (did you mean weapon?); `/v1/vocabulary` lists them',
  );
});

t.test('stances ask for what they mean', async (t) => {
  const at = '/changes/0/claim';
  const about = (s: Scene) => ({ relatesTo: [{ claim: s.id('c1'), as: 'supports' }] });
  t.equal(claimed({ stance: 'denies', value: { kind: 'boolean', value: false } }), `InvalidChange ${at}/value/value`);
  t.equal(claimed({ stance: 'denies' }), 'EditSubmitted');
  t.equal(claimed({ stance: 'confirms' }), `InvalidChange ${at}/relatesTo`);
  t.equal(claimed({ stance: 'admits' }), `InvalidChange ${at}/relatesTo`);
  const s = published();
  t.equal(claimed({ stance: 'confirms', ...about(s) }, s), 'EditSubmitted');
  t.equal(claimed({ stance: 'no_response' }), `InvalidChange ${at}/value/kind`);
  t.equal(claimed({ stance: 'no_response', aspect: 'response', value: { kind: 'text', value: 'was § asked' } }), 'EditSubmitted');
  t.equal(claimed({ stance: 'retracts' }), `InvalidChange ${at}/replaces`);
  t.equal(claimed({ stance: 'retracts', replaces: s.id('c1') }, s), 'EditSubmitted');
});

t.test('what a claim names is there', async (t) => {
  const at = '/changes/0/claim';
  t.equal(claimed({ speaker: nobody }), `InvalidChange ${at}/speaker`);
  t.equal(claimed({ about: nobody, onBehalfOf: nobody }), `InvalidChange ${at}/about ${at}/onBehalfOf`);
  t.equal(claimed({ via: [partyId('outlet'), nobody] }), `InvalidChange ${at}/via/1`);
  const other = published(claim('c2'));
  t.equal(
    claimed({ relatesTo: [{ claim: other.id('c2'), as: 'about' }] }),
    `InvalidChange ${at}/relatesTo/0/claim`,
    'a claim of another incident',
  );
  t.equal(claimed({ relatesTo: [{ claim: 'x', as: 'about' }] }), `InvalidChange ${at}/relatesTo/0/claim`, 'the claim itself');
  const s = published();
  s.facts.sources.clear();
  t.equal(claimed({}, s), `SourceTextUnknown ${at}/citations/0`);
});

t.test('a claim replaces an earlier one of the same voice', async (t) => {
  const s = published();
  const at = '/changes/0/claim/replaces';
  t.equal(claimed({ replaces: s.id('c1'), speaker: partyId('bureau') }, s), 'EditSubmitted', 'an agency and its department are one voice');
  t.equal(claimed({ replaces: s.id('c1'), speaker: partyId('city') }, s), `InvalidChange ${at}`);
  t.equal(claimed({ replaces: s.id('c1'), speaker: partyId('witness'), onBehalfOf: partyId('bureau') }, s), 'EditSubmitted');
  t.equal(outcome(s.submit([addClaim('a', { replaces: 'b' }), addClaim('b')])), `InvalidChange ${at}`, 'a later change of the edit');
  t.equal(outcome(s.submit([addClaim('b'), addClaim('a', { replaces: 'b' })])), 'EditSubmitted');
  s.applied(addClaim('c2'));
  t.equal(
    outcome(s.submit([correct(s, { replaces: s.id('c2') })])),
    'InvalidChange /changes/0/set/replaces',
    'nor does a correction name a later one',
  );
  t.equal(outcome(s.submit([correct(s, { replaces: s.id('c1') })])), 'InvalidChange /changes/0/set/replaces');
  t.equal(outcome(s.submit([correct(s, { replaces: s.id('c1') }, { claim: s.id('c2') })])), 'EditSubmitted');
  s.applied(addClaim('c3', { replaces: s.id('c2') }));
  const speaker = { speaker: partyId('city') };
  t.equal(
    outcome(s.submit([correct(s, speaker, { claim: s.id('c3') })])),
    'InvalidChange /changes/0/set',
    'nor makes the speaker another voice',
  );
});

t.test('add_citation', async (t) => {
  const s = published();
  t.equal(outcome(s.submit([{ kind: 'add_citation', claim: s.id('c1'), citations }])), 'EditSubmitted');
  t.equal(
    outcome(s.submit([{ kind: 'add_citation', claim: published(claim('c9')).id('c9'), citations }])),
    'InvalidChange /changes/0/claim',
  );
  s.facts.sources.set(sourceId('article'), { textRevisions: 0, isFilm: false, withdrawn: false });
  t.equal(outcome(s.submit([{ kind: 'add_citation', claim: s.id('c1'), citations }])), 'SourceTextUnknown /changes/0/citations/0');
});

t.test('disputes', async (t) => {
  const s = published(claim('c2', { speaker: partyId('city'), stance: 'denies' }));
  const submitted = (more: Body) => outcome(s.submit([dispute(s, more)]));
  const inferred = { basis: 'inferred', by: null, counterClaim: s.id('c2') };
  t.equal(submitted({}), 'EditSubmitted');
  t.equal(submitted({ by: null }), 'InvalidChange /changes/0/by', 'a stated dispute is somebody’s');
  t.equal(submitted({ by: nobody }), 'InvalidChange /changes/0/by');
  t.equal(submitted({ counterClaim: s.id('c1') }), 'InvalidChange /changes/0/counterClaim');
  t.equal(submitted({ counterClaim: published(claim('c9')).id('c9') }), 'InvalidChange /changes/0/counterClaim');
  t.equal(submitted(inferred), 'EditSubmitted');
  t.equal(submitted({ ...inferred, by: partyId('city') }), 'InvalidChange /changes/0/by');
  t.equal(submitted({ ...inferred, capacity: 'eyewitness' }), 'InvalidChange /changes/0/capacity');
  t.equal(submitted({ ...inferred, counterClaim: null }), 'InvalidChange /changes/0/counterClaim');
  t.equal(submitted({ claim: published(claim('c9')).id('c9') }), 'InvalidChange /changes/0/claim');
  t.equal(
    outcome(s.submit([dispute(s, { claim: 'n1', counterClaim: 'n2' }), addClaim('n2'), addClaim('n1')])),
    'EditSubmitted',
    'refs in any order',
  );
  s.applied({ kind: 'retract_claim', claim: s.id('c1'), ...reason });
  t.equal(submitted({}), 'RecordState /changes/0/claim', 'not of a retracted claim');
});

t.test('only an open dispute is withdrawn', async (t) => {
  const s = published();
  s.applied(dispute(s), dispute(s, { ref: 'd2' }));
  const withdraw = (ref: string) => ({ kind: 'withdraw_dispute', dispute: s.id(ref), ...reason });
  t.equal(outcome(s.submit([withdraw('d1'), withdraw('d1')])), 'RecordState /changes/1/dispute', 'not twice in one edit');
  s.applied(withdraw('d1'));
  t.equal(s.state.disputes.get(s.id('d1'))?.withdrawn, true);
  t.equal(outcome(s.submit([withdraw('d1')])), 'RecordState /changes/0/dispute');
  s.applied({ kind: 'retract_entry', target: s.id('d2'), ...reason });
  t.equal(outcome(s.submit([withdraw('d2')])), 'RecordState /changes/0/dispute');
  const other = published();
  other.applied(dispute(other, { ref: 'd9' }));
  t.equal(outcome(s.submit([{ ...withdraw('d1'), dispute: other.id('d9') }])), 'InvalidChange /changes/0/dispute');
});

t.test('proceedings', async (t) => {
  const s = published();
  t.equal(outcome(s.submit([proceeding({ by: nobody, forum: nobody })])), 'InvalidChange /changes/0/by /changes/0/forum');
  t.equal(outcome(s.submit([proceeding({ claims: ['n1'] }), addClaim('n1')])), 'EditSubmitted');
  t.equal(outcome(s.submit([proceeding({ claims: [published(claim('c9')).id('c9')] })])), 'InvalidChange /changes/0/claims/0');
  t.equal(outcome(s.submit([proceeding({ continues: 'p1' })])), 'InvalidChange /changes/0/continues', 'not itself');
  const circle = [proceeding({ continues: 'p2' }), proceeding({ ref: 'p2', continues: 'p1' })];
  t.equal(outcome(s.submit(circle)), 'InvalidChange /changes/1/continues', 'not in a circle');
  s.applied(proceeding(), proceeding({ ref: 'p2', continues: 'p1' }));
  const back = { kind: 'correct_entry', target: s.id('p1'), set: { continues: s.id('p2') }, citations, ...reason };
  t.equal(outcome(s.submit([back])), 'InvalidChange /changes/0/set/continues', 'nor by a correction');
  const update = (more: Body = {}) => ({ kind: 'update_proceeding', proceeding: s.id('p1'), status: 'dismissed', citations, ...more });
  t.equal(outcome(s.submit([update(), update({ status: 'open' })])), 'EditSubmitted', 'several updates of one proceeding');
  t.equal(outcome(s.submit([update({ proceeding: 'p5' }), proceeding({ ref: 'p5' })])), 'EditSubmitted');
  t.equal(
    outcome(s.submit([update({ proceeding: 'c5' }), addClaim('c5')])),
    'InvalidChange /changes/0/proceeding',
    'a ref of another kind',
  );
  s.applied({ kind: 'retract_entry', target: s.id('p1'), ...reason });
  t.equal(outcome(s.submit([update()])), 'RecordState /changes/0/proceeding');
});

t.test('rulings', async (t) => {
  const s = published();
  const submitted = (effects: Body[], more: Body = {}) => outcome(s.submit([ruling(effects, more)]));
  const effect = '/changes/0/effects/0';
  t.equal(submitted([upholds(s)], { court: partyId('court'), judge: partyId('judge') }), 'EditSubmitted');
  t.equal(submitted([upholds(s)], { court: partyId('city') }), 'InvalidChange /changes/0/court', 'only courts rule');
  t.equal(submitted([upholds(s)], { judge: partyId('court') }), 'InvalidChange /changes/0/judge');
  t.equal(submitted([upholds(s)], { court: nobody, judge: nobody }), 'InvalidChange /changes/0/court /changes/0/judge');
  t.throws(() => submitted([]), 'a ruling without effects is not recorded');
  t.equal(submitted([{ effect: 'upholds' }]), `InvalidChange ${effect}`, 'an effect on nothing');
  t.equal(
    submitted([{ ...upholds(s), proceeding: 'p1' }, {}].slice(0, 1), {}),
    'InvalidChange /changes/0/effects/0/proceeding',
    'a ref that there is not',
  );
  s.applied(proceeding());
  t.equal(submitted([{ ...upholds(s), proceeding: s.id('p1') }]), `InvalidChange ${effect}`, 'an effect on two things');
  t.equal(submitted([upholds(s), upholds(s)]), 'InvalidChange /changes/0/effects/1', 'two effects on one thing');
  t.equal(submitted([{ ...upholds(s), effect: 'vacates' }]), `InvalidChange ${effect}/effect`);
  t.equal(submitted([{ ...upholds(s), effect: null, status: 'open' }]), `InvalidChange ${effect}/effect ${effect}/status`);
  t.equal(
    submitted([{ ...upholds(s), citations: [] }]),
    `InvalidChange ${effect}/citations`,
    'an effect on a claim needs a quoted finding',
  );
  t.equal(submitted([{ proceeding: s.id('p1'), status: 'dismissed' }]), 'EditSubmitted');
  t.equal(submitted([{ proceeding: s.id('p1'), effect: 'upholds' }]), `InvalidChange ${effect}/status ${effect}/effect`);
  s.applied({ kind: 'retract_entry', target: s.id('p1'), ...reason });
  t.equal(submitted([{ proceeding: s.id('p1'), status: 'dismissed' }]), `RecordState ${effect}/proceeding`);
});

t.test('an effect on a ruling names an earlier one', async (t) => {
  const s = published();
  s.applied(ruling([upholds(s)]));
  const on = (id: string, effect = 'vacates', more: Body = {}) => ruling([{ ruling: id, effect }], { ref: 'r2', ...more });
  const effect = '/changes/0/effects/0';
  t.equal(outcome(s.submit([on(s.id('r1'))])), 'EditSubmitted');
  t.equal(outcome(s.submit([on(s.id('r1'), 'upholds')])), `InvalidChange ${effect}/effect`);
  t.equal(outcome(s.submit([ruling([{ ruling: s.id('r1'), effect: 'stays', status: 'open' }])])), `InvalidChange ${effect}/status`);
  t.equal(outcome(s.submit([on('r2')])), `InvalidChange ${effect}/ruling`, 'not itself');
  t.equal(
    outcome(s.submit([on('r3'), ruling([upholds(s)], { ref: 'r3' })])),
    `InvalidChange ${effect}/ruling`,
    'not one of a later change',
  );
  t.equal(outcome(s.submit([ruling([upholds(s)], { ref: 'r3' }), on('r3')])), 'EditSubmitted');
  t.equal(
    outcome(s.submit([on(s.id('r1'), 'lifts_stay')])),
    `InvalidChange ${effect}/ruling`,
    'a stay is lifted from the ruling that stays',
  );
  s.applied(on(s.id('r1'), 'stays'));
  t.equal(outcome(s.submit([on(s.id('r2'), 'lifts_stay', { ref: 'r4' })])), 'EditSubmitted');
  const later = {
    kind: 'correct_entry',
    target: s.id('r1'),
    set: { effects: [{ ruling: s.id('r2'), effect: 'vacates' }] },
    citations,
    ...reason,
  };
  t.equal(outcome(s.submit([later])), 'InvalidChange /changes/0/set/effects/0/ruling', 'nor in a correction');
  s.applied({ kind: 'retract_entry', target: s.id('r1'), ...reason });
  t.equal(outcome(s.submit([on(s.id('r1'), 'reverses', { ref: 'r5' })])), `RecordState ${effect}/ruling`, 'nor a retracted one');
});

t.test('merging', async (t) => {
  const s = published();
  const merge = (name: string) => ({ kind: 'merge_incident', into: incidentId(name), ...reason });
  t.equal(outcome(s.submit([merge('this')])), 'InvalidChange /changes/0/into');
  t.equal(outcome(s.submit([merge('unpublished')])), 'InvalidChange /changes/0/into');
  t.equal(outcome(s.submit([merge('none')])), 'InvalidChange /changes/0/into');
  t.equal(outcome(s.submit([merge('merged')])), 'RecordState /changes/0/into');
  t.equal(outcome(s.submit([merge('other'), addClaim('x')])), 'InvalidChange /changes/1/claim', 'nothing follows in the same edit');
  t.equal(outcome(s.submit([{ kind: 'retract_incident', ...reason }, addClaim('x')])), 'InvalidChange /changes/1/claim');
  t.equal(outcome(s.submit([{ kind: 'unmerge_incident', ...reason }])), 'RecordState /changes/0');
  t.equal(outcome(s.submit([addClaim('x'), merge('other')])), 'EditSubmitted');
  s.facts.incidents.set(incidentId('other'), { status: 'retracted' });
  t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'RecordState /changes/1/into', 'the target is looked at again when it is approved');
});

t.test('telling two incidents apart', async (t) => {
  const s = published();
  const apart = (name: string) => ({ kind: 'distinguish_incident', from: incidentId(name), ...reason });
  const together = { kind: 'undistinguish_incident', from: incidentId('other'), ...reason };
  const merge = { kind: 'merge_incident', into: incidentId('other'), ...reason };
  t.equal(outcome(s.submit([apart('this')])), 'InvalidChange /changes/0/from');
  t.equal(outcome(s.submit([apart('unpublished')])), 'InvalidChange /changes/0/from', 'what is not public is named nowhere');
  t.equal(outcome(s.submit([apart('none')])), 'InvalidChange /changes/0/from');
  t.equal(outcome(s.submit([apart('merged')])), 'RecordState /changes/0/from');
  t.equal(outcome(s.submit([together])), 'RecordState /changes/0/from');
  s.applied(apart('other'));
  t.match([...s.state.distinctFrom], [[incidentId('other'), { reason: reason.reason, revision: s.state.recordRevision }]]);
  t.equal(outcome(s.submit([apart('other')])), 'RecordState /changes/0/from', 'once');
  t.equal(outcome(s.submit([merge])), 'RecordState /changes/0/into', 'the two are no longer merged');
  t.equal(outcome(s.submit([together, merge])), 'EditSubmitted', 'unless that is taken back first');
  s.applied(together);
  t.equal(s.state.distinctFrom.size, 0);
  s.facts.incidents.set(incidentId('other'), { status: 'published', distinctFrom: new Set([incidentId('this')]) });
  t.equal(outcome(s.submit([merge])), 'RecordState /changes/0/into', 'nor where the other one says so');
});

t.test('types and statuses of proceedings are words of the vocabulary', async (t) => {
  const s = published();
  s.applied(proceeding());
  const update = (status: string) => ({ kind: 'update_proceeding', proceeding: s.id('p1'), status, citations });
  const becomes = (status: string) => ruling([{ proceeding: s.id('p1'), status }]);
  const set = (fields: Body) => ({ kind: 'correct_entry', target: s.id('p1'), set: fields, citations, ...reason });
  const sent = (change: Body) => outcome(s.submit([change]));
  for (const status of ['expunged', 'sealed', 'pardoned', 'diverted', 'hung_jury', 'ignored_bill']) {
    for (const change of [proceeding({ ref: 'p2', status }), update(status), becomes(status), set({ status })])
      t.equal(sent(change), 'EditSubmitted');
  }
  t.equal(sent(proceeding({ ref: 'p2', status: 'paroled' })), 'InvalidChange /changes/0/status');
  t.equal(sent(proceeding({ ref: 'p2', type: 'parole' })), 'InvalidChange /changes/0/type');
  t.equal(sent(update('paroled')), 'InvalidChange /changes/0/status');
  t.equal(sent(becomes('paroled')), 'InvalidChange /changes/0/effects/0/status');
  t.equal(sent(set({ status: 'paroled' })), 'InvalidChange /changes/0/set/status');
  s.facts.vocabulary = loadVocabulary({ proceedingTypes: { parole: {} }, proceedingStatuses: { paroled: { ends: true } } });
  t.equal(sent(proceeding({ ref: 'p2', type: 'parole', status: 'paroled' })), 'EditSubmitted');
});

t.test('refusals say what to do', async (t) => {
  const s = published();
  const one = s.submit([addClaim('x', { speaker: nobody })]);
  t.match(!one.ok && one.error.detail, `/changes/0/claim/speaker: there is no party ${nobody}: register it first.`);
  const two = s.submit([addClaim('x', { speaker: nobody, about: nobody })]);
  t.match(!two.ok && two.error.detail, /\(1 more in errors\)\.$/);
});
