import t from 'tap';
import {
  bool,
  type ClaimWords,
  claim,
  claims,
  correct,
  dispute,
  given,
  none,
  number,
  on,
  rank,
  retract,
  ruling,
  state,
  term,
  text,
  who,
} from './given.ts';

const lawyer = { by: 'lawyer', onBehalfOf: 'driver', capacity: 'lawyer' } as const;
const relay = { by: 'outlet', capacity: 'reporter' } as const;

t.test('the worked examples of the rules', async (t) => {
  const attacked = { about: 'driver', value: bool(true) };
  const alleged = { by: 'department', ...attacked, stance: 'alleges' } as const;

  t.test('a department alleges an attack, the outlet repeats it, the city has not confirmed', async (t) => {
    const told = [alleged, { ...relay, ...attacked, stance: 'alleges' }, { by: 'city', ...attacked, stance: 'cannot_confirm' }] as const;
    t.equal(state('attacked_officers', ...told), 'single_account');
  });
  t.test('another department repeats it, nobody speaks for the accused', async (t) => {
    t.equal(state('attacked_officers', alleged, { by: 'ministry', ...attacked, stance: 'confirms' }), 'single_account');
  });
  t.test(
    "the accused's lawyer denies it: disputed, and the allegation's standing stays standing until a dispute is recorded",
    async (t) => {
      const told = claims('attacked_officers', alleged, { ...lawyer, ...attacked, stance: 'denies' });
      t.equal(given(...told).aspect('attacked_officers', 'driver'), 'disputed');
      t.equal(given(...told).standing('c1'), 'standing');
      t.equal(given(...told, dispute('d1', { claim: 'c1', by: 'driver' })).standing('c1'), 'disputed');
    },
  );
  t.test('one agency says two attackers, then three', async (t) => {
    const two = { by: 'department', value: number('2', 'exact', 'person') };
    t.equal(state('attacker_count', two, { ...two, value: number('3', 'exact', 'person') }), 'inconsistent');
  });
  t.test('shovel, and broom handle', async (t) => {
    const words = { by: 'department', about: 'driver' };
    t.equal(state('weapon', { ...words, value: term('tool') }, { ...words, value: term('other') }), 'single_account');
  });
  t.test('"more than 1000 %" and "1,300 %"', async (t) => {
    const more = { by: 'bureau', value: number('1000', 'more_than', 'percent_change') };
    t.equal(state('statistic', more, { by: 'ministry', value: number('1300', 'exact', 'percent_change') }), 'not_compared');
  });
  t.test('one voice says at least 2 shots, another says 3', async (t) => {
    t.equal(state('shots_fired', { by: 'bureau', value: number('2', 'at_least') }, { by: 'city', value: number('3') }), 'agreed');
  });

  const fled = claim('fled', { by: 'ministry', aspect: 'fled', about: 'driver', stance: 'alleges' });
  const dismissal = ruling('r1', { effects: [on.claim('fled', 'not_established')] });
  const disputed = dispute('d1', { claim: 'fled', by: 'driver' });
  t.test('charge dismissed because evidence was insufficient: claim and state; also disputed: the same, marks hold both', async (t) => {
    const record = given(fled, dismissal);
    t.same([record.standing('fled'), record.aspect('fled', 'driver')], ['not_established', 'not_established']);
    const both = given(fled, disputed, dismissal);
    t.same([both.standing('fled'), both.aspect('fled', 'driver')], ['not_established', 'not_established']);
    t.same(both.marks('fled'), ['not_established', 'disputed']);
  });
  t.test('that ruling vacated; then the vacatur reversed', async (t) => {
    const vacated = [fled, disputed, dismissal, ruling('r2', { effects: [on.ruling('r1', 'vacates')] })];
    t.equal(given(...vacated).aspect('fled', 'driver'), 'disputed');
    t.equal(given(...vacated, ruling('r3', { effects: [on.ruling('r2', 'reverses')] })).aspect('fled', 'driver'), 'not_established');
  });
  t.test('only a probable-cause finding', async (t) => {
    const record = given(fled, ruling('r1', { effects: [on.claim('fled', 'upholds')], provisional: true }));
    t.equal(record.standing('fled'), 'standing');
    t.equal(record.aspect('fled', 'driver'), 'single_account');
  });
  t.test('garbled negation, flagged; corrected; corrected and disputed', async (t) => {
    const condition = {
      by: 'city',
      aspect: 'medical_condition',
      about: 'driver',
      value: term('life_threatening'),
      flags: ['negation_unclear' as const],
    };
    const flagged = claim('c1', condition);
    const repaired = correct('c1', { value: term('not_life_threatening'), flags: [] });
    t.equal(given(flagged).aspect('medical_condition', 'driver'), 'unknown');
    t.same(
      [given(flagged, repaired).standing('c1'), given(flagged, repaired).aspect('medical_condition', 'driver')],
      ['corrected', 'single_account'],
    );
    const contested = given(flagged, repaired, dispute('d1', { claim: 'c1', by: 'driver' }));
    t.same([contested.standing('c1'), contested.aspect('medical_condition', 'driver')], ['disputed', 'disputed']);
  });
  t.test('witness quoted and paraphrased: officers did not identify themselves; the agency says they did', async (t) => {
    const said = { by: 'witness', capacity: 'eyewitness', about: 'officer', value: bool(false) } as const;
    const twice = [
      { ...said, rendering: 'direct' },
      { ...said, rendering: 'paraphrase' },
    ] as const;
    t.equal(state('officer_identified', ...twice), 'single_account');
    t.equal(state('officer_identified', ...twice, { by: 'bureau', about: 'officer', value: bool(true) }), 'disputed');
  });
  t.test('legal status of two men: two rows', async (t) => {
    const status = (about: string, value: string) => ({ by: 'bureau', about, value: term(value), stance: 'alleges' }) as const;
    const record = given(...claims('legal_status', status('driver', 'unlawful'), status('passenger', 'lawful')));
    t.same([record.aspect('legal_status', 'driver'), record.aspect('legal_status', 'passenger')], ['single_account', 'single_account']);
  });
  t.test('lead says marshal (deprecated), body says deputy; another voice says deputy too', async (t) => {
    const lead = claim('lead', { ...relay, ownReporting: true, aspect: 'member_of', about: 'officer', value: who('ministry') });
    const body = claim('body', { ...relay, ownReporting: true, aspect: 'member_of', about: 'officer', value: who('police') });
    const record = given(lead, body, rank('lead', 'deprecated'));
    t.same([record.standing('lead'), record.aspect('member_of', 'officer')], ['deprecated', 'single_account']);
    const another = claim('another', { by: 'city', aspect: 'member_of', about: 'officer', value: who('police') });
    t.equal(given(lead, body, another, rank('lead', 'deprecated')).aspect('member_of', 'officer'), 'agreed');
  });
  t.test('court contradicts the agency, a witness had said otherwise', async (t) => {
    const agency = { by: 'bureau', about: 'driver', value: bool(true) };
    const witness = { by: 'witness', capacity: 'eyewitness', about: 'driver', value: bool(false) } as const;
    const record = given(...claims('vehicle_motion', agency, witness), ruling('r1', { effects: [on.claim('c1', 'contradicts')] }));
    t.equal(record.aspect('vehicle_motion', 'driver'), 'decided');
    t.equal(record.listed('vehicle_motion', 'driver')?.length, 2, 'all sides are shown');
  });
  t.test('two cases with opposite findings', async (t) => {
    const record = given(
      fled,
      ruling('r1', { effects: [on.claim('fled', 'upholds')] }),
      ruling('r2', { effects: [on.claim('fled', 'contradicts')] }),
    );
    t.same([record.standing('fled'), record.aspect('fled', 'driver')], ['disputed', 'disputed']);
  });
  t.test('two voices: leg and head · baton and pepper spray · raid and traffic stop', async (t) => {
    const two = (aspect: string, one: ClaimWords['value'], other: ClaimWords['value']) =>
      state(aspect, { by: 'bureau', about: 'driver', value: one }, { by: 'city', about: 'driver', value: other });
    t.equal(two('injury', term('leg'), term('head')), 'single_account');
    t.equal(two('force_technique', text('baton'), text('pepper spray')), 'single_account');
    t.equal(two('operation_type', term('raid'), term('traffic_stop')), 'single_account');
  });
  t.test('a speaker gives a new number', async (t) => {
    const record = given(
      ...claims('shots_fired', { by: 'bureau', value: number('2') }, { by: 'bureau', value: number('3'), replaces: 'c1' }),
    );
    t.same([record.standing('c1'), record.aspect('shots_fired')], ['superseded', 'single_account']);
  });
});

