import t from 'tap';
import { commandId, derivedId, editBody, needed, policy, resolveChanges } from '../src/index.ts';
import { addClaim, type Body, citations, factsOf, incidentId, partyId, text, world } from './scene.ts';

const command = commandId({ subject: 'ann', method: 'POST', path: '/', key: 'policy' });
const need = (...sent: Body[]) => {
  const { changes } = editBody.parse({ baseRevision: 1, rationale: '§', changes: sent });
  const resolved = resolveChanges(changes, { command, editCommand: command, pointer: '/changes', sourceText: () => text });
  if (!resolved.ok) throw new Error(resolved.error.detail);
  return needed(policy, resolved.value.changes, factsOf(world()).parties);
};
const id = {
  claim: derivedId('claim', command, 'x'),
  dispute: derivedId('dispute', command, 'x'),
  ruling: derivedId('ruling', command, 'x'),
  proceeding: derivedId('proceeding', command, 'x'),
};
const reason = { reason: '§' };
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
    'a merge': { kind: 'merge_incident', into: incidentId('other'), ...reason },
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
    'a claim of a person who is public': addClaim('c', { speaker: partyId('mayor') }),
    'a dispute that somebody states': dispute,
    'a proceeding': proceeding,
    'a citation': { kind: 'add_citation', claim: id.claim, citations },
    'a correction': { kind: 'correct_claim', claim: id.claim, set: { lang: 'es' }, citations, ...reason },
    'a corrected proceeding': { kind: 'correct_entry', target: id.proceeding, set: { status: 'closed' }, citations, ...reason },
    'a rank': { kind: 'rank_claim', claim: id.claim, rank: 'deprecated', ...reason },
    'a reinstated claim': { kind: 'reinstate_claim', claim: id.claim, ...reason },
    'a withdrawn dispute': { kind: 'withdraw_dispute', dispute: id.dispute, ...reason },
  };
  for (const [name, change] of Object.entries(cases)) t.match(need(change), { needed: 1, why: /^One approval/ }, name);
});
