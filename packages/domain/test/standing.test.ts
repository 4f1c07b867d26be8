import fc from 'fast-check';
import t from 'tap';
import {
  appliedEffects,
  type DomainEvent,
  type Effect,
  judgedRulings,
  standings,
  statusesOfProceedings,
  structureOf,
} from '../src/index.ts';
import { someRecord } from './arbitrary-record.ts';
import {
  asRead,
  bool,
  claim,
  correct,
  dispute,
  given,
  id,
  on,
  parties,
  proceeding,
  rank,
  reinstate,
  retract,
  retractEntry,
  retractIncident,
  ruling,
  tagCase,
  text,
  update,
  withdrawDispute,
} from './given.ts';

const fled = claim('fled', { by: 'bureau', aspect: 'fled', about: 'driver', stance: 'alleges' });
const notEstablished = ruling('r1', { effects: [on.claim('fled', 'not_established')] });
const inForce = (of: ReturnType<typeof given>, ...names: string[]) =>
  names.filter((name) => !judgedRulings(of.state).notInForce.has(id('ruling', name)));
const status = (of: ReturnType<typeof given>, name: string) => statusesOfProceedings(of.state).get(id('proceeding', name))?.status;

t.test('a claim that nothing speaks against is standing, without marks', async (t) => {
  const record = given(fled);
  t.equal(record.standing('fled'), 'standing');
  t.same(record.marks('fled'), []);
});

t.test('rulings in force', async (t) => {
  const vacated = [fled, notEstablished, ruling('r2', { effects: [on.ruling('r1', 'vacates')] })];
  const restored = [...vacated, ruling('r3', { effects: [on.ruling('r2', 'reverses')] })];

  t.test('a ruling in force marks the claim that it names', async (t) => {
    t.equal(given(fled, notEstablished).standing('fled'), 'not_established');
  });
  t.test('one that is vacated marks nothing, and counts again when the vacatur is reversed', async (t) => {
    t.equal(given(...vacated).standing('fled'), 'standing');
    t.same(inForce(given(...vacated), 'r1', 'r2'), ['r2']);
    t.equal(given(...restored).standing('fled'), 'not_established');
    t.same(inForce(given(...restored), 'r1', 'r2', 'r3'), ['r1', 'r3']);
  });
  t.test('also disputed: the dispute shows again while the ruling is vacated, and marks hold both when it counts', async (t) => {
    const disputed = dispute('d1', { claim: 'fled', by: 'driver' });
    t.same(given(...vacated, disputed).marks('fled'), ['disputed']);
    t.equal(given(...restored, disputed).standing('fled'), 'not_established');
    t.same(given(...restored, disputed).marks('fled'), ['not_established', 'disputed']);
  });
  t.test('a stay suspends it until a ruling in force lifts that very stay', async (t) => {
    const stay = ruling('stay', { effects: [on.ruling('r1', 'stays')] });
    const otherStay = ruling('otherStay', { effects: [on.ruling('r1', 'stays')] });
    const lift = ruling('lift', { effects: [on.ruling('stay', 'lifts_stay')] });
    const vacateLift = ruling('r9', { effects: [on.ruling('lift', 'vacates')] });
    t.equal(given(fled, notEstablished, stay).standing('fled'), 'standing');
    t.equal(given(fled, notEstablished, stay, lift).standing('fled'), 'not_established');
    t.equal(given(fled, notEstablished, stay, otherStay, lift).standing('fled'), 'standing', 'the other stay holds');
    t.equal(given(fled, notEstablished, stay, lift, vacateLift).standing('fled'), 'standing', 'the lifting was vacated');
    t.equal(
      given(fled, notEstablished, stay, ruling('r9', { effects: [on.ruling('stay', 'reverses')] })).standing('fled'),
      'not_established',
    );
  });
  t.test('affirming leaves it as it is', async (t) => {
    t.equal(given(fled, notEstablished, ruling('r2', { effects: [on.ruling('r1', 'affirms')] })).standing('fled'), 'not_established');
  });
  t.test('a provisional ruling is listed and changes nothing: no claim, no ruling, no proceeding', async (t) => {
    const probableCause = ruling('r1', { effects: [on.claim('fled', 'upholds'), on.proceeding('p1', 'closed')], provisional: true });
    const record = given(fled, proceeding('p1'), probableCause);
    t.equal(record.standing('fled'), 'standing');
    t.equal(record.state.rulings.size, 1);
    t.equal(status(record, 'p1'), 'open');
    t.same(inForce(record, 'r1'), []);
    const suspended = given(fled, notEstablished, ruling('r2', { effects: [on.ruling('r1', 'stays')], provisional: true }));
    t.equal(suspended.standing('fled'), 'not_established');
  });
  t.test('a dismissal by itself has no effect on any claim', async (t) => {
    const record = given(fled, proceeding('p1'), ruling('r1', { effects: [on.proceeding('p1', 'dismissed')] }));
    t.equal(record.standing('fled'), 'standing');
    t.equal(status(record, 'p1'), 'dismissed');
  });
  t.test('retracted rulings count for nothing', async (t) => {
    t.equal(given(fled, notEstablished, retractEntry('ruling', 'r1')).standing('fled'), 'standing');
    const record = given(...vacated, retractEntry('ruling', 'r2'));
    t.equal(record.standing('fled'), 'not_established');
    t.same(inForce(record, 'r1', 'r2'), ['r1']);
  });
});

