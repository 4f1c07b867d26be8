import {
  catalogue,
  changeOf,
  commandId,
  type DomainEvent,
  decideIncident,
  decideParty,
  decideSource,
  derivedId,
  editBody,
  editTag,
  eventId,
  evolveIncident,
  evolveParty,
  evolveSource,
  type Facts,
  type Incident,
  type IncidentCommand,
  initialIncident,
  initialParty,
  initialSource,
  type NewEvent,
  type Party,
  type PublicShare,
  partiesUsed,
  partyBody,
  partyFacts,
  policy,
  proposalBody,
  proposalChanges,
  publicShare,
  type Result,
  resolveChanges,
  type Source,
  sourceBody,
  sourceFacts,
  standardVocabulary,
  withdrawEdit,
} from '@averment/domain';
import { createMemoryLog, type EventLog, eraseTexts, isUndecodable } from '@averment/event-log';
import { systemRandom } from '@averment/platform';

/**
 * A small world driven by commands, as the API would, on a log in memory. Every command either goes in whole or throws `Refused`.
 * Things are named by short names; `id('incident', 'stop')` is the id of what `propose('stop', …)` made.
 */
export type Body = Record<string, unknown>;

/** The domain said no, which a test may want and a random story takes as it comes. */
export class Refused extends Error {}

export const start = Date.UTC(2026, 0, 15);
/** The text of every source that is not given another: each of its words can be quoted. */
export const text =
  'The agency says that the car moved. The city has not confirmed it. A witness says that it stood still. The court found nothing.';

export type World = ReturnType<typeof createWorld>;

