import t from 'tap';
import {
  type DomainEvent,
  decideParty,
  decideSource,
  type EditOf,
  eachItself,
  editTag,
  evolveParty,
  evolveSource,
  initialParty,
  initialSource,
  type NewEvent,
  nobodyRecused,
  type Party,
  type PartyChange,
  type PartyCommand,
  partiesOn,
  partyBody,
  partyChanges,
  partyEditBody,
  partyFacts,
  type Result,
  type Review,
  registerEditDocument,
  resolveRegister,
  reviewedParty,
  reviewedSource,
  type Source,
  type SourceChange,
  type SourceCommand,
  sourceBody,
  sourceChanges,
  sourceEditBody,
} from '../src/index.ts';
import { tagCase } from './given.ts';
import { type Body, factsOf, outcome, partyId, sourceId, text, world } from './scene.ts';
import { driver, structureOf } from './stream.ts';

/** Edits of sources and parties, as commands decide on them: on structure alone, and with the texts of an approved version. */

const sourceText = (source: string, revision: number) => (source === sourceId('article') && revision === 1 ? text : undefined);
const context = { command: '7a1d1f0e-0d4c-5c5b-8f83-2f1d5a0f6b11', editCommand: '', sourceText, tagCase, pointer: '/changes' };
const resolved = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
};
type Vote = 'approve' | 'reject' | 'request_changes';

const people = (reviewed: string[] = []) => {
  const known = world();
  for (const id of reviewed) known.reviewed.add(id);
  return factsOf(known);
};

const party = (more: Body = {}, facts = people()) => {
  const stream = partyId('new');
  const d = driver(stream, initialParty, evolveParty, (state: Party, command: PartyCommand) => decideParty(state, command, facts));
  d.run({ kind: 'register', body: partyBody.parse({ kind: 'agency', name: 'A § name', ...more }) });
  return {
    ...reviewing(d),
    facts,
    append: d.append,
    submit: (changes: Body[], baseRevision = d.state.version) => {
      const body = partyEditBody.parse({ baseRevision, rationale: '§', changes });
      const { changes: stored, refs } = resolved(resolveRegister(body.changes, context, partyChanges.kindOf));
      return outcome(d.run({ kind: 'submit', baseRevision, rationale: '§', changes: stored as PartyChange[], refs, quotes: [] }));
    },
  };
};
const source = (more: Body = {}) => {
  const facts = people();
  const d = driver(sourceId('new'), initialSource, evolveSource, (state: Source, command: SourceCommand) =>
    decideSource(state, command, facts),
  );
  d.run({
    kind: 'register',
    body: sourceBody.parse({ kind: 'article', title: 'A § title', language: 'en', text: 'The first § text.', ...more }),
  });
  return {
    ...reviewing(d),
    facts,
    submit: (changes: Body[], baseRevision = d.state.version) => {
      const body = sourceEditBody.parse({ baseRevision, rationale: '§', changes });
      const { changes: stored, refs } = resolved(resolveRegister(body.changes, context, sourceChanges.kindOf));
      return outcome(d.run({ kind: 'submit', baseRevision, rationale: '§', changes: stored as SourceChange[], refs, quotes: [] }));
    },
  };
};

/** Votes are decided on structure, as in commands; an approval is given the texts of its version. */
const reviewing = <S extends Review<unknown>>(d: { readonly state: S; events: DomainEvent[]; run(sent: never): Result<NewEvent[]> }) => ({
  get state() {
    return d.state;
  },
  events: d.events,
  vote: (edit: number, decision: Vote, by = 'reviewer') => {
    const current = d.state.edits.get(edit)?.versions.at(-1);
    const ifMatch = editTag(d.state, edit);
    const sent = {
      kind: 'decide',
      actor: by,
      personOf: eachItself,
      recused: nobodyRecused,
      edit,
      ifMatch,
      decision,
      reason: '§',
      version: current ?? null,
    };
    return outcome(d.run(sent as never));
  },
});

const correct = (set: Body) => ({ kind: 'correct_party', set, reason: 'It was § misspelt.' });
const privacy = (isPrivate: boolean, publicRole: string | null = null) => ({
  kind: 'set_privacy',
  private: isPrivate,
  publicRole,
  reason: '§',
});
const correctSource = (set: Body) => ({ kind: 'correct_source', set, reason: 'It was § wrong.' });
const revise = (text: string) => ({ kind: 'revise_text', text, why: 'corrected_by_publisher' });
const withdraw = { kind: 'withdraw_source', reason: '§' };

