import fc from 'fast-check';
import { catalogue, type NewEvent, type Result } from '../src/index.ts';
import { type Body, citations, claim, incidentId, partyId, proposal, type Scene, scene } from './scene.ts';

/** Sessions of several people on one incident: mostly sensible, often not. Everything follows from the numbers, so that fast-check can shrink. */

/** Answers one of the things offered, by chance. */
type Pick = <T>(...offered: readonly T[]) => T;
/** Chance that follows from a seed alone (mulberry32). */
const picker = (seed: number): Pick => {
  let state = seed;
  return <T>(...offered: readonly T[]): T => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    const number = ((mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed) >>> 0;
    return offered[(number >>> 3) % offered.length] as T;
  };
};

const refs = ['a', 'b', 'c', 'd'];
const foreign = (prefix: string) => `${prefix}_00000000000000000000000000`;
const oneOf = (ids: Iterable<string>, prefix: string, pick: Pick): string => {
  const known = [...ids];
  const any = known.length === 0 ? foreign(prefix) : pick(...known);
  return pick(any, any, any, any, any, any, any, any, pick(...refs), foreign(prefix));
};

const everybody = ['department', 'bureau', 'city', 'outlet', 'court', 'judge', 'driver', 'witness', 'mayor'];
const party = (pick: Pick) => partyId(pick(...everybody, ...everybody, 'nobody'));
const reason = { reason: 'The § reason why' };

const someValue = (pick: Pick): Body =>
  pick<() => Body>(
    () => ({ aspect: 'vehicle_motion', value: { kind: 'boolean', value: pick(true, false) } }),
    () => ({ aspect: 'weapon', value: { kind: 'term', value: pick('tool', 'blade', 'stick') } }),
    () => ({ aspect: 'intent', value: { kind: 'text', value: 'a § wish', alternatives: pick<string[]>([], ['another § wish']) } }),
    () => ({ aspect: 'shooter', value: { kind: 'party', value: party(pick) } }),
    () => ({ aspect: 'time', value: { kind: 'time', value: pick('2026-01-14', 'T18:50', '2026~') } }),
    () => ({ aspect: 'part_of', value: { kind: 'incident', value: incidentId(pick('other', 'this', 'unpublished')) } }),
    () => {
      const comparator = pick('exact', 'about', 'range');
      return {
        aspect: 'shots_fired',
        value: { kind: 'quantity', value: '2', unit: pick('shot', 'shot', 'person'), comparator, upper: pick(null, '3', '1') },
      };
    },
    () => ({ value: { kind: pick('unknown', 'none', 'withheld', 'sealed') } }),
  )();

const claimFields = (s: Scene, pick: Pick): Body => ({
  ...someValue(pick),
  about: pick(null, party(pick)),
  speaker: party(pick),
  onBehalfOf: pick(null, null, party(pick)),
  via: pick<string[]>([], [partyId('outlet')]),
  stance: pick('asserts', 'alleges', 'denies', 'confirms', 'no_response', 'retracts', 'opines'),
  scope: pick<Body | null>(null, { measure: 'a § measure' }),
  replaces: pick(null, null, oneOf(s.state.claims.keys(), 'claim', pick)),
  relatesTo: pick<Body[]>([], [{ claim: oneOf(s.state.claims.keys(), 'claim', pick), as: 'about' }]),
  flags: pick<string[]>([], ['negation_unclear']),
});

const some = (fields: Body, pick: Pick): Body => {
  const names = Object.keys(fields);
  return Object.fromEntries(
    pick(names.slice(0, 1), names.slice(0, 1), names)
      .map(() => pick(...names))
      .slice(0, 3)
      .map((name) => [name, fields[name]]),
  );
};

