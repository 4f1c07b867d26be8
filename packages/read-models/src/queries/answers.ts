import {
  answer,
  approvalsShape,
  claimShape,
  commentCounts,
  cuesShape,
  differenceShape,
  type EventType,
  editShape,
  editState,
  erasureKind,
  ground,
  listItemShape,
  type NoticeCode,
  nextActorShape,
  ofShape,
  outdatedShape,
  pagesShape,
  previewShape,
  quotesBeyondLimitShape,
  wouldConflictShape,
  writtenShape,
} from '@averment/domain';
import type { Undecodable } from '@averment/event-log';
import { z } from 'zod';
import { partyItemShape, sourceItemShape } from '../items.ts';
import type { PriorityReason } from '../projections/reviews/render.ts';

const { idOf, instant, known, namesWithheld, oneOf, position, revision, strings, subject, text } = answer;

/** What queries answer beside the domain's documents, as schemas and their types. */

export const sourceTextShape = z.object({
  id: idOf('source'),
  revision: z.int().min(1).describe('Of the text, from 1'),
  text: z.string().nullable().describe('As stored; null once it was erased'),
  textSha256: z.string().nullable().describe('Of the text in UTF-8, hexadecimal; null once it was erased'),
  pages: pagesShape,
  cues: cuesShape,
});

const whyShape = z
  .enum(['same_url', 'same_text', 'same_name', 'same_words', 'fewer_words', 'more_words'])
  .describe(
    'How: the same address; the same text; a name or title that is the same but for letter case, accents and the like; the same words in another order; some of the words and no other; all of the words and more',
  );
/** What resembles something that was registered. */
export const resembledShape = z.object({
  id: z.string().describe('The party or source; of a merged party the one that it is'),
  name: text.describe('Its name or title'),
  why: whyShape,
});

/** Only what was published is listed. */
export const incidentItemShape = listItemShape.extend({
  revision: revision.describe('Stream revision of the last record event'),
  recordedAt: instant.describe('When its record last changed'),
  changedAt: position.optional().describe('With `changedAfter`: where what is served of it may last have changed'),
  etag: answer.etag.optional().describe('With `changedAfter`: that of its document, as the caller gets it'),
});
export const goneShape = z.object({
  id: idOf('incident'),
  gone: oneOf<'merged' | 'retracted' | 'withheld' | 'erased'>().describe(
    '`merged`: it is shown with another one, `into`; `retracted`: the record took it back; its document says so, and can be read, as that of a merged one can. `withheld`: by order of a court nothing of it is shown (451); `erased`: nothing is left of it (410): then drop all that you keep of it',
  ),
  into: idOf('incident').optional().describe('Of a merged one: the incident that it is shown with'),
  changedAt: position.describe('Where what is served of it may last have changed'),
});
export const claimItemShape = claimShape.extend({ incidentTitle: text, namesWithheld });
const changeMadeShape = differenceShape.extend({
  revision: revision.describe('Which append changed it last, or something in it: the revision of its last event'),
  addedAtRevision: revision
    .nullable()
    .describe('Where nothing stood there before: the revision that added it, though others may have changed it since. Null elsewhere'),
  edit: z
    .int()
    .nullable()
    .describe('The edit that was applied at `revision`; null where the change followed from another incident, a party or a source'),
  author: z.string().nullable().describe('Who submitted that edit. Without a key and for apps, a role'),
  reason: text.describe('What the change says of itself; null where it gives no reason'),
});
export const diffShape = z.object({
  from: revision.describe('The earlier revision'),
  to: revision.describe('The later revision'),
  changes: z.array(changeMadeShape).describe('What differs between the two'),
});

export const eventItemShape = z.object({
  position,
  stream: z.string().describe('The stream that it stands in: the id of an incident, a source or a party'),
  incidentId: idOf('incident').nullable().describe('The incident, of an incident’s event'),
  revision: revision.describe('Where in the stream'),
  last: revision.describe('Revision of the last event of the same append'),
  type: oneOf<EventType>().describe('What happened, such as `ClaimAdded`: docs/events.md has them all'),
  recordedAt: instant.describe('When it was recorded'),
  actor: known<string>(z.string().nullable()).describe(
    'Whose command made it; null of what cannot be read. Without a key and for apps, a role, as are the next two',
  ),
  author: z.string().nullable().describe('Who submitted the edit that it belongs to'),
  approvedBy: strings.describe('Whose approvals counted when the edit was applied, on the events of that append'),
  edit: z.int().nullable().describe('The number of the edit that it belongs to'),
  data: z.record(z.string(), z.unknown()).describe('What the event holds, by its type, without the texts that were erased'),
  namesWithheld,
});

