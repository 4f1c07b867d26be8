import type { Schemas } from '@averment/client';
import { type Html, html } from '../html.ts';
import { day, list, number } from './dates.ts';
import { link } from './list.ts';
import { type MapPoint, mapOf } from './map.ts';
import { countryName } from './names.ts';
import { states } from './states.ts';
import { safeText } from './text.ts';

export type Listed = Schemas['ListedIncident'];

const zoneName = (zone: string): string => zone.replaceAll('_', ' ');

/** When an incident was, in words; what is written of it where that is no date. */
export const occurredIn = (occurred: Listed['occurred']): Html | null => {
  if (occurred === null) return null;
  const { date, dateText, time, approximate, timeZone } = occurred;
  if (date === null && dateText === null && time === null) return null;
  const said = [
    date === null ? dateText !== null && html`“${safeText(dateText)}”, as it was reported` : day(date),
    time !== null && day(time),
  ];
  const parts = said.filter((part) => part !== false);
  return html`${parts.map((part, index) => html`${index > 0 && ', '}${index === parts.length - 1 && approximate && 'about '}${part}`)}${time !== null && timeZone !== null && ` in ${zoneName(timeZone)}`}`;
};

/** What a region or country is called; its code where nobody says. */
export const regionName = (code: string): string => states.get(code)?.name ?? countryName(code);

/** Where an incident was, in words. */
export const placeIn = (place: Listed['place']): Html | null => {
  if (place === null) return null;
  const { region, country } = place;
  const own = place.text ?? place.locality;
  const wider = region !== null ? regionName(region) : country !== null ? regionName(country) : null;
  if (own === null) return wider === null ? null : html`${wider}`;
  return html`${safeText(own)}${wider !== null && !own.includes(wider) && `, ${wider}`}`;
};

/** Where the map shows an incident: at its point, else in the middle of its state, which its words say. */
const onMap = ({ id, title, place }: Listed): MapPoint => {
  const label = title ?? 'An incident without a title';
  const href = `/incidents/${id}`;
  const abroad = (place?.country ?? null) !== null && place?.country !== 'US';
  if (place?.point) return { at: place.point, abroad, place: place.text ?? 'at a point', label, href };
  const state = states.get(place?.region ?? '');
  if (state !== undefined) return { at: state.middle, place: `somewhere in ${state.name}`, label, href };
  const country = place?.country ?? null;
  return { at: null, place: country === null ? 'nobody says where' : `somewhere in ${regionName(country)}`, label, href };
};

/** A map of incidents, with a list of their places. */
export const incidentMap = (items: readonly Listed[], label: string): Html => mapOf(items.map(onMap), { id: 'map', label });

const counted = (count: number, one: string, several: string): string | null =>
  count === 0 ? null : `${number(count)} ${count === 1 ? one : several}`;

/** How much the record has of an incident, in a sentence. */
export const countsIn = ({ claims, retractedClaims, disputes, rulings, corrections }: Listed['counts']): Html =>
  list(
    [
      counted(claims, 'claim', 'claims') ?? 'no claims',
      counted(retractedClaims, 'retracted claim', 'retracted claims'),
      counted(disputes, 'dispute', 'disputes'),
      counted(rulings, 'ruling', 'rulings'),
      counted(corrections, 'correction', 'corrections'),
    ].filter((part) => part !== null),
  );

/** Incidents as a list: what each is called, when and where it was, which agencies took part, and how much is said of it. `query` goes with their addresses. */
export const incidentRows = (items: readonly Listed[], { query = '', level = 2 }: { query?: string; level?: 2 | 3 } = {}): Html =>
  html`<ol class="rows">${items.map((incident) => {
    const { id, title, status, occurred, place, agencies, counts, concealed } = incident;
    const named = agencies.flatMap(({ id: agency, name }) => (name === null ? [] : [link(`/parties/${agency}`, safeText(name))]));
    const heading = link(`/incidents/${id}${query}`, title === null ? 'An incident without a title' : safeText(title));
    const pieces = [occurredIn(occurred), placeIn(place)].filter((piece) => piece !== null);
    return html`<li>${level === 2 ? html`<h2 class="ds-heading" data-size="2xs">${heading}</h2>` : html`<h3 class="ds-heading" data-size="2xs">${heading}</h3>`}
${pieces.length > 0 && html`<p>${pieces.map((piece, index) => html`${index > 0 && ' · '}${piece}`)}</p>`}
${named.length > 0 && html`<p>${list(named)}</p>`}
<p class="aside">${status !== 'published' && `${status}; `}${concealed && 'something of it is kept from sight; '}${countsIn(counts)}</p></li>`;
  })}</ol>`;
