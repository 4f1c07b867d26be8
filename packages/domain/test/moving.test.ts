import t from 'tap';
import { type DomainEvent, receiving, structureOf } from '../src/index.ts';
import { asRead, claim, correct, documentOf, fold, type Given, id, rank, reported } from './given.ts';
import { type Body, citations, claim as claimBody, incidentId, outcome, partyId, proposal, type Scene, scene } from './scene.ts';

/** A claim of the wrong incident goes to another one: what is asked of it, and what follows there. */

const published = (...claims: Body[]): Scene => {
  const s = scene();
  s.published(claimBody('c1'), ...claims);
  return s;
};
const move = (claim: string, more: Body = {}): Body => ({
  kind: 'move_claim',
  claim,
  to: incidentId('other'),
  reason: 'It is § of the other',
  ...more,
});

t.test('a claim is moved by two, and is retracted here', async (t) => {
  const s = published();
  s.submit([move(s.id('c1'))]);
  t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'EditApproved');
  t.equal(outcome(s.vote(2, 'approve', 'reviewer2')), 'EditApproved EditApplied ClaimMoved');
  t.match(s.state.claims.get(s.id('c1')), {
    retracted: true,
    retraction: { reason: 'It is § of the other', replacedBy: null },
    movedTo: { incident: incidentId('other'), claim: /^claim_/ },
  });
  t.equal(outcome(s.submit([{ kind: 'reinstate_claim', claim: s.id('c1'), reason: 'It is ours' }])), 'RecordState /changes/0/claim');
  t.equal(outcome(s.submit([move(s.id('c1'))])), 'RecordState /changes/0/claim', 'it goes once');
});

t.test('it is moved to another incident that is published', async (t) => {
  const s = published();
  const to = (name: string) => outcome(s.submit([move(s.id('c1'), { to: incidentId(name) })]));
  t.equal(to('this'), 'InvalidChange /changes/0/to');
  t.equal(to('unpublished'), 'InvalidChange /changes/0/to');
  t.equal(to('none'), 'InvalidChange /changes/0/to');
  t.equal(to('merged'), 'RecordState /changes/0/to');
  t.equal(outcome(s.submit([move(partyId('x').replace('party', 'claim'))])), 'InvalidChange /changes/0/claim');
});

t.test('what is said of it here does not stay behind', async (t) => {
  const s = published(claimBody('c2', { speaker: partyId('city') }));
  const dispute = (ref: string): Body => ({
    kind: 'dispute_claim',
    ref,
    claim: s.id('c1'),
    by: partyId('city'),
    basis: 'stated',
    grounds: 'No §',
    citations,
  });
  s.submit([move(s.id('c1'))]);
  s.applied(dispute('d1'));
  t.equal(outcome(s.submit([move(s.id('c1'))])), 'ClaimNamed /changes/0/claim');
  t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'ClaimNamed /changes/0/claim', 'nor where it comes while the edit waits');
  s.applied({ kind: 'withdraw_dispute', dispute: s.id('d1'), reason: 'Settled §' });
  t.equal(outcome(s.vote(2, 'approve', 'reviewer')), 'EditApproved');
  const effects = [{ claim: s.id('c2'), effect: 'upholds', citations }];
  s.applied({ kind: 'record_ruling', ref: 'r1', finality: 'final', basis: 'report', summary: 'It §', citations, effects });
  t.equal(outcome(s.submit([move(s.id('c2'))])), 'ClaimNamed /changes/0/claim');
  s.applied({ kind: 'retract_entry', target: s.id('r1'), reason: 'Not of § it' });
  t.equal(outcome(s.submit([move(s.id('c2'))])), 'EditSubmitted');
});

t.test('an edit that corrects or disputes it meanwhile is outdated', async (t) => {
  const s = published();
  const base = s.state.recordRevision;
  s.applied(move(s.id('c1')));
  const correction: Body = { kind: 'correct_claim', claim: s.id('c1'), set: { lang: 'es' }, basis: 'editorial', reason: 'It is § Spanish' };
  t.equal(outcome(s.submit([correction], { base })), 'EditOutdated');
});

t.test('what it is about a claim has to go before it', async (t) => {
  const s = published();
  s.applied({ kind: 'add_claim', claim: claimBody('c2', { stance: 'retracts', replaces: s.id('c1') }) });
  t.equal(outcome(s.submit([move(s.id('c2'))])), 'InvalidChange /changes/0/claim');
  t.equal(outcome(s.submit([move(s.id('c2')), move(s.id('c1'))])), 'InvalidChange /changes/0/claim', 'not after it');
  t.equal(outcome(s.submit([move(s.id('c1')), move(s.id('c2'))])), 'EditSubmitted');
});

