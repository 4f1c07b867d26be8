import { anchorer } from '@averment/commands';
import {
  anchoringOf,
  bringsVersion,
  citationsIn,
  commandId,
  type DomainEvent,
  type Erasure,
  evolveErasure,
  evolveIncident,
  evolveParty,
  evolveSource,
  initialErasure,
  initialIncident,
  initialParty,
  initialSource,
  isOpenEdit,
  isPerson,
  passagesOf,
  type Source,
  stringsIn,
  textKey,
  textsOf,
  withdrawalOf,
} from '@averment/domain';
import { together, type Verdict } from './experiment.ts';

/** What has to follow from a decision in other streams, once everything has come to rest. All of it is told by the events alone. */

type Streams = ReadonlyMap<string, readonly DomainEvent[]>;
const streamsWith = (streams: Streams, prefix: string) => [...streams].filter(([stream]) => stream.startsWith(prefix));

/** A merge of parties, and its end, is told the other party once; and who is merged into somebody private is private. */
export const partyFindings = (events: readonly DomainEvent[]): Verdict => {
  const findings: string[] = [];
  let checks = 0;
  const parties = streamsWith(
    Map.groupBy(events, ({ stream }) => stream),
    'party_',
  );
  const states = new Map(parties.map(([stream, own]) => [stream, own.reduce(evolveParty, initialParty())]));
  const told = Map.groupBy(
    events.filter((event) => event.type === 'PartyAbsorbed' || event.type === 'PartyReleased'),
    ({ type, stream, data }) => `${type} ${stream} ${data.from} ${data.revision}`,
  );
  for (const [key, { length }] of told) if (length > 1) findings.push(`party: ${key} stands ${length} times`);
  for (const [stream, own] of parties) {
    let into: string | null = null;
    for (const { type, data, revision } of own) {
      if (type === 'PartyMerged') into = data.into;
      if (into === null || (type !== 'PartyMerged' && type !== 'PartyUnmerged')) continue;
      checks += 1;
      const wanted = type === 'PartyMerged' ? 'PartyAbsorbed' : 'PartyReleased';
      if (!told.has(`${wanted} ${into} ${stream} ${revision}`))
        findings.push(`party: ${into} was not told of ${type} at ${revision} of ${stream}`);
    }
    const { fields = null, mergedInto = null } = states.get(stream) ?? {};
    const survivor = mergedInto === null ? null : (states.get(mergedInto)?.fields ?? null);
    if (fields === null || survivor === null || !isPerson(fields.kind)) continue;
    checks += 1;
    if (survivor.private && !fields.private) findings.push(`party: ${stream} is public, and merged into ${mergedInto}, which is private`);
  }
  return { checks, findings };
};

/** A source's and a party's version counts the edits that were applied, and whoever applied one was told the version that it made. */
export const versionFindings = (
  events: readonly DomainEvent[],
  acknowledged: readonly { path: string; position: string; answer: string }[],
): Verdict => {
  const findings: string[] = [];
  let checks = 0;
  const streams = Map.groupBy(events, ({ stream }) => stream);
  const answers = new Map(acknowledged.map(({ path, position, answer }) => [`${path.split('/')[3]} ${position}`, answer]));
  for (const [stream, own] of [...streamsWith(streams, 'source_'), ...streamsWith(streams, 'party_')]) {
    let version = 1;
    for (const { type, position, command, edit } of own) {
      if (type !== 'EditApplied') continue;
      version += 1;
      checks += 1;
      const end = own.findLast((event) => event.command === command)?.position ?? position;
      const answer = answers.get(`${stream} ${end}`);
      const told = answer === undefined ? version : (JSON.parse(answer) as { appliedRevision: number }).appliedRevision;
      if (told !== version) findings.push(`version: edit ${edit} of ${stream} made version ${version}, and was told ${told}`);
    }
    const state = stream.startsWith('source_') ? own.reduce(evolveSource, initialSource()) : own.reduce(evolveParty, initialParty());
    if (state.version !== version) findings.push(`version: ${stream} has version ${state.version}, and ${version - 1} edits were applied`);
  }
  return { checks, findings };
};

type Happened = { event: DomainEvent<'SourceTextRevised' | 'SourceWithdrawn'>; source: Source };