t.test('an effect applies, or it is said why not, and which ruling is the cause', async (t) => {
  const told = (of: ReturnType<typeof given>, name: string) =>
    appliedEffects(of.state, parties, tagCase)
      .get(id('ruling', name))
      ?.map((outcome) => outcome && [outcome.why, outcome.by]);
  const no = (why: string, by: string | null = null) => [[why, by === null ? null : id('ruling', by)]];
  const onFled = (name: string, effect: Effect['effect'], more: object = {}) =>
    ruling(name, { effects: [on.claim('fled', effect)], ...more });
  const onRuling = (name: string, named: string, effect: Effect['effect']) => ruling(name, { effects: [on.ruling(named, effect)] });
  const r1 = onFled('r1', 'upholds');

  t.same(told(given(fled, r1), 'r1'), [null]);
  t.same(told(given(fled, r1, retract('fled')), 'r1'), [null], 'a retracted claim still has the mark');
  t.same(told(given(fled, onFled('r1', 'upholds', { provisional: true })), 'r1'), no('provisional'));
  t.same(told(given(fled, r1, retractEntry('ruling', 'r1')), 'r1'), no('retracted'));
  for (const effect of ['reverses', 'vacates'] as const) {
    t.same(told(given(fled, r1, onRuling('r2', 'r1', effect)), 'r1'), no('struck_down', 'r2'));
    t.same(told(given(fled, r1, onRuling('r2', 'r1', effect)), 'r2'), [null]);
  }
  const stayed = [fled, r1, onRuling('r2', 'r1', 'stays')];
  t.same(told(given(...stayed), 'r1'), no('stayed', 'r2'));
  const lifted = given(...stayed, onRuling('r3', 'r2', 'lifts_stay'));
  t.same([told(lifted, 'r1'), told(lifted, 'r2'), told(lifted, 'r3')], [[null], no('stay_lifted', 'r3'), [null]]);
  t.same(told(given(...stayed, retractEntry('ruling', 'r1')), 'r2'), no('target_retracted'));
  t.same(told(given(fled, r1, correct('fled', { value: bool(false) })), 'r1'), no('detached'));
  const twoCases = given(fled, r1, onFled('r2', 'contradicts'), onFled('r3', 'upholds'));
  t.same(
    ['r1', 'r2', 'r3'].map((name) => told(twoCases, name)),
    [no('cases_differ', 'r2'), no('cases_differ', 'r1'), no('cases_differ', 'r2')],
  );
  const oneCase = ['upholds', 'contradicts'].map((effect, n) => onFled(`r${n + 1}`, effect as Effect['effect'], { caseNumber: '25-cr-1' }));
  t.same(told(given(fled, ...oneCase), 'r1'), no('overtaken', 'r2'));
  t.same(told(given(fled, ...oneCase), 'r2'), [null]);

  const dismissed = (name: string, more: object = {}) => ruling(name, { effects: [on.proceeding('p1', 'dismissed')], ...more });
  t.same(told(given(proceeding('p1'), dismissed('r1')), 'r1'), [null]);
  t.same(told(given(proceeding('p1'), dismissed('r1'), update('p1', 'reopened')), 'r1'), no('overtaken'));
  t.same(told(given(proceeding('p1'), dismissed('r1'), dismissed('r2')), 'r1'), no('overtaken', 'r2'));
  t.same(told(given(proceeding('p1'), dismissed('r1'), retractEntry('proceeding', 'p1')), 'r1'), no('target_retracted'));
});