t.test('a time by the clocks of the incident is told by the same clocks there', async (t) => {
  const s = scene();
  const zone = (timeZone: string | null) => s.facts.incidents.set(incidentId('other'), { status: 'published', timeZone });
  s.propose({
    ...proposal([claimBody('c1', { saidAt: '2026-01-14T09:00' })]),
    occurred: { date: '2026-01-14', timeZone: 'America/Chicago' },
  });
  s.approve(1);
  const sent = () => outcome(s.submit([move(s.id('c1'))]));
  zone('America/New_York');
  t.equal(sent(), 'InvalidChange /changes/0/claim');
  zone(null);
  t.equal(sent(), 'InvalidChange /changes/0/claim');
  zone('America/Chicago');
  t.equal(sent(), 'EditSubmitted');
});

const moved = (name: string, received: string): Given => ({
  type: 'ClaimMoved',
  data: { claim: id('claim', name), to: id('incident', 'other'), received: id('claim', received), reason: 'of the other' },
});
/** What follows on the other incident of the last event of this one. */
const follows = (events: readonly DomainEvent[], next = 7) => {
  const last = events.findLast((event) => event.type === 'ClaimMoved');
  if (last?.type !== 'ClaimMoved') throw new Error('nothing is moved');
  return receiving({ own: events, origin: events }, last, next);
};
const here = (...more: Given[]) => asRead([reported, claim('c1', { by: 'bureau', aspect: 'fled', about: 'driver' }), ...more], 'here');

t.test('it comes as it stands, with its rank, what was corrected, and where it came from', async (t) => {
  const [received, ...rest] = follows(here(correct('c1', { statement: 'He ran.' }), rank('c1', 'deprecated'), moved('c1', 'there')));
  t.same(rest, []);
  t.match(received, {
    type: 'ClaimReceived',
    edit: null,
    data: {
      from: id('incident', 'here'),
      was: id('claim', 'c1'),
      rank: 'deprecated',
      corrected: ['statement'],
      claim: { statement: 'He ran.' },
    },
  });
  if (received?.type !== 'ClaimReceived') throw new Error('it does not come');
  const shown = documentOf(fold(asRead([reported, received], 'other')));
  t.match(shown.claims, [
    {
      id: id('claim', 'there'),
      incidentId: id('incident', 'other'),
      standing: 'deprecated',
      marks: ['deprecated', 'corrected'],
      movedTo: null,
      movedFrom: { incident: id('incident', 'here'), claim: id('claim', 'c1') },
    },
  ]);
  const left = documentOf(fold(here(moved('c1', 'there'))));
  t.match(left.claims, [
    {
      standing: 'retracted',
      retraction: { reason: 'of the other' },
      movedTo: { incident: id('incident', 'other'), claim: id('claim', 'there') },
    },
  ]);
});

t.test('of the claims that it names, those are named that went there too', async (t) => {
  const relatesTo = [
    { claim: 'c1', as: 'supports' as const },
    { claim: 'stays', as: 'supports' as const },
  ];
  const second = claim('c2', { by: 'bureau', aspect: 'fled', about: 'driver', relatesTo, replaces: 'stays' });
  const [received] = follows(
    here(claim('stays', { by: 'bureau', aspect: 'fled', about: 'driver' }), second, moved('c1', 'there'), moved('c2', 'thereToo')),
  );
  t.match(received, {
    data: { claim: { id: id('claim', 'thereToo'), replaces: null, relatesTo: [{ claim: id('claim', 'there'), as: 'supports' }] } },
  });
});

t.test('what was erased or kept from the public does not come back with it', async (t) => {
  const at = { revision: 1, pointer: '/claim/statement' };
  const decision = id('erasure', 'one');
  const restricted: Given = { type: 'TextRestricted', data: { items: [at], reasonCode: 'court_order', decision } };
  const [, rest] = follows(here(restricted, moved('c1', 'there')), 7);
  t.match(rest, { type: 'TextRestricted', data: { reasonCode: 'court_order', decision } });
  if (rest?.type !== 'TextRestricted') throw new Error('it is shown');
  t.ok(rest.data.items.some(({ revision, pointer }) => revision === 7 && pointer === '/claim/statement'));
  const released: Given = { type: 'TextReleased', data: { items: [at], decision } };
  t.equal(follows(here(restricted, released, moved('c1', 'there'))).length, 1);
  const [bare] = follows(here(moved('c1', 'there')).map(structureOf));
  t.match(bare, { data: { claim: { statement: undefined } } });
});
