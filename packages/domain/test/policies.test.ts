import t from 'tap';
import {
  adoptPolicy,
  codeVersions,
  commandId,
  countOf,
  type DomainEvent,
  type EventData,
  evolvePolicy,
  initialPolicy,
  type NewEvent,
  needed,
  type PolicyRules,
  policyAt,
  policyIn,
  policyNow,
  policyRules,
  policyStream,
  policyThen,
  proposePolicy,
  type Result,
  refuseMachine,
  rejectPolicy,
  standardVocabulary,
} from '../src/index.ts';
import { type Body, claim, factsOf, partyId, scene } from './scene.ts';

const personOf = (subject: string) => subject.replace(/\d$/, '');
const command = (key: string) => commandId({ subject: 'ann', method: 'POST', path: '/v1/policy/proposals', key });
const code = codeVersions.at(-1)?.rules as PolicyRules;
const rulesWith = (approvals: Partial<PolicyRules['approvals']>): PolicyRules => ({
  ...code,
  approvals: { ...code.approvals, ...approvals },
});

/** What was proposed and adopted, one after the other; `at`: the position of the next event. */
const told = () => {
  const state = initialPolicy();
  let at = 100n;
  const run = (actor: string, decided: Result<NewEvent[]>) => {
    if (!decided.ok) return decided.error.code;
    for (const { type, data } of decided.value) {
      const revision = state.streamRevision + 1;
      const place = { stream: policyStream, revision, position: at, command: `c${revision}`, request: null, edit: null };
      evolvePolicy(state, {
        ...place,
        type,
        data,
        actor,
        recordedAt: `2026-12-0${Math.min(revision, 9)}T12:00:00Z`,
      } as unknown as DomainEvent);
      at += 1n;
    }
    return decided.value.map(({ type }) => type).join();
  };
  return {
    state,
    last: () => [...state.proposals.keys()].at(-1) ?? '',
    propose: (actor: string, rules: PolicyRules, key = `${actor} ${at}`) =>
      run(actor, proposePolicy(state, { command: command(key), rules, reason: 'We learned' })),
    adopt: (actor: string, id: string) => run(actor, adoptPolicy(state, { id, actor, personOf })),
    reject: (actor: string, id: string) => run(actor, rejectPolicy(state, { id, reason: 'No' })),
  };
};

t.test('the versions that were code are data that the schema takes, and come first', async (t) => {
  for (const { rules } of codeVersions) t.same(policyRules.parse(rules), rules);
  const s = told();
  t.equal(policyNow(s.state).version, 4, 'also before anything is written');
  t.equal(s.propose('ann', rulesWith({ usual: 2 })), 'PolicyNoted,PolicyNoted,PolicyNoted,PolicyNoted,PolicyProposed');
  t.equal(s.propose('ann', rulesWith({ usual: 3 })), 'PolicyProposed', 'once');
  t.same(
    s.state.versions.map(({ version, rules, position }) => [version, rules, position]),
    codeVersions.map(({ version, rules }) => [version, rules, null]),
  );
  t.equal(policyNow(s.state).version, 4, 'a proposal changes nothing');
});

