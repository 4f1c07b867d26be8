import { type Caller, type CommandOptions, type CommandResult, createMerging } from '@averment/commands';
import { testCommands } from '@averment/commands/testing';
import {
  catalogue,
  changeOf,
  commandId,
  type DomainEvent,
  derivedId,
  editBody,
  editTag,
  eventId,
  evolveIncident,
  evolveParty,
  evolvePolicy,
  evolveSource,
  type Incident,
  initialIncident,
  initialParty,
  initialPolicy,
  initialSource,
  type NewEvent,
  type Party,
  type PolicyRules,
  partiesUsed,
  partyBody,
  partyEditBody,
  policyNow,
  policyStream,
  proposalBody,
  type Result,
  type Source,
  sourceBody,
  sourceEditBody,
} from '@averment/domain';
import { decoded, type EventLog, eraseTexts, isUndecodable, withAbsorbed } from '@averment/event-log';
import { createMemoryLog, createMemoryStore } from '@averment/event-log/testing';
import { systemRandom } from '@averment/platform';

/**
 * A small world on a log in memory, driven by the product's commands. Every command either goes in whole or throws `Refused`. Things are named by short
 * names; `id('incident', 'stop')` is the id of what `propose('stop', …)` makes.
 */
export type Body = Record<string, unknown>;

/** A command was refused, which a test may want and a random story takes as it comes. */
export class Refused extends Error {}

export const start = Date.UTC(2026, 0, 15);
/** The text of every source that is not given another: each of its words can be quoted. */
export const text =
  'The agency says that the car moved. The city has not confirmed it. A witness says that it stood still. The court found nothing.';

/** Who makes what has a name, and where it is sent. The name is its key, from which its id follows. */
const makers = {
  incident: { subject: 'author', path: '/v1/incidents' },
  party: { subject: 'contributor', path: '/v1/parties' },
  source: { subject: 'contributor', path: '/v1/sources' },
};

export type World = ReturnType<typeof createWorld>;

