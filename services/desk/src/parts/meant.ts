import type { Api, Schemas } from '@averment/client';
import { answerOf, answerOrNull } from '../answers.ts';
import { type Html, html } from '../html.ts';
import { link } from './list.ts';
import { safeText } from './text.ts';

type Party = Schemas['Party'];

/** Who is meant by what stands in a field for a party: one, several among whom to choose, or nobody. */
export type Meant = { id: string; name: string | null } | { among: readonly Party[] };

/** Finds the party of an id, or of a name: the only one that is found by it, or is called just so. */
export const partyMeant = async (api: Api, said: string): Promise<Meant> => {
  if (/^party_[0-9a-z]{26}$/.test(said)) {
    const party = await answerOrNull(api.GET('/v1/parties/{id}', { params: { path: { id: said } } }));
    return { id: said, name: party?.name ?? null };
  }
  const { items } = await answerOf(api.GET('/v1/parties', { params: { query: { q: said, limit: 10 } } }));
  const alike = items.filter(({ name }) => name?.toLowerCase() === said.toLowerCase());
  const [only, ...others] = alike.length === 1 ? alike : items;
  return only !== undefined && others.length === 0 ? only : { among: items };
};

/** Asks which of several parties is meant: each leads to the same address with its id in `field`. */
export const whichParty = (field: string, among: readonly Party[], here: string): Html => {
  if (among.length === 0) return html`Nobody in the record is called so.`;
  const url = new URL(here, 'http://x.invalid');
  url.searchParams.delete('cursor');
  return html`Who is meant? ${among.map(({ id, name }, index) => {
    url.searchParams.set(field, id);
    return html`${index > 0 && ', '}${link(`${url.pathname}${url.search}`, name === null ? id : safeText(name))}`;
  })}`;
};
