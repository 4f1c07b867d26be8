import {
  breakLease,
  bringsVersion,
  type Change,
  changesSubmitted,
  commandId,
  commentEdit,
  type DomainError,
  decideIncident,
  derivedId,
  eachItself,
  editBody,
  editTag,
  evolveIncident,
  type Facts,
  handOverEdit,
  type Incident,
  type IncidentCommand,
  incidentsNeeded,
  initialIncident,
  type NewEvent,
  nobodyRecused,
  type PartyFacts,
  partiesNeeded,
  policy,
  proposalBody,
  proposalChanges,
  type Resolved,
  type Result,
  resolveChanges,
  resolveComment,
  type SourceFacts,
  sourcesCited,
  standardVocabulary,
  type Vocabulary,
  withdrawEdit,
  withdrawVote,
} from '../src/index.ts';
import { tagCase } from './given.ts';
import { type Asked, streamOf, structureOf } from './stream.ts';

/**
 * One incident's stream, driven by commands as the API would: bodies are parsed, resolved, decided and folded. Every text holds a `§`, so that a test
 * can find where texts go. Names in the tests are those of roles.
 */

const namespace = commandId({ subject: 'tests', method: 'POST', path: '/', key: 'names' });
export const partyId = (name: string) => derivedId('party', namespace, name);
export const sourceId = (name: string) => derivedId('source', namespace, name);
export const incidentId = (name: string) => derivedId('incident', namespace, name);

type Cast = Partial<PartyFacts> & Pick<PartyFacts, 'kind'>;
const cast: Record<string, Cast> = {
  department: { kind: 'agency' },
  bureau: { kind: 'agency', parent: partyId('department') },
  city: { kind: 'agency' },
  outlet: { kind: 'outlet' },
  court: { kind: 'court' },
  judge: { kind: 'described_role', publicRole: 'judge' },
  driver: { kind: 'described_role', private: true },
  witness: { kind: 'person', private: true },
  mayor: { kind: 'person', publicRole: 'holder of public office' },
};
const parties = new Map(
  Object.entries(cast).map(([name, facts]) => [
    partyId(name),
    { id: partyId(name), private: false, publicRole: null, parent: null, mergedInto: null, name: `§${name}`, ...facts },
  ]),
);

export const text = 'The § agency says that the car moved. The § city has not confirmed it. Nobody § said more.';

/** What the world beside the stream holds; a test may change it in between. */
export type World = {
  vocabulary: Vocabulary;
  parties: Map<string, PartyFacts>;
  /** Parties that an edit used which two approved. */
  reviewed: Set<string>;
  sources: Map<string, SourceFacts>;
  incidents: Map<string, NonNullable<ReturnType<Facts['incidents']>>>;
};
export const world = (): World => ({
  vocabulary: standardVocabulary,
  parties: new Map(parties),
  reviewed: new Set([partyId('mayor')]),
  sources: new Map([[sourceId('article'), { textRevisions: 1, isFilm: false, withdrawn: false }]]),
  incidents: new Map([
    [incidentId('other'), { status: 'published' as const }],
    [incidentId('merged'), { status: 'merged' as const }],
    [incidentId('unpublished'), { status: 'proposed' as const }],
  ]),
});
export const factsOf = ({ vocabulary, parties, reviewed, sources, incidents }: World): Facts => ({
  vocabulary,
  policy,
  parties: (id) => parties.get(id),
  privacyReviewed: (id) => reviewed.has(id),
  sources: (id) => sources.get(id),
  incidents: (id) => incidents.get(id),
});

