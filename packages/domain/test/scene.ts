import {
  breakLease,
  type Change,
  catalogue,
  commandId,
  type DomainError,
  type DomainEvent,
  decideIncident,
  derivedId,
  editBody,
  editTag,
  eventId,
  evolveIncident,
  type Facts,
  type Incident,
  type IncidentCommand,
  incidentsNeeded,
  initialIncident,
  type NewEvent,
  type PartyFacts,
  type Path,
  partiesNeeded,
  policy,
  proposalBody,
  proposalChanges,
  type Resolved,
  type Result,
  resolveChanges,
  sourcesCited,
  standardVocabulary,
  withdrawEdit,
} from '../src/index.ts';

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
    { id: partyId(name), private: false, publicRole: null, parent: null, name: `§${name}`, ...facts },
  ]),
);

export const text = 'The § agency says that the car moved. The § city has not confirmed it. Nobody § said more.';

/** What the world beside the stream holds; a test may change it in between. */
export type World = {
  parties: Map<string, PartyFacts>;
  /** Parties that an edit used which two approved. */
  reviewed: Set<string>;
  sources: Map<string, { textRevisions: number; withdrawn: boolean }>;
  incidents: Map<string, { status: Incident['status'] }>;
};
export const world = (): World => ({
  parties: new Map(parties),
  reviewed: new Set([partyId('mayor')]),
  sources: new Map([[sourceId('article'), { textRevisions: 1, withdrawn: false }]]),
  incidents: new Map([
    [incidentId('other'), { status: 'published' as const }],
    [incidentId('merged'), { status: 'merged' as const }],
    [incidentId('unpublished'), { status: 'proposed' as const }],
  ]),
});
export const factsOf = ({ parties, reviewed, sources, incidents }: World): Facts => ({
  vocabulary: standardVocabulary,
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

/** Removes what the paths lead to: what reading without texts does. */
export const withoutPaths = (data: unknown, paths: readonly Path[]): unknown => {
  const copy = structuredClone(data);
  for (const path of paths) {
    const parent = path.slice(0, -1).reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], copy);
    delete (parent as Record<string | number, unknown>)[path.at(-1) ?? ''];
  }
  return copy;
};
/** The stream as it is read later: without the texts that were erased. */
export const readAfterErasures = (events: readonly DomainEvent[]): DomainEvent[] => {
  const erased = events.flatMap((event) => (event.type === 'TextErased' ? event.data.items : []));
  return events.map((event) => {
    const paths = erased.filter(({ revision }) => revision === event.revision).map(({ pointer }) => pointer.slice(1).split('/'));
    return { ...event, data: withoutPaths(event.data, paths) } as DomainEvent;
  });
};
export const structureOf = (event: DomainEvent): DomainEvent =>
  ({ ...event, data: withoutPaths(event.data, catalogue[event.type]?.texts(event.data) ?? []) }) as DomainEvent;

export type Options = { by?: string; base?: number | null; key?: string; ifMatch?: string };

