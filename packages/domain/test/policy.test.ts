import fc from 'fast-check';
import t from 'tap';
import { commandId, derivedId, editBody, needed, policy, resolveChanges } from '../src/index.ts';
import { tagCase } from './given.ts';
import { addClaim, type Body, citations, claim, factsOf, incidentId, partyId, type Scene, scene, text, world } from './scene.ts';

const command = commandId({ subject: 'ann', method: 'POST', path: '/', key: 'policy' });
const need = (...sent: Body[]) => {
  const { changes } = editBody.parse({ baseRevision: 1, rationale: '§', changes: sent });
  const resolved = resolveChanges(changes, { command, editCommand: command, pointer: '/changes', sourceText: () => text, tagCase });
  if (!resolved.ok) throw new Error(resolved.error.detail);
  return needed(policy, resolved.value, factsOf(world()));
};
const id = {
  claim: derivedId('claim', command, 'x'),
  dispute: derivedId('dispute', command, 'x'),
  ruling: derivedId('ruling', command, 'x'),
  proceeding: derivedId('proceeding', command, 'x'),
};
const reason = { reason: 'The § reason why' };
const dispute = { kind: 'dispute_claim', claim: id.claim, basis: 'stated', by: partyId('city'), grounds: '§', citations };
const ruling = {
  kind: 'record_ruling',
  finality: 'final',
  basis: 'report',
  summary: '§',
  citations,
  effects: [{ claim: id.claim, effect: 'upholds', citations }],
};
const proceeding = { kind: 'open_proceeding', type: 'charge', title: '§', status: 'open', citations };

t.test('two approvals', async (t) => {
  const witness = partyId('witness');
  const cases: Record<string, Body> = {
    'a ruling': ruling,
    'a retracted claim': { kind: 'retract_claim', claim: id.claim, ...reason },
    'a retracted entry': { kind: 'retract_entry', target: id.dispute, ...reason },
    'a retracted incident': { kind: 'retract_incident', ...reason },
    'a reinstated incident': { kind: 'reinstate_incident', ...reason },
    'a reinstated entry': { kind: 'reinstate_entry', target: id.dispute, ...reason },
    'a corrected reason': { kind: 'correct_change', target: id.claim, revision: 4, set: { reason: 'Another § reason' }, ...reason },
    'a merge': { kind: 'merge_incident', into: incidentId('other'), ...reason },
    'a reinstated claim': { kind: 'reinstate_claim', claim: id.claim, ...reason },
    'a merge taken back': { kind: 'unmerge_incident', ...reason },
    'an inferred dispute': { ...dispute, basis: 'inferred', by: null, counterClaim: id.claim },
    'a dispute corrected to an inferred one': {
      kind: 'correct_entry',
      target: id.dispute,
      set: { basis: 'inferred' },
      citations,
      ...reason,
    },
    'a corrected ruling': { kind: 'correct_entry', target: id.ruling, set: { decidedOn: '2026' }, citations, ...reason },
    'a private person who speaks': addClaim('c', { speaker: witness }),
    'a private person spoken of': addClaim('c', { about: witness }),
    'a private person spoken for': addClaim('c', { onBehalfOf: witness }),
    'a private person as the value': addClaim('c', { aspect: 'shooter', value: { kind: 'party', value: witness } }),
    'a private person who relays': addClaim('c', { via: [witness] }),
    'an age': addClaim('c', { aspect: 'age', value: { kind: 'quantity', value: '30', unit: 'year', comparator: 'range', upper: '39' } }),
    'a race or ethnicity': addClaim('c', { aspect: 'race_or_ethnicity', value: { kind: 'text', value: '§' } }),
    'a gender': addClaim('c', { aspect: 'gender', value: { kind: 'unknown' } }),
    'a mental condition': addClaim('c', { aspect: 'mental_condition', value: { kind: 'text', value: '§' } }),
    'an identification': addClaim('c', { aspect: 'identification', value: { kind: 'text', value: '§' } }),
    'a correction to such an aspect': { kind: 'correct_claim', claim: id.claim, set: { aspect: 'gender' }, citations, ...reason },
    'a private person who disputes': { ...dispute, by: witness },
    'a private person charged': { ...proceeding, against: witness },
    'a private person in a correction': { kind: 'correct_claim', claim: id.claim, set: { speaker: witness }, citations, ...reason },
    'a private person in a corrected proceeding': {
      kind: 'correct_entry',
      target: id.proceeding,
      set: { against: witness },
      citations,
      ...reason,
    },
  };
  for (const [name, change] of Object.entries(cases))
    t.match(need(addClaim('a'), change), { needed: 2, why: /^Two approvals: it .*\.$/ }, name);
  t.equal(need(ruling, { ...dispute, by: partyId('witness') }).why, 'Two approvals: it records a ruling, it uses a private person.');
});

