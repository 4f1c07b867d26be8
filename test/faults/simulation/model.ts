import {
  bringsVersion,
  citationsIn,
  type DomainEvent,
  editDocument,
  evolveIncident,
  evolveParty,
  evolveSource,
  type Incident,
  incidentDocument,
  initialIncident,
  initialParty,
  initialSource,
  type Party,
  partyFacts,
  policy,
  registerEditDocument,
  reviewedParty,
  reviewedSource,
  type Source,
  standardVocabulary,
  tagCases,
} from '@averment/domain';
import { type EventLog, isUndecodable, type Logged, withAbsorbed } from '@averment/event-log';

/** What reads of an incident, a source or a party are made of. */
type Row = { document: object; edits: unknown[] };

/**
 * What a projection has made so far: a row for each incident, source and party, the parties and sources that the rows are rendered with, which sources the
 * edits of an incident cite, and for each stream where it ends and how many events of it were counted.
 */
export type Model = {
  checkpoint: bigint;
  rows: Map<string, Row>;
  uses: Map<string, ReadonlySet<string>>;
  parties: Map<string, Party>;
  sources: Map<string, Source>;
  heads: Map<string, number>;
  counted: Map<string, number>;
};
export const emptyModel = (): Model => ({
  checkpoint: 0n,
  rows: new Map(),
  uses: new Map(),
  parties: new Map(),
  sources: new Map(),
  heads: new Map(),
  counted: new Map(),
});

/** What a batch changes: the rows as they become, and how many events more were counted. */
export type Changes = Omit<Model, 'checkpoint'> & { to: bigint };

/** Writes a batch, with its checkpoint, as one transaction would. */
export const write = (model: Model, { to, rows, uses, parties, sources, heads, counted }: Changes): void => {
  model.checkpoint = to;
  for (const [stream, row] of rows) model.rows.set(stream, row);
  for (const [stream, used] of uses) model.uses.set(stream, used);
  for (const [stream, party] of parties) model.parties.set(stream, party);
  for (const [stream, source] of sources) model.sources.set(stream, source);
  for (const [stream, head] of heads) model.heads.set(stream, head);
  for (const [stream, more] of counted) model.counted.set(stream, (model.counted.get(stream) ?? 0) + more);
};

type Log = Pick<EventLog<DomainEvent>, 'readStream'>;

const known = (events: readonly Logged<DomainEvent>[]): DomainEvent[] =>
  events.map((event) => {
    if (isUndecodable(event)) throw new Error(`revision ${event.revision} of ${event.stream}: ${event.error}`);
    return event;
  });

/** Renders what a page of the log changes, with the views of the domain, in memory in place of tables. The page begins at the model's checkpoint. */
export const changesOf = async (log: Log, model: Model, page: readonly Logged<DomainEvent>[]): Promise<Changes> => {
  const [rows, heads, counted] = [new Map<string, Row>(), new Map(model.heads), new Map<string, number>()];
  const uses = new Map<string, ReadonlySet<string>>();
  const [parties, sources] = [new Map(model.parties), new Map(model.sources)];
  const events = known(page);
  for (const { stream, revision } of events) {
    heads.set(stream, revision);
    counted.set(stream, (counted.get(stream) ?? 0) + 1);
  }
  const touched = new Set(events.map(({ stream }) => stream));
  // Whoever absorbed an incident shows its texts too.
  const everything = events.some(({ stream, type }) => type === 'TextErased' || stream.startsWith('party_'));
  const isTouched = (stream: string) => touched.has(stream) || [...(model.uses.get(stream) ?? [])].some((source) => touched.has(source));

  const readTo = async (stream: string, to: number) => known(await log.readStream(stream, 0, { to }));
  // An erasure that came after the merge holds for what was absorbed, also while the vault has not followed.
  const absorbedTo = async (stream: string, to: number) =>
    (await readTo(stream, Math.max(to, heads.get(stream) ?? -1))).filter(({ revision }) => revision <= to);
  const read = async (stream: string) => withAbsorbed(await readTo(stream, heads.get(stream) ?? -1), absorbedTo);
  for (const stream of touched) {
    if (stream.startsWith('party_')) {
      const party = (await read(stream)).reduce(evolveParty, initialParty());
      parties.set(stream, party);
      rows.set(stream, partyRow(party));
    }
    if (stream.startsWith('source_')) {
      const source = (await read(stream)).reduce(evolveSource, initialSource());
      sources.set(stream, source);
      rows.set(stream, sourceRow(source));
    }
  }
  for (const stream of heads.keys()) {
    if (!stream.startsWith('incident_') || !(everything || isTouched(stream))) continue;
    const events = await read(stream);
    uses.set(stream, sourcesIn(events));
    rows.set(stream, render(events.reduce(evolveIncident, initialIncident()), parties, sources));
  }
  return { to: events.at(-1)?.position ?? model.checkpoint, rows, uses, parties, sources, heads, counted };
};

/** The sources that edits of an incident, and of what it absorbed, ever cited. */
const sourcesIn = (events: readonly DomainEvent[]): Set<string> =>
  new Set(
    events.flatMap((event) => {
      if (event.type === 'IncidentAbsorbed') return [...sourcesIn((event as { absorbed?: DomainEvent[] }).absorbed ?? [])];
      if (event.type === 'ClaimReceived') return citationsIn(event.data.claim).map(({ source }) => source);
      return bringsVersion(event) ? citationsIn(event.data.changes).map(({ source }) => source) : [];
    }),
  );

const ground = { policy, privacyReviewed: () => false };
const sourceRow = (source: Source): Row => {
  const { fields, texts, extraction, originalKept, withdrawn, version } = source;
  const edits = [...source.edits.values()].map((edit) => registerEditDocument(reviewedSource, source, edit, ground));
  return { document: { fields, texts, extraction, originalKept, withdrawn, version }, edits };
};
const partyRow = (party: Party): Row => {
  const { fields, mergedInto, absorbed, version } = party;
  const edits = [...party.edits.values()].map((edit) => registerEditDocument(reviewedParty, party, edit, ground));
  return { document: { fields, mergedInto, absorbed: [...absorbed], version }, edits };
};

const render = (state: Incident, known: ReadonlyMap<string, Party>, sources: ReadonlyMap<string, Source>): Row => {
  const parties = (id: string) => {
    const party = known.get(id);
    return party && partyFacts(party);
  };
  const document = incidentDocument({
    state,
    parties,
    sources: (id) => {
      const source = sources.get(id);
      if (!source?.fields) return undefined;
      const { fields, texts } = source;
      const { title, publisher, language, translation, translatedFrom } = fields;
      const told = { title: title ?? null, publisher: publisher ?? null, url: null, originalUrl: null };
      return { id, ...told, revision: texts.length, language, translation, translatedFrom };
    },
    vocabulary: standardVocabulary,
    tagCase: tagCases(Buffer.alloc(32)),
    merges: { mergedIntoStatus: null, mergeCut: false, mergesUnderWay: [] },
  });
  const edits = [...state.edits.keys()].map((edit) => editDocument({ state, edit, parties, privacyReviewed: () => false, policy }));
  return { document, edits };
};