/** `store` is where its log lies. */
export const createWorld = ({ store = createMemoryStore() } = {}) => {
  let keys = 0;
  const clock = { now: () => new Date(start + keys * 60_000) };
  const log: EventLog<DomainEvent> = createMemoryLog<DomainEvent>({ catalogue, clock, random: systemRandom, store });
  const incidents = new Map<string, Incident>();
  const parties = new Map<string, Party>();
  const sources = new Map<string, Source>();
  let rules = initialPolicy();

  const id = (prefix: keyof typeof makers, name: string): string =>
    derivedId(prefix, commandId({ ...makers[prefix], method: 'POST', key: name }), prefix);
  const accepted = <T>(result: Result<T> | CommandResult<T>): T => {
    if (!result.ok) throw new Refused(`${result.error.code}: ${result.error.detail} ${JSON.stringify(result.error.errors ?? [])}`);
    return result.value;
  };

  /** Parties that an edit used which two approved, each with the position at which it was applied last. */
  const reviewed = new Map<string, bigint>();
  let noted = 0n;
  const findReviewed = async () => {
    const events = (await log.readAll(noted, 100_000, { texts: false })).filter((event): event is DomainEvent => !isUndecodable(event));
    const ofTwo = new Set(events.flatMap(({ type, data, command }) => (type === 'EditApproved' && data.needed >= 2 ? command : [])));
    for (const event of events) {
      noted = event.position;
      const change = ofTwo.has(event.command) ? changeOf(event) : undefined;
      if (change) for (const party of partiesUsed(change)) reviewed.set(party, event.position);
      if (event.type === 'PartyPrivacySet' && ofTwo.has(event.command)) reviewed.set(event.stream, event.position);
    }
    return reviewed;
  };

  const settings: Partial<Pick<CommandOptions, 'share' | 'findQuotes'>> = {};
  const newCommands = () => testCommands({ log, clock, findReviewed, ...settings });
  let commands = newCommands();

  /** A minute passes with each. */
  const newKey = (): string => {
    keys += 1;
    return String(keys);
  };
  const callerOf = (subject: string, path: string, body: unknown, idempotencyKey = newKey()): Caller => ({
    subject,
    role: 'reviewer',
    method: 'POST',
    path,
    idempotencyKey,
    body,
    correlation: null,
  });
  /** Who makes the thing of this name. */
  const makerOf = (prefix: keyof typeof makers, name: string, body: unknown): Caller => {
    newKey();
    return callerOf(makers[prefix].subject, makers[prefix].path, body, name);
  };

  /** Folds what the stream has beyond the state. */
  const follow = async (stream: string): Promise<void> => {
    const known = stream === policyStream ? rules : (incidents.get(stream) ?? parties.get(stream) ?? sources.get(stream));
    const from = known?.streamRevision ?? -1;
    const readTo = async (absorbed: string, to: number) => decoded(await log.readStream(absorbed, 0, { to }));
    for (const event of await withAbsorbed(decoded(await log.readStream(stream, from + 1)), readTo)) {
      if (stream.startsWith('incident_')) incidents.set(stream, evolveIncident(incidents.get(stream) ?? initialIncident(), event));
      else if (stream.startsWith('party_')) parties.set(stream, evolveParty(parties.get(stream) ?? initialParty(), event));
      else if (stream === policyStream) rules = evolvePolicy(rules, event);
      else sources.set(stream, evolveSource(sources.get(stream) ?? initialSource(), event));
    }
  };
  const run = async <T extends { position: string }>(stream: string, answer: Promise<CommandResult<T>>) => {
    const made = accepted(await answer);
    await follow(stream);
    return { ...made, position: BigInt(made.position) };
  };

  const stateOf = (name: string): Incident => incidents.get(id('incident', name)) ?? initialIncident();
  const editOf = (name: string, edit: number) => {
    const found = stateOf(name).edits.get(edit);
    if (found === undefined) throw new Refused(`${name} has no edit ${edit}`);
    return found;
  };

  const party = async (name: string, body: Body = {}): Promise<bigint> => {
    const parsed = partyBody.parse({ kind: 'agency', name: `The ${name}`, ...body });
    return (await run(id('party', name), commands.registerParty(makerOf('party', name, body), parsed))).position;
  };
  const source = async (name: string, body: Body = {}): Promise<bigint> => {
    const about = { kind: 'article', title: `About the ${name}`, publisher: 'The outlet', language: 'en', text };
    const parsed = sourceBody.parse({ ...about, ...body });
    return (await run(id('source', name), commands.registerSource(makerOf('source', name, body), parsed))).position;
  };

  /** Appends what logs have of before there were edits of sources and parties: a registrar corrects a party or changes a source. */
  const append = async (stream: string, expected: number, command: string, made: readonly NewEvent[]): Promise<bigint> => {
    const by = { at: clock.now().toISOString(), actor: 'registrar', command, request: null, correlation: null };
    const outcome = await log.append(
      stream,
      expected,
      made.map((event, index) => ({ id: eventId(command, index), ...by, ...event })),
    );
    if (outcome.outcome !== 'written') throw new Error(`not written: ${outcome.outcome}`);
    await follow(stream);
    return outcome.position;
  };
  const newCommand = () => commandId({ subject: 'registrar', method: 'POST', path: '/', key: newKey() });
  const correctParty = async (name: string, set: Body): Promise<bigint> => {
    const data = { fields: Object.keys(set), set, reason: 'It was wrong.', citations: [] };
    return appendOld(id('party', name), parties, { type: 'PartyCorrected', edit: null, data } as NewEvent);
  };
  const changeSource = async (name: string, change: { kind: 'revise_text'; text: string } | { kind: 'withdraw' }): Promise<bigint> => {
    const revision = (sources.get(id('source', name))?.texts.length ?? 0) + 1;
    const reason = 'It was changed.';
    const event: NewEvent =
      change.kind === 'withdraw'
        ? { type: 'SourceWithdrawn', edit: null, data: { reason } }
        : { type: 'SourceTextRevised', edit: null, data: { revision, text: change.text, why: null, reason, citations: [] } };
    return appendOld(id('source', name), sources, event);
  };
  const appendOld = (stream: string, states: ReadonlyMap<string, { streamRevision: number }>, event: NewEvent): Promise<bigint> =>
    append(stream, states.get(stream)?.streamRevision ?? -1, newCommand(), [event]);

  const registeredOf = (stream: string) => {
    const found = parties.get(stream) ?? sources.get(stream);
    if (found === undefined) throw new Refused(`there is no ${stream}`);
    return found;
  };
  /** Submits an edit of a party or a source, which is named by its id. */
  const submitTo = async (
    stream: string,
    changes: Body[],
    { by = 'author', base }: { by?: string; base?: number } = {},
  ): Promise<number> => {
    const body = { baseRevision: base ?? registeredOf(stream).version, rationale: 'It is needed.', changes };
    const caller = callerOf(by, `/v1/registered/${stream}/edits`, body);
    const submitted = stream.startsWith('party_')
      ? commands.submitPartyEdit(caller, { stream, body: partyEditBody.parse(body) })
      : commands.submitSourceEdit(caller, { stream, body: sourceEditBody.parse(body) });
    return (await run(stream, submitted)).edit;
  };
  const decideOn = async (
    stream: string,
    edit: number,
    by: string,
    decision: 'approve' | 'reject' | 'request_changes',
  ): Promise<bigint> => {
    const vote = { decision, reason: 'I looked at it.' };
    const ifMatch = [editTag(registeredOf(stream), edit)];
    return (
      await run(
        stream,
        commands.decideEdit(callerOf(by, `/v1/registered/${stream}/edits/${edit}`, vote), { stream, edit, ifMatch, ...vote }),
      )
    ).position;
  };
  const untilApplied = async (approveBy: (reviewer: string) => Promise<bigint>, stateNow: () => string | undefined): Promise<bigint> => {
    for (const reviewer of ['reviewer', 'reviewer2', 'reviewer3', 'reviewer4', 'reviewer5']) {
      const position = await approveBy(reviewer);
      if (stateNow() === 'applied') return position;
    }
    throw new Error('five approvals do not suffice');
  };
  /** Two admins bring rules into force. */
  const adoptRules = async (change: (rules: PolicyRules) => PolicyRules): Promise<bigint> => {
    const admin = (subject: string, body: unknown) => ({ ...callerOf(subject, '/v1/policy/proposals', body), role: 'admin' as const });
    const body = { rules: change(policyNow(rules).rules), reason: 'It is better so.' };
    const { id: proposal } = await run(policyStream, commands.proposePolicy(admin('admin', body), body));
    return (await run(policyStream, commands.approvePolicy(admin('admin2', { proposal }), proposal))).position;
  };
  /** Submits it, and as many reviewers as it needs approve. */
  const applyTo = async (stream: string, changes: Body[]): Promise<bigint> => {
    const edit = await submitTo(stream, changes);
    return untilApplied(
      (by) => decideOn(stream, edit, by, 'approve'),
      () => registeredOf(stream).edits.get(edit)?.state,
    );
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

  const propose = async (name: string, body: Body = {}): Promise<bigint> => {
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
    return (await run(id('incident', name), commands.proposeIncident(makerOf('incident', name, body), parsed))).position;
  };
  /** `ids` are the things that the edit made, by ref. */
  const submit = async (name: string, changes: Body[], { by = 'author', base }: { by?: string; base?: number } = {}) => {
    const incident = id('incident', name);
    const body = editBody.parse({ baseRevision: base ?? stateOf(name).recordRevision ?? 0, rationale: 'It is needed.', changes });
    const { edit, refs } = await run(
      incident,
      commands.submitEdit(callerOf(by, `/v1/incidents/${incident}/edits`, body), { incident, body }),
    );
    return { edit, ids: refs };
  };
  /** What a command on an edit as it is now needs. */
  const onEdit = (name: string, edit: number, by: string, body: unknown) => {
    const incident = id('incident', name);
    const { edit: number } = editOf(name, edit);
    return {
      incident,
      caller: callerOf(by, `/v1/incidents/${incident}/edits/${number}`, body),
      ref: { stream: incident, edit, ifMatch: [editTag(stateOf(name), edit)] },
    };
  };
  const reviseEdit = async (name: string, edit: number, changes: Body[], by = 'author'): Promise<bigint> => {
    const body = editBody.parse({ baseRevision: stateOf(name).recordRevision ?? 0, rationale: 'Revised.', changes });
    const { incident, caller, ref } = onEdit(name, edit, by, body);
    return (await run(incident, commands.reviseEdit(caller, { ...ref, body }))).position;
  };
  const decide = async (name: string, edit: number, by: string, decision: 'approve' | 'reject' | 'request_changes'): Promise<bigint> => {
    const vote = { decision, reason: 'I looked at it.' };
    const { incident, caller, ref } = onEdit(name, edit, by, vote);
    return (await run(incident, commands.decideEdit(caller, { ...ref, ...vote }))).position;
  };
  /** As many reviewers as it needs approve. */
  const approve = async (name: string, edit: number): Promise<bigint> => {
    return untilApplied(
      (by) => decide(name, edit, by, 'approve'),
      () => editOf(name, edit).state,
    );
  };
  const revert = async (name: string, edit: number, by = 'author'): Promise<void> => {
    const [incident, reason] = [id('incident', name), 'It should not have been approved.'];
    await run(
      incident,
      commands.revertEdit(callerOf(by, `/v1/incidents/${incident}/edits/${edit}/revert`, { reason }), { incident, edit, reason }),
    );
  };
  const withdrawVote = async (name: string, edit: number, by: string): Promise<bigint> => {
    const { incident, caller, ref } = onEdit(name, edit, by, {});
    return (await run(incident, commands.withdrawVote(caller, { ...ref, reason: 'Too soon.' }))).position;
  };
  const withdraw = async (name: string, edit: number, by = 'author'): Promise<bigint> => {
    const { incident, caller, ref } = onEdit(name, edit, by, {});
    return (await run(incident, commands.withdrawEdit(caller, { ...ref, ifMatch: null, reason: null }))).position;
  };

  const decides = /^(Incident|Party)(Merged|Unmerged)$|^PartyPrivacySet$/;
  /** Follows on the survivors' streams what was decided of merges up to now, as the worker does. */
  const followMerges = async (): Promise<void> => {
    const merging = createMerging({ log, clock });
    for (const { type, stream, revision } of await log.readAll(0n, 100_000, { texts: false })) {
      if (decides.test(type)) await merging.follow({ stream, revision });
    }
    for (const stream of [...incidents.keys(), ...parties.keys()]) await follow(stream);
  };

  /** Erases the text at a place and all its copies in the stream. */
  /** What follows from a decision that keeps these texts of an event from sight, or shows them again. */
  const restrict = async (type: 'TextRestricted' | 'TextReleased', stream: string, revision: number, pointers: string[]): Promise<void> => {
    const command = commandId({ subject: 'worker', method: 'POST', path: '/', key: newKey() });
    const decision = derivedId('erasure', command, 'erasure');
    const items = pointers.map((pointer) => ({ revision, pointer }));
    const made: NewEvent =
      type === 'TextRestricted'
        ? { type, edit: null, data: { items, reasonCode: 'court_order', decision } }
        : { type, edit: null, data: { items, decision } };
    await append(stream, (await log.readStream(stream, 0, { texts: false })).length - 1, command, [made]);
  };

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
    // Anew, as the log hands out what is left.
    for (const states of [incidents, parties, sources]) states.delete(stream);
    await follow(stream);
  };

  return {
    log,
    clock,
    id,
    claim,
    stateOf,
    incidents,
    parties,
    sources,
    party,
    correctParty,
    source,
    changeSource,
    submitTo,
    decideOn,
    applyTo,
    adoptRules,
    propose,
    submit,
    reviseEdit,
    decide,
    approve,
    withdrawVote,
    revert,
    withdraw,
    erase,
    restrict,
    followMerges,
    /** From now on: how much of the texts that edits quote may be public, and how votes find what is quoted of them already. */
    set: (next: typeof settings) => {
      Object.assign(settings, next);
      commands = newCommands();
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