t.test('one approval', async (t) => {
  const cases: Record<string, Body> = {
    'a claim': addClaim('c'),
    'a claim about a private described role': addClaim('c', { about: partyId('driver') }),
    'a claim of a person whom reviewers held to be public': addClaim('c', { speaker: partyId('mayor') }),
    'a dispute that somebody states': dispute,
    'a proceeding': proceeding,
    'a citation': { kind: 'add_citation', claim: id.claim, citations },
    'a correction': { kind: 'correct_claim', claim: id.claim, set: { lang: 'es' }, citations, ...reason },
    'a corrected proceeding': { kind: 'correct_entry', target: id.proceeding, set: { status: 'closed' }, citations, ...reason },
    'a rank': { kind: 'rank_claim', claim: id.claim, rank: 'deprecated', ...reason },
    'a withdrawn dispute': { kind: 'withdraw_dispute', dispute: id.dispute, ...reason },
  };
  for (const [name, change] of Object.entries(cases)) t.match(need(change), { needed: 1, why: /^One approval/ }, name);
});

/** How many approvals these changes need on the record of a scene, and why. */
const needs = (s: Scene, ...changes: Body[]) => {
  const submitted = s.submit(changes);
  if (!submitted.ok) throw new Error(`${submitted.error.detail} ${JSON.stringify(submitted.error.errors)}`);
  const version = s.state.edits.get(s.last())?.versions.at(-1);
  return needed(policy, version ?? { changes: [] }, { ...factsOf(s.facts), record: s.state });
};
const made = (ref: string, kind: string, more: Body): Body => ({ kind, ref, ...more });
const court = { court: partyId('court') };

/** A record with a claim about a private person, one of a city, and an inferred dispute, a proceeding and a ruling of their own. */
const protectedRecord = () => {
  const s = scene();
  s.published(
    claim('person', { about: partyId('witness') }),
    claim('city', { about: null, speaker: partyId('city') }),
    claim('other', { about: null, aspect: 'fled' }),
    claim('judged', { aspect: 'fled' }),
  );
  s.applied(
    made('stated', 'dispute_claim', { ...dispute, ref: 'stated', claim: s.id('city') }),
    made('personal', 'dispute_claim', { ...dispute, ref: 'personal', claim: s.id('person') }),
    made('inferred', 'dispute_claim', {
      ...dispute,
      ref: 'inferred',
      claim: s.id('city'),
      basis: 'inferred',
      by: null,
      counterClaim: s.id('other'),
    }),
    made('proceeding', 'open_proceeding', { ...proceeding, ref: 'proceeding' }),
    made('charge', 'open_proceeding', { ...proceeding, ref: 'charge', against: partyId('witness') }),
    made('ruling', 'record_ruling', {
      ...ruling,
      ...court,
      ref: 'ruling',
      effects: [{ claim: s.id('judged'), effect: 'upholds', citations }],
    }),
  );
  return s;
};
const correction = (kind: string, target: Body, set: Body, more: Body = {}): Body => ({
  kind,
  ...target,
  set,
  citations,
  ...reason,
  ...more,
});

