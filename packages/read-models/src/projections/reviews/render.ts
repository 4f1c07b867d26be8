import {
  type Change,
  contributors,
  countingVotes,
  type Edit,
  editDocument,
  fieldsOfIncident,
  type Ground,
  type Incident,
  needed,
  type Outdated,
  type Policy,
  partiesAndSources,
  refuseClash,
  storedChange,
  textPaths,
} from '@averment/domain';
import { textsVector } from '../../search/words.ts';

/** What the queue needs of an edit, beside its document. */
export type EditRow = {
  incident: string;
  edit: number;
  document: string;
  state: string;
  version: number;
  author: string;
  kinds: string[];
  /** The parties and sources that its current version uses. */
  uses: string[];
  priority: 'high' | 'normal';
  submitted_at: string;
  due_at: string;
  next_actor: 'reviewer' | 'author' | null;
  outdated: Outdated | null;
  approvals: object;
  quotes_beyond_limit: object[];
  etag: string;
  rationale: string | null;
  conflicts: object[];
  /** Who wrote a version of it or has voted on the current one, each once. */
  hands: string[];
  /** Words, for the search. */
  search: string;
};
/** `title`: that of the incident as it stands, as of `headingOf`. */
export type EditRenderer = (state: Incident, edit: Edit, ground: Ground, title: string | null) => EditRow;
export type Stand = (state: Incident, edit: Edit, ground: Ground) => string;

/** Until a policy sets it: three days from the submission of the current version. */
const timeToDecide = 72 * 3_600_000;

/** The parties and sources that changes use, but for who stands above: that is looked up when an edit is read. An id in a text uses nothing. */
export const usedBy = (changes: readonly Change[]): Set<string> => partiesAndSources(changes, () => undefined);

const placesOfTexts = textPaths(storedChange);
const stringsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(stringsIn) : [];
};
/** What changes say in words of the record's own: all their texts but for quotes. */
const wordsIn = (changes: readonly Change[]): string[] =>
  changes.flatMap((change) =>
    placesOfTexts(change)
      .filter((path) => path.at(-1) !== 'quote')
      .flatMap((path) => stringsIn(path.reduce((within: unknown, name) => (within as Record<PropertyKey, unknown>)[name], change))),
  );

/** Makes the function that renders an edit as the queue and its own path show it. */
export const createEditRenderer =
  ({ policy }: { policy: Policy }): EditRenderer =>
  (state, edit, ground, title) => {
    const document = editDocument({ ...ground, state, edit: edit.edit, policy });
    if (document === undefined) throw new Error(`${state.id} has no edit ${edit.edit}`);
    const version = edit.versions.at(-1);
    const submittedAt = version?.submittedAt ?? '';
    return {
      incident: document.incidentId,
      edit: edit.edit,
      document: JSON.stringify(document),
      state: edit.state,
      version: document.version,
      author: edit.author,
      kinds: [...new Set(version?.changes.map(({ kind }) => kind))].sort(),
      uses: [...usedBy(version?.changes ?? [])],
      priority: document.approvals.needed > 1 ? 'high' : 'normal',
      submitted_at: submittedAt,
      due_at: new Date(Date.parse(submittedAt) + timeToDecide).toISOString(),
      next_actor: document.nextActor,
      outdated: document.outdated,
      approvals: document.approvals,
      quotes_beyond_limit: document.quotesBeyondLimit,
      etag: document.etag,
      rationale: version?.rationale ?? null,
      conflicts: document.conflicts,
      hands: [...new Set([...contributors(edit), ...countingVotes(edit).keys()])].sort(),
      search: textsVector([title ?? '', version?.rationale ?? '', ...wordsIn(version?.changes ?? [])]),
    };
  };

/**
 * What the record as it stands makes of an open edit: what it has against it and the approvals that it needs, as one text. Conflicts are left out, since
 * the keys that are written tell of those, and so are quotes.
 */
export const createStand =
  ({ policy }: { policy: Policy }): Stand =>
  (state, edit, ground) => {
    const version = edit.versions.at(-1);
    return JSON.stringify(version && [refuseClash(state, version.changes), needed(policy, version, { ...ground, record: state })]);
  };

export type Heading = { title: string | null; region: string | null };
/** Title and region as the record has them, before publication as the proposal does. */
export const headingOf = (state: Pick<Incident, 'fields' | 'edits'>): Heading => {
  const fields = fieldsOfIncident(state);
  return { title: fields?.title ?? null, region: fields?.place?.region ?? null };
};
