import type { RoleOrNone, Viewer } from './roles.ts';

/**
 * Which form of the record one reads. `public`: without names of private people, with quotes cut and held back, and with roles in place of subjects.
 * `member`: all of these, and of what is not published one's own. `review`: also what others propose, its review, and the texts that corrections conceal.
 */
type Tier = 'public' | 'member' | 'review';

type Sight = {
  tier: Tier;
  /** Sources and parties that no approved edit uses: for those who may put them into one, and for auditors. */
  unused: boolean;
  /** In the feed every stream whole: also those of sources, parties and operations, and the review of each incident. */
  wholeFeed: boolean;
};

/** Who sees what, by role. Whether a role may use a route at all is the route's matter. */
const sights: Readonly<Record<RoleOrNone, Sight>> = {
  none: { tier: 'public', unused: false, wholeFeed: false },
  app: { tier: 'public', unused: false, wholeFeed: false },
  contributor: { tier: 'member', unused: true, wholeFeed: false },
  reviewer: { tier: 'review', unused: true, wholeFeed: false },
  auditor: { tier: 'review', unused: true, wholeFeed: true },
  admin: { tier: 'public', unused: false, wholeFeed: false },
};

const sightOf = (viewer: Viewer): Sight => sights[viewer?.role ?? 'none'];

export const tierOf = (viewer: Viewer): Tier => sightOf(viewer).tier;
export const seesUnused = (viewer: Viewer): boolean => sightOf(viewer).unused;
export const seesWholeFeed = (viewer: Viewer): boolean => sightOf(viewer).wholeFeed;

/** What others propose: their unpublished incidents, their edits, and the events of the review. */
export const seesReview = (viewer: Viewer): boolean => tierOf(viewer) === 'review';
/** Texts that a correction conceals. */
export const seesConcealed = (viewer: Viewer): boolean => tierOf(viewer) === 'review';
/** Quotes as long as they are, and of each source as many as there are. */
export const seesWholeQuotes = (viewer: Viewer): boolean => tierOf(viewer) !== 'public';
/** Private people by name and with their other names, and private parties in lists. */
export const seesPrivateNames = (viewer: Viewer): boolean => tierOf(viewer) !== 'public';
/** The subjects whose hands an event went through, where others see only their roles. */
export const seesSubjects = (viewer: Viewer): boolean => tierOf(viewer) !== 'public';

/** What is a subject's own, or was written by it. An app and an admin read as nobody does. */
const isAmong = (viewer: Viewer, authors: Iterable<string>): boolean =>
  tierOf(viewer) !== 'public' && viewer !== null && [...authors].includes(viewer.subject);

/** An incident that is not published is there only for its authors and for those who see the review. `authors`: whose own its proposal is, and who wrote it. */
export const seesIncident = (viewer: Viewer, { published, authors }: { published: boolean; authors: Iterable<string> }): boolean =>
  published || seesReview(viewer) || isAmong(viewer, authors);

/** An edit is there only for whose own it is, for who wrote a version of it, and for those who see the review. */
export const seesEdit = (viewer: Viewer, authors: Iterable<string>): boolean => seesReview(viewer) || isAmong(viewer, authors);

/** The same for all readers who are told the same: of what is not published an author sees their own. */
export const readersOf = (viewer: Viewer): string => (tierOf(viewer) === 'member' ? `member ${viewer?.subject}` : tierOf(viewer));