/** No more facts than a decision on these changes says that it needs. */
export const factsNeeded = (changes: readonly Change[], state: Incident, world: World): Facts => {
  const facts = factsOf(world);
  const wanted = new Set(partiesNeeded(changes, state));
  for (const id of wanted) {
    const parent = facts.parties(id)?.parent;
    if (parent) wanted.add(parent);
  }
  const [sources, incidents] = [new Set(sourcesCited(changes)), new Set(incidentsNeeded(changes))];
  return {
    ...facts,
    parties: (id) => (wanted.has(id) ? facts.parties(id) : undefined),
    sources: (id) => (sources.has(id) ? facts.sources(id) : undefined),
    incidents: (id) => (incidents.has(id) ? facts.incidents(id) : undefined),
  };
};

export type Body = Record<string, unknown>;
export const citations = [{ source: sourceId('article'), quote: { exact: 'the car moved' } }];
/** A claim as sent: the department says that the car moved toward the officers. */
export const claim = (ref: string, more: Body = {}): Body => ({
  ref,
  aspect: 'vehicle_motion',
  about: partyId('driver'),
  value: { kind: 'boolean', value: true },
  statement: 'The department says § that the car moved.',
  speaker: partyId('department'),
  capacity: 'spokesperson',
  stance: 'asserts',
  citations,
  ...more,
});
export const addClaim = (ref: string, more: Body = {}): Body => ({ kind: 'add_claim', claim: claim(ref, more) });
export const proposal = (claims: Body[]): Body => ({
  title: 'Officers § stop a car',
  occurred: { date: '2026-01-14' },
  place: { text: '§ road', locality: '§ town', country: 'US', precision: 'road', point: { lat: 1, lon: 2 } },
  agencies: [partyId('bureau')],
  claims,
  rationale: 'Two § accounts',
});

export type Options = { by?: string; base?: number | null; key?: string; ifMatch?: string; text?: string };

