import type { Viewer } from '@averment/access';
import type {
  Asked,
  Candidate,
  CandidatePair,
  DomainEvent,
  EditState,
  EnteredQuote,
  Erratum,
  Installed,
  PartySummary,
  Profile,
  Tally,
} from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import type { Pool } from 'pg';
import type { PartyItem, SourceItem } from '../items.ts';
import type { Projection } from '../projection.ts';
import type { StoredFold } from '../projections/reviews/folds.ts';
import type { Span } from '../runner/times.ts';
import type {
  ChangedItem,
  ClaimItem,
  DiffResult,
  EditItem,
  EditPreview,
  ErasureItem,
  ErasurePlace,
  EventItem,
  Explained,
  FeedItem,
  GoneItem,
  IncidentItem,
  NoticePage,
  OwnEdit,
  RegisterPreview,
  Resembled,
  ReviewItem,
  ReviewStats,
  SourceText,
  Takedown,
} from './answers.ts';
import type { RecusedFrom } from './recused.ts';

export * from './answers.ts';

/** One page of a list; `next` is the cursor of the page after it, null at the end. */
export type Page<T> = { items: T[]; next: string | null };
/** `limit` is 1 to 500 (the caller validates it), `cursor` what an earlier page gave as `next`, else null. */
export type Paging = { limit: number; cursor: string | null };

/** A document as the exact JSON text to serve, with its strong ETag, quotes included. Null where the viewer may not see that there is one. */
type Served = { body: string; etag: string };
/** How far a model was when it was read: its checkpoint, and the streams that are parked in it. */
export type Freshness = { position: bigint; parked: ReadonlySet<string> };
/** The client that waiting and work are counted for, by a name of its own, and the signal that the request was given up. */
export type Client = { name: string; signal: AbortSignal };
/**
 * What a query needs to know of its request. `held`: the tag of the text that the caller has; that text is not read again. `noteFreshness` is told how far
 * the models were when they were read.
 */
export type ReadContext = { held: string | undefined; noteFreshness(freshness: Freshness): void; client: Client };
/** As `Served`; `body` is null where it is what the caller holds. */
type ServedNow = { body: string | null; etag: string };
/** A past document also says where in the past it lies: the stream revision and the position (decimal) that it was folded to. */
export type ServedPast = Served & { asOfRevision: number; position: string };
/** Where in the past: a time, to its end, or a position of the log. Both stop at the last whole append at or before. */
export type LogMoment = { time: Span } | { position: bigint };
/** The canonical bytes of an event, null where the viewer does not read all of their structure, and the disclosures of the texts that the viewer reads whole. */
export type Disclosed = { canonical: string | null; disclosures: readonly string[] };
/** Of one incident, also a revision of its stream. */
export type Moment = LogMoment | { revision: number };

/** Of one source or party, also a version. */
export type RegisterMoment = LogMoment | { version: number };

/** Newest recorded first by default. An unknown date counts as before all others. */
export type IncidentSort = '-recordedAt' | 'recordedAt' | '-occurred' | 'occurred';
export type IncidentFilters = {
  /** Words, "phrases", -without, or: in what is written of the incident and in statements of claims that stand, with `standing` of all. */
  q?: string;
  /** Scheme and value with a colon between, as in all lists. */
  externalId?: string;
  /** Bounds of the day of the incident, `YYYY-MM-DD`, inclusive: an imprecise date matches where it overlaps. */
  from?: string;
  to?: string;
  /** ISO 3166-1. */
  country?: string;
  region?: string;
  /** The locality's name, letter case and accents ignored. */
  locality?: string;
  /** A party that is listed as agency. */
  agency?: string;
  /** All of these are asked of one claim, which has this standing, or any; without it of one that stands. */
  aspect?: string;
  about?: string;
  speaker?: string;
  /** Without the others also what disputes, proceedings and rulings cite. */
  source?: string;
  /** Goes with an aspect. */
  value?: Asked;
  standing?: string;
  /** Whether a claim that stands is marked disputed. */
  disputed?: boolean;
  /** Whether there is a ruling that is not retracted. */
  hasRuling?: boolean;
  /** West, south, east, north in degrees; west > east crosses the antimeridian. */
  bbox?: [number, number, number, number];
  /** All by default. */
  status?: 'published' | 'merged' | 'retracted' | 'all';
};
/** `position` is that which the list was read at: the pinned one on later pages. */
export type IncidentPage = Page<IncidentItem> & { position: string };
/** `position` is where to go on after the last page. */
export type ChangedPage = Page<ChangedItem> & { gone: GoneItem[]; position: string };