t.test('one edit makes one version, and its events follow in one append', async (t) => {
  const s = source();
  t.equal(s.state.version, 1);
  t.equal(s.submit([correctSource({ title: 'Another § title' }), revise('The second § text.')]), 'EditSubmitted');
  t.equal(s.state.version, 1);
  t.equal(s.vote(1, 'approve'), 'EditApproved EditApplied SourceCorrected SourceTextRevised');
  t.match(s.state, {
    version: 2,
    fields: { title: 'Another § title', language: 'en' },
    texts: ['The first § text.', 'The second § text.'],
  });
  t.match(s.state.edits.get(1), { state: 'applied', appliedRevision: 2 });
  t.equal(s.submit([revise('The third § text.')]), 'EditSubmitted');
  s.vote(2, 'approve');
  t.equal(s.state.texts.length, 3);
  t.match(s.events.at(-1)?.data, { revision: 3, why: 'corrected_by_publisher', reason: null });
  const bare = s.events.map(structureOf).reduce(evolveSource, initialSource());
  t.match(bare, { version: 3, texts: [null, null, null] });
  t.equal(bare.fields?.title, undefined, 'structure alone holds no text');
});

t.test('a body has the name of the day, and what was said last of a time counts', async (t) => {
  const p = party();
  const rename = (name: string, from: string | null, until: string | null) => ({ kind: 'rename_party', name, from, until, reason: '§' });
  const first = p.state.fields?.name ?? '';
  const apply = (change: Body) => {
    t.equal(p.submit([change]), 'EditSubmitted');
    t.equal(p.vote(p.state.edits.size, 'approve'), 'EditApproved EditApplied PartyRenamed');
  };
  const nameOn = (when: string | null) => partiesOn(() => partyFacts(p.state), when)(p.state.id ?? '')?.name;
  t.equal(nameOn('1990'), first);
  apply(rename('The second § name', '2003-03-01', null));
  t.equal(p.state.fields?.name, 'The second § name');
  for (const [when, name] of [
    [null, 'The second § name'],
    ['2003-03-01', 'The second § name'],
    ['2003-02-28T23:59', first],
    ['2003', first],
    ['2004-01-01T08:00Z', 'The second § name'],
    ['1970/1980', first],
  ] as const)
    t.equal(nameOn(when), name, String(when));
  apply(rename('The oldest § name', null, '1980'));
  t.equal(nameOn('1979-12-31'), 'The oldest § name');
  t.equal(nameOn('1980'), first);
  apply(rename('The third § name', '2010', null));
  t.equal(nameOn('2009'), 'The second § name');
  t.equal(nameOn('2003-02'), first, 'what was said of a time before stays');
  t.equal(p.submit([rename('Too early', '2009', null)]), 'InvalidChange /changes/0/from');
  t.equal(p.submit([rename('Nowhere', null, null)]), 'InvalidChange /changes/0/from');
  t.equal(p.submit([rename('Backwards', '2002', '2001')]), 'InvalidChange /changes/0/until');
  t.equal(p.submit([rename('The third § name', '2012', null)]), 'InvalidChange /changes/0/name');
});

t.test('what an edit rests on is told by keys, under versions', async (t) => {
  const p = party();
  p.submit([correct({ name: 'One § name' })]);
  p.submit([correct({ name: 'Another § name' })]);
  p.submit([correct({ parent: partyId('department') })]);
  t.equal(p.vote(1, 'approve'), 'EditApproved EditApplied PartyCorrected');
  t.equal(p.vote(2, 'approve'), 'EditOutdated');
  t.equal(p.vote(3, 'approve'), 'EditApproved EditApplied PartyCorrected');
  t.match(p.state, { version: 3, fields: { name: 'One § name', parent: partyId('department') } });
  const document = registerEditDocument(reviewedParty, p.state, p.state.edits.get(2) as EditOf<PartyChange>, p.facts);
  t.match(document, {
    outdated: { problem: 'edit-outdated', events: [{ revision: 2, type: 'PartyCorrected', keys: ['field:name'] }] },
    nextActor: 'author',
    baseRevision: 1,
  });
  t.equal(p.submit([correct({ name: '§' })], 4), 'InvalidChange /baseRevision', 'there is no such version yet');
});