export const scene = () => {
  const stream = incidentId('this');
  const facts = world();
  const ids: Record<string, string> = {};
  const whole = streamOf(stream, initialIncident, evolveIncident);
  const { events, nextCommand } = whole;
  /** The same stream folded from its structure alone. */
  let bare = initialIncident();
  const decisions: { whole: Result<NewEvent[]>; bare: Result<NewEvent[]> }[] = [];

  const append = (made: readonly NewEvent[], by: Asked, request: string | null = null) => {
    bare = whole.append(made, by, request).map(structureOf).reduce(evolveIncident, bare);
  };

  type Decide = (state: Incident, facts: Facts) => Result<NewEvent[]>;
  const decideBoth = (command: Asked, changes: readonly Change[], decide: Decide): Result<NewEvent[]> => {
    const decided = decide(whole.state, factsOf(facts));
    decisions.push({ whole: decided, bare: decide(bare, factsNeeded(changes, bare, facts)) });
    if (decided.ok) append(decided.value, command);
    return decided;
  };
  const run = (command: IncidentCommand): Result<NewEvent[]> => {
    const edit = 'edit' in command ? whole.state.edits.get(command.edit) : undefined;
    const changes = 'changes' in command && command.kind !== 'split' ? command.changes : (edit?.versions.at(-1)?.changes ?? []);
    return decideBoth(command, changes, (folded, known) => decideIncident(folded, command, known));
  };
  const context = (command: string, editCommand = command, quoted = text) => ({
    command,
    editCommand,
    pointer: '/changes',
    sourceText: () => quoted,
    tagCase,
  });

  const send = (resolved: Result<Resolved>, command: (of: Resolved) => IncidentCommand): Result<NewEvent[]> => {
    if (!resolved.ok) return resolved;
    const decided = run(command(resolved.value));
    if (decided.ok) Object.assign(ids, resolved.value.refs);
    return decided;
  };

  const propose = (body: Body, { by = 'author', key }: Options = {}) => {
    const command = nextCommand(by, key);
    const { rationale, ...rest } = proposalBody.parse(body);
    return send(proposalChanges({ ...rest, rationale }, context(command)), (of) => ({
      kind: 'propose',
      command,
      actor: by,
      rationale,
      ...of,
    }));
  };
  const submit = (changes: Body[], { by = 'author', base = whole.state.recordRevision, key, text: quoted }: Options = {}) => {
    const command = nextCommand(by, key);
    const { rationale, ...body } = editBody.parse({ baseRevision: base ?? 0, rationale: 'Because § of the article', changes });
    return send(resolveChanges(body.changes, context(command, command, quoted)), (of) => {
      return { kind: 'submit', command, actor: by, rationale, baseRevision: body.baseRevision, ...of };
    });
  };
  const revise = (edit: number, changes: Body[], options: Options = {}) => {
    const { by = 'author', base = whole.state.recordRevision, key, ifMatch = editTag(whole.state, edit) } = options;
    const command = nextCommand(by, key);
    const { rationale, ...body } = editBody.parse({ baseRevision: base ?? 0, rationale: 'Because § of the article', changes });
    const resolved = resolveChanges(body.changes, context(command, whole.state.edits.get(edit)?.command));
    return send(resolved, (of) => ({
      kind: 'revise',
      command,
      actor: by,
      edit,
      ifMatch,
      rationale,
      baseRevision: body.baseRevision,
      ...of,
    }));
  };
  type Vote = Extract<IncidentCommand, { kind: 'decide' }>['decision'];
  const vote = (
    edit: number,
    decision: Vote,
    by: string,
    more: { ifMatch?: string; reason?: string | null; despiteComments?: string; erased?: boolean } = {},
  ) => {
    const version = more.erased ? null : (whole.state.edits.get(edit)?.versions.at(-1) ?? null);
    const { ifMatch = editTag(whole.state, edit), reason = 'It § is right', despiteComments = null } = more;
    const asked = { command: nextCommand(by), actor: by, personOf: eachItself, recused: nobodyRecused };
    return run({ kind: 'decide', ...asked, edit, ifMatch, decision, reason, despiteComments, version });
  };
  /** What its last version says, with its texts. */
  const submittedOf = (edit: number) => {
    const version = whole.state.edits.get(edit)?.versions.at(-1);
    const event = events.find(({ revision }) => revision === version?.revision);
    if (!bringsVersion(event)) return null;
    const { rationale, refs, quotes, machine, tally } = event.data;
    return { rationale, refs, quotes, machine, tally, changes: changesSubmitted(event) };
  };
  const last = () => whole.state.edits.size;
  const settle = (result: Result<NewEvent[]>) => {
    if (!result.ok) throw new Error(`${result.error.code}: ${result.error.detail}`);
    return result.value;
  };
  /** Approves an edit by as many reviewers as it needs. */
  const approve = (edit: number) => {
    for (const by of ['reviewer', 'reviewer2']) if (whole.state.edits.get(edit)?.state === 'submitted') settle(vote(edit, 'approve', by));
  };

  return {
    get state() {
      return whole.state;
    },
    get bare() {
      return bare;
    },
    events,
    /** Every decision, and what it would have been on the structure alone, with the facts that it needs alone. */
    decisions,
    facts,
    stream,
    append,
    /** The id of what a ref made. */
    id: (ref: string): string => {
      const found = ids[ref];
      if (found === undefined) throw new Error(`no ref ${ref}`);
      return found;
    },
    run,
    /** What a vote would come to that passes over comments. */
    decided: (edit: number, decision: Vote, by: string): Result<NewEvent[]> => {
      const version = whole.state.edits.get(edit)?.versions.at(-1) ?? null;
      const asked = {
        command: commandId({ subject: by, method: 'POST', path: '/', key: 'would' }),
        actor: by,
        personOf: eachItself,
        recused: nobodyRecused,
      };
      const vote = { ...asked, edit, ifMatch: editTag(bare, edit), decision, reason: '§', despiteComments: '§', version };
      return decideIncident(bare, { kind: 'decide', ...vote }, factsOf(facts));
    },
    propose,
    submit,
    revise,
    vote,
    approve,
    withdraw: (edit: number, by = 'author', ifMatch: string | null = null) => {
      const command = { command: nextCommand(by), actor: by, edit, ifMatch, reason: 'A § mistake' };
      return decideBoth(command, [], (folded) => withdrawEdit(folded, command));
    },
    withdrawVote: (edit: number, by: string, ifMatch = editTag(whole.state, edit)) => {
      const command = { command: nextCommand(by), actor: by, edit, ifMatch, reason: 'Too § soon' };
      return decideBoth(command, [], (folded) => withdrawVote(folded, command));
    },
    comment: (edit: number, by: string, more: { change?: number | null; inReplyTo?: string | null; ifMatch?: string | null } = {}) => {
      const { change = null, inReplyTo = null, ifMatch = null } = more;
      const command = { command: nextCommand(by), actor: by, edit, ifMatch, text: 'Why § so', change, inReplyTo };
      return decideBoth(command, [], (folded) => commentEdit(folded, command));
    },
    resolve: (edit: number, by: string, comment: string) => {
      const command = { command: nextCommand(by), actor: by, edit, comment };
      return decideBoth(command, [], (folded) => resolveComment(folded, command));
    },
    handOver: (edit: number, by: string, to: string, ifMatch = editTag(whole.state, edit)) => {
      const command = {
        command: nextCommand(by),
        actor: by,
        personOf: eachItself,
        recused: nobodyRecused,
        edit,
        ifMatch,
        to,
        reason: 'Gone § for good',
      };
      return decideBoth(command, [], (folded) => handOverEdit(folded, command));
    },
    reopen: (edit: number, by: string, ifMatch = editTag(whole.state, edit)) => {
      const asked = { command: nextCommand(by), actor: by, personOf: eachItself, recused: nobodyRecused };
      return run({ kind: 'reopen', ...asked, edit, ifMatch, reason: 'It § was right', submitted: submittedOf(edit) });
    },
    split: (edit: number, by: string, changes: number[], more: { ifMatch?: string; mayReview?: boolean } = {}) => {
      const { ifMatch = editTag(whole.state, edit), mayReview = by.startsWith('reviewer') } = more;
      const asked = { command: nextCommand(by), actor: by, personOf: eachItself, recused: nobodyRecused, mayReview };
      return run({ kind: 'split', ...asked, edit, ifMatch, changes, reason: 'One § at a time', submitted: submittedOf(edit) });
    },
    breakLease: (edit: number, by: string, holder: string) => {
      const command = {
        command: nextCommand(by),
        actor: by,
        personOf: eachItself,
        recused: nobodyRecused,
        edit,
        holder,
        reason: 'Away § for long',
      };
      return decideBoth(command, [], (folded) => breakLease(folded, command));
    },
    /** Erases texts of events, as the operation of the event log does, and reads the stream anew. */
    erase: (...items: { revision: number; pointer: string }[]) => {
      const data = { items: items.map((item) => ({ ...item, digest: 'digest' })), reasonCode: 'personal_data' as const, decision: null };
      append([{ type: 'TextErased', edit: null, data }], { command: nextCommand('admin'), actor: 'admin' });
      whole.readAnew();
    },
    /** A published incident with these claims. */
    published: (...claims: Body[]) => {
      settle(propose(proposal(claims)));
      approve(1);
    },
    /** Submits an edit and approves it. Throws when it is refused. */
    applied: (...changes: Body[]) => {
      settle(submit(changes));
      approve(last());
    },
    last,
  };
};
export type Scene = ReturnType<typeof scene>;

/** What a command came to, in a few words: the types of its events, or the code of its refusal with the places. */
export const outcome = (result: Result<NewEvent[]>): string =>
  result.ok ? result.value.map(({ type }) => type).join(' ') : [result.error.code, ...places(result.error)].join(' ');
const places = ({ errors = [] }: DomainError): string[] => errors.map(({ pointer }) => pointer);