const effects = (s: Scene, pick: Pick): Body[] => {
  const effect = () =>
    pick<() => Body>(
      () => ({
        claim: oneOf(s.state.claims.keys(), 'claim', pick),
        effect: pick('upholds', 'contradicts', 'moots', 'not_established', 'vacates'),
        citations: pick(citations, citations, citations, []),
      }),
      () => ({
        ruling: oneOf(s.state.rulings.keys(), 'ruling', pick),
        effect: pick('affirms', 'reverses', 'vacates', 'stays', 'lifts_stay', 'moots'),
      }),
      () => ({ proceeding: oneOf(s.state.proceedings.keys(), 'proceeding', pick), status: pick('dismissed', 'closed') }),
    )();
  return pick([effect()], [effect(), effect()]);
};

const disputeFields = (s: Scene, pick: Pick): Body => {
  const inferred = pick(true, false);
  return {
    basis: inferred ? 'inferred' : 'stated',
    by: inferred ? pick(null, null, null, party(pick)) : pick(party(pick), party(pick), party(pick), null),
    grounds: 'Some § grounds',
    counterClaim: pick(oneOf(s.state.claims.keys(), 'claim', pick), null),
  };
};
const proceedingFields = (s: Scene, pick: Pick): Body => ({
  type: pick('charge', 'trial'),
  title: 'A § title',
  by: pick(null, party(pick)),
  against: pick(null, party(pick)),
  status: pick('open', 'closed'),
  continues: pick(null, oneOf(s.state.proceedings.keys(), 'proceeding', pick)),
  claims: pick<string[]>([], [oneOf(s.state.claims.keys(), 'claim', pick)]),
});
const rulingFields = (s: Scene, pick: Pick): Body => ({
  court: pick(null, partyId('court'), partyId('court'), partyId('court'), party(pick)),
  judge: pick(null, null, partyId('judge'), partyId('judge'), party(pick)),
  finality: pick('final', 'provisional'),
  basis: pick('court_document', 'report'),
  summary: 'A § summary',
  standard: pick(null, 'a § standard'),
  effects: effects(s, pick),
});

const change = (s: Scene, ref: string | null, pick: Pick): Body => {
  const claimId = () => oneOf(s.state.claims.keys(), 'claim', pick);
  const entry = () => pick(...s.state.disputes.keys(), ...s.state.proceedings.keys(), ...s.state.rulings.keys(), foreign('ruling'));
  const corrected = (set: Body, more: Body) => ({ set: some(set, pick), citations, ...reason, ...more });
  const kinds: (() => Body)[] = [
    () => ({ kind: 'add_claim', claim: claim('x', { ...pick<Body>({}, {}, claimFields(s, pick)), ref }) }),
    () => ({ kind: 'add_citation', claim: claimId(), citations }),
    () => ({ kind: 'dispute_claim', ref, claim: claimId(), ...disputeFields(s, pick), citations }),
    () => ({ kind: 'withdraw_dispute', dispute: pick(...s.state.disputes.keys(), foreign('dispute')), ...reason }),
    () => ({ kind: 'open_proceeding', ref, ...proceedingFields(s, pick), citations }),
    () => ({
      kind: 'update_proceeding',
      proceeding: oneOf(s.state.proceedings.keys(), 'proceeding', pick),
      status: 'closed',
      note: pick(null, 'A § note'),
      citations,
    }),
    () => ({ kind: 'record_ruling', ref, ...rulingFields(s, pick), citations }),
    () => ({
      kind: 'correct_incident',
      ...corrected({ title: 'A § title', occurred: { dateText: 'a § day' }, agencies: [party(pick)] }, {}),
    }),
    () => {
      const id = pick(claimId(), ...s.state.namedBy.keys());
      const carry = pick<string[]>([], [pick(...(s.state.namedBy.get(id) ?? []), foreign('dispute'))]);
      return {
        kind: 'correct_claim',
        ...corrected({ ...claimFields(s, pick), statement: 'Another § one', citations }, { claim: id, carry }),
      };
    },
    () => {
      const target = entry();
      const fields = target.startsWith('dispute') ? disputeFields : target.startsWith('ruling') ? rulingFields : proceedingFields;
      return { kind: 'correct_entry', ...corrected(pick(fields, fields, fields, rulingFields)(s, pick), { target }) };
    },
    () => ({ kind: 'rank_claim', claim: claimId(), rank: pick('preferred', 'normal', 'deprecated'), ...reason }),
    () => {
      const claim = () => pick(...s.state.claims.keys(), foreign('claim'));
      return { kind: 'retract_claim', claim: claim(), replacedBy: pick(null, claim()), citations: pick([], citations), ...reason };
    },
    () => ({ kind: 'reinstate_claim', claim: pick(...s.state.claims.keys(), foreign('claim')), ...reason }),
    () => ({
      kind: 'move_claim',
      claim: pick(...s.state.claims.keys(), foreign('claim')),
      to: incidentId(pick('other', 'other', 'merged')),
      ...reason,
    }),
    () => ({ kind: 'retract_entry', target: entry(), replacedBy: pick(null, null, entry()), ...reason }),
    () => ({ kind: 'reinstate_entry', target: entry(), ...reason }),
    () => {
      const own = new Map([...s.state.own].map(([key, { target }]) => [Number(key.split(' ')[1]), target]));
      const revision = pick(...own.keys(), ...s.state.written.map((event) => event.revision), 0);
      const target = own.get(revision) ?? pick(...s.state.claims.keys(), foreign('claim'));
      const set = pick<Body>({ reason: 'Another § reason' }, { citations }, { note: 'Another § note' }, { replacedBy: null });
      return { kind: 'correct_change', target, revision, set, ...reason };
    },
    () => ({ kind: pick('unmerge_incident', 'retract_incident', 'retract_incident', 'reinstate_incident'), ...reason }),
    () =>
      pick<() => Body>(
        () => ({ kind: 'merge_incident', into: incidentId(pick('other', 'other', 'merged', 'this', 'unpublished')), ...reason }),
        () => ({ kind: pick('distinguish_incident', 'undistinguish_incident'), from: incidentId('other'), ...reason }),
      )(),
  ];
  // The last two end the record for most edits, or seldom fit, so they come seldom; disputes, rulings and corrections seldom fit, so they are tried often.
  const common = kinds.slice(0, 16);
  const hard = kinds.filter((_, index) => [2, 6, 8, 9].includes(index));
  return pick(...common, ...common, ...hard, ...hard, ...hard, ...kinds)();
};