t.test('an effect on a claim applies exactly where the mark of the claim is its own', async (t) => {
  const markOf: Record<string, string> = {
    upholds: 'upheld',
    contradicts: 'contradicted',
    not_established: 'not_established',
    moots: 'moot',
  };
  fc.assert(
    fc.property(someRecord, (events) => {
      const { state } = given(...events);
      const [applied, derived] = [appliedEffects(state, parties, tagCase), standings(state, parties, tagCase)];
      for (const [name, { ruling }] of state.rulings) {
        for (const [index, { claim, effect }] of ruling.effects.entries()) {
          if (claim === null || applied.get(name)?.[index] !== null) continue;
          if (!derived.get(claim)?.marks.some((mark) => mark === markOf[effect ?? ''])) throw new Error(`${effect} applies to ${claim}`);
        }
      }
      for (const { decidedBy } of derived.values()) {
        const effects = state.rulings.get(decidedBy?.ruling ?? '')?.ruling.effects ?? [];
        if (decidedBy && !effects.some((_, index) => applied.get(decidedBy.ruling)?.[index] === null))
          throw new Error('it decides and does not apply');
      }
    }),
  );
  t.pass();
});

t.test('an appealable ruling counts, and is subject to appeal until a final one affirms it', async (t) => {
  const appealable = ruling('r1', { effects: [on.claim('fled', 'upholds'), on.proceeding('p1', 'convicted')], appealable: true });
  const before = [fled, proceeding('p1'), appealable];
  const subject = (of: ReturnType<typeof given>) =>
    standings(of.state, parties, tagCase).get(id('claim', 'fled'))?.decidedBy?.subjectToAppeal;
  const record = given(...before);
  t.equal(record.standing('fled'), 'upheld');
  t.equal(status(record, 'p1'), 'convicted');
  t.equal(subject(record), true);
  const affirmed = (more: object = {}) => given(...before, ruling('r2', { effects: [on.ruling('r1', 'affirms')], ...more }));
  t.equal(subject(affirmed()), false);
  t.equal(subject(affirmed({ appealable: true })), true);
  t.equal(subject(affirmed({ provisional: true })), true);
  t.equal(given(...before, ruling('r2', { effects: [on.ruling('r1', 'reverses')], appealable: true })).standing('fled'), 'standing');
  t.equal(subject(given(fled, ruling('r1', { effects: [on.claim('fled', 'upholds')] }))), false, 'a final one');
});

