import { citationsIn, type DomainEvent, type Installed, type Vocabulary } from '@averment/domain';
import type { PoolClient } from 'pg';
import type { Projection, ProjectionContext } from '../../projection.ts';
import type { Version, Versions } from '../../versions.ts';
import { absorbing, besides } from '../absorbed.ts';
import { byStream } from '../appends.ts';
import { type Profiled, profiledOf, writeCandidates } from '../candidates/index.ts';
import { changesPast } from '../concealed.ts';
import { writeFolded } from '../folded.ts';
import { projectQuotes } from '../quotes.ts';
import { createStates, type States } from '../states.ts';
import { buildRecord } from './bulk.ts';
import { registerChanged, writeIncidentChanged, writeRegisterChanged } from './changed.ts';
import { loadNewlyPrivate, loadRestricted, loadUsers } from './load.ts';
import { changesItem, partyVersions, type Register, restrictedTexts, sourceVersions } from './register.ts';
import { changesDocument, namedBy } from './relevant.ts';
import { createRenderer, type Renderer } from './render.ts';
import { loadSpeakingAnew, loadSpoken } from './spoken.ts';
import { recordCompared, recordIndexes, recordTables } from './tables.ts';
import { type PublicSince, playUnit } from './unit.ts';
import { groupIncidents, prepareUnits, speakingIn, type Work } from './units.ts';
import { writeNewlyNamed, writePublic, writeRegister, writeUnits } from './write.ts';

/** How many groups of incidents are in memory at once: a batch may touch all that use an agency. */
const groupsAtOnce = 200;

const isIncident = (stream: string): boolean => stream.startsWith('incident_');

/** The whole streams of the parties and sources that the batch changes; what is only proposed of them changes nothing. They are short, so they are always folded from the start. */
const wholeStreams = async (
  streams: ReadonlyMap<string, DomainEvent[]>,
  context: ProjectionContext,
): Promise<Map<string, DomainEvent[]>> => {
  const changed = [...streams].filter(([stream, events]) => !isIncident(stream) && events.some(changesItem));
  const begun = changed.filter(([, [first]]) => first !== undefined && first.revision > 0);
  const read = await context.readStreams(begun.map(([stream, events]) => ({ stream, from: 0, to: events.at(-1)?.revision ?? 0 })));
  return new Map(changed.map(([stream, events]) => [stream, read.get(stream) ?? events]));
};

const versionsBy = <T>(
  streams: ReadonlyMap<string, DomainEvent[]>,
  prefix: string,
  make: (events: readonly DomainEvent[]) => Version<T>[],
): Versions<T> => new Map([...streams].filter(([stream]) => stream.startsWith(prefix)).map(([stream, events]) => [stream, make(events)]));

/** Makes the function that tells whether events quote from texts that a decision keeps: which of those are shown is then looked up anew. */
const citingRestricted = async (
  tx: PoolClient,
  schema: string,
  streams: ReadonlyMap<string, DomainEvent[]>,
  { sources }: Register,
): Promise<(events: readonly DomainEvent[]) => boolean> => {
  const citedIn = (events: readonly DomainEvent[]) => citationsIn(events.map(({ data }) => data)).map(({ source }) => source);
  const cited = new Set([...streams.values()].flatMap(citedIn));
  const restricted = new Set([...sources].filter(([, versions]) => versions.at(-1)?.value.item.whole !== undefined).map(([id]) => id));
  for (const id of await loadRestricted(
    tx,
    schema,
    [...cited].filter((id) => !sources.has(id)),
  ))
    restricted.add(id);
  return (events) => restricted.size > 0 && citedIn(events).some((id) => restricted.has(id));
};

/**
 * What the batch does to incidents, also to those that only use what changed. Of the sources in `requoted` the public now reads something else than
 * before.
 */
