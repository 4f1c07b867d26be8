import t from 'tap';
import { checkChanges } from '../src/incident/check.ts';
import {
  type Change,
  concealedTexts,
  conflicts,
  type DomainEvent,
  type EventData,
  type Incident,
  listRow,
  type NewEvent,
  policy,
  type Returned,
  returning,
  standardVocabulary,
  standings,
} from '../src/index.ts';
import {
  asRead,
  bool,
  claim,
  correct,
  correctChange,
  dispute,
  documentOf,
  fold,
  type Given,
  id,
  on,
  parties,
  proceeding,
  rank,
  reinstate,
  reinstateIncident,
  reported,
  retract,
  retractIncident,
  ruling,
  tagCase,
  update,
  withdrawDispute,
} from './given.ts';

/** Two incidents: what the survivor's stream says of the things of the one that it absorbed, and what of that comes back. */

const merged: Given = { type: 'IncidentMerged', data: { into: id('incident', 'survivor'), reason: 'they are one' } };
const unmerged: Given = { type: 'IncidentUnmerged', data: { reason: 'they are two' } };
const theirs: Given[] = [
  reported,
  claim('theirs', { by: 'bureau', aspect: 'fled', about: 'driver' }),
  claim('theirOther', { by: 'city', aspect: 'death', about: 'driver' }),
  proceeding('theirCase'),
  ruling('theirRuling', { effects: [on.claim('theirOther', 'upholds')] }),
  dispute('theirDispute', { claim: 'theirs', by: 'witness' }),
  merged,
];
const ours: Given[] = [reported, claim('ours', { by: 'city', aspect: 'fled', about: 'driver' })];

const follows = (revision: number) => ({ from: id('incident', 'absorbed'), revision });
const absorbed: Given = { type: 'IncidentAbsorbed', data: { ...follows(theirs.length - 1), via: null } };
const released: Given = { type: 'IncidentReleased', data: follows(theirs.length) };

/** The survivor's events, with what it absorbs beside them. Log positions follow on those of the other stream. */
const survivor = (...events: Given[]): DomainEvent[] =>
  asRead([...ours, ...events], 'survivor').map((event) => {
    const placed = { ...event, position: event.position + 100n };
    return placed.type === 'IncidentAbsorbed' ? { ...placed, absorbed: asRead(theirs, 'absorbed') } : placed;
  });
const standingOf = (state: Incident, name: string) => standings(state, parties, tagCase).get(id('claim', name))?.standing;

t.test('one record: its rules, its counts and its list hold what was absorbed', async (t) => {
  const state = fold(survivor(absorbed, claim('later', { by: 'office', aspect: 'death', about: 'driver' })));
  const shown = documentOf(state);
  t.same(shown.mergedFrom, [id('incident', 'absorbed')]);
  t.equal(shown.revision, 3, 'the merge is an event of its record');
  t.same(
    shown.claims.map(({ id: of, incidentId, addedAtRevision }) => [of, incidentId, addedAtRevision]),
    [
      [id('claim', 'ours'), id('incident', 'survivor'), 1],
      [id('claim', 'theirs'), id('incident', 'absorbed'), 1],
      [id('claim', 'theirOther'), id('incident', 'absorbed'), 2],
      [id('claim', 'later'), id('incident', 'survivor'), 3],
    ],
  );
  t.same(
    [shown.disputes, shown.proceedings, shown.rulings].map((entries) => entries.map(({ incidentId }) => incidentId)),
    [[id('incident', 'absorbed')], [id('incident', 'absorbed')], [id('incident', 'absorbed')]],
  );
  t.match(listRow(shown).counts, { claims: 4, disputes: 1, rulings: 1 });
  t.match(shown.aspects, [
    { aspect: 'fled', state: 'disputed', voices: 2 },
    { aspect: 'death', state: 'decided' },
  ]);
});