t.test('voices', async (t) => {
  const two = (one: ClaimWords, other: ClaimWords) => given(...claims('death', { about: 'driver', ...one }, { about: 'driver', ...other }));
  const yes = { value: bool(true) };

  t.test('a body and its parts are one voice, bodies without a common parent are two', async (t) => {
    t.equal(two({ by: 'office', ...yes }, { by: 'otherBureau', ...yes }).aspect('death', 'driver'), 'single_account');
    t.equal(two({ by: 'office', ...yes }, { by: 'otherBureau', ...yes }).voices('death', 'driver'), 1);
    t.equal(two({ by: 'office', ...yes }, { by: 'city', ...yes }).aspect('death', 'driver'), 'agreed');
    t.equal(two({ by: 'office', ...yes }, { by: 'city', ...yes }).voices('death', 'driver'), 2);
  });
  t.test('a person speaks for a body only through onBehalfOf', async (t) => {
    t.equal(two({ by: 'witness', onBehalfOf: 'bureau', ...yes }, { by: 'department', ...yes }).voices('death', 'driver'), 1);
    t.equal(two({ by: 'witness', ...yes }, { by: 'department', ...yes }).voices('death', 'driver'), 2);
    t.equal(
      two({ by: 'claimedBy', capacity: 'eyewitness', ...yes }, { by: 'department', ...yes }).voices('death', 'driver'),
      2,
      'a role has no parent',
    );
  });
  t.test('a described role as official, spokesperson or anonymous is a voice only where no other voice is counted', async (t) => {
    for (const capacity of ['official', 'spokesperson', 'anonymous'] as const) {
      const unnamed = { by: 'unnamedOfficial', capacity, ...yes };
      const beside = two(unnamed, { by: 'city', ...yes });
      t.same([beside.voices('death', 'driver'), beside.aspect('death', 'driver')], [1, 'single_account']);
      const against = two({ ...unnamed, value: bool(false) }, { by: 'city', ...yes });
      t.equal(against.aspect('death', 'driver'), 'inconsistent', 'it may belong to the voice that it contradicts');
      t.equal(two(unnamed, { by: 'city', ...yes, stance: 'cannot_confirm' }).voices('death', 'driver'), 1, 'the other is not counted');
      t.equal(two(unnamed, { ...unnamed, by: 'otherUnnamedOfficial' }).voices('death', 'driver'), 1, 'they may be one');
      t.equal(
        two({ ...unnamed, onBehalfOf: 'bureau' }, { by: 'city', ...yes }).aspect('death', 'driver'),
        'agreed',
        'for a body it is a voice',
      );
    }
    t.equal(two({ by: 'unnamedOfficial', capacity: 'eyewitness', ...yes }, { by: 'city', ...yes }).voices('death', 'driver'), 2);
  });
  t.test('a reporter relays and is no voice, unless it is own reporting', async (t) => {
    t.equal(two({ ...relay, ...yes }, { by: 'city', ...yes }).aspect('death', 'driver'), 'single_account');
    t.equal(two({ ...relay, ...yes, ownReporting: true }, { by: 'city', ...yes }).aspect('death', 'driver'), 'agreed');
    t.equal(two({ ...relay, ...yes }, { ...relay, by: 'otherOutlet', ...yes }).voices('death', 'driver'), 0);
    t.equal(
      two({ ...relay, ...yes }, { ...relay, by: 'otherOutlet', ...yes }).aspect('death', 'driver'),
      'single_account',
      'it counts as an account',
    );
  });
  t.test('parents that a correction made into a circle are one voice, and end', async (t) => {
    t.equal(two({ by: 'snake', ...yes }, { by: 'tail', ...yes }).voices('death', 'driver'), 1);
  });
});