t.test('which ruling of a case is the latest', async (t) => {
  const upheld = (name: string, words: { on?: string; caseNumber?: string } = {}) =>
    ruling(name, { effects: [on.claim('fled', 'upholds'), on.proceeding('p1', 'open')], ...words });
  const contradicted = (name: string, words: { on?: string; caseNumber?: string } = {}) =>
    ruling(name, { effects: [on.claim('fled', 'contradicts'), on.proceeding('p1', 'open')], ...words });
  const before = [fled, proceeding('p1')];

  t.test('by date, then by order in the record', async (t) => {
    t.equal(given(...before, upheld('r1', { on: '2026-05' }), contradicted('r2', { on: '2026-03-01' })).standing('fled'), 'upheld');
    t.equal(
      given(...before, upheld('r1', { on: '2026-03-01' }), contradicted('r2', { on: '2026-03-01' })).standing('fled'),
      'contradicted',
    );
  });
  t.test('two of one day by their time of day', async (t) => {
    const [morning, evening] = ['2026-03-01T09:30', '2026-03-01T18:00'];
    t.equal(given(...before, upheld('r1', { on: evening }), contradicted('r2', { on: morning })).standing('fled'), 'upheld');
    t.equal(given(...before, upheld('r1', { on: morning }), contradicted('r2', { on: evening })).standing('fled'), 'contradicted');
    t.equal(given(...before, upheld('r1', { on: evening }), contradicted('r2', { on: '2026-03-01' })).standing('fled'), 'contradicted');
    const elsewhere = [upheld('r1', { on: '2026-03-01T18:00-08:00' }), contradicted('r2', { on: '2026-03-01T20:00-05:00' })];
    t.equal(given(...before, ...elsewhere).standing('fled'), 'upheld', 'by the same clock');
  });
  t.test('where a date leaves open which is later, by order in the record', async (t) => {
    t.equal(given(...before, upheld('r1', { on: '2026-03-20' }), contradicted('r2', { on: '2026-03' })).standing('fled'), 'contradicted');
    t.equal(given(...before, upheld('r1'), contradicted('r2', { on: '2026-03' })).standing('fled'), 'contradicted');
    const three = [upheld('r1', { on: '2026-03-20' }), upheld('r2'), contradicted('r3', { on: '2026-01-01' })];
    t.equal(given(...before, ...three).standing('fled'), 'upheld', 'the third is earlier than the first for certain');
  });
  t.test(
    'a case is known by its number, else by the proceeding, through those that it continues, else it is the ruling alone',
    async (t) => {
      const numbered = given(...before, upheld('r1', { caseNumber: '25-cr-1' }), contradicted('r2', { caseNumber: '25-cr-1' }));
      t.same(numbered.marks('fled'), ['contradicted']);
      const twoNumbers = given(...before, upheld('r1', { caseNumber: '25-cr-1' }), contradicted('r2', { caseNumber: '25-cv-2' }));
      t.same(twoNumbers.marks('fled'), ['disputed']);
      const appeal = ruling('r2', { effects: [on.claim('fled', 'contradicts'), on.proceeding('p3', 'closed')] });
      const chain = [proceeding('p2', { continues: 'p1' }), proceeding('p3', { continues: 'p2' })];
      t.same(given(...before, ...chain, upheld('r1'), appeal).marks('fled'), ['contradicted']);
      const apart = [proceeding('p3')];
      t.same(given(...before, ...apart, upheld('r1'), appeal).marks('fled'), ['disputed']);
      const alone = ruling('r2', { effects: [on.claim('fled', 'contradicts')] });
      t.same(given(...before, upheld('r1'), alone).marks('fled'), ['disputed']);
    },
  );
  t.test('a number is known in every spelling, and in forms of before, at its court', async (t) => {
    const upholds = (words: Parameters<typeof ruling>[1] | object) => ruling('r1', { effects: [on.claim('fled', 'upholds')], ...words });
    const contradicts = (words: object) => ruling('r2', { effects: [on.claim('fled', 'contradicts')], ...words });
    const marks = (...events: Parameters<typeof given>) => given(fled, ...events).marks('fled');
    const [oneCase, twoCases] = [['contradicted'], ['disputed']];
    const number = { caseNumber: '3:20-cv-00021' };
    const spelled = { caseNumber: 'Case No. 3:20-CV-21-GFVT-EBA' };
    const older = { ...number, inTheOpen: true };
    t.same(marks(upholds(number), contradicts(spelled)), oneCase);
    t.same(marks(upholds(older), contradicts(spelled)), oneCase);
    t.same(marks(upholds(number), contradicts({ ...spelled, inTheOpen: true })), oneCase);
    t.same(marks(upholds(older), contradicts({ ...spelled, inTheOpen: true })), oneCase);
    t.same(marks(upholds(number), contradicts({ caseNumber: '3:20-cv-00022' })), twoCases);
    const elsewhere = contradicts({ caseNumber: '14-1490', court: 'appealCourt' });
    t.same(marks(upholds({ caseNumber: '14-1490' }), elsewhere), twoCases, 'two courts give one number to two cases');
    t.same(marks(upholds({ caseNumber: '14-1490', court: null }), elsewhere), oneCase, 'only one court has it here');
    const third = ruling('r3', { effects: [on.claim('fled', 'contradicts')], caseNumber: '14-1490' });
    t.same(marks(upholds({ caseNumber: '14-1490', court: null }), elsewhere, third), twoCases, 'it could be that of either court');
    const withdrawn = [third, retractEntry('ruling', 'r3')];
    t.same(marks(upholds({ caseNumber: '14-1490', court: null }), elsewhere, ...withdrawn), oneCase, 'what was retracted does not count');
  });
  t.test('a ruling without a number has that of its proceeding', async (t) => {
    const onProceeding = (words: object = {}) =>
      ruling('r2', { effects: [on.claim('fled', 'contradicts'), on.proceeding('p1', 'closed')], ...words });
    const numbered = ruling('r1', { effects: [on.claim('fled', 'upholds')], caseNumber: '25-CR-001' });
    const marks = (...events: Parameters<typeof given>) => given(fled, ...events).marks('fled');
    t.same(marks(proceeding('p1', { caseNumber: '25-cr-1' }), numbered, onProceeding()), ['contradicted']);
    t.same(marks(proceeding('p1', { caseNumber: '25-cr-1', inTheOpen: true }), numbered, onProceeding()), ['contradicted']);
    t.same(marks(proceeding('p1', { caseNumber: '25-cr-1', forum: null }), numbered, onProceeding()), ['contradicted']);
    t.same(marks(proceeding('p1', { caseNumber: '25-cr-1', forum: 'appealCourt' }), numbered, onProceeding()), ['disputed']);
    t.same(marks(proceeding('p1', { caseNumber: '25-cr-2' }), numbered, onProceeding()), ['disputed']);
    const chain = [proceeding('p0', { caseNumber: '25-cr-1' }), proceeding('p1', { continues: 'p0', caseNumber: 'A-7' })];
    t.same(marks(...chain, numbered, onProceeding()), ['contradicted'], 'the first of its chain');
  });
  t.test('the number is erased, and the case remains; a correction of the number is another case', async (t) => {
    const number = { caseNumber: '25-cr-1' };
    const events = [
      ruling('r1', { effects: [on.claim('fled', 'upholds')], ...number }),
      ruling('r2', { effects: [on.claim('fled', 'contradicts')], ...number }),
    ];
    const corrected = (caseNumber: string, tag: string | null) => ({
      type: 'EntryCorrected' as const,
      data: {
        id: id('correction', 'number'),
        target: id('ruling', 'r2'),
        fields: ['caseNumber' as const],
        set: { caseNumber, case: tag },
        basis: 'source' as const,
        conceal: false,
        reason: 'misread',
        citations: [],
      },
    });
    const without = events.map((event) => structureOf({ ...asRead([event])[0] } as DomainEvent) as unknown as (typeof events)[number]);
    t.notMatch(JSON.stringify(without.map(({ data }) => data)), 'caseNumber');
    t.same(given(fled, ...without.map(({ type, data }) => ({ type, data }) as (typeof events)[number])).marks('fled'), ['contradicted']);
    t.same(given(fled, ...events, corrected('25-cr-2', tagCase('25-cr-2'))).marks('fled'), ['disputed']);
    t.same(given(fled, ...events, corrected('25-CR-01', tagCase('25-CR-01'))).marks('fled'), ['contradicted']);
  });
  t.test('retracted proceedings count for nothing: they join no rulings to one case', async (t) => {
    const appeal = ruling('r2', { effects: [on.claim('fled', 'contradicts'), on.proceeding('p2', 'closed')] });
    const joined = [
      fled,
      proceeding('p0'),
      proceeding('p1', { continues: 'p0' }),
      proceeding('p2', { continues: 'p0' }),
      upheld('r1'),
      appeal,
    ];
    t.same(given(...joined).marks('fled'), ['contradicted']);
    t.same(given(...joined, retractEntry('proceeding', 'p0')).marks('fled'), ['disputed']);
    t.same(given(...before, upheld('r1'), contradicted('r2'), retractEntry('proceeding', 'p1')).marks('fled'), ['disputed']);
  });
  t.test('proceedings that continue each other in a circle are one case, and end', async (t) => {
    const circle = [proceeding('p1', { continues: 'p2' }), proceeding('p2', { continues: 'p1' })];
    const other = ruling('r2', { effects: [on.claim('fled', 'contradicts'), on.proceeding('p2', 'closed')] });
    t.same(given(fled, ...circle, upheld('r1'), other).marks('fled'), ['contradicted']);
  });
  t.test('cases that agree leave their mark, cases that differ leave only disputed', async (t) => {
    const one = (effect: 'upholds' | 'contradicts') => ruling('r1', { effects: [on.claim('fled', effect)] });
    const two = ruling('r2', { effects: [on.claim('fled', 'upholds')] });
    t.same(given(fled, one('upholds'), two).marks('fled'), ['upheld']);
    t.same(given(fled, one('contradicts'), two).marks('fled'), ['disputed']);
    t.equal(given(fled, one('contradicts'), two).standing('fled'), 'disputed');
  });
  t.test('a ruling that is no longer in force leaves the case to the one before', async (t) => {
    const record = given(...before, upheld('r1'), contradicted('r2'), ruling('r3', { effects: [on.ruling('r2', 'vacates')] }));
    t.same(record.marks('fled'), ['upheld']);
  });
});