t.test('what stands on the survivor about an absorbed thing works as on its own stream', async (t) => {
  const changes: Given[] = [
    withdrawDispute('theirDispute'),
    correct('theirs', { value: bool(false) }),
    dispute('d1', { claim: 'theirs', by: 'city', counterClaim: 'ours' }),
    ruling('r1', { effects: [on.ruling('theirRuling', 'reverses'), on.proceeding('theirCase', 'dismissed')] }),
    rank('theirOther', 'deprecated'),
    update('theirCase', 'closed', '2030-01-01'),
  ];
  const shared = fold(survivor(absorbed, ...changes));
  const alone = fold(asRead([...theirs.slice(0, -1), ...changes], 'absorbed'));
  for (const name of ['theirs', 'theirOther']) {
    t.match(
      standings(shared, parties, tagCase).get(id('claim', name)),
      { ...standings(alone, parties, tagCase).get(id('claim', name)) },
      name,
    );
  }
  t.equal(standingOf(shared, 'theirs'), 'disputed');
  t.equal(standingOf(shared, 'theirOther'), 'deprecated', 'the ruling that upheld it is reversed');
  t.equal(documentOf(shared).proceedings[0]?.status, documentOf(alone).proceedings[0]?.status);
});

t.test('an absorbed thing stands after what was there and before what came later, in its own order', async (t) => {
  const reverses = ruling('r1', { on: '2026-01-01', effects: [on.ruling('theirRuling', 'reverses')] });
  t.equal(standingOf(fold(survivor(absorbed, reverses)), 'theirOther'), 'standing');
  const [own, theirFirst, theirSecond, later] = [...fold(survivor(absorbed, claim('later', { by: 'city' }))).claims.values()].map(
    ({ place }) => place,
  );
  t.ok(own !== undefined && theirFirst !== undefined && theirSecond !== undefined && later !== undefined);
  t.ok((own ?? 0) < (theirFirst ?? 0) && (theirFirst ?? 0) < (theirSecond ?? 0) && (theirSecond ?? 0) < (later ?? 0));
});

t.test('a claim made meanwhile that names nothing stays, also where a dispute that leaves rests on it', async (t) => {
  const rests = dispute('d1', { claim: 'theirs', by: 'witness', counterClaim: 'denial' });
  const state = fold(survivor(absorbed, claim('denial', { by: 'witness', stance: 'denies' }), rests, released));
  t.same([...state.claims.keys()], [id('claim', 'ours'), id('claim', 'denial')]);
  t.equal(state.disputes.size, 0);
});

t.test('it writes no key that an edit rests on; letting go writes those of what goes', async (t) => {
  const before = survivor(absorbed);
  const state = fold(before);
  const change = { kind: 'rank_claim', claim: id('claim', 'theirs'), rank: 'normal', reason: 'so' } as const;
  const own = { ...change, claim: id('claim', 'ours') };
  t.same(conflicts(state, [own], 1), [], 'an edit from before the merge goes in');
  const after = fold(survivor(absorbed, released));
  t.match(conflicts(after, [change], 2), [{ type: 'IncidentReleased', revision: 3 }]);
  t.same(conflicts(after, [own], 2), []);
});

t.test('once it is let go all is as before, but for what the survivor has said of its own', async (t) => {
  const about: Given[] = [
    dispute('d1', { claim: 'theirs', by: 'city' }),
    claim('replaces', { by: 'bureau', replaces: 'theirs' }),
    ruling('r1', { effects: [on.claim('theirs', 'contradicts')] }),
    correct('theirs', { value: bool(false) }, [id('ruling', 'r1')]),
    dispute('inferred', { claim: 'ours', inferred: true, counterClaim: 'theirs' }),
  ];
  const own: Given[] = [claim('own', { by: 'office' }), dispute('d2', { claim: 'ours', by: 'office' }), retract('own')];
  const content = (state: Incident) => {
    const { revision: _, recordedAt: __, ...rest } = documentOf(state);
    // Events in between move the revisions of what comes later.
    return JSON.parse(JSON.stringify(rest, (key, value) => (/[rR]evision|recordedAt/.test(key) ? undefined : value)));
  };
  t.same(content(fold(survivor(absorbed, ...about, ...own, released))), content(fold(survivor(...own))));
  t.same(content(fold(survivor(absorbed, ...own, ...about, released))), content(fold(survivor(...own))));
});

t.test('what names things of both stays, without the names of what went', async (t) => {
  const both: Given[] = [
    claim('answers', {
      by: 'office',
      relatesTo: [
        { claim: 'theirs', as: 'answers' },
        { claim: 'ours', as: 'answers' },
      ],
    }),
    ruling('r1', { effects: [on.claim('theirs', 'contradicts'), on.claim('ours', 'upholds')] }),
  ];
  const state = fold(survivor(absorbed, ...both, released));
  t.match(documentOf(state), {
    claims: [
      { id: id('claim', 'ours'), standing: 'upheld' },
      { id: id('claim', 'answers'), relatesTo: [{ claim: id('claim', 'ours') }] },
    ],
    rulings: [{ effects: [{ claim: id('claim', 'ours') }] }],
  });
  t.equal(documentOf(state).rulings[0]?.effects.length, 1);
});

