import type { Caller, CommandResult } from '@averment/commands';
import {
  editBody,
  editTag,
  eventId,
  evolveIncident,
  evolveParty,
  evolveSource,
  type Incident,
  initialIncident,
  initialParty,
  initialSource,
  partyBody,
  partyEditBody,
  proposalBody,
  sourceBody,
  sourceEditBody,
} from '@averment/domain';
import { decoded, eraseTexts, LogUnavailable, StreamUnreadable, withAbsorbed } from '@averment/event-log';
import { lastingIn } from '../lasting.ts';
import { articleText, type Basics, claim, proposal } from '../work.ts';
import type { Process, World } from './world.ts';

type Role = 'author' | 'reviewer' | 'both' | 'eraser';
type Sent = { subject: string; path: string; key: string; body: unknown; role: Caller['role']; method?: Caller['method'] };
type Answer = { position: string };
type Run<T> = (process: Process, caller: Caller) => Promise<CommandResult<T>>;

/**
 * Sends a command until it is answered: to another process after a death or an outage, always under the same key, sometimes to two processes at once.
 * Null where it was refused.
 */
const send = async <T extends Answer>(world: World, sent: Sent, run: Run<T>): Promise<T | null> => {
  const { random } = world;
  const { method = 'POST' } = sent;
  const once = async (): Promise<CommandResult<T> | null> => {
    const process = world.api();
    const key = world.sabotage === 'keys forgotten' ? random.uuid() : sent.key;
    const caller: Caller = { ...sent, method, idempotencyKey: key, correlation: null };
    try {
      const result = await Promise.race([run(process, caller), process.died]);
      if (result === 'died') return null;
      if (result.ok)
        world.acknowledge({ ...sent, method, position: result.value.position, answer: lastingIn(JSON.stringify(result.value)) });
      return result;
    } catch (error) {
      if (error instanceof LogUnavailable) return null;
      if (error instanceof StreamUnreadable) throw new Error(`unreadable: ${error.message}`);
      throw error;
    }
  };
  for (;;) {
    const results = await Promise.all(random.chance(0.15) ? [once(), once()] : [once()]);
    const result = results.find((one) => one?.ok) ?? results.find((one) => one !== null);
    if (result?.ok) {
      // Now and then somebody repeats what was answered already.
      if (random.chance(0.1)) await once();
      return result.value;
    }
    if (result && result.error.code !== 'Busy') return null;
  }
};

/** The incident as it stands in the log now. People share the folds, which go on where they ended: whoever waits in between looks again. */
const foldOf = async ({ log, folds }: World, stream: string): Promise<Incident> => {
  const seen = folds.get(stream) ?? { state: initialIncident(), revision: -1 };
  folds.set(stream, seen);
  const readTo = async (absorbed: string, to: number) => decoded(await log.readStream(absorbed, 0, { to, texts: false }));
  for (const event of await withAbsorbed(decoded(await log.readStream(stream, seen.revision + 1, { texts: false })), readTo)) {
    if (event.revision !== seen.revision + 1) continue;
    seen.state = evolveIncident(seen.state, event);
    seen.revision = event.revision;
  }
  return seen.state;
};

const streamsOf = (world: World, prefix: string): string[] => [...world.store.streams.keys()].filter((stream) => stream.startsWith(prefix));

/** One person's day: a few actions on whatever is there, of which many are refused because others were faster. */
export const person = async (world: World, role: Role, subject: string): Promise<void> => {
  const basics = role === 'author' ? await furnish(world, subject) : null;
  if (basics) await propose(world, subject, basics);
  await world.opened(role === 'author');
  const actions = role === 'eraser' ? 2 : 4 + world.random.below(5);
  for (let n = 0; n < actions; n += 1) {
    const key = `${subject}-${n}`;
    if (role === 'eraser') await erase(world, subject, key);
    else if (role === 'reviewer' || (role === 'both' && world.random.chance(0.5))) await decide(world, subject, key);
    else if (world.random.chance(0.3)) await merge(world, subject, key);
    else if (world.random.chance(0.2)) await correct(world, subject, key);
    else await edit(world, subject, key, basics);
  }
};

const furnish = async (world: World, subject: string): Promise<Basics> => {
  const by = { subject, role: 'contributor' as const };
  const register = async (name: string): Promise<string> => {
    // All authors have it from one list, and may be at it at once: one of them registers it.
    const body = { kind: 'agency', name, externalId: { scheme: 'list', value: name } };
    const [sent, parsed] = [{ ...by, path: '/v1/parties', key: `${subject}-${name}`, body }, partyBody.parse(body)];
    let existing = '';
    const registered = await send(world, sent, async ({ commands }, caller) => {
      const done = await commands.registerParty(caller, parsed);
      if (!done.ok) existing = done.error.existing ?? existing;
      return done;
    });
    return registered?.id ?? existing;
  };
  const body = { kind: 'article', title: 'Shots at the harbour', language: 'en', text: articleText };
  const sent = { ...by, path: '/v1/sources', key: `${subject}-source`, body };
  const parsed = sourceBody.parse(body);
  const source = await send(world, sent, ({ commands }, caller) => commands.registerSource(caller, parsed));
  return { source: source?.id ?? '', police: await register('Harbour Police'), city: await register('City of Porto Novo') };
};