export const createWorld = () => {
  let ticks = 0;
  const clock = { now: () => new Date(start + ticks * 60_000) };
  const log: EventLog<DomainEvent> = createMemoryLog<DomainEvent>({ catalogue, clock, random: systemRandom });
  const incidents = new Map<string, Incident>();
  const parties = new Map<string, Party>();
  const sources = new Map<string, Source>();
  /** Parties that an edit used which two approved. */
  const reviewed = new Set<string>();
  const names = commandId({ subject: 'tests', method: 'POST', path: '/', key: 'names' });
  let keys = 0;

  const id = (prefix: 'incident' | 'party' | 'source', name: string): string => derivedId(prefix, names, name);
  const newCommand = (): string => {
    ticks += 1;
    keys += 1;
    return commandId({ subject: 'tests', method: 'POST', path: '/', key: String(keys) });
  };
  const accepted = <T>(result: Result<T>): T => {
    if (!result.ok) throw new Refused(`${result.error.code}: ${result.error.detail} ${JSON.stringify(result.error.errors ?? [])}`);
    return result.value;
  };

  const facts: Facts = {
    vocabulary: standardVocabulary,
    policy,
    parties: (party) => {
      const found = parties.get(party);
      return found && partyFacts(found);
    },
    privacyReviewed: (party) => reviewed.has(party),
    sources: (source) => {
      const found = sources.get(source);
      return found && sourceFacts(found);
    },
    incidents: (incident) => incidents.get(incident),
  };

  const append = async (
    stream: string,
    made: readonly NewEvent[],
    { command, actor }: { command: string; actor: string },
  ): Promise<bigint> => {
    const at = clock.now().toISOString();
    const state = incidents.get(stream) ?? parties.get(stream) ?? sources.get(stream);
    const events = made.map(({ type, edit, data }, index) => {
      const id = eventId(command, index);
      return { id, type, at, actor, edit, command, request: index === 0 ? 'hmac' : null, correlation: null, data };
    });
    const outcome = await log.append(stream, state?.streamRevision ?? -1, events);
    if (outcome.outcome !== 'written') throw new Error(`not written: ${outcome.outcome}`);
    await follow(stream);
    noteReviewed(made);
    return outcome.position;
  };

  const noteReviewed = (made: readonly NewEvent[]): void => {
    const ofTwo = made.some(({ type, data }) => type === 'EditApproved' && data.needed === 2);
    if (!ofTwo || !made.some(({ type }) => type === 'EditApplied')) return;
    for (const party of made.flatMap((event) => changeOf(event) ?? []).flatMap(partiesUsed)) reviewed.add(party);
  };

  /** Folds what the stream has beyond the state. */
  const follow = async (stream: string): Promise<void> => {
    const from = (incidents.get(stream) ?? parties.get(stream) ?? sources.get(stream))?.streamRevision ?? -1;
    for (const event of await log.readStream(stream, from + 1)) {
      if (isUndecodable(event)) throw new Error(event.error);
      if (stream.startsWith('incident_')) incidents.set(stream, evolveIncident(incidents.get(stream) ?? initialIncident(), event));
      else if (stream.startsWith('party_')) parties.set(stream, evolveParty(parties.get(stream) ?? initialParty(), event));
      else sources.set(stream, evolveSource(sources.get(stream) ?? initialSource(), event));
    }
  };

  const sourceText = (source: string, revision: number): string | null | undefined => sources.get(source)?.texts[revision - 1];
  let share = publicShare;
  const stateOf = (name: string): Incident => incidents.get(id('incident', name)) ?? initialIncident();

  const run = async (name: string, command: IncidentCommand, known: Partial<Facts> = {}): Promise<bigint> => {
    const state = stateOf(name);
    return append(id('incident', name), accepted(decideIncident(state, command, { ...facts, ...known })), command);
  };
  const editOf = (name: string, edit: number) => {
    const found = stateOf(name).edits.get(edit);
    if (found === undefined) throw new Refused(`${name} has no edit ${edit}`);
    return found;
  };

  const party = async (name: string, body: Body = {}): Promise<bigint> => {
    const command = newCommand();
    const parsed = partyBody.parse({ kind: 'agency', name: `The ${name}`, ...body });
    const known = parties.get(id('party', name)) ?? initialParty();
    const events = accepted(decideParty(known, { kind: 'register', command, actor: 'contributor', body: parsed }, facts.parties));
    return append(id('party', name), events, { command, actor: 'contributor' });
  };
  const correctParty = async (name: string, set: Body): Promise<bigint> => {
    const command = newCommand();
    const known = parties.get(id('party', name)) ?? initialParty();
    const events = accepted(
      decideParty(known, { kind: 'correct', command, actor: 'registrar', set, reason: 'It was wrong.' }, facts.parties),
    );
    if ('private' in set || 'publicRole' in set) reviewed.delete(id('party', name));
    return append(id('party', name), events, { command, actor: 'registrar' });
  };
  const source = async (name: string, body: Body = {}): Promise<bigint> => {
    const command = newCommand();
    const parsed = sourceBody.parse({
      kind: 'article',
      title: `About the ${name}`,
      publisher: 'The outlet',
      language: 'en',
      text,
      ...body,
    });
    const known = sources.get(id('source', name)) ?? initialSource();
    const events = accepted(decideSource(known, { kind: 'register', command, actor: 'contributor', body: parsed }));
    return append(id('source', name), events, { command, actor: 'contributor' });
  };
  const changeSource = async (name: string, change: { kind: 'revise_text'; text: string } | { kind: 'withdraw' }): Promise<bigint> => {
    const command = newCommand();
    const known = sources.get(id('source', name)) ?? initialSource();
    const events = accepted(decideSource(known, { ...change, command, actor: 'registrar', reason: 'It was changed.' }));
    return append(id('source', name), events, { command, actor: 'registrar' });
  };

  /** A claim as sent: the agency says that the car moved toward the officers. */
  const claim = (body: Body = {}): Body => ({
    aspect: 'vehicle_motion',
    about: id('party', 'driver'),
    value: { kind: 'boolean', value: true },
    statement: 'The agency says that the car moved toward the officers.',
    speaker: id('party', 'bureau'),
    capacity: 'spokesperson',
    stance: 'asserts',
    citations: [{ source: id('source', 'article'), quote: { exact: 'the car moved' } }],
    ...body,
  });

  const propose = async (name: string, body: Body = {}, by = 'author'): Promise<bigint> => {
    const command = newCommand();
    const parsed = proposalBody.parse({
      title: `Officers stop a car near the ${name}`,
      occurred: { date: '2026-01-14' },
      place: {
        text: `The road to the ${name}`,
        locality: 'Minneapolis',
        region: 'US-MN',
        country: 'US',
        precision: 'road',
        point: { lat: 44.98, lon: -93.27 },
      },
      agencies: [id('party', 'bureau')],
      claims: [claim()],
      rationale: 'One account.',
      ...body,
    });
    const resolved = accepted(proposalChanges(parsed, { command, editCommand: command, sourceText, share }));
    return run(name, { kind: 'propose', command, actor: by, rationale: parsed.rationale, ...resolved });
  };
  /** `ids` are the things that the edit made, by ref. */
  const submit = async (name: string, changes: Body[], { by = 'author', base }: { by?: string; base?: number } = {}) => {
    const command = newCommand();
    const parsed = editBody.parse({ baseRevision: base ?? stateOf(name).revision ?? 0, rationale: 'It is needed.', changes });
    const resolved = accepted(resolveChanges(parsed.changes, { command, editCommand: command, sourceText, share, pointer: '/changes' }));
    await run(name, { kind: 'submit', command, actor: by, baseRevision: parsed.baseRevision, rationale: parsed.rationale, ...resolved });
    return { edit: stateOf(name).edits.size, ids: resolved.refs };
  };
  const reviseEdit = async (name: string, edit: number, changes: Body[], by = 'author'): Promise<bigint> => {
    const command = newCommand();
    const found = editOf(name, edit);
    const parsed = editBody.parse({ baseRevision: stateOf(name).revision ?? 0, rationale: 'Revised.', changes });
    const resolved = accepted(
      resolveChanges(parsed.changes, { command, editCommand: found.command, sourceText, share, pointer: '/changes' }),
    );
    const ifMatch = editTag(stateOf(name), edit);
    return run(name, {
      kind: 'revise',
      command,
      actor: by,
      edit,
      ifMatch,
      baseRevision: parsed.baseRevision,
      rationale: parsed.rationale,
      ...resolved,
    });
  };
  /** `known` are facts that the decision goes by in place of those of now. */
  const decide = async (
    name: string,
    edit: number,
    by: string,
    decision: 'approve' | 'reject' | 'request_changes',
    known: Partial<Facts> = {},
  ): Promise<bigint> => {
    const version = editOf(name, edit).versions.at(-1) ?? null;
    const ifMatch = editTag(stateOf(name), edit);
    const reason = 'I looked at it.';
    return run(name, { kind: 'decide', command: newCommand(), actor: by, edit, ifMatch, decision, reason, version }, known);
  };
  /** As many reviewers as it needs approve. */
  const approve = async (name: string, edit: number): Promise<bigint> => {
    const position = await decide(name, edit, 'reviewer', 'approve');
    return editOf(name, edit).state === 'applied' ? position : decide(name, edit, 'reviewer2', 'approve');
  };
  const withdraw = async (name: string, edit: number, by = 'author'): Promise<bigint> => {
    const command = { command: newCommand(), actor: by, edit, ifMatch: null, reason: null };
    return append(id('incident', name), accepted(withdrawEdit(stateOf(name), command)), command);
  };

  /** Erases the text at a place and all its copies in the stream. */
  const erase = async (stream: string, revision: number, pointer: string): Promise<void> => {
    const command = newCommand();
    const request = {
      stream,
      fields: [{ revision, pointer }],
      reasonCode: 'personal_data',
      actor: 'officer',
      command,
      at: clock.now().toISOString(),
    };
    const outcome = await eraseTexts(log, { ...request, idOf: (index) => eventId(command, index) });
    if (outcome.outcome === 'no_text') throw new Refused(`${stream} has no text at ${revision} ${pointer}`);
    await follow(stream);
  };

  return {
    ...{ log, clock, id, claim, stateOf, incidents, parties, sources },
    ...{ party, correctParty, source, changeSource, propose, submit, reviseEdit, decide, approve, withdraw, erase },
    /** How much of the texts that edits quote from now on may be public. */
    setShare: (next: PublicShare) => {
      share = next;
    },
    /** The parties and the source that incidents here speak of. */
    cast: async () => {
      await party('department');
      await party('bureau', { parent: id('party', 'department'), aliases: ['The office'] });
      await party('city');
      await party('court', { kind: 'court' });
      await party('driver', { kind: 'described_role', name: 'the driver of the stopped car' });
      await party('witness', { kind: 'person', name: 'a witness' });
      await source('article', { url: 'https://example.org/article' });
    },
    publish: async (name: string, body: Body = {}) => {
      await propose(name, body);
      return approve(name, 1);
    },
    /** Submits and approves. */
    apply: async (name: string, changes: Body[]) => {
      const { edit, ids } = await submit(name, changes);
      return { position: await approve(name, edit), ids, edit };
    },
  };
};