/** An event as the feed tells it. */
export const feedItemShape = eventItemShape.extend({
  canonical: z
    .string()
    .optional()
    .describe(
      'With `with=canonical`: its canonical JSON (RFC 8785), without its texts. The SHA-256 of these bytes is `event` of its leaf in the ledger',
    ),
  disclosures: z
    .array(z.string())
    .optional()
    .describe(
      'With `with=canonical`: the disclosures (RFC 9901) of its texts, without those that were erased. The digest of each stands in `canonical`',
    ),
});

export const explainedShape = z.object({
  revision: revision.describe('Of the incident as it is told here'),
  pointer: z.string().nullable().describe('JSON Pointer (RFC 6901) to what is explained, with indexes'),
  value: z.unknown().describe('What stands there now'),
  items: z.array(eventItemShape).describe('The events behind it, oldest first'),
  next: z.string().nullable().describe('The cursor of the page after this one; null at the end'),
});

/** A lease that holds now, by the database's clock; one of another version or of an edit no longer submitted is none. */
export const leaseShape = z.object({ holder: subject.describe('Who holds it'), until: instant.describe('Until when') });
const lease = leaseShape.nullable().describe('Who is at work on it; null where nobody is');
const makesPublicShape = z
  .object({
    parties: z.array(partyItemShape).describe('With those above them'),
    sources: z.array(sourceItemShape).describe('Without their texts'),
  })
  .describe('What approval would make public for the first time, whole: parties, with those above them, and sources');
const namesShape = z.object({
  parties: z
    .array(partyItemShape.pick({ id: true, kind: true }).extend({ name: text }))
    .describe('The parties that it names, with what they are called'),
  sources: z
    .array(sourceItemShape.pick({ id: true, title: true, publisher: true }))
    .describe('The sources that it cites, with what they are called'),
});
/** Where an edit stands in the queue, and why. */
const queuedShape = z.object({
  waitingSeconds: z.number().describe('For how long its current version has waited since it was submitted; 0 once nobody needs to act'),
  dueAt: instant.describe('When it should be decided'),
  overdue: z.boolean().describe('Whether it should have been decided by now, and is not'),
  priority: oneOf<'high' | 'normal'>().describe('`high` or `normal`'),
  priorityReasons: z
    .array(
      z.object({
        code: oneOf<PriorityReason['code']>().describe(
          '`protects_person`: somebody is named until it is applied; `two_approvals` or `one_approval`: so many it takes. The first two make it `high`',
        ),
        text: z.string().describe('Why, in words'),
      } satisfies answer.EachOf<PriorityReason>),
    )
    .describe('Why it has this priority'),
});
export const editItemShape = editShape.extend({ lease, ...queuedShape.shape, makesPublic: makesPublicShape });
const registered = known<object | null>(z.union([sourceItemShape, partyItemShape]).nullable());
export const registerPreviewShape = z.object({
  before: registered.describe('The source or party as it is, or as it was before the edit was applied'),
  after: registered.describe('The source or party as it would be, or as the edit left it. Of a text there is the digest'),
  changes: z.array(differenceShape).describe('What differs between the two'),
  conflicts: z.array(writtenShape).describe('The events since its base version that wrote what it rests on'),
  wouldConflict: wouldConflictShape,
});
export const editPreviewShape = previewShape.extend({ makesPublic: makesPublicShape });

export const reviewItemShape = z.object({
  of: ofShape,
  incidentId: idOf('incident').nullable().describe('The incident; null of an edit of a source or a party'),
  edit: z.int().describe('Its number among the edits of the same'),
  title: text.describe('The title of the incident or source, the name of the party; null where it has none, and once it was erased'),
  rationale: text.describe('Why, in the words of its author; null once it was erased'),
  etag: answer.etag.describe('Send it as `If-Match` with a decision on this version'),
  links: z
    .object({
      edit: z.string().describe('Path of the edit'),
      preview: z.string().describe('Path of what it would change'),
      of: z.string().describe('Path of what it is of'),
    })
    .describe('Where to read on'),
  state: editState,
  kinds: strings.describe('The kinds of change that it holds'),
  author: subject.describe('Who submitted it'),
  submittedAt: instant.describe('When its current version was submitted'),
  version: z.int().describe('Its current version, from 1'),
  ...queuedShape.shape,
  region: z.string().nullable().describe('ISO 3166-2; null where the incident has none'),
  lease,
  approvals: approvalsShape.describe('How many it takes, and has'),
  quotesBeyondLimit: quotesBeyondLimitShape,
  comments: z.object(commentCounts).describe('What was said on it'),
  nextActor: nextActorShape,
  outdated: outdatedShape,
  conflicts: editShape.shape.conflicts,
  ...namesShape.shape,
  makesPublic: makesPublicShape,
});