const propose = async (world: World, subject: string, basics: Basics): Promise<void> => {
  const listed = world.random.chance(0.3) ? { externalId: { scheme: 'list', value: 'the shots' } } : {};
  const body = { ...proposal(basics, `Shots, told by ${subject}`), ...listed };
  const sent = { subject, role: 'contributor' as const, path: '/v1/incidents', key: `${subject}-proposal`, body };
  const parsed = proposalBody.parse(body);
  const proposed = await send(world, sent, ({ commands }, caller) => commands.proposeIncident(caller, parsed));
  if (proposed === null) return;
  // Most are published before anybody else gets to see them.
  if (world.random.chance(0.8)) await decideOn(world, 'chief', `${subject}-published`, proposed.of.id, 1, 'approve');
};

/** Corrects a source or a party, or votes on what others correct there; on the own edit that must be refused. */
const correct = async (world: World, subject: string, key: string): Promise<void> => {
  const { random, log } = world;
  const streams = [...streamsOf(world, 'source_'), ...streamsOf(world, 'party_')];
  if (streams.length === 0) return;
  const stream = random.pick(streams);
  const isSource = stream.startsWith('source_');
  const events = decoded(await log.readStream(stream, 0, { texts: false }));
  const state = isSource ? events.reduce(evolveSource, initialSource()) : events.reduce(evolveParty, initialParty());
  const path = `/v1/${isSource ? 'sources' : 'parties'}/${stream}/edits`;
  const [open] = [...state.edits.values()].filter((each) => each.state === 'submitted');
  if (open && random.chance(0.6)) {
    const body = { decision: random.pick(['approve', 'approve', 'reject'] as const), reason: 'I looked at it.' };
    const sent = { subject, role: 'reviewer' as const, key, path: `${path}/${open.edit}/decision`, body };
    const vote = { stream, edit: open.edit, ifMatch: [editTag(state, open.edit)], ...body };
    await send(world, sent, ({ commands }, caller) => commands.decideEdit(caller, vote));
    return;
  }
  const change = isSource
    ? { kind: 'correct_source', set: { title: `Shots (${key})` } }
    : { kind: 'correct_party', set: { name: `Police (${key})` } };
  const body = { baseRevision: state.version, rationale: 'It was misspelt.', changes: [{ ...change, reason: 'As it is written there.' }] };
  const sent = { subject, role: 'contributor' as const, key, path, body };
  await send(world, sent, ({ commands }, caller) =>
    isSource
      ? commands.submitSourceEdit(caller, { stream, body: sourceEditBody.parse(body) })
      : commands.submitPartyEdit(caller, { stream, body: partyEditBody.parse(body) }),
  );
};

/** Merges an incident, or takes that back, or says something of a claim that it shows, its own or not; mostly two approve at once. */
const merge = async (world: World, subject: string, key: string): Promise<void> => {
  const { random } = world;
  const incidents = streamsOf(world, 'incident_');
  if (incidents.length < 2) return;
  const incident = random.pick(incidents);
  const state = await foldOf(world, incident);
  const [into, claims] = [random.pick(incidents.filter((each) => each !== incident)), [...state.claims.keys()]];
  const reason = `For ${key}.`;
  const said = claims.length === 0 ? [] : [{ kind: 'rank_claim', claim: random.pick(claims), rank: 'preferred', reason }];
  const changes =
    state.status === 'merged'
      ? [{ kind: 'unmerge_incident', reason }]
      : said.length > 0 && random.chance(0.5)
        ? said
        : random.chance(0.2)
          ? [{ kind: 'distinguish_incident', from: into, reason }]
          : [{ kind: 'merge_incident', into, reason }];
  const body = { baseRevision: state.recordRevision ?? 0, rationale: reason, changes };
  const sent = { subject, role: 'contributor' as const, key, path: `/v1/incidents/${incident}/edits`, body };
  const submission = { incident, body: editBody.parse(body) };
  const submitted = await send(world, sent, ({ commands }, caller) => commands.submitEdit(caller, submission));
  if (submitted === null || random.chance(0.2)) return;
  for (const chief of ['chief', 'chief2']) await decideOn(world, chief, `${key}-${chief}`, incident, submitted.edit, 'approve');
};