t.test('an edit holds each kind once, and what withdraws a source stands alone', async (t) => {
  const s = source();
  t.equal(s.submit([revise('§ one'), revise('§ two')]), 'InvalidChange /changes/1');
  t.equal(s.submit([withdraw, revise('§ one')]), 'InvalidChange /changes/0');
  s.submit([revise('§ one')]);
  t.equal(s.submit([withdraw]), 'EditSubmitted');
  t.equal(s.vote(2, 'approve'), 'EditApproved');
  t.equal(s.vote(2, 'approve', 'reviewer2'), 'EditApproved EditApplied SourceWithdrawn');
  t.equal(s.vote(1, 'approve'), 'AggregateState');
  t.match(registerEditDocument(reviewedSource, s.state, s.state.edits.get(1) as EditOf<SourceChange>, s.facts).outdated, {
    problem: 'aggregate-state',
  });
  t.equal(s.vote(1, 'reject'), 'EditRejected');
  t.equal(s.submit([revise('§ two')]), 'AggregateState');
});

t.test('who withdraws a source has read it as it is', async (t) => {
  const s = source();
  s.submit([withdraw]);
  s.submit([revise('The second § text.')]);
  s.vote(2, 'approve');
  t.equal(s.vote(1, 'approve'), 'EditOutdated');
});

t.test('what only a translation has goes with who translated it', async (t) => {
  const s = source({ translation: 'machine', translatedFrom: 'es', originalUrl: 'https://example.org/§' });
  t.equal(s.submit([correctSource({ translation: null })]), 'InvalidChange /changes/0/set/translation');
  t.equal(s.submit([correctSource({ translation: null, translatedFrom: null, originalUrl: null })]), 'EditSubmitted');
  t.equal(s.submit([correctSource({ translationOf: sourceId('nothing') })]), 'InvalidChange /changes/0/set/translationOf');
  t.equal(s.submit([correctSource({ translationOf: sourceId('new') })]), 'InvalidChange /changes/0/set/translationOf');
  t.equal(s.submit([correctSource({ translationOf: sourceId('article') })]), 'EditSubmitted');
  t.equal(s.vote(1, 'approve'), 'EditApproved EditApplied SourceCorrected');
});

t.test('who stands above a party is checked as when it was registered', async (t) => {
  const p = party();
  t.equal(p.submit([correct({ parent: partyId('nobody') })]), 'InvalidChange /changes/0/set/parent');
  t.equal(p.submit([correct({ parent: partyId('new') })]), 'InvalidChange /changes/0/set/parent');
  t.equal(p.submit([correct({ parent: partyId('mayor') })]), 'InvalidChange /changes/0/set/parent');
  t.equal(p.submit([correct({ parent: partyId('bureau') })]), 'EditSubmitted');
  t.equal(party({ kind: 'person' }).submit([correct({ parent: partyId('bureau') })]), 'InvalidChange /changes/0/set/parent');
});

t.test('whether a person is private', async (t) => {
  const p = party({ kind: 'person' });
  t.equal(p.submit([correct({ aliases: ['Another § name'] })]), 'InvalidChange /changes/0/set/aliases');
  t.equal(p.state.privacyConfirmed, false, 'whoever registers a person says so alone');
  t.equal(p.submit([privacy(false)]), 'InvalidChange /changes/0/publicRole');
  t.equal(p.submit([privacy(false, '§ mayor')]), 'EditSubmitted');
  t.equal(p.vote(1, 'approve'), 'EditApproved');
  t.equal(p.vote(1, 'approve', 'reviewer2'), 'EditApproved EditApplied PartyPrivacySet');
  t.match(p.state, { version: 2, fields: { private: false, publicRole: '§ mayor' } });

  // A second name, proposed while the person was public, is not let in once the person is private.
  p.submit([correct({ aliases: ['Another § name'] })]);
  t.equal(p.submit([privacy(true, '§ mayor')]), 'InvalidChange /changes/0/publicRole');
  t.equal(p.submit([privacy(true)]), 'EditSubmitted');
  t.equal(p.vote(3, 'approve'), 'EditApproved EditApplied PartyPrivacySet', 'one protects');
  t.match(p.state, { privacyConfirmed: true, fields: { private: true, publicRole: null } });
  t.equal(p.submit([privacy(true)]), 'AggregateState /changes/0/private', 'it is confirmed already');
  t.equal(p.vote(2, 'approve'), 'EditOutdated');
  t.equal(party().submit([privacy(true)]), 'InvalidChange /changes/0/private', 'a body is no person');

  const registered = party({ kind: 'person' });
  t.equal(registered.submit([privacy(true)]), 'EditSubmitted', 'what was said at registration is confirmed');
  t.equal(registered.vote(1, 'approve'), 'EditApproved EditApplied PartyPrivacySet');
  t.match(registered.state, { privacyConfirmed: true, version: 2 });
});