const workOf = async (
  tx: PoolClient,
  streams: ReadonlyMap<string, DomainEvent[]>,
  changed: Register,
  requoted: readonly string[],
  { schema, checkpoint }: ProjectionContext,
): Promise<{ work: Work; incidents: Set<string> }> => {
  /** What was written before is wrong now: an event came late, a text of it was erased or concealed, or somebody said anew who is private. */
  const rewrites = ([, events]: [string, DomainEvent[]]): boolean =>
    events.some((event) => event.position <= checkpoint || changesPast(event));

  const own = new Map([...streams].filter(([stream, events]) => isIncident(stream) && events.some(changesDocument)));
  const citesRestricted = await citingRestricted(tx, schema, own, changed);
  const fresh = new Set([...own].filter((each) => rewrites(each) || citesRestricted(each[1])).map(([stream]) => stream));
  // Nor may the public read any longer, or find, the name of a private person that has come to be named.
  const later = [...own].filter(([stream, [first]]) => !fresh.has(stream) && (first?.revision ?? 0) > 0);
  const named = new Map(later.map(([stream, events]) => [stream, namedBy(events)]));
  const speaking = new Map(later.map(([stream, events]) => [stream, speakingIn(events, named.get(stream))]));
  for (const [id, people] of await loadSpoken(tx, schema, speaking)) for (const each of people) named.get(id)?.add(each);
  const newly = [...(await loadNewlyPrivate(tx, schema, named)), ...(await loadSpeakingAnew(tx, schema, changed))];
  for (const id of newly) fresh.add(id);
  await writeNewlyNamed(tx, schema, newly.length === 0 ? [] : [...streams.values()].map((events) => events.at(-1)?.position ?? 0n));
  const incidents = new Set([...own.keys(), ...newly]);
  const others = [...streams].filter(([stream]) => !isIncident(stream));
  const rewritten = new Set([...requoted, ...others.filter(rewrites).map(([stream]) => stream)]);
  for (const [used, users] of await loadUsers(tx, schema, [...changed.parties.keys(), ...changed.sources.keys(), ...requoted])) {
    for (const incident of users) {
      incidents.add(incident);
      if (rewritten.has(used)) fresh.add(incident);
    }
  }
  const events = new Map([...incidents].flatMap((id) => (streams.has(id) ? [[id, streams.get(id) ?? []]] : [])));
  return { work: { events, fresh, changed }, incidents };
};

const project = async (
  tx: PoolClient,
  events: DomainEvent[],
  own: ProjectionContext,
  { states, left, render, vocabulary }: { states: States; left: States; render: Renderer; vocabulary: Vocabulary },
): Promise<void> => {
  const context = absorbing(own);
  const { schema } = context;
  const streams = byStream(await besides(context, events, undefined));
  const whole = await wholeStreams(streams, context);
  const changed: Register = { parties: versionsBy(whole, 'party_', partyVersions), sources: versionsBy(whole, 'source_', sourceVersions) };
  await writeRegister(tx, schema, changed, restrictedTexts(whole));
  await writeRegisterChanged(tx, schema, registerChanged(whole));

  const { redecided } = await projectQuotes(tx, schema, streams);
  const { work, incidents } = await workOf(tx, streams, changed, redecided, context);
  const groups = await groupIncidents(tx, schema, incidents, work.events);
  const publicSince: PublicSince = new Map();
  const profiled = new Map<string, Profiled>();
  for (let first = 0; first < groups.length; first += groupsAtOnce) {
    const prepared = await prepareUnits(tx, context, { states, left }, groups.slice(first, first + groupsAtOnce), work);
    const { plans, register, claims } = prepared;
    for (const { unit, steps } of plans) playUnit(unit, steps, register, render, publicSince);
    const units = plans.map(({ unit }) => unit);
    await writeUnits(tx, schema, units, claims);
    await writeIncidentChanged(tx, schema, units, prepared.registerChanged);
    for (const { unit } of plans)
      for (const member of unit.members.values())
        if (member.rendered !== null) profiled.set(member.id, profiledOf(unit, member, register, vocabulary));
    for (const member of plans.flatMap(({ unit }) => [...unit.members.values()])) {
      states.keep(context, member.id, member.state);
      if (member.left !== null) left.keep(context, member.id, member.left);
    }
  }
  await writeCandidates(tx, schema, profiled);
  await writePublic(tx, schema, publicSince);
  await writeFolded(tx, schema, streams);
};

/**
 * The projection `record`: parties and sources with their versions, incidents as they are now and what the list said of them at every position,
 * claims, merges, and who uses what.
 */
export const createRecordProjection = (installed: Installed): Projection => {
  const tools = { states: createStates(), left: createStates(), render: createRenderer(installed), vocabulary: installed.vocabulary };
  return {
    name: 'record',
    version: 21,
    ddl: recordTables,
    indexes: recordIndexes,
    streams: ['incident_', 'party_', 'source_'],
    apply: (tx, events, context) => project(tx, events, context, tools),
    bulk: () => buildRecord(tools),
    compared: recordCompared,
  };
};