/** Submits, revises or withdraws. */
const edit = async (world: World, subject: string, key: string, own: Basics | null): Promise<void> => {
  const { random } = world;
  const incidents = streamsOf(world, 'incident_');
  if (incidents.length === 0) return;
  const incident = random.pick(incidents);
  const state = await foldOf(world, incident);
  const basics = own ?? { source: streamsOf(world, 'source_')[0] ?? '', police: streamsOf(world, 'party_')[0] ?? '', city: '' };
  if (basics.source === '' || basics.police === '') return;
  const body = {
    baseRevision: state.recordRevision ?? 0,
    rationale: `For ${key}.`,
    changes: [
      random.chance(0.5)
        ? { kind: 'add_claim', claim: claim(basics, `The police say so, ${key}.`) }
        : {
            kind: 'correct_incident',
            set: { title: `Shots, ${key}` },
            // What conceals needs two approvals.
            conceal: random.chance(0.7),
            reason: 'The title was poor.',
            citations: [{ source: basics.source, quote: { exact: 'The city has not confirmed either account.' } }],
          },
    ],
  };
  const by = { subject, role: 'contributor' as const, key };
  const mine = [...state.edits.values()].filter(
    (each) => each.author === subject && each.edit > 1 && !['applied', 'rejected', 'withdrawn'].includes(each.state),
  );
  const [open] = mine;
  const path = `/v1/incidents/${incident}/edits`;
  if (open && random.chance(0.3)) {
    const sent = { ...by, path: `${path}/${open.edit}/withdraw`, body: { reason: null } };
    await send(world, sent, ({ commands }, caller) =>
      commands.withdrawEdit(caller, { stream: incident, edit: open.edit, ifMatch: null, reason: null }),
    );
  } else if (open && random.chance(0.5)) {
    const ifMatch = [editTag(state, open.edit)];
    const sent = { ...by, path: `${path}/${open.edit}`, body };
    const revision = { stream: incident, edit: open.edit, ifMatch, body: editBody.parse(body) };
    await send(world, sent, ({ commands }, caller) => commands.reviseEdit(caller, revision));
  } else {
    const [sent, submission] = [
      { ...by, path, body },
      { incident, body: editBody.parse(body) },
    ];
    await send(world, sent, ({ commands }, caller) => commands.submitEdit(caller, submission));
  }
};

/**
 * Decides whatever is submitted, the own edits too: those must be refused. A vote that was not enough is taken back now and then; the one that somebody else
 * then casts is not enough either.
 */
const decide = async (world: World, subject: string, key: string): Promise<void> => {
  const { random } = world;
  const incidents = streamsOf(world, 'incident_');
  if (incidents.length === 0) return;
  const incident = random.pick(incidents);
  const state = await foldOf(world, incident);
  const open = [...state.edits.values()].filter(({ state }) => state === 'submitted');
  if (open.length === 0) return;
  const { edit } = random.pick(open);
  const decision = random.pick(['approve', 'approve', 'approve', 'reject', 'request_changes'] as const);
  const decided = await decideOn(world, subject, key, incident, edit, decision);
  if (decided?.state !== 'submitted' || random.chance(0.4)) return;
  await takeBack(world, subject, key, incident, edit);
  await decideOn(world, 'chief', `${key}-chief`, incident, edit, 'approve');
};

type Decision = 'approve' | 'reject' | 'request_changes';
const decideOn = async (world: World, subject: string, key: string, incident: string, edit: number, decision: Decision) => {
  const state = await foldOf(world, incident);
  const body = { decision, reason: 'I looked at it.' };
  const sent = { subject, role: 'reviewer' as const, key, path: `/v1/incidents/${incident}/edits/${edit}/decision`, body };
  const ifMatch = [editTag(state, edit)];
  return send(world, sent, ({ commands }, caller) => commands.decideEdit(caller, { stream: incident, edit, ifMatch, ...body }));
};

const takeBack = async (world: World, subject: string, key: string, incident: string, edit: number): Promise<void> => {
  const state = await foldOf(world, incident);
  const body = { reason: 'Too soon.' };
  const path = `/v1/incidents/${incident}/edits/${edit}/decision`;
  const sent = { subject, role: 'reviewer' as const, key, method: 'DELETE' as const, path, body };
  const ifMatch = [editTag(state, edit)];
  await send(world, sent, ({ commands }, caller) => commands.withdrawVote(caller, { stream: incident, edit, ifMatch, ...body }));
};

const pointers: Record<string, string> = { SourceRegistered: '/title', EditSubmitted: '/rationale', EditApproved: '/reason' };

/** Erases a text that stands somewhere, through a process that may die over it; a repeat goes on. */
const erase = async (world: World, subject: string, key: string): Promise<void> => {
  const events = world.store.all.filter(({ type }) => type in pointers);
  if (events.length === 0) return;
  const { stream, revision, type } = world.random.pick(events);
  const command = eventId(world.random.uuid(), 0);
  const request = {
    stream,
    command,
    actor: subject,
    reasonCode: 'personal_data',
    at: world.clock.now().toISOString(),
    request: key,
    fields: [{ revision, pointer: pointers[type] ?? '' }],
    idOf: (index: number) => eventId(command, index),
  };
  for (;;) {
    const process = world.api();
    try {
      if ((await Promise.race([eraseTexts(process.log, request), process.died])) !== 'died') return;
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
    }
  }
};