t.test('what is left out, and what is listed without being counted', async (t) => {
  const words = { by: 'bureau', aspect: 'death', about: 'driver', value: bool(true) };
  t.test('retracted, superseded and deprecated claims are left out', async (t) => {
    for (const events of [
      [claim('c1', words), retract('c1')],
      [claim('c1', words), rank('c1', 'deprecated')],
    ]) {
      t.equal(given(...events).aspect('death', 'driver'), 'unknown');
      t.same(given(...events).listed('death', 'driver'), []);
    }
    const replaced = given(claim('c1', words), claim('c2', { ...words, value: bool(false), replaces: 'c1' }));
    t.same([replaced.aspect('death', 'driver'), replaced.listed('death', 'driver')?.length], ['single_account', 1]);
  });
  t.test('stances that vouch for nothing, values without content and unclear quotes are listed', async (t) => {
    const uncounted: Partial<ClaimWords>[] = [
      ...(['cannot_confirm', 'no_response', 'opines', 'announces', 'retracts'] as const).map((stance) => ({ stance })),
      ...(['unknown', 'withheld', 'sealed'] as const).map((kind) => ({ value: { kind } })),
      ...(['negation_unclear', 'sense_unclear', 'attribution_unclear'] as const).map((flag) => ({ flags: [flag] })),
    ];
    for (const more of uncounted) {
      const record = given(claim('c1', { ...words, ...more }));
      t.same(
        [record.aspect('death', 'driver'), record.voices('death', 'driver'), record.listed('death', 'driver')?.length],
        ['unknown', 0, 1],
        JSON.stringify(more),
      );
    }
    const counted: Partial<ClaimWords>[] = [
      { value: none },
      ...(['machine_translated', 'quote_gone', 'source_withdrawn'] as const).map((flag) => ({ flags: [flag] })),
    ];
    for (const more of counted)
      t.equal(given(claim('c1', { ...words, ...more })).aspect('death', 'driver'), 'single_account', JSON.stringify(more));
  });
  t.test('a claim that a court decided is shown even where it is left out: rulings count for every claim not retracted', async (t) => {
    const replaced = [
      claim('c1', words),
      claim('c2', { ...words, value: bool(false), replaces: 'c1' }),
      ruling('r1', { effects: [on.claim('c1', 'contradicts')] }),
    ];
    t.same([given(...replaced).aspect('death', 'driver'), given(...replaced).listed('death', 'driver')?.length], ['decided', 2]);
    t.equal(given(...replaced, retract('c1')).aspect('death', 'driver'), 'single_account');
    const opposite = [ruling('r1', { effects: [on.claim('c1', 'contradicts')] }), ruling('r2', { effects: [on.claim('c1', 'upholds')] })];
    const differ = given(...replaced.slice(0, 2), ...opposite);
    t.same(
      [differ.aspect('death', 'driver'), differ.listed('death', 'driver')?.length],
      ['disputed', 2],
      'cases that differ count for it too',
    );
    t.equal(given(claim('c1', { ...words, stance: 'opines' }), ...opposite).aspect('death', 'driver'), 'disputed');
  });
});