export type ClaimFilters = {
  speaker?: string;
  about?: string;
  aspect?: string;
  /** Goes with an aspect. */
  value?: Asked;
  country?: string;
  standing?: string;
  source?: string;
  incident?: string;
  /** Bounds of the day of the incident, as in the list of incidents. */
  from?: string;
  to?: string;
};

/** `next` is always a position to resume from: that of the last event read, shown or not. */
type FeedPage = { items: FeedItem[]; next: string };

/** `stream`: the id of an incident, a source or a party. */
export type EditRef = { stream: string; edit: number };
export type ReviewSort = 'submittedAt' | '-submittedAt' | 'dueAt' | '-dueAt' | 'priority';
export type ReviewFilters = {
  /** Words, "phrases", -without, or: in the title of the incident, and in what rationale and changes of the current version say in their own words. */
  q?: string;
  /** Those merged into it too. */
  incident?: string;
  /** `open` (the default): submitted or changes_requested. `in_review`: somebody holds a lease now. */
  state?: EditState | 'open' | 'in_review' | 'all';
  /** A kind of change that the edit holds. */
  kind?: string;
  priority?: 'high' | 'normal';
  /** A subject, or `none`. */
  holder?: string;
  author?: string;
  region?: string;
  waitingFor?: 'reviewer' | 'author';
  outdated?: boolean;
  /** Whether the viewer may approve it now: it waits for a reviewer, and the viewer neither wrote nor voted on it, nor is recused from it. */
  decidable?: boolean;
};
/** Thrown for a cursor that no page gave, or that belongs to another sort: a client's error. */
export class BadCursor extends Error {
  override name = 'BadCursor';
}

export type QueryOptions = Installed & {
  pool: Pool;
  log: EventLog<DomainEvent>;
  clock: () => Date;
  /** Whose models are read: the same as those of the runner that keeps them. */
  projections: readonly Projection[];
  models: Models;
  /** Hears of each document of the past that is rendered. */
  rendered?: () => void;
};

/** The models that answers are built from. */
export type ModelName = 'record' | 'reviews' | 'erasure_requests';

/** How far the models are, and how to wait for them. */
export type Models = {
  /** The lowest checkpoint of the models, and the streams that are parked in one of them. */
  status(models: readonly ModelName[]): Promise<Freshness>;
  /**
   * How far the models are once all of them have reached the position. Rejects after the time that a request waits, and at once if there is nothing to
   * wait for, because the log itself is not that far.
   */
  reached(models: readonly ModelName[], position: bigint, client: Client): Promise<Freshness>;
  /** The position of the last append up to the end of a time. Rejects for one that is not over, and where that is not certain in time. */
  positionAt(time: Span, client: Client): Promise<bigint>;
};

/** In place of what a decision keeps from the viewer. */
export type Withheld = 'withheld';

/**
 * Every read of the API. Null means that there is nothing of that id which the viewer may know of: 404. Who sees what stands in `visibility.ts` of
 * `@averment/access`; whether a role may use a route at all is the route's matter.
 */
