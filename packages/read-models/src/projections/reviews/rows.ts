import {
  bringsVersion,
  type Change,
  changeOf,
  changesSubmitted,
  type DomainEvent,
  evolveParty,
  initialParty,
  isReviewEvent,
  noticesOf,
  type Review,
} from '@averment/domain';
import { partyVersions } from '../record/register.ts';
import { usedBy } from './render.ts';

/** The rows that follow from events alone, and the columns of all. */

export const editColumns = {
  stream: 'text',
  edit: 'int',
  document: 'text',
  state: 'text',
  version: 'int',
  author: 'text',
  contributors: 'text[]',
  kinds: 'text[]',
  priority: 'text',
  priority_reasons: 'json',
  uses: 'text[]',
  submitted_at: 'timestamptz',
  due_at: 'timestamptz',
  next_actor: 'text',
  outdated: 'json',
  approvals: 'json',
  quotes_beyond_limit: 'json',
  comments: 'json',
  etag: 'text',
  rationale: 'text',
  conflicts: 'json',
  hands: 'text[]',
  search: 'tsvector',
};
/** What COPY cannot give as it is stored. */
export const madeOfEdits = { search: 'search::tsvector' };
export const headingColumns = { id: 'text', title: 'text', region: 'text' };
export const reviewedColumns = { party: 'text', position: 'bigint' };

export const partyColumns = { id: 'text', item: 'json', privacy_said: 'bigint' };
/** A party as it is now, of all its events; none before it is registered. */
export const partyRows = (id: string, events: readonly DomainEvent[]) => {
  const item = partyVersions(events).at(-1)?.value;
  const { privacySaid } = events.reduce(evolveParty, initialParty());
  return item === undefined || privacySaid === null ? [] : [{ id, item, privacy_said: privacySaid }];
};

export const useColumns = { incident: 'text', used: 'text' };
/** The changes that these events submit, and those that the incidents did which they absorb; a claim that was received was submitted elsewhere. */
const submittedBy = (events: readonly DomainEvent[]): Change[] =>
  events.flatMap((event) => {
    if (event.type === 'IncidentAbsorbed') return submittedBy(event.absorbed ?? []);
    if (event.type === 'ClaimReceived') return changeOf(event) ?? [];
    return bringsVersion(event) ? changesSubmitted(event) : [];
  });

/** What the edits of an incident, and of those that it absorbs, use, each once: it may be touched by later edits. */
export const useRows = (incident: string, events: readonly DomainEvent[]) => {
  const changes = submittedBy(events);
  return [...usedBy(changes)].map((used) => ({ incident, used }));
};

export const noticeColumns = {
  subject: 'text',
  position: 'bigint',
  stream: 'text',
  revision: 'int',
  edit: 'int',
  code: 'text',
  decision: 'text',
  actor: 'text',
  noticed_at: 'timestamptz',
};
/** What these events of a stream tell whom; `state` is folded at least to the last of them. */
export const noticeRows = (state: Pick<Review<unknown>, 'edits'>, events: readonly DomainEvent[]) =>
  events.filter(isReviewEvent).flatMap((event) => {
    const { stream, revision, position, actor, recordedAt } = event;
    return noticesOf(state, event).map((notice) => ({ ...notice, stream, revision, position, actor, noticed_at: recordedAt }));
  });