t.test('texts are never compared, only what names them', async (t) => {
  const one = { by: 'bureau', about: 'driver', value: text('to ram the officers') };
  const other = (more: Partial<ClaimWords>) => ({ by: 'city', about: 'driver', value: text('to get away'), ...more });
  const relates = (as: 'supports' | 'answers' | 'about') => ({ relatesTo: [{ claim: 'c1', as }] });
  t.equal(state('force_justification', one, other({})), 'single_account');
  t.equal(state('force_justification', one, other({ value: one.value })), 'single_account', 'the same words are not enough');
  t.equal(state('force_justification', one, other({ stance: 'denies' })), 'single_account');
  t.equal(state('force_justification', one, other({ stance: 'denies', ...relates('answers') })), 'disputed');
  t.equal(state('force_justification', one, other(relates('supports'))), 'agreed');
  t.equal(state('force_justification', one, other(relates('answers'))), 'single_account');
  t.equal(
    state('force_justification', { ...one, relatesTo: [{ claim: 'c2', as: 'supports' }] }, other({})),
    'agreed',
    'either names the other',
  );
  t.equal(state('force_justification', one, other({ by: 'otherBureau', stance: 'denies', ...relates('answers') })), 'inconsistent');
});

t.test('inconsistent: a clash inside one voice, or with a relay', async (t) => {
  const no = { about: 'driver', value: bool(false) };
  const yes = { about: 'driver', value: bool(true) };
  t.equal(state('death', { by: 'bureau', ...yes }, { by: 'department', ...no }), 'inconsistent');
  t.equal(state('death', { by: 'bureau', ...yes }, { ...relay, ...no }), 'inconsistent');
  t.equal(state('death', { ...relay, ...yes }, { ...relay, by: 'otherOutlet', ...no }), 'inconsistent');
  t.equal(
    state('death', { by: 'bureau', ...yes }, { ...relay, ...no }, { by: 'city', ...no }),
    'disputed',
    'two voices clash: that holds first',
  );
});