export type Queries = {
  source(id: string, viewer: Viewer): Promise<SourceItem | null>;
  /** Of the newest text unless a revision is given. From the log. The caller has checked that the viewer may read texts. */
  sourceText(id: string, revision: number | null, viewer: Viewer): Promise<SourceText | Withheld | null>;
  /** The document from which its first text was read, where its bytes are kept. As of `sourceText`. */
  sourceOriginal(id: string, viewer: Viewer): Promise<{ bytes: Buffer; mediaType: string } | Withheld | null>;
  /** `q` searches title, publisher and authors; `url` is exact. Newest first. */
  sources(filters: { q?: string; url?: string; externalId?: string }, paging: Paging, viewer: Viewer): Promise<Page<SourceItem>>;
  /** The source with this very URL and text (SHA-256 of its UTF-8 bytes, hex; null: it never had one), for the refusal of doubles. */
  sourceWith(url: string | null, textSha256: string | null): Promise<string | null>;
  party(id: string, viewer: Viewer): Promise<PartyItem | null>;
  /** `q` searches name and aliases, by words and by the name's beginning. By name. */
  parties(
    filters: { q?: string; kind?: string; externalId?: string; identifier?: string },
    paging: Paging,
    viewer: Viewer,
  ): Promise<Page<PartyItem>>;
  /** As it was, under the protection of now; `position` (decimal) is where in the past that lies. Null where it was not yet to be seen then. */
  sourceAt(
    id: string,
    moment: RegisterMoment,
    viewer: Viewer,
    context: ReadContext,
  ): Promise<{ item: SourceItem; position: string } | null>;
  partyAt(id: string, moment: RegisterMoment, viewer: Viewer, context: ReadContext): Promise<{ item: PartyItem; position: string } | null>;
  /** The events of a source or party, oldest first, from the log; for reviewers and auditors the review's too. */
  registerEvents(id: string, paging: Paging, viewer: Viewer, context: ReadContext): Promise<Page<EventItem> | null>;
  /** What an edit of a source or party would do to it now. From the log. */
  registerPreview(stream: string, edit: number, viewer: Viewer): Promise<RegisterPreview | null>;
  /** Null for private parties too. */
  partySummary(id: string, viewer: Viewer): Promise<PartySummary | null>;
  /** What resembles each of these parties but for itself, the nearest first, at most 10: of the moment. */
  partiesLike(registered: readonly { id: string; names: readonly string[] }[], viewer: Viewer): Promise<Resembled[][]>;
  /** The same of a source. */
  sourcesLike(
    registered: { id: string; url: string | null; title: string | null; textSha256: string | null },
    viewer: Viewer,
  ): Promise<Resembled[]>;
  /** Names of parties that look like one of these (`like`) and are written in other characters; at most 100. For the refusal of look-alikes. */
  lookAlikes(names: readonly string[]): Promise<{ id: string; name: string; like: string }[]>;
  /**
   * How many of the parked streams an incident rests on: parties and sources that it names, incidents merged into it; with `edits`, also what its edits
   * name.
   */
  parkedUnder(incident: string, waiting: ReadonlySet<string>, edits: boolean): Promise<number>;

  /**
   * As of a moment; null is the present. A cursor pins the position of its first page, and goes with no other moment; rejects with `UnknownPosition` for one that lies
   * beyond the log's end.
   */
  incidents(
    filters: IncidentFilters,
    options: Paging & { sort?: IncidentSort; moment: LogMoment | null },
    viewer: Viewer,
    context: ReadContext,
  ): Promise<IncidentPage>;
  /**
   * Published incidents of which anything that is served may have changed after the position, each once, as they are now: those that left the list, or of which
   * nothing may be kept, in `gone`. `all`: the list of every status. Rejects with `UnknownPosition` beyond the log's end.
   */
  changedIncidents(asked: { after: bigint; all: boolean }, paging: Paging, viewer: Viewer, context: ReadContext): Promise<ChangedPage>;
  /** By what documents of incidents are made: another text where a new version of the service makes others of the same events. */
  incidentForm: string;
  incident(id: string, viewer: Viewer, context?: Omit<ReadContext, 'client'>): Promise<ServedNow | null>;
  comparison(id: string, viewer: Viewer, context?: Omit<ReadContext, 'client'>): Promise<ServedNow | null>;
  /** The stream folded to the moment, joined with what was known of parties, sources and merges there. Null where it was not yet to be seen then. */
  incidentAt(id: string, moment: Moment, viewer: Viewer, context: ReadContext): Promise<ServedPast | null>;
  comparisonAt(id: string, moment: Moment, viewer: Viewer, context: ReadContext): Promise<ServedPast | null>;
  /** Record events, for reviewers and auditors the review's too, oldest first, from the log. `TextErased` names only what the viewer may read. */
  incidentEvents(id: string, paging: Paging, viewer: Viewer, context: ReadContext): Promise<Page<EventItem> | null>;
  /** The event at a revision of the incident's stream; null where there is none that the viewer may see. */
  incidentEvent(id: string, revision: number, viewer: Viewer, context: ReadContext): Promise<EventItem | null>;
  /** What the viewer reads whole of the bytes of that event; null where there is none that the viewer may see. */
  disclosed(id: string, revision: number, viewer: Viewer, context: ReadContext): Promise<Disclosed | null>;
  /** The events behind a field of the incident as it stands now. */
  explain(id: string, pointer: string, paging: Paging, viewer: Viewer, context: ReadContext): Promise<Explained | null>;
  /** What changed between two revisions. Null also where a revision is past the end or before publication. */
  diff(id: string, from: number, to: number, viewer: Viewer, context: ReadContext): Promise<DiffResult | null>;
  /** As of a moment; null is the present. `position` is that of the moment. A page of the past may end before its limit. */
  claims(
    filters: ClaimFilters,
    options: Paging & { moment: LogMoment | null },
    viewer: Viewer,
    context: ReadContext,
  ): Promise<Page<ClaimItem> & { position?: string }>;
  /**
   * From the log; the model says what protects texts. Throws `StreamUnreadable` only where nothing comes before the event that cannot be read, and rejects
   * as `Models.reached` only where nothing comes before an event whose protection is not known yet; with `UnknownPosition` beyond the log's end.
   */
  feed(after: bigint, limit: number, viewer: Viewer, context: ReadContext): Promise<FeedPage>;
  /** The same with the stored bytes of each event, for viewers who see the whole feed. What cannot be decoded is shown as `Unreadable`. */
  storedFeed: Queries['feed'];

  /** Of an incident, a source or a party, by its id. */
  /** Incidents that may be the same as this one, the likeliest first; those that the viewer may read. */
  candidates(id: string, paging: Paging, viewer: Viewer): Promise<Page<Candidate> | null>;
  /** Pairs of incidents that may be the same, the likeliest first; none of a retracted one. */
  candidatePairs(paging: Paging, viewer: Viewer): Promise<Page<CandidatePair>>;
  /** Incidents that may be the same as what has this profile, which need not be in the model; the likeliest first. */
  candidatesFor(profile: Profile, viewer: Viewer, limit: number): Promise<Candidate[]>;

  edits(stream: string, paging: Paging, viewer: Viewer, context: ReadContext): Promise<Page<EditItem> | null>;
  edit(stream: string, edit: number, viewer: Viewer, context: ReadContext): Promise<EditItem | null>;
  /** How many edits of a subject are open, with those in `work.submitted` that the model does not have yet. */
  openEdits(subject: string): Promise<number>;
  /** Whether everybody can read that there is this incident, claim, source or party. */
  isPublic(of: { kind: 'incident' | 'claim' | 'source' | 'party'; id: string }): Promise<boolean>;
  /** What became of the last edits of a subject; the model may be behind. */
  tallyOf(subject: string): Promise<Tally>;
  /** Private persons whom one of these keys of words may name: all whom reviewers confirmed, and some others. */
  privateNamed(keys: readonly string[]): Promise<string[]>;
  /** Of these parties, the last positions at which an edit that used them was applied with two approvals; the model may be behind. */
  reviewedAt(parties: readonly string[]): Promise<Map<string, bigint>>;
  /** The quotes from these sources that are on record, by source, in the order in which they entered; the model may be behind. */
  quotesFrom(sources: readonly string[]): Promise<Map<string, EnteredQuote[]>>;
  /** The incident folded from structure up to a revision, with the SHA-256 of the event there, by which the caller knows the log again; null for a short one. */
  storedFold(incident: string): Promise<StoredFold | null>;
  /** From the log, as of the incident's last event. */
  preview(incident: string, edit: number, viewer: Viewer, context: ReadContext): Promise<EditPreview | null>;
  /** Contributors get their own edits only. */
  /** `recused`: what the viewer is recused from. */
  reviews(
    filters: ReviewFilters,
    options: Paging & { sort?: ReviewSort; recused?: RecusedFrom },
    viewer: Viewer,
    context: ReadContext,
  ): Promise<Page<ReviewItem>>;
  /** One edit as the queue has it; null where the viewer may not see it. */
  review(ref: EditRef, viewer: Viewer, context: ReadContext): Promise<ReviewItem | null>;
  /**
   * The edits among these that the viewer may approve now and nobody else holds, the best first: high priority before normal, then what is due first. Where
   * the viewer holds some, whatever the filters say, only those. `passed` are left out, and what the viewer is recused from. At most eight.
   */
  nextReviews(
    filters: ReviewFilters,
    viewer: Viewer,
    without: { passed: readonly EditRef[]; recused: RecusedFrom },
  ): Promise<(EditRef & { version: number })[]>;
  /** As of now, or of a time that is over. */
  /** The edits that are open, as the model knows them, in some order. */
  openRefs(paging: Paging): Promise<Page<EditRef>>;
  reviewStats(time: Span | null, context: ReadContext): Promise<ReviewStats>;
  /** The viewer's own edits, the newest first; without `state` all. */
  ownEdits(filters: { state?: ReviewFilters['state'] }, paging: Paging, viewer: Viewer, context: ReadContext): Promise<Page<OwnEdit>>;
  /** What happened to the edits in which the viewer takes part, after a position; their words are read from the log. */
  notices(after: bigint, limit: number, viewer: Viewer): Promise<NoticePage>;

  /** A request of an erasure, from the log. Contributors get their own only. */
  erasure(id: string, viewer: Viewer): Promise<ErasureItem | null>;
  /** Where the texts stand that it names, each with its text; for those who decide, and for auditors. */
  erasurePlaces(id: string, paging: Paging, viewer: Viewer): Promise<Page<ErasurePlace> | null>;
  /** Newest first. Contributors get their own only. */
  erasures(filters: { state?: ErasureItem['state'] }, paging: Paging, viewer: Viewer): Promise<Page<ErasureItem>>;
  /** What was carried out, newest first: nothing of what was erased. */
  takedowns(paging: Paging): Promise<Page<Takedown>>;
  /** What was corrected, withdrawn, contradicted by a court, erased or kept from the public, the newest first: the same for everybody. */
  errata(paging: Paging): Promise<Page<Erratum>>;
};
