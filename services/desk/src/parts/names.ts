import { type Html, html } from '../html.ts';
import { inWords } from '../vocabulary.ts';
import { safeText } from './text.ts';

const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });
const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

const namedBy = (names: Intl.DisplayNames, code: string): string => {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
};

/** What a language is called. Takes a BCP 47 tag; what is none stays as it is. */
export const languageName = (tag: string): string => namedBy(languages, tag);

/** What a country is called. Takes an ISO 3166-1 code; what is none stays as it is. */
export const countryName = (code: string): string => namedBy(countries, code);

/** A link to an address that somebody sent. What browsers would take for something else than a page is only shown. */
export const outward = (url: string): Html =>
  /^https?:\/\//i.test(url)
    ? html`<a class="ds-link" rel="external nofollow noopener noreferrer" href="${url}">${safeText(url)}</a>`
    : safeText(url);

/** The name of a party, or what stands in its place where nobody may read it. */
export const partyName = ({ name, kind }: { name: string | null; kind: string }): Html =>
  name === null
    ? html`${kind === 'person' || kind === 'described_role' ? 'somebody whose name is private' : `${inWords(kind)}, not named`}`
    : safeText(name);

/** What a thing is called in another list. */
export const externalName = (id: { scheme: string; value: string | null } | null): Html | null =>
  id === null ? null : html`${safeText(id.scheme)}: ${id.value === null ? 'not shown' : safeText(id.value)}`;