const changes = (s: Scene, pick: Pick): Body[] => {
  if (s.state.status === 'merged' && pick(true, false)) return [{ kind: 'unmerge_incident', ...reason }];
  if (s.state.status === 'retracted' && pick(true, false)) return [{ kind: 'reinstate_incident', ...reason }];
  if (s.state.distinctFrom.size > 0 && pick(false, false, true))
    return [{ kind: 'undistinguish_incident', from: incidentId('other'), ...reason }];
  const updated = [...s.state.proceedings].flatMap(([proceeding, { updates }]) =>
    updates.map(({ revision }) => ({ proceeding, revision })),
  );
  if (updated.length > 0 && pick(false, true)) return [{ kind: 'retract_update', ...pick(...updated), ...reason }];
  const entries = [...s.state.disputes, ...s.state.proceedings, ...s.state.rulings];
  const retracted = entries.flatMap(([id, entry]) => (entry.retracted ? [id] : []));
  if (retracted.length > 0 && pick(false, true)) return [{ kind: 'reinstate_entry', target: pick(...retracted), ...reason }];
  const count = pick(1, 1, 1, 1, 2, 4);
  return refs.slice(0, count).map((ref) => change(s, pick(ref, ref, null, 'a'), pick));
};

/** Erases a text of some event, if it has one. */
const erase = (s: Scene, pick: Pick): Result<NewEvent[]> => {
  const event = pick(...s.events);
  const path = pick(...(catalogue[event.type]?.texts(event.data) ?? []));
  if (path) s.erase({ revision: event.revision, pointer: `/${path.join('/')}` });
  return { ok: true, value: [] };
};