t.test('every effect on a claim has its mark', async (t) => {
  for (const [effect, mark] of [
    ['upholds', 'upheld'],
    ['contradicts', 'contradicted'],
    ['not_established', 'not_established'],
    ['moots', 'moot'],
  ] as const) {
    t.equal(given(fled, ruling('r1', { effects: [on.claim('fled', effect)] })).standing('fled'), mark);
  }
});

t.test('retracted: the claim, or its incident', async (t) => {
  t.equal(given(fled, retract('fled')).standing('fled'), 'retracted');
  t.equal(given(fled, retract('fled'), reinstate('fled')).standing('fled'), 'standing');
  t.equal(given(fled, retractIncident).standing('fled'), 'retracted');
});

t.test('superseded', async (t) => {
  const newer = claim('newer', { by: 'bureau', aspect: 'fled', about: 'driver', value: bool(false), replaces: 'fled' });
  const takenBack = claim('newer', { by: 'bureau', aspect: 'fled', about: 'driver', stance: 'retracts', replaces: 'fled' });
  t.equal(given(fled, newer).standing('fled'), 'superseded');
  t.equal(given(fled, newer).standing('newer'), 'standing');
  t.equal(given(fled, takenBack).standing('fled'), 'superseded');
  t.equal(given(fled, newer, retract('newer')).standing('fled'), 'standing', 'a retracted claim replaces nothing');
});