t.test('what an edit touches counts: taking back needs as many as doing', async (t) => {
  const cases: Record<string, (s: Scene) => Body> = {
    'a correction of a claim about a private person': (s) => correction('correct_claim', { claim: s.id('person') }, { lang: 'es' }),
    'its dispute': (s) => ({ ...dispute, claim: s.id('person') }),
    'its counter-claim': (s) => ({ ...dispute, claim: s.id('city'), counterClaim: s.id('person') }),
    'a proceeding on it': (s) => ({ ...proceeding, claims: [s.id('person')] }),
    'its rank': (s) => ({ kind: 'rank_claim', claim: s.id('person'), rank: 'deprecated', ...reason }),
    'a citation of it': (s) => ({ kind: 'add_citation', claim: s.id('person'), citations }),
    'a claim that answers it': (s) => addClaim('x', { relatesTo: [{ claim: s.id('person'), as: 'answers' }] }),
    'a claim that replaces it': (s) => addClaim('x', { replaces: s.id('person') }),
    'a correction that relates to it': (s) =>
      correction('correct_claim', { claim: s.id('city') }, { relatesTo: [{ claim: s.id('person'), as: 'about' }] }),
    'a withdrawal of a dispute of it': (s) => ({ kind: 'withdraw_dispute', dispute: s.id('personal'), ...reason }),
    'a correction of a dispute of it': (s) => correction('correct_entry', { target: s.id('personal') }, { grounds: '§' }),
    'a correction of the incident that holds it': () => correction('correct_incident', {}, { title: '§' }),
    'a withdrawal of an inferred dispute': (s) => ({ kind: 'withdraw_dispute', dispute: s.id('inferred'), ...reason }),
    'an inferred dispute corrected to a stated one': (s) =>
      correction('correct_entry', { target: s.id('inferred') }, { basis: 'stated', by: partyId('city') }),
    'an update of a charge against a private person': (s) => ({
      kind: 'update_proceeding',
      proceeding: s.id('charge'),
      on: '2026',
      status: 'dismissed',
      citations,
    }),
    'a proceeding that continues one': (s) => ({ ...proceeding, continues: s.id('charge') }),
    'a correction that detaches a ruling': (s) =>
      correction('correct_claim', { claim: s.id('judged') }, { stance: 'alleges' }, { carry: [s.id('ruling')] }),
    'a correction of a ruling': (s) => correction('correct_entry', { target: s.id('ruling') }, { decidedOn: '2026' }),
  };
  for (const [name, change] of Object.entries(cases)) {
    const s = protectedRecord();
    t.match(needs(s, change(s)), { needed: 2, why: /^Two approvals: it .*\.$/ }, name);
  }
});

t.test('what it does not touch does not', async (t) => {
  const cases: Record<string, (s: Scene) => Body> = {
    'a claim on the same incident': () => addClaim('x'),
    'a dispute of another claim': (s) => ({ ...dispute, claim: s.id('city') }),
    'its withdrawal': (s) => ({ kind: 'withdraw_dispute', dispute: s.id('stated'), ...reason }),
    'a correction of words of a claim that a ruling names': (s) => correction('correct_claim', { claim: s.id('judged') }, { lang: 'es' }),
    'an update of a proceeding': (s) => ({
      kind: 'update_proceeding',
      proceeding: s.id('proceeding'),
      on: '2026',
      status: 'closed',
      citations,
    }),
  };
  for (const [name, change] of Object.entries(cases)) {
    const s = protectedRecord();
    t.match(needs(s, change(s)), { needed: 1 }, name);
  }
});

t.test('a person is held for private until reviewers have approved of the contrary', async (t) => {
  const s = scene();
  s.facts.reviewed.clear();
  s.published(claim('c1', { about: partyId('mayor') }));
  t.match(s.state.edits.get(1)?.votes, [{ needed: 2, policy: 4 }, { needed: 2 }]);
  t.match(needs(s, { kind: 'rank_claim', claim: s.id('c1'), rank: 'deprecated', ...reason }), {
    needed: 2,
    why: 'Two approvals: it touches what names a person whose privacy nobody has reviewed.',
  });
  s.facts.reviewed.add(partyId('mayor'));
  t.match(needs(s, { kind: 'rank_claim', claim: s.id('c1'), rank: 'deprecated', ...reason }), { needed: 1 });
});