t.test('rules are in force once another admin has approved them, by person, and no earlier', async (t) => {
  const s = told();
  t.equal(s.propose('ann', code), 'PolicyState', 'those that hold need not be proposed');
  s.propose('ann', rulesWith({ usual: 2 }));
  const [first] = [s.last()];
  s.propose('ben', rulesWith({ usual: 3 }));
  const second = s.last();
  t.equal(s.adopt('ann', first), 'SelfApproval');
  t.equal(s.adopt('ann2', first), 'SelfApproval', 'another subject of that person');
  t.equal(s.adopt('ben', 'policy_none'), 'NotFound');
  t.equal(s.adopt('ben', first), 'PolicyAdopted');
  t.equal(s.adopt('cid', first), 'PolicyState', 'it is closed');
  t.equal(s.adopt('ann', second), 'PolicyState', 'that one is stale');
  t.equal(s.reject('ben', second), 'PolicyRejected', 'who made it takes it back');
  t.equal(s.reject('cid', second), 'PolicyState');
  t.match(policyNow(s.state), { version: 5, proposal: first, rules: { approvals: { usual: 2 } } });
  const adopted = policyNow(s.state).position ?? 0n;
  t.same(
    [adopted - 1n, adopted, adopted + 1n].map((position) => policyAt(s.state, position).version),
    [4, 5, 5],
  );
  t.same(
    ['2026-11-21T00:00:00Z', '2026-11-25T00:00:00Z', '2026-11-30T00:00:00Z', '2026-12-31T00:00:00Z'].map(
      (time) => policyThen(s.state, time)?.version ?? null,
    ),
    [null, 1, 4, 5],
  );
  t.match(s.state.proposals.get(first), { by: 'ann', state: 'adopted', closed: { by: 'ben' } });
});

t.test('an edit takes the greatest number of all that holds of it, and says for what', async (t) => {
  const reasons = [
    { approvals: 2, words: 'it is one thing' },
    { approvals: 3, words: 'it is another' },
    { approvals: 3, words: 'it is a third' },
  ];
  t.same(countOf(code, reasons), { needed: 3, why: 'Three approvals: it is another, it is a third.' });
  t.same(countOf(rulesWith({ usual: 4 }), reasons), { needed: 4, why: 'Four approvals: every edit needs as many.' });
  t.same(countOf(code, []), { needed: 1, why: 'One approval: nothing in it needs a second reviewer.' });
});

t.test('stricter rules bind what is open, laxer ones only what is submitted under them', async (t) => {
  const s = scene();
  s.published(claim('a'));
  s.submit([{ kind: 'retract_claim', claim: s.id('a'), reason: 'It § was wrong' }]);
  const version = s.state.edits.get(s.last())?.versions.at(-1) ?? { changes: [], position: 0n };
  const positionOf = (rules: PolicyRules[], from: bigint) => {
    const state = initialPolicy();
    for (const [index, one] of rules.entries())
      state.versions.push({
        version: 5 + index,
        rules: one,
        position: from + BigInt(index),
        since: '2026-12-01T00:00:00Z',
        proposal: null,
      });
    return needed(policyIn(state, standardVocabulary), version, { ...factsOf(s.facts), record: s.state });
  };
  const { kinds } = code.approvals;
  const [strict, lax] = [rulesWith({ kinds: { ...kinds, retract_claim: 3 } }), rulesWith({ kinds: { ...kinds, retract_claim: 1 } })];
  const later = version.position + 1n;
  t.same(positionOf([], later), { needed: 2, why: 'Two approvals: it retracts a claim.' });
  t.same(positionOf([strict], later), { needed: 3, why: 'Three approvals: it retracts a claim.' });
  t.same(positionOf([lax], later), {
    needed: 2,
    why: 'Two approvals: it retracts a claim, under version 4 of the policy, with which it was submitted.',
  });
  t.match(positionOf([strict, lax], later), { needed: 2 }, 'of what held in between nothing counts');
  t.match(positionOf([lax], version.position), { needed: 1 }, 'what is submitted under laxer ones');
});

t.test('every kind of change and every aspect can take more', async (t) => {
  const rules = {
    ...code,
    approvals: { ...code.approvals, kinds: { add_claim: 4 }, holds: { ...code.approvals.holds, accusatoryAspect: 3 } },
  };
  const ask = (more: Body, rules: PolicyRules) => {
    const s = scene();
    s.published(claim('a', more));
    const changes = s.state.edits.get(1)?.versions.at(-1)?.changes ?? [];
    const state = { versions: [{ version: 5, rules, position: null, since: '2026-12-01T00:00:00Z', proposal: null }] };
    return needed(policyIn(state, standardVocabulary), { changes }, factsOf(s.facts));
  };
  t.match(ask({}, rules), { needed: 4, why: 'Four approvals: it adds a claim.' });
  t.match(
    ask(
      { aspect: 'attacker_count', value: { kind: 'quantity', value: '2', unit: 'person', comparator: 'exact' }, about: partyId('driver') },
      {
        ...rules,
        approvals: { ...rules.approvals, kinds: {} },
      },
    ),
    { needed: 3, why: 'Three approvals: it accuses somebody.' },
  );
});