t.test('deprecated is a rank, preferred and normal are no marks', async (t) => {
  t.equal(given(fled, rank('fled', 'deprecated')).standing('fled'), 'deprecated');
  t.equal(given(fled, rank('fled', 'preferred')).standing('fled'), 'standing');
  t.equal(given(fled, rank('fled', 'deprecated'), rank('fled', 'normal')).standing('fled'), 'standing');
});

t.test('disputed', async (t) => {
  const counter = claim('counter', {
    by: 'lawyer',
    onBehalfOf: 'driver',
    capacity: 'lawyer',
    aspect: 'fled',
    about: 'driver',
    stance: 'denies',
  });
  t.equal(given(fled, dispute('d1', { claim: 'fled', by: 'driver' })).standing('fled'), 'disputed');
  t.equal(given(fled, dispute('d1', { claim: 'fled', by: null })).standing('fled'), 'disputed', 'by somebody not named');
  t.test('not by the voice of the claim itself', async (t) => {
    t.equal(given(fled, dispute('d1', { claim: 'fled', by: 'department' })).standing('fled'), 'standing');
    t.equal(given(fled, dispute('d1', { claim: 'fled', by: 'otherBureau' })).standing('fled'), 'standing');
    const relayed = claim('fled', { by: 'outlet', capacity: 'reporter', aspect: 'fled', about: 'driver' });
    t.equal(given(relayed, dispute('d1', { claim: 'fled', by: 'outlet' })).standing('fled'), 'standing');
    t.equal(given(relayed, dispute('d1', { claim: 'fled', by: 'otherOutlet' })).standing('fled'), 'disputed');
  });
  t.test('an inferred dispute marks both claims, a stated one only the claim that it names', async (t) => {
    const both = { claim: 'fled', counterClaim: 'counter' };
    const inferred = given(fled, counter, dispute('d1', { ...both, inferred: true }));
    t.same([inferred.standing('fled'), inferred.standing('counter')], ['disputed', 'disputed']);
    const byOwnVoice = given(fled, counter, dispute('d1', { ...both, inferred: true, by: 'bureau' }));
    t.same([byOwnVoice.standing('fled'), byOwnVoice.standing('counter')], ['disputed', 'disputed']);
    const stated = given(fled, counter, dispute('d1', { ...both, by: 'passenger' }));
    t.same([stated.standing('fled'), stated.standing('counter')], ['disputed', 'standing']);
  });
  t.test('until it is withdrawn or retracted', async (t) => {
    const disputed = dispute('d1', { claim: 'fled', by: 'driver' });
    t.equal(given(fled, disputed, withdrawDispute('d1')).standing('fled'), 'standing');
    t.equal(given(fled, disputed, retractEntry('dispute', 'd1')).standing('fled'), 'standing');
    const two = given(fled, disputed, dispute('d2', { claim: 'fled', by: 'passenger' }), withdrawDispute('d1'));
    t.equal(two.standing('fled'), 'disputed');
  });
});