/** One step of a session, and what it came to. */
const step = (s: Scene, pick: Pick): Result<NewEvent[]> => {
  const by = pick('author', 'author', 'second', 'reviewer');
  const open = [...s.state.edits.values()].filter(({ state }) => state === 'submitted').map(({ edit }) => edit);
  const rejected = [...s.state.edits.values()].filter(({ state }) => state === 'rejected').map(({ edit }) => edit);
  const edit = pick(...open, ...open, ...open, s.last(), 1);
  const mostly = { by: s.state.edits.get(edit)?.author ?? 'author' };
  const reviewer = pick('reviewer', 'reviewer2', 'author', 'second');
  const ifMatch = pick<{ ifMatch?: string }>({}, {}, {}, {}, { ifMatch: '"stale"' });
  const comment = oneOf(
    (s.state.edits.get(edit)?.comments ?? []).map(({ id }) => id),
    'comment',
    pick,
  );
  if (rejected.length > 0 && pick(true, false, false, false)) return s.reopen(pick(...rejected), pick('reviewer', 'reviewer3'));
  const indexes = [...(s.state.edits.get(edit)?.versions.at(-1)?.changes ?? []).keys()];
  if (indexes.length > 1 && pick(true, false, false, false)) return s.split(edit, pick(mostly.by, 'reviewer'), [pick(...indexes)]);
  const submit = () => s.submit(changes(s, pick), { by });
  const approve = () => s.vote(edit, 'approve', pick('reviewer', 'reviewer2', 'reviewer3'));
  const seldom = pick<() => Result<NewEvent[]>>(
    () => s.propose(proposal([claim('c1'), claim('c2')]), { by }),
    () => s.submit(changes(s, pick), { by, base: pick(s.state.recordRevision, (s.state.recordRevision ?? 4) - 2) }),
    () => s.vote(edit, 'approve', reviewer, ifMatch),
    () => s.vote(edit, pick('reject', 'request_changes'), reviewer, { ...ifMatch, reason: pick('§', '§', null) }),
    () => s.revise(edit, changes(s, pick), { ...pick({ by }, mostly, mostly), ...ifMatch }),
    () => s.revise(edit, changes(s, pick), mostly),
    () => s.withdraw(edit, pick(by, mostly.by)),
    () => s.withdrawVote(edit, pick('reviewer', 'reviewer2', 'reviewer3'), ifMatch.ifMatch),
    () => s.comment(edit, pick(reviewer, mostly.by), { change: pick(null, 0, 3), inReplyTo: pick(null, null, comment) }),
    () => s.resolve(edit, pick(reviewer, mostly.by), comment),
    () => s.vote(edit, 'approve', reviewer, { ...ifMatch, despiteComments: 'It is § of no matter' }),
    () => s.breakLease(edit, reviewer, pick('reviewer', 'reviewer2')),
    () =>
      pick(
        () => s.handOver(edit, reviewer, pick('author', 'second', 'reviewer'), ifMatch.ifMatch),
        () => s.reopen(edit, reviewer, ifMatch.ifMatch),
        () => s.split(edit, pick(mostly.by, 'reviewer'), pick([0], [0, 1], [7]), ifMatch),
        () => s.withdrawVote(edit, pick('reviewer', 'reviewer2', 'reviewer3')),
      )(),
    () => erase(s, pick),
  );
  const often = open.length === 0 ? submit : pick(submit, approve, approve);
  return pick(often, often, often, seldom)();
};

/** What came of each step: the events or the refusal. */
export type Session = { scene: Scene; results: Result<NewEvent[]>[] };
/** The session that follows from the seeds of its steps. */
export const sessionOf = (seeds: readonly number[]): Session => {
  const s = scene();
  s.propose(proposal([claim('c1'), claim('c2', { speaker: partyId('city'), stance: 'denies' })]));
  if (picker(seeds[0] ?? 0)(true, true, true, true, true, true, true, false)) s.approve(1);
  return { scene: s, results: seeds.map((seed) => step(s, picker(seed))) };
};
export const seeds: fc.Arbitrary<number[]> = fc.array(fc.noBias(fc.nat()), { minLength: 4, maxLength: 60, size: 'max' });