export const ownEditShape = reviewItemShape.extend({
  baseRevision: editShape.shape.baseRevision,
  votes: editShape.shape.votes,
  openComments: z.array(editShape.shape.comments.shape.items.element).describe('The comments that wait for an answer, without replies'),
  withdrawnReason: editShape.shape.withdrawnReason,
  appliedRevision: editShape.shape.appliedRevision,
  reverts: editShape.shape.reverts,
});
const noticed = { of: ofShape, edit: reviewItemShape.shape.edit, title: reviewItemShape.shape.title, links: reviewItemShape.shape.links };
const noticeShape = z.object({
  position: position.describe('That of the event in the log'),
  code: oneOf<NoticeCode>().describe(
    'What happened: `decided` (`decision` says how), `approved` by one of several, `vote_withdrawn`; `lapsed`: the own vote, as the edit was revised; `revised`; `withdrawn`; `overtaken` by another text of a source that it cites; `commented`, `answered`, `comment_resolved`; `lease_broken`: the own; `reverted`: another edit undid it; `handed_over` to another author, who is told too; `reopened` after it was rejected; `split`: changes left it for another edit, and votes on it lapsed; `closed` with the proposal that it waited for',
  ),
  at: instant.describe('When it was recorded'),
  ...noticed,
  by: subject.describe('Who did it'),
  decision: editShape.shape.votes.element.shape.decision.nullable().describe('Of `decided` and `approved`; null of all else'),
  revertedBy: z.int().nullable().describe('The edit that undid it; null of all else'),
  text: text.describe('What was said with it: the comment, or the reason; null where nothing was, and once it was erased'),
});
const duty = z.object({ ...noticed, dueAt: queuedShape.shape.dueAt, outdated: outdatedShape });
export const mostDuties = 100;
const duties = (which: string) => z.array(duty).describe(`${which}, as of now, what is due first coming first; at most ${mostDuties}`);
export const noticePageShape = z.object({
  items: z.array(noticeShape).describe('What happened after the position, in the order of the log'),
  next: position.describe('The position to resume from: that of the last item, or the one that was sent'),
  overdue: duties('Own open edits that should have been decided by now'),
  outdated: duties('Own open edits that cannot be approved as they are'),
});

const age = (of: string) => z.number().nullable().describe(`Seconds that ${of} has waited; null where none does`);
/** Of every vote that was cast, those that lapsed or were taken back too. */
const decidedVotes = {
  decided: z.int().describe('Votes'),
  approved: z.int().describe('Of these approvals'),
  rejected: z.int().describe('Of these rejections'),
  changesRequested: z.int().describe('Of these requests for changes'),
};
const part = (what: string) => z.number().nullable().describe(`${what}, from 0 to 1; null where there is none to be a part of`);
const votes = {
  ...decidedVotes,
  overturned: z
    .int()
    .describe(
      'Votes that their reviewer took back, approvals of a version that was then rejected or sent back, and rejections of an edit that was reopened',
    ),
  reverted: z.int().describe('Approvals by which an edit was applied that another one undid since'),
  approvedShare: part('Approvals among the votes'),
  overturnedShare: part('What was overturned among the votes'),
  revertedShare: part('What was reverted among the approvals'),
};
export const reviewStatsShape = z.object({
  asOf: instant.describe('The moment that the figures are of'),
  open: z.int().describe('Edits that wait for a reviewer or for their author. Ages count from the submission of the current version'),
  waitingFor: z
    .object({ reviewer: z.int().describe('For a reviewer'), author: z.int().describe('For their author') })
    .nullable()
    .describe('The open edits by who has to act next; null of the past'),
  outdated: z.int().nullable().describe('The open edits that cannot be approved as they are; null of the past'),
  oldestSeconds: age('the oldest open edit'),
  medianSeconds: age('the median open edit'),
  p90Seconds: age('the open edit at the ninetieth percentile'),
  votes: z.object(votes).describe('All votes'),
  decidedPerDay: z
    .array(z.object({ day: z.string().describe('In UTC'), ...decidedVotes }))
    .describe('Of the last 30 days those with a vote, newest first'),
  byKind: z
    .array(z.object({ kind: z.string().describe('A kind of change'), open: z.int().describe('Open edits that hold one'), ...votes }))
    .describe('Open edits, and votes on edits, by what they change: one with several kinds counts for each'),
  byReviewer: z.array(z.object({ reviewer: subject, ...votes })).describe('The votes by who cast them'),
});

