import { type IncidentDocument, isPrivatePerson, publicText, quotePlaces } from '@averment/domain';
import type { Pool } from 'pg';
import type { PartyItem } from '../items.ts';
import { loadLetOut } from '../projections/quotes.ts';
import type { Documents } from '../projections/record/render.ts';
import type { Viewer } from './types.ts';

/** The models that queries read. */
export const recordModel = 'record_v2';
export const record = `"${recordModel}"`;
export const reviews = '"reviews_v2"';

/** Reviewers and auditors see every edit and every unpublished incident. */
export const seesReview = (viewer: Viewer): boolean => viewer?.role === 'reviewer' || viewer?.role === 'auditor';

/** Sources and parties that no approved edit uses are for those who may put them into one, and for auditors. */
export const seesUnused = (viewer: Viewer): boolean => seesReview(viewer) || viewer?.role === 'contributor';

/** Which form of a document the viewer gets: the public's, with shortened quotes and without names of private persons; all of it, concealed texts included; or what lies between. */
export type Tier = 'public' | 'member' | 'review';
export const tierOf = (viewer: Viewer): Tier => (isPublic(viewer) ? 'public' : seesReview(viewer) ? 'review' : 'member');

/** The readers who are told the same as this one: of what is not published an author sees their own. */
export const readersOf = (viewer: Viewer): string =>
  isPublic(viewer) || seesReview(viewer) ? tierOf(viewer) : `${tierOf(viewer)} ${viewer?.subject}`;

/** A reader without a key, and an app, which reads the same. */
export const isPublic = (viewer: Viewer): boolean => viewer === null || viewer.role === 'app';

/** Whether the viewer may know of an incident: it is published, or their own, or they see everything. */
export const seesIncident = (viewer: Viewer, incident: { published: boolean; author: string | null }): boolean =>
  incident.published || seesReview(viewer) || (!isPublic(viewer) && incident.author !== null && viewer?.subject === incident.author);

/** For the public, quotes are cut and held back as the model `record` in these tables has decided. */
export const shownTo = async <T>(viewer: Viewer, json: T, pool: Pool, tables: string): Promise<T> =>
  isPublic(viewer) ? publicText(json, await loadLetOut(pool, tables, quotePlaces(json))) : json;

/** What the viewer gets of a rendered incident. */
export const documentFor = (viewer: Viewer, { open, document, whole }: Documents, pool: Pool, tables: string): Promise<IncidentDocument> =>
  shownTo(viewer, { public: open, member: document, review: whole }[tierOf(viewer)], pool, tables);

/** What the public gets of a party: of a private one no alias, as none is reviewed, and of a private person no word. */
export const partyFor = (viewer: Viewer, party: PartyItem): PartyItem => {
  if (!isPublic(viewer) || !party.private) return party;
  return { ...party, aliases: [], ...(isPrivatePerson(party) && { name: null, publicRole: null }) };
};