t.test('corrected: what the claim says, not its language and citations', async (t) => {
  t.equal(given(fled, correct('fled', { statement: 'The bureau says that the driver fled.' })).standing('fled'), 'corrected');
  t.equal(given(fled, correct('fled', { value: bool(false) })).standing('fled'), 'corrected');
  t.equal(given(fled, correct('fled', { saidAt: '2026-01-15' })).standing('fled'), 'corrected');
  t.equal(given(fled, correct('fled', { lang: 'es' })).standing('fled'), 'standing');
  t.equal(given(fled, correct('fled', { flags: [] })).standing('fled'), 'standing');
});

t.test('what a correction detached counts for nothing, what it carried stays', async (t) => {
  const disputed = dispute('d1', { claim: 'fled', by: 'driver' });
  const toFalse = (carry: string[]) => correct('fled', { value: bool(false) }, carry);
  const nothingCarried = given(fled, disputed, notEstablished, toFalse([]));
  t.same(nothingCarried.marks('fled'), ['corrected']);
  const ruledOn = given(fled, disputed, notEstablished, toFalse([id('ruling', 'r1')]));
  t.same(ruledOn.marks('fled'), ['not_established', 'corrected']);
  const both = given(fled, disputed, notEstablished, toFalse([id('ruling', 'r1'), id('dispute', 'd1')]));
  t.same(both.marks('fled'), ['not_established', 'disputed', 'corrected']);
});

t.test('the standing is the first mark, in this order: retracted, the court, superseded, deprecated, disputed, corrected', async (t) => {
  const newer = claim('newer', { by: 'bureau', aspect: 'fled', about: 'driver', replaces: 'fled' });
  const events = [
    fled,
    correct('fled', { statement: 'The bureau says that the driver fled.' }),
    dispute('d1', { claim: 'fled', by: 'driver' }),
    rank('fled', 'deprecated'),
    newer,
    ruling('r1', { effects: [on.claim('fled', 'contradicts')] }),
    retract('fled'),
  ];
  const order = ['standing', 'corrected', 'disputed', 'deprecated', 'superseded', 'contradicted', 'retracted'];
  for (const [index, mark] of order.entries()) t.equal(given(...events.slice(0, index + 1)).standing('fled'), mark);
  t.same(given(...events).marks('fled'), order.slice(1).reverse());
});

t.test('a ruling decides what the speaker said: contradicting a denial leaves the mark on the denial alone', async (t) => {
  const denial = claim('denial', {
    by: 'lawyer',
    onBehalfOf: 'driver',
    capacity: 'lawyer',
    aspect: 'fled',
    about: 'driver',
    stance: 'denies',
  });
  const record = given(fled, denial, ruling('r1', { effects: [on.claim('denial', 'contradicts')] }));
  t.equal(record.standing('denial'), 'contradicted');
  t.equal(record.standing('fled'), 'standing');
});

t.test('the status of a proceeding is the last by date, then by order in the record', async (t) => {
  const dismissed = ruling('r1', { effects: [on.proceeding('p1', 'dismissed')], on: '2026-03-01' });
  t.equal(status(given(proceeding('p1')), 'p1'), 'open');
  t.equal(status(given(proceeding('p1'), update('p1', 'pending')), 'p1'), 'pending');
  t.equal(status(given(proceeding('p1', { on: '2026-02' }), update('p1', 'announced', '2025-12')), 'p1'), 'open', 'the update is older');
  t.equal(status(given(proceeding('p1', { on: '2026-01' }), dismissed, update('p1', 'pending', '2026-02-01')), 'p1'), 'dismissed');
  t.equal(status(given(proceeding('p1'), dismissed, update('p1', 'closed', '2026-04')), 'p1'), 'closed');
  t.test('effects of rulings not in force do not count', async (t) => {
    const vacated = ruling('r2', { effects: [on.ruling('r1', 'vacates')] });
    t.equal(status(given(proceeding('p1'), dismissed, vacated), 'p1'), 'open');
  });
});

t.test('what texts say plays no part', async (t) => {
  const other = claim('other', { by: 'bureau', aspect: 'intent', about: 'driver', value: text('to flee') });
  t.equal(given(other, correct('other', { value: text('to hide') })).standing('other'), 'corrected');
  t.equal(
    given(other, correct('other', { value: text('to flee') })).standing('other'),
    'corrected',
    'which fields are named counts, not what they hold',
  );
});