export type Resembled = z.output<typeof resembledShape>;
const erasureState = oneOf<'looking' | 'open' | 'approved' | 'refused' | 'done'>().describe(
  '`looking`: it is looked where the words stand that it names; `open`: it can be decided; `approved`: it is being carried out; `refused`; `done`',
);
const decided = (what: string) => instant.nullable().describe(`When it was ${what}; null before`);
export const erasureShape = z.object({
  id: idOf('erasure'),
  kind: erasureKind,
  state: erasureState,
  ground,
  targets: z
    .array(known<object>(z.record(z.string(), z.unknown())))
    .describe('Which texts, as they were sent; words are left out once they were erased'),
  request: text.describe('Who asked for it, and how; null once it was carried out'),
  reason: text.describe('Why, for those who decide; null once it was carried out'),
  author: subject.describe('Who asked for it here'),
  requestedAt: instant.describe('When it was asked for'),
  decidedAt: decided('approved or refused'),
  doneAt: decided('carried out, and nothing was left'),
  places: z.int().describe('In how many places texts were found that it names'),
  votes: z
    .array(
      z.object({
        by: subject.describe('Who voted'),
        role: oneOf<'reviewer' | 'admin'>().describe('As a reviewer, or as an admin: it takes one of each'),
        decision: oneOf<'approve' | 'reject'>().describe('`approve` or `reject`'),
        reason: text.describe('Why; null where none was given, or once it was carried out'),
        at: instant.describe('When'),
      }),
    )
    .describe('The votes, in their order'),
  fields: z.int().nullable().describe('How many texts it was, with their copies; null until it is done'),
  position,
});
export const erasurePlaceShape = z.object({
  of: z
    .object({
      kind: oneOf<'incident' | 'source' | 'party' | 'erasure' | 'key' | 'operations'>().describe('What it is'),
      id: z.string().describe('Its id'),
    })
    .describe('In whose stream it stands'),
  revision: revision.describe('The event’s revision in that stream'),
  pointer: z.string().describe('JSON Pointer (RFC 6901) into the data of that event'),
  text: z
    .unknown()
    .describe(
      'What stands there, of a document that was kept its `size` in bytes; null once it was erased, and for an admin who asked for it',
    ),
});
export const takedownShape = z.object({
  id: idOf('erasure'),
  on: instant.describe('When it was carried out'),
  kind: erasureKind,
  ground,
  fields: z.int().describe('How many texts it was'),
});

export type ErasureItem = z.output<typeof erasureShape>;
export type ErasurePlace = z.output<typeof erasurePlaceShape>;
export type Takedown = z.output<typeof takedownShape>;
export type SourceText = z.output<typeof sourceTextShape>;
export type IncidentItem = z.output<typeof incidentItemShape>;
/** With where it changed, and the tag of its document. */
export type ChangedItem = IncidentItem & { changedAt: string; etag: string };
/** Of an incident that left a copy, or must. */
export type GoneItem = z.output<typeof goneShape>;
export type ClaimItem = z.output<typeof claimItemShape>;
export type DiffResult = z.output<typeof diffShape>;
export type EventItem = z.output<typeof eventItemShape>;
/** `pointer` is null where what was asked for leads nowhere. */
export type Explained = z.output<typeof explainedShape>;
/**
 * In the place of an event that cannot be decoded, and that an admin let the feed pass over: of the event only where it stands and why it cannot be read.
 * It is made when it is read, and stored nowhere.
 */
type UnreadableItem = Omit<EventItem, 'type' | 'actor' | 'data'> & {
  type: 'Unreadable';
  actor: null;
  data: { why: Undecodable['undecodable'] };
};
/** The data of a `FeedEventMended` carry the event as the viewer may see it: `{position, stream, revision, event}`. */
export type FeedItem = (EventItem | UnreadableItem) & Pick<z.output<typeof feedItemShape>, 'canonical' | 'disclosures'>;
/** Where an edit stands in the queue. */
export type Queued = z.output<typeof queuedShape>;
export type Lease = z.output<typeof leaseShape> | null;
export type MakesPublic = z.output<typeof makesPublicShape>;
export type Names = z.output<typeof namesShape>;
export type EditItem = z.output<typeof editItemShape>;
export type RegisterPreview = z.output<typeof registerPreviewShape>;
export type EditPreview = z.output<typeof editPreviewShape>;
export type ReviewItem = z.output<typeof reviewItemShape>;
export type OwnEdit = z.output<typeof ownEditShape>;
export type NoticePage = z.output<typeof noticePageShape>;
export type ReviewStats = z.output<typeof reviewStatsShape>;