t.test('a minor is a private person, and stays one', async (t) => {
  const p = party({ kind: 'person', minor: true });
  t.match(p.state.fields, { private: true, minor: true });
  t.equal(p.submit([privacy(false, '§ singer')]), 'InvalidChange /changes/0/private');
  p.submit([correct({ minor: false })]);
  p.vote(1, 'approve');
  t.equal(p.vote(1, 'approve', 'reviewer2'), 'EditApproved EditApplied PartyCorrected');
  // What came to be said between submission and approval counts.
  p.submit([privacy(false, '§ singer')]);
  p.submit([correct({ minor: true })]);
  p.vote(3, 'approve');
  t.equal(p.vote(3, 'approve', 'reviewer2'), 'EditApproved EditApplied PartyCorrected');
  t.equal(p.vote(2, 'approve'), 'EditOutdated');
  t.equal(party().submit([correct({ minor: true })]), 'InvalidChange /changes/0/set/minor', 'a body has no age');
});

t.test('how many approvals', async (t) => {
  const needed = (p: ReturnType<typeof party>, changes: Body[]) => {
    p.submit(changes);
    const edit = p.state.edits.get(p.state.edits.size) as EditOf<PartyChange>;
    return registerEditDocument(reviewedParty, p.state, edit, p.facts).approvals;
  };
  const name = [correct({ name: 'Another § name' })];
  t.match(needed(party(), name), { needed: 1, policy: 4 });
  t.match(needed(party({ kind: 'described_role' }), name), { needed: 1 });
  t.match(needed(party({ kind: 'person' }), name), { needed: 2, why: 'Two approvals: it touches what names a private person.' });
  const mayor = { kind: 'person', private: false, publicRole: '§ mayor' };
  t.match(needed(party(mayor), name), {
    needed: 2,
    why: 'Two approvals: it touches what names a person whose privacy nobody has reviewed.',
  });
  t.match(needed(party(mayor, people([partyId('new')])), name), { needed: 1 });
  t.match(needed(party(mayor), [privacy(true)]), { needed: 1 });
  t.match(needed(party({ kind: 'described_role' }), [privacy(false, '§')]), { needed: 2, why: 'Two approvals: it makes a person public.' });
});

t.test('an edit with an erased text can only be revised, rejected or withdrawn', async (t) => {
  const d = party();
  d.submit([correct({ name: 'Another § name' })]);
  const erased = { items: [{ revision: 1, pointer: '/changes/0/set/name', digest: 'digest' }], reasonCode: 'personal_data' as const };
  const stream = [...d.events, { ...d.events[1], type: 'TextErased', revision: 2, last: 2, command: 'erasing', data: erased }];
  const state = (stream as never[]).reduce(evolveParty, initialParty()) as Party;
  t.match(registerEditDocument(reviewedParty, state, state.edits.get(1) as EditOf<PartyChange>, d.facts).outdated, {
    problem: 'text-erased',
  });
});

const merge = (into: string) => ({ kind: 'merge_party', into, reason: 'The § same office.' });
const unmerge = { kind: 'unmerge_party', reason: '§' };

