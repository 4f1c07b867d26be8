import { type Role, seesSubjects, type Viewer } from '@averment/access';
import { bringsVersion, type DomainEvent, type EventType, recordEvents } from '@averment/domain';
import { type EventLog, isUndecodable, type Logged } from '@averment/event-log';
import { LRUCache } from 'lru-cache';

/**
 * Whose hands an event went through: whose command made it, who wrote the edit that it belongs to, and whose approvals counted when the edit was applied,
 * if this event is of that append. Roles in place of subjects for the public.
 */
export type Hands = { actor: string; author: string | null; approvedBy: string[] };

/** `author`: who wrote its current version. */
type Edit = { author: string; approving: Set<string>; applied: number | null };
/** The edits of a stream up to a revision. An edit that is applied changes no more, so what was read for an event holds whatever is read after it. */
type Known = { revision: number; edits: Map<number, Edit> };

/** How long what was read of a damaged stream is remembered, in milliseconds. */
const damagedFor = 1000;
/** Streams whose edits are remembered, so that a page of a long one need not begin at its start. */
const most = 2000;

const note = (edits: Map<number, Edit>, event: DomainEvent): void => {
  const { type, edit: number, actor, last } = event;
  if (number === null) return;
  if (type === 'EditSubmitted' || (type === 'EditSplit' && event.data.splitFrom !== null))
    edits.set(number, { author: actor, approving: new Set(), applied: null });
  const edit = edits.get(number);
  if (edit && bringsVersion(event)) {
    edit.approving.clear();
    edit.author = event.type === 'EditReopened' || event.type === 'EditSplit' ? event.data.by : actor;
  } else if (type === 'EditApproved') edit?.approving.add(actor);
  else if (type === 'EditRejected' || type === 'EditChangesRequested' || type === 'EditVoteWithdrawn') edit?.approving.delete(actor);
  else if (type === 'EditApplied' && edit) edit.applied = last;
};

const byContributors: ReadonlySet<string> = new Set<EventType>([
  'EditSubmitted',
  'EditRevised',
  'EditWithdrawn',
  'SourceRegistered',
  'PartyRegistered',
]);
const byReviewers: ReadonlySet<string> = new Set<EventType>([
  'EditApproved',
  'EditChangesRequested',
  'EditRejected',
  'EditVoteWithdrawn',
  'EditHandedOver',
  'EditReopened',
  'EditSplit',
  'EditClosed',
  'EditApplied',
  'ReviewLeaseBroken',
]);

/**
 * The role in which the actor acted: each command is open to one role, whatever keys its subject has. What has no route is done by those who run the
 * service.
 */
const roleOf = ({ type, edit }: DomainEvent): Role => {
  if (byContributors.has(type)) return 'contributor';
  // What belongs to no edit follows from another stream: the service itself appends it.
  return (recordEvents.has(type) && edit !== null) || byReviewers.has(type) ? 'reviewer' : 'admin';
};

export type HandsOf = {
  /** Begins to read what the record events among these will need, so that it is read together. */
  begin(events: readonly Logged<DomainEvent>[]): void;
  of(event: DomainEvent, viewer: Viewer): Promise<Hands>;
};

/** Tells whose hands events went through, from the log: the same at all times. */
export const createHands = (log: EventLog<DomainEvent>): HandsOf => {
  const streams = new LRUCache<string, { to: number; known: Promise<Known> }>({ max: most });

  /**
   * An event that cannot be read tells nothing: no event is withheld because another one of its stream is damaged. That one may be mended, so it is read
   * again.
   */
  const readOn = async (stream: string, known: Known, to: number): Promise<Known> => {
    let isDamaged = false;
    for (const event of await log.readStream(stream, known.revision + 1, { to, texts: false, whatIsLeft: true })) {
      if (isUndecodable(event)) isDamaged = true;
      else note(known.edits, event);
    }
    known.revision = to;
    const held = streams.get(stream);
    if (isDamaged && held) streams.set(stream, held, { ttl: damagedFor });
    return known;
  };

  const editsOf = async (stream: string, to: number): Promise<Known> => {
    const held = streams.get(stream);
    if (held && held.to >= to) return held.known;
    const begun = held?.known ?? Promise.resolve({ revision: -1, edits: new Map() });
    const known = begun.then((before) => readOn(stream, before, to));
    streams.set(stream, { to, known });
    known.catch(() => streams.delete(stream));
    return known;
  };

  const begin: HandsOf['begin'] = (events) => {
    for (const event of events) {
      if (!isUndecodable(event) && event.edit !== null && recordEvents.has(event.type))
        editsOf(event.stream, event.last).catch(() => undefined);
    }
  };

  const of: HandsOf['of'] = async (event, viewer) => {
    const edit = event.edit === null ? undefined : (await editsOf(event.stream, event.last)).edits.get(event.edit);
    const author = edit?.author ?? null;
    const approvedBy = edit && edit.applied === event.last ? [...edit.approving] : [];
    if (seesSubjects(viewer)) return { actor: event.actor, author, approvedBy };
    return { actor: roleOf(event), author: author && 'contributor', approvedBy: approvedBy.map(() => 'reviewer') };
  };

  return { begin, of };
};