/** The incident's own stream after its merge was taken back, with what the survivor returns. */
const after = (events: DomainEvent[]) => {
  const back = returning(events, { from: id('incident', 'absorbed'), command: '00000000-0000-5000-8000-000000000000', edit: 7 });
  const state = fold(asRead([...theirs, unmerged, ...(back as unknown as Given[])], 'absorbed'));
  return { back, state };
};
const headOf = ([first]: readonly NewEvent[]): EventData<'ChangesReturned'> => {
  if (first?.type !== 'ChangesReturned') throw new Error('nothing comes back');
  return first.data;
};
const madeBy = (back: readonly NewEvent[]): Map<string, string> => new Map(headOf(back).made.map(({ id: now, was }) => [was, now]));

t.test('what was said of the incident comes back with new ids, and says where it stood', async (t) => {
  const events = survivor(
    absorbed,
    claim('own', { by: 'office' }),
    claim('denial', { by: 'witness', stance: 'denies' }),
    dispute('d1', { claim: 'theirs', by: 'witness', counterClaim: 'denial' }),
    ruling('r1', { effects: [on.claim('theirOther', 'contradicts'), on.claim('ours', 'upholds')] }),
    correct('theirOther', { statement: 'It says this.' }),
    dispute('d2', { claim: 'theirOther', by: 'office', counterClaim: 'ours' }),
    dispute('inferred', { claim: 'theirs', inferred: true, counterClaim: 'ours' }),
    rank('ours', 'deprecated'),
    rank('theirs', 'preferred'),
  );
  const { back, state } = after(events);
  t.same(
    back.map(({ type, edit }) => [type, edit]),
    ['ChangesReturned', 'ClaimAdded', 'ClaimDisputed', 'CourtRulingRecorded', 'ClaimCorrected', 'ClaimDisputed', 'ClaimRanked'].map(
      (type) => [type, 7],
    ),
  );
  t.match(back[0]?.data, { from: id('incident', 'survivor'), through: 11, revisions: [4, 5, 6, 7, 8, 11] });
  const made = madeBy(back);
  t.same(
    [...made.keys()],
    [id('claim', 'denial'), id('dispute', 'd1'), id('ruling', 'r1'), id('correction', 'theirOther statement'), id('dispute', 'd2')],
  );
  t.notOk(
    [...made].some(([was, now]) => was === now),
    'no id stands in two streams',
  );
  t.match(state.disputes.get(made.get(id('dispute', 'd1')) ?? '')?.dispute, {
    claim: id('claim', 'theirs'),
    counterClaim: made.get(id('claim', 'denial')),
  });
  t.equal(state.disputes.get(made.get(id('dispute', 'd2')) ?? '')?.dispute.counterClaim, null, 'what stays is not named');
  t.same(
    state.rulings.get(made.get(id('ruling', 'r1')) ?? '')?.ruling.effects.map(({ claim: named }) => named),
    [id('claim', 'theirOther')],
  );
  t.equal(state.status, 'published');
  t.equal(standingOf(state, 'theirs'), 'disputed');
  t.equal(state.claims.get(id('claim', 'theirs'))?.rank, 'preferred');
  t.equal(standingOf(state, 'theirOther'), 'disputed', 'its ruling upholds, another case contradicts');
});

t.test('more than an append takes comes in several, each once and in order', async (t) => {
  const from = id('incident', 'absorbed');
  const events = survivor(
    absorbed,
    ...[1, 2, 3, 4, 5].map((number) => dispute(`d${number}`, { claim: 'theirs', by: 'witness' })),
    withdrawDispute('d1'),
  );
  const all: NewEvent[] = [];
  let before: Returned = { after: -1, made: [], at: new Map() };
  for (let round = 0; round < 9; round += 1) {
    const command = `00000000-0000-5000-8000-00000000000${round}`;
    const part = returning(events, { from, command, edit: null, before, most: 700 });
    if (part.length <= 1) break;
    const { through, made } = headOf(part);
    before = { ...before, after: through, made: [...before.made, ...made] };
    all.push(...part);
  }
  const state = fold(asRead([...theirs, unmerged, ...(all as unknown as Given[])], 'absorbed'));
  t.ok(all.filter(({ type }) => type === 'ChangesReturned').length > 2);
  t.same(
    [...state.disputes.values()].map(({ withdrawn }) => withdrawn),
    [false, true, false, false, false, false],
  );
});