t.test('what a machine may submit is a list of kinds, and takes at least as many approvals as the rules say', async (t) => {
  const machines = (kinds: string[] | null, approvals: number): PolicyRules => ({ ...code, machines: { kinds, approvals } });
  const changes = [{ kind: 'add_claim' }, { kind: 'retract_claim' }];
  t.equal(refuseMachine(machines(null, 2), changes), null);
  t.equal(refuseMachine(machines(['retract_claim', 'add_claim'], 2), changes), null);
  t.match(refuseMachine(machines(['add_claim', 'add_citation'], 2), changes), {
    error: { code: 'MachineKinds', detail: /add_claim, add_citation/, errors: [{ pointer: '/changes/1', message: /retract_claim/ }] },
  });
  t.match(refuseMachine(machines([], 2), changes), { error: { detail: /submits nothing/, errors: [{}, {}] } });
  const s = scene();
  s.published(claim('a'));
  const version = s.state.edits.get(1)?.versions.at(-1) ?? { changes: [], position: 0n };
  const need = (machine: boolean) => {
    const state = { versions: [{ version: 5, rules: machines(null, 2), position: null, since: '2026-12-01T00:00:00Z', proposal: null }] };
    return needed(policyIn(state, standardVocabulary), { ...version, machine }, factsOf(s.facts));
  };
  t.match(need(true), { needed: 2, why: 'Two approvals: a machine submitted it.' });
  t.match(need(false), { needed: 1 });
});

t.test('an edit of an author with few applied or many rejected edits takes one approval more', async (t) => {
  const asking = (authors: Partial<PolicyRules['authors']>): PolicyRules => ({ ...code, authors: { ...code.authors, ...authors } });
  const reason = { approvals: 2, words: 'it is one thing' };
  const few = asking({ applied: 5 });
  t.match(countOf(few, [], { applied: 4, rejected: 0 }), {
    needed: 2,
    why: 'Two approvals: one more, as its author has fewer than 5 applied edits.',
  });
  t.match(countOf(few, [reason], { applied: 0, rejected: 0 }), {
    needed: 3,
    why: 'Three approvals: it is one thing, one more, as its author has fewer than 5 applied edits.',
  });
  t.match(countOf(few, [], { applied: 5, rejected: 100 }), { needed: 1 });
  t.match(countOf(few, [], null), { needed: 1 }, 'of whom nothing is known');
  t.match(
    countOf({ ...few, approvals: { ...few.approvals, usual: 5 } }, [], { applied: 0, rejected: 0 }),
    { needed: 5 },
    'no more than five',
  );
  const many = asking({ rejectedPercent: 25, decided: 8 });
  t.match(countOf(many, [], { applied: 6, rejected: 2 }), { needed: 1 });
  t.match(countOf(many, [], { applied: 5, rejected: 3 }), { needed: 2, why: /more than 25 % of the decided edits/ });
  t.match(countOf(many, [], { applied: 0, rejected: 7 }), { needed: 1 }, 'too few are decided');
});

t.test('rules are of one shape, and no number is beyond reach', async (t) => {
  for (const bad of [
    { ...code, more: 1 },
    { ...code, approvals: { ...code.approvals, usual: 0 } },
    { ...code, approvals: { ...code.approvals, usual: 6 } },
    { ...code, approvals: { ...code.approvals, kinds: { no_kind: 2 } } },
    { ...code, dueHours: { urgent: 4, high: 72 } },
    { ...code, openEdits: 0 },
  ])
    t.notOk(policyRules.safeParse(bad).success);
  const typed: EventData<'PolicyNoted'>['rules'] = code;
  t.ok(typed);
});
