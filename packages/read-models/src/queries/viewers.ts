import { seesConcealed, seesPrivateNames, seesWholeQuotes, tierOf, type Viewer } from '@averment/access';
import { type IncidentDocument, isPrivatePerson, publicText, quotePlaces } from '@averment/domain';
import type { Pool } from 'pg';
import type { PartyItem } from '../items.ts';
import { loadLetOut } from '../projections/quotes.ts';
import type { Documents } from '../projections/record/render.ts';

/** For the public, quotes are cut and held back as the model `record` in these tables has decided. */
export const shownTo = async <T>(viewer: Viewer, json: T, pool: Pool, tables: string): Promise<T> =>
  seesWholeQuotes(viewer) ? json : publicText(json, await loadLetOut(pool, tables, quotePlaces(json)));

/** What the viewer gets of a rendered incident. */
export const documentFor = (viewer: Viewer, { open, document, whole }: Documents, pool: Pool, tables: string): Promise<IncidentDocument> =>
  shownTo(viewer, { public: open, member: document, review: whole }[tierOf(viewer)], pool, tables);

/** What the viewer gets of a source or party of which a decision may keep something. */
export const shownOf = <Item>(viewer: Viewer, { item, review }: { item: Item; review: Item | null }): Item =>
  seesConcealed(viewer) ? (review ?? item) : item;

/** What the public gets of a party: of a private one no alias, no external id and no identifier, and of a private person no word. */
export const partyFor = (viewer: Viewer, party: PartyItem): PartyItem => {
  if (!party.private || seesPrivateNames(viewer)) return party;
  const externalId = party.externalId && { ...party.externalId, value: null };
  const identifiers = party.identifiers.map(({ scheme }) => ({ scheme, value: null }));
  return { ...party, aliases: [], externalId, identifiers, ...(isPrivatePerson(party) && { name: null, minor: null, publicRole: null }) };
};