t.test('a party is another one until that is taken back', async (t) => {
  const p = party();
  t.equal(p.submit([merge(partyId('new'))]), 'InvalidChange /changes/0/into');
  t.equal(p.submit([merge(partyId('nobody'))]), 'InvalidChange /changes/0/into');
  t.equal(p.submit([merge(partyId('mayor'))]), 'InvalidChange /changes/0/into', 'a body is no person');
  t.equal(p.submit([unmerge]), 'AggregateState /changes/0');
  t.equal(p.submit([merge(partyId('city')), correct({ name: '§' })]), 'InvalidChange /changes/0', 'it stands alone');
  t.equal(p.submit([merge(partyId('city'))]), 'EditSubmitted');
  p.submit([correct({ name: 'A late § name' })]);
  t.equal(p.vote(1, 'approve'), 'EditApproved EditApplied PartyMerged');
  t.match(p.state, { version: 2, mergedInto: partyId('city'), fields: { name: 'A § name' } });
  t.equal(p.vote(2, 'approve'), 'AggregateState');
  t.equal(p.submit([correct({ name: '§' })]), 'AggregateState');
  t.equal(p.submit([unmerge]), 'EditSubmitted');
  t.equal(p.vote(3, 'approve'), 'EditApproved EditApplied PartyUnmerged');
  t.match(p.state, { version: 3, mergedInto: null });
  t.equal(p.vote(2, 'approve'), 'EditOutdated', 'what it was to be was looked at in between');
  t.equal(p.submit([correct({ name: '§' })]), 'EditSubmitted');
  const bare = p.events.map(structureOf).reduce(evolveParty, initialParty());
  t.match(bare, { version: 3, mergedInto: null });
});

t.test('a merge stops where the other party is merged, or belongs to this one', async (t) => {
  const known = world();
  const set = (name: string, more: object) =>
    known.parties.set(partyId(name), { ...factsOf(known).parties(partyId(name)), ...more } as never);
  set('bureau', { mergedInto: partyId('department') });
  set('department', { mergedInto: partyId('city') });
  set('court', { parent: partyId('new') });
  const p = party({}, factsOf(known));
  t.equal(p.submit([merge(partyId('bureau'))]), 'AggregateState /changes/0/into');
  t.equal(p.submit([merge(partyId('court'))]), 'InvalidChange /changes/0/into');
  set('city', { mergedInto: partyId('bureau') });
  t.equal(p.submit([merge(partyId('bureau'))]), 'AggregateState /changes/0/into', 'also where a circle was closed');
  t.equal(p.submit([correct({ parent: partyId('bureau') })]), 'InvalidChange /changes/0/set/parent');
});

t.test('who a person is takes two to say, and no merge makes somebody public', async (t) => {
  const p = party({ kind: 'person' });
  t.equal(p.submit([merge(partyId('mayor'))]), 'InvalidChange /changes/0/into', 'who is public is somebody else');
  t.equal(p.submit([merge(partyId('driver'))]), 'InvalidChange /changes/0/into', 'a person is no role');
  t.equal(p.submit([merge(partyId('witness'))]), 'EditSubmitted');
  t.equal(p.vote(1, 'approve'), 'EditApproved');
  t.equal(p.vote(1, 'approve', 'reviewer2'), 'EditApproved EditApplied PartyMerged');
  p.submit([unmerge]);
  t.equal(p.vote(2, 'approve'), 'EditApproved', 'and as many to take it back');
  const role = party({ kind: 'described_role' });
  role.submit([merge(partyId('mayor'))]);
  t.equal(role.vote(1, 'approve'), 'EditApproved');

  const known = party({ kind: 'person', private: false, publicRole: '§ mayor' });
  known.submit([privacy(true)]);
  known.submit([merge(partyId('mayor'))]);
  known.vote(1, 'approve');
  t.equal(known.vote(2, 'approve'), 'EditOutdated', 'it turned private meanwhile');
  known.submit([merge(partyId('witness'))]);
  for (const by of ['reviewer', 'reviewer2']) known.vote(3, 'approve', by);
  t.equal(known.submit([privacy(false, '§ mayor')]), 'AggregateState');
});

t.test('the survivor knows whom it absorbed', async (t) => {
  const p = party();
  const follows = { from: partyId('city'), revision: 3 };
  p.append([{ type: 'PartyAbsorbed', edit: null, data: follows }]);
  t.same([...p.state.absorbed], [[follows.from, 3]]);
  t.equal(p.state.version, 1, 'no edit of its own');
  p.append([{ type: 'PartyReleased', edit: null, data: { ...follows, revision: 5 } }]);
  t.same([...p.state.absorbed], []);
});
