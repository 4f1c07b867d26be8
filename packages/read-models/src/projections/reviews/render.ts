import {
  type Change,
  contributors,
  countingVotes,
  type Edit,
  type EditDocument,
  type EditOf,
  editDocument,
  fieldsOfIncident,
  type Ground,
  type Incident,
  isOpenEdit,
  needed,
  type Outdated,
  type PolicyInForce,
  partiesAndSources,
  refuseClash,
  storedChange,
  textPaths,
} from '@averment/domain';
import { textsVector } from '../../search/words.ts';

/** What the queue needs of an edit, beside its document. */
export type EditRow = {
  stream: string;
  edit: number;
  document: string;
  state: string;
  version: number;
  author: string;
  /** Whose own it is, and who wrote a version of it. */
  contributors: string[];
  kinds: string[];
  /** The parties and sources that its current version uses. */
  uses: string[];
  priority: 'high' | 'normal';
  priority_reasons: PriorityReason[];
  submitted_at: string;
  due_at: string;
  next_actor: 'reviewer' | 'author' | null;
  outdated: Outdated | null;
  approvals: object;
  quotes_beyond_limit: object[];
  comments: { open: number; total: number };
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

const hour = 3_600_000;

/** The parties and sources that changes use, but for who stands above: that is looked up when an edit is read. An id in a text uses nothing. */
export const usedBy = (changes: readonly Change[]): Set<string> => partiesAndSources(changes, () => undefined);

const stringsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(stringsIn) : [];
};
/** What is in the words of others: a quote, and the text of a source. */
const ofOthers = ['quote', 'text'];
/** Makes the function that gives what changes of this shape say in words of the record's own: all their texts but `ofOthers`. */
export const wordsOf = (shape: Parameters<typeof textPaths>[0]) => {
  const places = textPaths(shape);
  return (changes: readonly object[]): string[] =>
    changes.flatMap((change) =>
      places(change)
        .filter((path) => !ofOthers.includes(String(path.at(-1))))
        .flatMap((path) => stringsIn(path.reduce((within: unknown, name) => (within as Record<PropertyKey, unknown>)[name], change))),
    );
};
const wordsOfIncident = wordsOf(storedChange);

/** Makes the function that renders an edit as the queue and its own path show it. */
export const createEditRenderer =
  (policy: PolicyInForce): EditRenderer =>
  (state, edit, ground, title) => {
    const document = editDocument({ ...ground, state, edit: edit.edit, policy });
    if (document === undefined) throw new Error(`${state.id} has no edit ${edit.edit}`);
    const changes = edit.versions.at(-1)?.changes ?? [];
    return editRow(document, edit, { policy, uses: usedBy(changes), urgent: false, words: [title, ...wordsOfIncident(changes)] });
  };

/** Why an edit has its priority: `protects_person` and `two_approvals` make it high. */
export type PriorityReason = { code: 'protects_person' | 'two_approvals' | 'one_approval'; text: string };
const reasonsOf = ({ needed, why }: EditDocument['approvals'], urgent: boolean): PriorityReason[] => [
  ...(urgent ? [{ code: 'protects_person', text: 'It makes somebody private, whose name is public until then.' } as const] : []),
  { code: needed > 1 ? 'two_approvals' : 'one_approval', text: why },
];

/** The row of an edit, of whichever aggregate. `urgent`: whether it protects somebody; `words`: what it is searched by, beside its rationale. What is decided stays due when it was. */
export const editRow = (
  document: EditDocument,
  edit: EditOf<{ kind: string }>,
  { policy, uses, urgent, words }: { policy: PolicyInForce; uses: ReadonlySet<string>; urgent: boolean; words: readonly (string | null)[] },
): EditRow => {
  const version = edit.versions.at(-1);
  const submittedAt = version?.submittedAt ?? '';
  const priority = urgent || document.approvals.needed > 1 ? 'high' : 'normal';
  const { dueHours } = (isOpenEdit(edit) ? policy.now : policy.at(version?.position ?? 0n)).rules;
  const due = Date.parse(submittedAt) + dueHours[urgent ? 'urgent' : priority] * hour;
  return {
    stream: document.of.id,
    edit: edit.edit,
    document: JSON.stringify(document),
    state: edit.state,
    version: document.version,
    author: edit.author,
    contributors: [...contributors(edit)].sort(),
    kinds: [...new Set(version?.changes.map(({ kind }) => kind))].sort(),
    uses: [...uses],
    priority,
    priority_reasons: reasonsOf(document.approvals, urgent),
    submitted_at: submittedAt,
    due_at: new Date(due).toISOString(),
    next_actor: document.nextActor,
    outdated: document.outdated,
    approvals: document.approvals,
    quotes_beyond_limit: document.quotesBeyondLimit,
    comments: { open: document.comments.open, total: document.comments.total },
    etag: document.etag,
    rationale: version?.rationale ?? null,
    conflicts: document.conflicts,
    hands: [...new Set([...contributors(edit), ...countingVotes(edit).keys()])].sort(),
    search: textsVector([...words, version?.rationale ?? null].filter((text) => text !== null)),
  };
};

/**
 * What the record as it stands makes of an open edit: what it has against it and the approvals that it needs, as one text. Conflicts are left out, since
 * the keys that are written tell of those, and so are quotes.
 */
export const createStand =
  (policy: PolicyInForce): Stand =>
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