t.test('agreed', async (t) => {
  const yes = { about: 'driver', value: bool(true) };
  t.test('on what is accusatory one of the two speaks for the party that it is about', async (t) => {
    t.equal(state('fled', { by: 'bureau', ...yes }, { by: 'city', ...yes }), 'single_account');
    t.equal(state('fled', { by: 'bureau', ...yes }, { ...lawyer, ...yes, stance: 'admits' }), 'agreed');
    t.equal(state('fled', { by: 'bureau', ...yes }, { by: 'driver', capacity: 'person_concerned', ...yes }), 'agreed');
    const concealed = (by: string) => ({ by, about: 'police', value: text('a report was held back') });
    t.equal(state('concealment', concealed('bureau'), { ...concealed('city'), relatesTo: [{ claim: 'c1', as: 'supports' }] }), 'agreed');
    t.equal(
      state('concealment', concealed('bureau'), { ...concealed('ministry'), relatesTo: [{ claim: 'c1', as: 'supports' }] }),
      'single_account',
    );
    const three = { value: number('3', 'exact', 'person') };
    t.equal(
      state('attacker_count', { by: 'bureau', ...three }, { by: 'city', ...three }),
      'single_account',
      'about nobody, so nobody concerned agrees',
    );
  });
  t.test('repeats by other outlets and within a text add no voice', async (t) => {
    const told = { about: 'driver', value: bool(true) };
    const twice = given(
      ...claims('death', { by: 'bureau', ...told, via: ['outlet'] }, { by: 'bureau', ...told, via: ['otherOutlet', 'outlet'] }),
    );
    t.same([twice.aspect('death', 'driver'), twice.voices('death', 'driver')], ['single_account', 1]);
  });
});

t.test('a counted claim that is disputed makes the state disputed, one that is not counted does not', async (t) => {
  const words = { by: 'bureau', aspect: 'death', about: 'driver', value: bool(true) };
  const disputed = dispute('d1', { claim: 'c1', by: 'city' });
  t.equal(given(claim('c1', words), disputed).aspect('death', 'driver'), 'disputed');
  t.equal(given(claim('c1', { ...words, stance: 'opines' }), disputed).aspect('death', 'driver'), 'unknown');
});

t.test('a decision comes before all but "not compared", insufficient evidence before a dispute', async (t) => {
  const effects = [on.claim('c1', 'upholds'), on.claim('c2', 'not_established')];
  const both = claims('death', { by: 'bureau', about: 'driver', value: bool(true) }, { by: 'city', about: 'driver', value: bool(false) });
  t.equal(given(...both, ruling('r1', { effects })).aspect('death', 'driver'), 'decided');
  t.equal(given(...both, ruling('r1', { effects: effects.slice(1) })).aspect('death', 'driver'), 'not_established');
  t.equal(
    given(...both, ruling('r1', { effects: [on.claim('c1', 'moots')] })).aspect('death', 'driver'),
    'disputed',
    'moot decides nothing',
  );
  const statistic = claim('c1', { by: 'bureau', aspect: 'statistic', value: number('3', 'exact', 'count') });
  t.equal(given(statistic, ruling('r1', { effects: effects.slice(0, 1) })).aspect('statistic'), 'not_compared');
});

t.test('rank orders the display and changes no state', async (t) => {
  const both = claims(
    'injury',
    { by: 'bureau', about: 'driver', value: term('leg') },
    { by: 'city', about: 'driver', value: term('head') },
  );
  const plain = given(...both);
  const ranked = given(...both, rank('c2', 'preferred'));
  t.same(ranked.listed('injury', 'driver'), [...(plain.listed('injury', 'driver') ?? [])].reverse());
  t.equal(ranked.aspect('injury', 'driver'), plain.aspect('injury', 'driver'));
});
