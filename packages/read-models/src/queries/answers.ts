import {
  answer,
  approvalsShape,
  claimShape,
  differenceShape,
  type EditState,
  type EventType,
  editShape,
  listItemShape,
  nextActorShape,
  outdatedShape,
  previewShape,
  quotesBeyondLimitShape,
} from '@averment/domain';
import type { Undecodable } from '@averment/event-log';
import { z } from 'zod';
import { partyItemShape, sourceItemShape } from '../items.ts';

const { idOf, instant, known, oneOf, position, revision, strings, subject, text } = answer;

/** What queries answer beside the domain's documents, as schemas and their types. */

export const sourceTextShape = z.object({
  id: idOf('source'),
  revision: z.int().min(1),
  text: z.string().nullable().describe('As stored; null once it was erased'),
  textSha256: z.string().nullable(),
});

/** Only what was published is listed. */
export const incidentItemShape = listItemShape.extend({ revision, recordedAt: instant });
export const claimItemShape = claimShape.extend({ incidentTitle: text });
export const diffShape = z.object({ from: revision, to: revision, changes: z.array(differenceShape.extend({ revision })) });

export const eventItemShape = z.object({
  position,
  stream: z.string(),
  incidentId: idOf('incident').nullable(),
  revision,
  last: revision.describe('Revision of the last event of the same append'),
  type: oneOf<EventType>(),
  recordedAt: instant,
  actor: known<string>(z.string().nullable()).describe(
    'Whose command made it; null of what cannot be read. Without a key and for apps, a role, as are the next two',
  ),
  author: z.string().nullable().describe('Who submitted the edit that it belongs to'),
  approvedBy: strings.describe('Whose approvals counted when the edit was applied, on the events of that append'),
  edit: z.int().nullable(),
  /** Without the texts that were erased. */
  data: z.unknown(),
});

/** A lease that holds now, by the database's clock; one of another version or of an edit no longer submitted is none. */
export const leaseShape = z.object({ holder: subject, until: instant });
const makesPublicShape = z
  .object({ parties: z.array(partyItemShape), sources: z.array(sourceItemShape) })
  .describe('What approval would make public for the first time, whole: parties, with those above them, and sources');
export const editItemShape = editShape.extend({ lease: leaseShape.nullable(), makesPublic: makesPublicShape });
export const editPreviewShape = previewShape.extend({ makesPublic: makesPublicShape });

export const reviewItemShape = z.object({
  incidentId: idOf('incident'),
  edit: z.int(),
  title: text,
  state: oneOf<EditState>(),
  kinds: strings,
  author: subject,
  /** When its current version was submitted. */
  submittedAt: instant,
  waitingSeconds: z.number(),
  dueAt: instant,
  priority: oneOf<'high' | 'normal'>(),
  region: z.string().nullable(),
  lease: leaseShape.nullable(),
  approvals: approvalsShape,
  quotesBeyondLimit: quotesBeyondLimitShape,
  nextActor: nextActorShape,
  outdated: outdatedShape,
  makesPublic: makesPublicShape,
});

const seconds = z.number().nullable();
/** Of every vote that was cast, those that lapsed or were taken back too. */
const votes = { decided: z.int(), approved: z.int(), rejected: z.int(), changesRequested: z.int() };
export const reviewStatsShape = z.object({
  /** Edits submitted or waiting for their author. Ages count from the current version's submission. */
  open: z.int(),
  waitingFor: z.object({ reviewer: z.int(), author: z.int() }).describe('The open edits by who has to act next'),
  outdated: z.int().describe('The open edits that cannot be approved as they are'),
  oldestSeconds: seconds,
  medianSeconds: seconds,
  p90Seconds: seconds,
  /** The last 30 days (UTC) with a decision, newest first. */
  decidedPerDay: z.array(z.object({ day: z.string(), ...votes })),
  byKind: z.array(z.object({ kind: z.string(), open: z.int() })),
  byReviewer: z.array(z.object({ reviewer: subject, ...votes })),
});

export type SourceText = z.output<typeof sourceTextShape>;
export type IncidentItem = z.output<typeof incidentItemShape>;
export type ClaimItem = z.output<typeof claimItemShape>;
export type DiffResult = z.output<typeof diffShape>;
export type EventItem = z.output<typeof eventItemShape>;
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
export type FeedItem = EventItem | UnreadableItem;
export type Lease = z.output<typeof leaseShape> | null;
export type MakesPublic = z.output<typeof makesPublicShape>;
export type EditItem = z.output<typeof editItemShape>;
export type EditPreview = z.output<typeof editPreviewShape>;
export type ReviewItem = z.output<typeof reviewItemShape>;
export type ReviewStats = z.output<typeof reviewStatsShape>;