t.test('votes that were cast under the first version keep what they recorded', async (t) => {
  const s = scene();
  s.published(claim('c1', { about: partyId('witness') }));
  s.submit([{ kind: 'rank_claim', claim: s.id('c1'), rank: 'deprecated', ...reason }]);
  const vote = { version: 1, reason: null, needed: 1, policy: 1, despiteComments: null };
  s.append([{ type: 'EditApproved', edit: 2, data: vote }], { command, actor: 'reviewer' });
  t.match(s.vote(2, 'approve', 'reviewer2'), { ok: true });
  t.match(s.state.edits.get(2), {
    state: 'applied',
    votes: [
      { needed: 1, policy: 1 },
      { needed: 2, policy: 4 },
    ],
  });
});

t.test('no change that touches a claim about a private person gets by with one approval, whatever came before', async () => {
  const claims = ['person', 'city', 'other'] as const;
  const ranks = fc.constantFrom('preferred', 'normal', 'deprecated');
  const steps = fc.oneof(
    fc.record({ on: fc.constantFrom(...claims), rank: ranks }).map(
      ({ on, rank }) =>
        (s: Scene): Body => ({ kind: 'rank_claim', claim: s.id(on), rank, ...reason }),
    ),
    fc.constantFrom(...claims).map(
      (on) =>
        (s: Scene): Body => ({ ...dispute, claim: s.id(on) }),
    ),
    fc.constantFrom(...claims).map(
      (on) =>
        (s: Scene): Body => ({ kind: 'retract_claim', claim: s.id(on), ...reason }),
    ),
    fc.constantFrom(...claims).map(
      (on) =>
        (s: Scene): Body => ({ kind: 'reinstate_claim', claim: s.id(on), ...reason }),
    ),
    fc.record({ on: fc.constantFrom(...claims), about: fc.constantFrom(null, partyId('witness'), partyId('driver')) }).map(
      ({ on, about }) =>
        (s: Scene): Body =>
          correction('correct_claim', { claim: s.id(on) }, { about }, { carry: [...(s.state.namedBy.get(s.id(on)) ?? [])] }),
    ),
    fc.record({ on: fc.constantFrom(...claims), lang: fc.constantFrom('en', 'es') }).map(
      ({ on, lang }) =>
        (s: Scene): Body =>
          correction('correct_claim', { claim: s.id(on) }, { lang }),
    ),
    fc.constant((s: Scene): Body => ({ kind: 'withdraw_dispute', dispute: [...s.state.disputes.keys()].at(-1) ?? id.dispute, ...reason })),
    fc.constant((): Body => correction('correct_incident', {}, { title: 'Another §' })),
  );
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 12 }), (sequence) => {
      const s = scene();
      s.published(
        claim('person', { about: partyId('witness') }),
        claim('city', { about: null, speaker: partyId('city') }),
        claim('other', { aspect: 'fled' }),
      );
      const isPersonal = (claimId: string) => s.state.claims.get(claimId)?.claim.about === partyId('witness');
      for (const step of sequence) {
        const change = step(s);
        const disputed = s.state.disputes.get(String(change.dispute))?.dispute.claim;
        const touches = [change.claim, disputed].some((one) => typeof one === 'string' && isPersonal(one));
        const whole = change.kind === 'correct_incident' && [...s.state.claims.keys()].some(isPersonal);
        if (!s.submit([change]).ok) continue;
        s.vote(s.last(), 'approve', 'reviewer');
        const edit = s.state.edits.get(s.last());
        if ((touches || whole) && edit?.state === 'applied') throw new Error(`one approved ${JSON.stringify(change)}`);
        s.vote(s.last(), 'approve', 'reviewer2');
      }
    }),
  );
});