/** What asks for new places of quotations: the last revision of a text, or its withdrawal. */
const lastOf = (own: readonly DomainEvent[]): Happened | null => {
  const event = own.findLast((one) => one.type === 'SourceWithdrawn' || one.type === 'SourceTextRevised');
  const source = own.reduce(evolveSource, initialSource());
  return event?.type === 'SourceTextRevised' || event?.type === 'SourceWithdrawn' ? { event, source } : null;
};

const proposed = (state: Parameters<typeof anchoringOf>[0], { event, source }: Happened) =>
  event.type === 'SourceWithdrawn'
    ? withdrawalOf(state, event.stream).changes
    : anchoringOf(state, { source: event.stream, texts: source.texts, language: source.fields?.language ?? 'en' }).changes;

const isMerge = ({ type }: DomainEvent) => /^Incident(?:Merged|Unmerged|Absorbed|Released)$/.test(type);

const commandAbout = ({ id }: { id: string }, incident: string): string =>
  commandId({ subject: anchorer, method: 'POST', path: `/v1/incidents/${incident}/edits`, key: `${id} 0` });

/** Of a source and an incident, each told by its events. `last` is what has happened to the source last. */
const anchoredFindings = (
  incident: string,
  told: readonly DomainEvent[],
  own: readonly DomainEvent[],
  { last, taken }: { last: Happened; taken: ReadonlySet<string> },
): string[] => {
  const findings: string[] = [];
  const source = last.event.stream;
  const submitted = told.filter(({ type, actor }) => type === 'EditSubmitted' && actor === anchorer);
  const about = (event: DomainEvent) => submitted.filter(({ command }) => command === commandAbout(event, incident));
  const state = told.reduce(evolveIncident, initialIncident());
  for (const event of own.filter(({ type }) => type === 'SourceTextRevised' || type === 'SourceWithdrawn')) {
    const found = about(event);
    if (found.length > 1) findings.push(`anchoring: ${incident} has ${found.length} edits about revision ${event.revision} of ${source}`);
    const isOpen = found.some(({ edit }) => isOpenEdit(state.edits.get(edit ?? 0) ?? { state: 'withdrawn' }));
    if (isOpen && event.id !== last.event.id)
      findings.push(`anchoring: an edit of ${incident} about revision ${event.revision} of ${source} waits, after ${last.event.revision}`);
  }
  // What was merged was another record when it was followed, and so was what was erased since.
  if (told.some(isMerge) || [...told, ...own].some(({ type }) => type === 'TextErased')) return findings;
  const [edit] = about(last.event);
  if (edit !== undefined) {
    const before = told.filter(({ revision }) => revision < edit.revision).reduce(evolveIncident, initialIncident());
    if (proposed(before, last).length > 0) return findings;
    return [...findings, `anchoring: ${incident} has an edit about ${source}, though nothing changed for it`];
  }
  // Whoever cites the earlier text later means it.
  const isLate = told.some(
    (event) =>
      bringsVersion(event) &&
      event.position > last.event.position &&
      citationsIn(event.data.changes).some((cited) => cited.source === source && cited.revision < last.source.texts.length),
  );
  // Of a claim that came later something is proposed by itself.
  const isReceived = told.some(
    (event) =>
      event.type === 'ClaimReceived' &&
      event.position > last.event.position &&
      submitted.some(({ command }) => command === commandAbout({ id: `${event.id} ${source}` }, incident)),
  );
  if (isLate || isReceived || state.status !== 'published') return findings;
  // What quotes a text that was taken down elsewhere cannot be sent again.
  const sent = proposed(state, last).filter((change) => !citationsIn(change).some((cited) => taken.has(cited.source)));
  if (sent.length === 0) return findings;
  return [...findings, `anchoring: ${incident} was proposed nothing, though ${source} has changed`];
};

/**
 * Of each source that has changed, every incident that quotes it has one edit about its last change, or none where that changes nothing for it; and no edit about
 * an earlier change waits. The events have their texts.
 */
export const anchoringFindings = (events: readonly DomainEvent[]): Verdict => {
  const streams = Map.groupBy(events, ({ stream }) => stream);
  const incidents = streamsWith(streams, 'incident_');
  const taken = new Set(events.filter(({ type }) => type === 'TextErased' || type === 'TextRestricted').map(({ stream }) => stream));
  return together(
    streamsWith(streams, 'source_').map(([, own]) => {
      const last = lastOf(own);
      if (last === null) return { checks: 0, findings: [] };
      return {
        checks: incidents.length,
        findings: incidents.flatMap(([incident, told]) => anchoredFindings(incident, told, own, { last, taken })),
      };
    }),
  );
};