t.test('a correction on the survivor conceals what the other stream says', async (t) => {
  const concealing = correct('theirs', { statement: 'The driver left.' });
  const events = survivor(absorbed, { ...concealing, data: { ...concealing.data, conceal: true } } as Given);
  t.same(concealedTexts(events), [{ stream: id('incident', 'absorbed'), revision: 1, pointer: '/claim/statement' }]);
});

t.test('a fold that is not told what was absorbed shows nothing of it, and takes the rest', async (t) => {
  const state = fold(asRead([...ours, absorbed, dispute('d1', { claim: 'theirs', by: 'city' }), released], 'survivor'));
  t.equal(state.recordRevision, 4);
  t.same([...state.claims.keys()], [id('claim', 'ours')]);
});

/** What the incident says of its own things, before it is merged. */
const withOwn = (...events: Given[]): DomainEvent[] => asRead([...theirs.slice(0, -1), ...events, merged], 'absorbed');
/** The survivor beside that other stream. */
const survivorOf = (other: DomainEvent[], ...events: Given[]): DomainEvent[] => {
  const absorbs: Given = { type: 'IncidentAbsorbed', data: { ...follows(other.length - 1), via: null } };
  return survivor(absorbs, ...events).map((event) => (event.type === 'IncidentAbsorbed' ? { ...event, absorbed: other } : event));
};

t.test('what changes of the two streams say of themselves is told apart, though their revisions are the same', async (t) => {
  const [ours1, theirs1] = [id('claim', 'ours'), id('claim', 'theirs')];
  // Both streams have at revision 6 a rank, and at 7 a correction of its reason.
  const other = withOwn(rank('theirs', 'deprecated'), correctChange(6, theirs1, { reason: 'theirs is duller' }));
  const own = [
    rank('ours', 'normal'),
    rank('ours', 'normal'),
    rank('ours', 'deprecated'),
    correctChange(6, ours1, { reason: 'ours is duller' }),
  ];
  const events = survivorOf(other, claim('more', { by: 'city' }), ...own);
  const reasons = (state: Incident) => documentOf(state).claims.map(({ rankReason }) => rankReason);
  t.same(reasons(fold(events)).slice(0, 2), ['ours is duller', 'theirs is duller']);
  const again = fold(survivorOf(other, claim('more', { by: 'city' }), ...own, rank('theirs', 'normal')));
  t.match(documentOf(again).corrections, [{ target: ours1, ofRevision: 6, incidentId: id('incident', 'survivor') }]);
  t.equal(documentOf(again).corrections.length, 1, 'that of theirs went with the rank that it corrected');
  const last = fold(survivorOf(other, claim('more', { by: 'city' }), ...own, rank('ours', 'normal')));
  t.match(documentOf(last).corrections, [{ target: theirs1, ofRevision: 6, incidentId: id('incident', 'absorbed') }]);
  t.equal(documentOf(last).corrections.length, 1);
  const retracted = fold(survivorOf(withOwn(retract('theirs')), reinstate('theirs')));
  t.match(documentOf(retracted).claims[1], { standing: 'disputed', retraction: null });
});

t.test('an edit of the survivor corrects words of its own events, and is told where others are corrected', async (t) => {
  const claimId = id('claim', 'theirs');
  const other = withOwn(retract('theirs'));
  const state = fold(survivorOf(other, rank('theirs', 'deprecated')));
  const { retraction } = documentOf(state).claims[1] ?? {};
  t.match(retraction, { revision: 6, incidentId: id('incident', 'absorbed') });
  const sent = (revision: number): Change => {
    const data = correctChange(revision, claimId, { reason: 'it was entered twice' }).data;
    return { kind: 'correct_change', ...data } as Change;
  };
  const facts = {
    vocabulary: standardVocabulary,
    policy,
    parties,
    privacyReviewed: () => false,
    sources: () => undefined,
    incidents: () => undefined,
  };
  t.same(checkChanges(state, [sent(3)], facts), []);
  const [problem] = checkChanges(state, [sent(6)], facts);
  t.match(problem, { code: 'InvalidChange', pointer: '/changes/0/revision' });
  t.match(problem?.message, `what the events of ${id('incident', 'absorbed')}, which is merged into this incident`);
});