export const scene = () => {
  const stream = incidentId('this');
  const facts = world();
  const events: DomainEvent[] = [];
  const ids: Record<string, string> = {};
  let state = initialIncident();
  /** The same stream folded from its structure alone. */
  let bare = initialIncident();
  const decisions: { whole: Result<NewEvent[]>; bare: Result<NewEvent[]> }[] = [];
  let keys = 0;

  const append = (made: readonly NewEvent[], { command, actor }: { command: string; actor: string }, request: string | null = null) => {
    const first = events.length;
    for (const [index, { type, edit, data }] of made.entries()) {
      const at = new Date(Date.UTC(2026, 0, 15, 0, 0, events.length)).toISOString();
      const event = {
        id: eventId(command, index),
        type,
        schema: 1,
        stream,
        revision: first + index,
        last: first + made.length - 1,
        at,
        actor,
        edit,
        command,
        request: index === 0 ? request : null,
        correlation: null,
        data,
        position: BigInt(first + index + 1),
        recordedAt: at,
      } as DomainEvent;
      events.push(event);
      state = evolveIncident(state, event);
      bare = evolveIncident(bare, structureOf(event));
    }
  };

  type Decide = (state: Incident, facts: Facts) => Result<NewEvent[]>;
  const decideBoth = (command: { command: string; actor: string }, changes: readonly Change[], decide: Decide): Result<NewEvent[]> => {
    const decided = decide(state, factsOf(facts));
    decisions.push({ whole: decided, bare: decide(bare, factsNeeded(changes, bare, facts)) });
    if (decided.ok) append(decided.value, command);
    return decided;
  };
  const run = (command: IncidentCommand): Result<NewEvent[]> => {
    const edit = 'edit' in command ? state.edits.get(command.edit) : undefined;
    const changes = 'changes' in command ? command.changes : (edit?.versions.at(-1)?.changes ?? []);
    return decideBoth(command, changes, (folded, known) => decideIncident(folded, command, known));
  };
  const next = (key: string | undefined, subject: string) => {
    keys += 1;
    return commandId({ subject, method: 'POST', path: '/', key: key ?? `${keys}` });
  };
  const context = (command: string, editCommand = command) => ({ command, editCommand, pointer: '/changes', sourceText: () => text });

  const send = (resolved: Result<Resolved>, command: (of: Resolved) => IncidentCommand): Result<NewEvent[]> => {
    if (!resolved.ok) return resolved;
    const decided = run(command(resolved.value));
    if (decided.ok) Object.assign(ids, resolved.value.refs);
    return decided;
  };

  const propose = (body: Body, { by = 'author', key }: Options = {}) => {
    const command = next(key, by);
    const { rationale, ...rest } = proposalBody.parse(body);
    return send(proposalChanges({ ...rest, rationale }, context(command)), (of) => ({
      kind: 'propose',
      command,
      actor: by,
      rationale,
      ...of,
    }));
  };
  const submit = (changes: Body[], { by = 'author', base = state.recordRevision, key }: Options = {}) => {
    const command = next(key, by);
    const { rationale, ...body } = editBody.parse({ baseRevision: base ?? 0, rationale: 'Because § of the article', changes });
    return send(resolveChanges(body.changes, context(command)), (of) => {
      return { kind: 'submit', command, actor: by, rationale, baseRevision: body.baseRevision, ...of };
    });
  };
  const revise = (edit: number, changes: Body[], options: Options = {}) => {
    const { by = 'author', base = state.recordRevision, key, ifMatch = editTag(state, edit) } = options;
    const command = next(key, by);
    const { rationale, ...body } = editBody.parse({ baseRevision: base ?? 0, rationale: 'Because § of the article', changes });
    const resolved = resolveChanges(body.changes, context(command, state.edits.get(edit)?.command));
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
  const vote = (edit: number, decision: Vote, by: string, more: { ifMatch?: string; reason?: string | null; erased?: boolean } = {}) => {
    const version = more.erased ? null : (state.edits.get(edit)?.versions.at(-1) ?? null);
    const { ifMatch = editTag(state, edit), reason = 'It § is right' } = more;
    return run({ kind: 'decide', command: next(undefined, by), actor: by, edit, ifMatch, decision, reason, version });
  };
  const last = () => state.edits.size;
  const settle = (result: Result<NewEvent[]>) => {
    if (!result.ok) throw new Error(`${result.error.code}: ${result.error.detail}`);
    return result.value;
  };
  /** Approves an edit by as many reviewers as it needs. */
  const approve = (edit: number) => {
    for (const by of ['reviewer', 'reviewer2']) if (state.edits.get(edit)?.state === 'submitted') settle(vote(edit, 'approve', by));
  };

  return {
    get state() {
      return state;
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
    propose,
    submit,
    revise,
    vote,
    approve,
    withdraw: (edit: number, by = 'author', ifMatch: string | null = null) => {
      const command = { command: next(undefined, by), actor: by, edit, ifMatch, reason: 'A § mistake' };
      return decideBoth(command, [], (folded) => withdrawEdit(folded, command));
    },
    breakLease: (edit: number, by: string, holder: string) => {
      const command = { command: next(undefined, by), actor: by, edit, holder, reason: 'Away § for long' };
      return decideBoth(command, [], (folded) => breakLease(folded, command));
    },
    /** Erases texts of events, as the operation of the event log does, and reads the stream anew. */
    erase: (...items: { revision: number; pointer: string }[]) => {
      const data = { items: items.map((item) => ({ ...item, digest: 'digest' })), reasonCode: 'personal_data' as const };
      append([{ type: 'TextErased', edit: null, data }], { command: next(undefined, 'admin'), actor: 'admin' });
      state = readAfterErasures(events).reduce(evolveIncident, initialIncident());
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