/** Whose places a request names, and how it was decided. */
const requestFindings = (stream: string, { state, author, votes, places, asked }: Erasure, events: readonly DomainEvent[]): Verdict => {
  const findings: string[] = [];
  if (state === 'looking' || state === 'approved') findings.push(`erasure: ${stream} is ${state}, and nobody goes on with it`);
  const isApproved = state === 'done';
  const approving = votes.filter(({ decision }) => decision === 'approve');
  if (votes.some(({ by }) => by === author)) findings.push(`erasure: ${author} decided the own request ${stream}`);
  if (isApproved && new Set(approving.map(({ role }) => role)).size < 2)
    findings.push(`erasure: ${stream} was approved by ${approving.length}`);
  // A claim that is moved takes with it what is kept from sight.
  const moves = new Set(events.flatMap(({ type, command }) => (type === 'ClaimReceived' ? [command] : [])));
  const follow = events.filter(
    (event) =>
      !moves.has(event.command) &&
      (event.type === 'TextErased' || event.type === 'TextRestricted' || event.type === 'TextReleased') &&
      event.data.decision === stream,
  );
  const wanted = { erase: 'TextErased', restrict: 'TextRestricted', lift: 'TextReleased' }[asked?.kind ?? 'erase'];
  if (follow.some(({ type }) => type !== wanted)) findings.push(`erasure: ${stream} was followed by another event than ${wanted}`);
  if (isApproved && wanted !== 'TextErased') {
    const named = follow.flatMap((event) =>
      'items' in event.data ? event.data.items.map((item) => `${event.stream} ${textKey(item)}`) : [],
    );
    const listed = places.map((place) => `${place.stream} ${textKey(place)}`);
    if (named.sort().join() !== listed.sort().join())
      findings.push(`erasure: ${stream} lists ${listed.join()}, and ${named.join()} followed`);
  }
  return { checks: 1 + follow.length, findings };
};

/**
 * Nothing that was erased stands anywhere. `sought`: the words that requests are about; `rows`: what models hold; `kept`: what the vault holds. The events have
 * their texts.
 */
export const erasureFindings = (
  events: readonly DomainEvent[],
  { sought, rows, kept }: { sought: ReadonlyMap<string, string>; rows: unknown; kept: readonly string[] },
): Verdict => {
  const streams = Map.groupBy(events, ({ stream }) => stream);
  const requests = streamsWith(streams, 'erasure_').map(([stream, own]) => [stream, own.reduce(evolveErasure, initialErasure())] as const);
  const there = new Set(events.flatMap(textsOf).map((text) => `${text.stream} ${textKey(text)}`));
  const left = events
    .flatMap((event) => (event.type === 'TextErased' ? event.data.items.map((item) => `${event.stream} ${textKey(item)}`) : []))
    .filter((key) => there.has(key));
  const gone: Verdict = { checks: there.size, findings: left.map((key) => `erasure: ${key} was erased and can be read`) };
  const done = requests.flatMap(([stream, { state, asked, places }]) =>
    state === 'done' && asked?.kind === 'erase' ? [{ stream, places }] : [],
  );
  const words = done.flatMap(({ stream, places }) => {
    const own = places.map((place) => `${place.stream} ${textKey(place)}`).filter((key) => there.has(key));
    const value = sought.get(stream);
    const find = value === undefined ? () => [] : passagesOf(value);
    const holds = (what: string, json: unknown) =>
      stringsIn(json).some((text) => find(text).length > 0) ? [`erasure: words of ${stream} (${value}) are still in ${what}`] : [];
    return [
      ...own.map((key) => `erasure: ${stream} is done, and ${key} can be read`),
      ...events.flatMap((event) => holds(`${event.type} of ${event.stream}`, event.data)),
      ...holds('a model', rows),
      ...holds('the vault', kept),
    ];
  });
  return together([
    gone,
    { checks: done.length, findings: words },
    ...requests.map(([stream, state]) => requestFindings(stream, state, events)),
  ]);
};