t.test('own words that were corrected on the survivor leave it, and come back as they stand', async (t) => {
  const claimId = id('claim', 'theirs');
  const said: Given[] = [
    retract('theirs'),
    correctChange(3, claimId, { reason: 'it was entered twice', replacedBy: id('claim', 'ours') }),
    correct('theirOther', { statement: 'It says this.' }),
    correctChange(5, id('correction', 'theirOther statement'), { reason: 'for another reason' }),
    rank('ours', 'deprecated'),
    correctChange(7, id('claim', 'ours'), { reason: 'ours alone' }),
  ];
  const events = survivor(absorbed, ...said);
  const { back, state } = after(events);
  t.same(
    back.map(({ type }) => type),
    ['ChangesReturned', 'ClaimRetracted', 'ClaimCorrected'],
  );
  t.match(state.claims.get(claimId)?.retraction, { reason: 'it was entered twice', replacedBy: null });
  t.match(state.corrections, [{ reason: 'for another reason', incident: id('incident', 'absorbed') }]);
  const left = fold(survivor(absorbed, ...said, released));
  t.match(documentOf(left).corrections, [{ target: id('claim', 'ours'), ofRevision: 7 }]);
  t.equal(left.corrections.length, 1);
  t.same([...left.own.values()].map(({ target }) => target).sort(), [id('claim', 'ours'), left.corrections[0]?.id].sort());
});

t.test('a correction of words that were returned before names where they stand now', async (t) => {
  const claimId = id('claim', 'theirs');
  const first = survivor(absorbed, retract('theirs'));
  const { back } = after(first);
  const late = survivor(absorbed, retract('theirs'), correctChange(3, claimId, { reason: 'it was entered twice' }));
  const head = headOf(back);
  // After what it had, its unmerging and the note of what comes back.
  const at = new Map(head.revisions.map((was, index) => [was, theirs.length + 2 + index]));
  const before: Returned = { after: head.through, made: head.made, at };
  const rest = returning(late, { from: id('incident', 'absorbed'), command: '00000000-0000-5000-8000-000000000001', edit: null, before });
  t.same(
    rest.map(({ type }) => type),
    ['ChangesReturned', 'ChangeCorrected'],
  );
  const all = [...theirs, unmerged, ...(back as unknown as Given[]), ...(rest as unknown as Given[])];
  t.match(documentOf(fold(asRead(all, 'absorbed'))).claims[0], { retraction: { reason: 'it was entered twice' } });
});

t.test('what replaces a thing of the survivor is not named once it has gone', async (t) => {
  const replaced = retract('ours');
  const named = { ...replaced, data: { ...replaced.data, replacedBy: id('claim', 'theirs') } } as Given;
  const state = fold(survivor(absorbed, named, released));
  t.match(documentOf(state).claims, [{ id: id('claim', 'ours'), retraction: { reason: 'recorded in error', replacedBy: null } }]);
});

t.test('a survivor that is retracted and reinstated shows again what it absorbed', async (t) => {
  const whole = survivor(absorbed, retractIncident, reinstateIncident, dispute('d1', { claim: 'theirs', by: 'city' }));
  const state = fold(whole);
  t.match(documentOf(state), { status: 'published', retraction: null, mergedFrom: [id('incident', 'absorbed')] });
  t.equal(standingOf(state, 'theirs'), 'disputed');
  t.equal(standingOf(fold(survivor(absorbed, retractIncident)), 'theirs'), 'retracted');
});

t.test("a ruling's effect on an absorbed claim is shown as applied", async (t) => {
  const state = fold(survivor(absorbed, ruling('r1', { effects: [on.claim('theirs', 'contradicts'), on.claim('ours', 'upholds')] })));
  const shown = documentOf(state).rulings.find(({ id: of }) => of === id('ruling', 'r1'));
  t.match(shown?.effects, [
    { claim: id('claim', 'theirs'), applied: true, notApplied: null },
    { claim: id('claim', 'ours'), applied: true, notApplied: null },
  ]);
});

t.test('a correction of what a change of the survivor says conceals nothing of the other stream', async (t) => {
  const target = id('claim', 'theirs');
  const concealing = correctChange(3, target, { reason: 'Another reason.' });
  const other = withOwn(retract('theirs'), reinstate('theirs'));
  const events = survivorOf(other, retract('theirs'), { ...concealing, data: { ...concealing.data, conceal: true } } as Given);
  t.same(concealedTexts(events), [{ stream: id('incident', 'survivor'), revision: 3, pointer: '/reason' }]);
});
