import {
  type Change,
  conflictsOf,
  type Edit,
  editDocument,
  fieldsOfIncident,
  type Ground,
  type Incident,
  needed,
  type Policy,
  partiesAndSources,
} from '@averment/domain';

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
  approvals: object;
  quotes_beyond_limit: object[];
};
export type EditRenderer = (state: Incident, edit: Edit, ground: Ground) => EditRow;
export type Stand = (state: Incident, edit: Edit, ground: Ground) => string;

/** Until a policy sets it: three days from the submission of the current version. */
const timeToDecide = 72 * 3_600_000;

const nextActorOf = ({ state }: Edit): EditRow['next_actor'] =>
  state === 'submitted' ? 'reviewer' : state === 'changes_requested' ? 'author' : null;

/** The parties and sources that changes use, but for who stands above: that is looked up when an edit is read. An id in a text uses nothing. */
export const usedBy = (changes: readonly Change[]): Set<string> => partiesAndSources(changes, () => undefined);

/** Whether somebody must still act on the edit. */
export const isOpen = (edit: Edit): boolean => nextActorOf(edit) !== null;

/** Makes the function that renders an edit as the queue and its own path show it. */
export const createEditRenderer =
  ({ policy }: { policy: Policy }): EditRenderer =>
  (state, edit, ground) => {
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
      next_actor: nextActorOf(edit),
      approvals: document.approvals,
      quotes_beyond_limit: document.quotesBeyondLimit,
    };
  };

/** What the record as it stands makes of an open edit: its conflicts and the approvals that it needs, as one text. Quotes are left out. */
export const createStand =
  ({ policy }: { policy: Policy }): Stand =>
  (state, edit, ground) => {
    const version = edit.versions.at(-1);
    return JSON.stringify([conflictsOf(state, edit.edit), version && needed(policy, version, { ...ground, record: state })]);
  };

export type Heading = { title: string | null; region: string | null };
/** Title and region as the record has them, before publication as the proposal does. */
export const headingOf = (state: Pick<Incident, 'fields' | 'edits'>): Heading => {
  const fields = fieldsOfIncident(state);
  return { title: fields?.title ?? null, region: fields?.place?.region ?? null };
};
