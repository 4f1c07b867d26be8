import type { Paths, Schemas } from '@averment/client';
import { answerOf } from '../../answers.ts';
import { hidden } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../page.ts';
import { answerOrWrong } from '../../parts/asking.ts';
import { day } from '../../parts/dates.ts';
import { type Choice, errorSummary, nothingWrong, selectField, submit, textField, type Wrong } from '../../parts/form.ts';
import { incidentMap, incidentRows } from '../../parts/incidents.ts';
import { asked as askedOf, link, nextPage } from '../../parts/list.ts';
import { partyMeant, whichParty } from '../../parts/meant.ts';
import { states } from '../../parts/states.ts';
import { safeText } from '../../parts/text.ts';
import { inWords, type Vocabulary } from '../../vocabulary.ts';

type Query = NonNullable<Paths['/v1/incidents']['get']['parameters']['query']>;

const names = [
  ...(['q', 'from', 'to', 'country', 'region', 'locality', 'agency', 'aspect', 'value', 'about', 'speaker', 'source'] as const),
  ...(['standing', 'bbox', 'externalId', 'status', 'asOf', 'sort', 'cursor'] as const),
];
const switches = ['disputed', 'hasRuling'] as const;
const parties = ['agency', 'about', 'speaker'] as const;
/** Fields that stand in the part of the form that is closed until one of them is used. */
const further = [
  ...(['country', 'locality', 'value', 'about', 'speaker', 'standing', 'hasRuling', 'bbox', 'status', 'asOf', 'externalId'] as const),
];

const standings: readonly NonNullable<Query['standing']>[] = [
  ...(['standing', 'disputed', 'corrected', 'contradicted', 'upheld', 'not_established', 'moot', 'superseded', 'deprecated'] as const),
  ...(['retracted', 'any'] as const),
];
const statuses: readonly { value: NonNullable<Query['status']>; text: string }[] = [
  { value: 'published', text: 'published' },
  { value: 'merged', text: 'merged into another one' },
  { value: 'retracted', text: 'retracted' },
  { value: 'all', text: 'all of them' },
];
const orders: readonly { value: NonNullable<Query['sort']>; text: string }[] = [
  { value: '-recordedAt', text: 'changed last first' },
  { value: 'recordedAt', text: 'changed last at the end' },
  { value: '-occurred', text: 'latest incident first' },
  { value: 'occurred', text: 'earliest incident first' },
];

const choice = (value: string): Choice => ({ value, text: inWords(value) });
const aspectChoices = ({ aspects }: Vocabulary): Choice[] =>
  aspects.filter(({ personal }) => !personal).map(({ name, group }) => ({ value: name, text: inWords(name), group: inWords(group) }));

type Shown = { value(name: string): string; wrong: Wrong; help(name: string): Html | undefined };

/** What a claim says of the aspect that was chosen. */
const valueField = (aspect: Vocabulary['aspects'][number] | undefined, { value, wrong }: Shown): Html => {
  const field = { name: 'value', label: 'What it says', value: value('value'), wrong };
  if (aspect?.terms.length) return selectField({ ...field, choices: [...aspect.terms, 'none'].map(choice), none: 'anything' });
  if (aspect?.kinds.every((kind) => kind === 'boolean'))
    return selectField({
      ...field,
      choices: ['true', 'false'].map((said) => ({ value: said, text: said === 'true' ? 'yes' : 'no' })),
      none: 'anything',
    });
  return textField({
    ...field,
    help: 'After the choice of what it is about: a word, a number, or the id of a party. Choose and search once to be offered its words.',
  });
};

const filterForm = (query: URLSearchParams, vocabulary: Vocabulary, shown: Shown): Html => {
  const { value, wrong, help } = shown;
  const text = (name: string, label: string, others: { help?: string | Html; type?: 'date' | 'search' } = {}) => {
    const helped = help(name) ?? others.help;
    return textField({ name, label, value: value(name), wrong, ...others, ...(helped !== undefined && { help: helped }) });
  };
  const box = (name: string, label: string) =>
    html`<div class="ds-field"><input class="ds-input" type="checkbox" id="f-${name}" name="${name}" value="true"${query.get(name) === 'true' && html` checked`}><label class="ds-label" data-weight="regular" for="f-${name}">${label}</label></div>`;
  const open = further.some((name) => value(name) !== '' || wrong.has(name) || help(name) !== undefined);
  const chosen = vocabulary.aspects.find(({ name }) => name === value('aspect'));
  return html`<form method="get" action="/incidents" role="search" aria-label="Incidents">${errorSummary(wrong)}
<div class="filters">
${text('q', 'Words', { type: 'search', help: 'In titles, places, names and what is claimed; “words in quotation marks” stand together.' })}
${text('from', 'From the day', { type: 'date' })}${text('to', 'To the day', { type: 'date' })}
${selectField({ name: 'region', label: 'State', value: value('region'), wrong, choices: regionChoices(value('region')), none: 'everywhere' })}
${text('agency', 'Agency that took part', { help: 'Its name' })}
${selectField({ name: 'aspect', label: 'A claim is about', value: value('aspect'), wrong, choices: aspectChoices(vocabulary), none: 'anything' })}
${selectField({ name: 'sort', label: 'Order', value: value('sort') || '-recordedAt', wrong, choices: orders })}
${box('disputed', 'Something of it is disputed')}
</div>
<details class="ds-details"${open && html` open`}><summary>More to search by</summary><div class="filters">
${valueField(chosen, shown)}
${text('speaker', 'Who said it', { help: 'A name' })}
${text('about', 'About whom', { help: 'A name' })}
${selectField({ name: 'standing', label: 'How that claim stands', value: value('standing'), wrong, choices: standings.map((one) => (one === 'any' ? { value: one, text: 'in any way' } : one === 'standing' ? { value: one, text: 'on record, without any mark' } : choice(one))), none: 'as long as it stands' })}
${text('locality', 'City or town')}
${text('country', 'Country', { help: 'Its two letters, as US' })}
${text('bbox', 'Part of the globe', { help: 'west,south,east,north in degrees' })}
${selectField({ name: 'status', label: 'Incidents that are', value: value('status') || 'published', wrong, choices: statuses })}
${text('asOf', 'As the record stood on', { type: 'date', help: 'At the end of that day, in UTC. It has to be over.' })}
${text('externalId', 'What another list calls it', { help: 'list:name, letter by letter' })}
${box('hasRuling', 'A court has ruled')}
</div></details>
${value('source') !== '' && html`${hidden('source', value('source'))}<p>Only those that rest on ${link(`/sources/${value('source')}`, 'one source')}.</p>`}
<div class="actions">${submit('Search')}${link('/incidents', 'All incidents')}</div></form>`;
};

const regionChoices = (region: string): Choice[] => {
  const known = [...states].map(([code, { name }]) => ({ value: code, text: name })).sort((a, b) => a.text.localeCompare(b.text, 'en'));
  return region === '' || states.has(region) ? known : [...known, { value: region, text: region }];
};

/** The parties that are meant by names: their ids, as the API takes them, and for each field what to ask or say beneath it. */
const meantBy = async ({ api, here }: Asked, said: Partial<Record<string, string>>) => {
  const ids: Partial<Record<(typeof parties)[number], string>> = {};
  const help = new Map<string, Html>();
  for (const name of parties) {
    const words = said[name];
    if (words === undefined) continue;
    const meant = await partyMeant(api, words);
    if ('among' in meant) help.set(name, whichParty(name, meant.among, here));
    else {
      ids[name] = meant.id;
      if (meant.name !== null) help.set(name, html`${link(`/parties/${meant.id}`, safeText(meant.name))}`);
    }
  }
  return { ids, help, open: Object.keys(ids).length < parties.filter((name) => said[name] !== undefined).length };
};

const found = ({ items, next }: Schemas['Incidents'], { here, query }: Asked): Html => {
  if (items.length === 0) return html`<p class="ds-paragraph">Nothing in the record fits that.</p>`;
  const past = query.get('asOf');
  const asOf = past ? `?asOf=${encodeURIComponent(past)}` : '';
  return html`${incidentRows(items, { query: asOf, level: 3 })}${nextPage(here, next)}${incidentMap(items, 'Where they were')}`;
};

const listed = async (asked: Asked): Promise<Page> => {
  const { api, query, vocabulary } = asked;
  const said = askedOf(query, names);
  const { ids, help, open } = await meantBy(asked, said);
  const on = Object.fromEntries(switches.filter((name) => query.get(name) === 'true').map((name) => [name, true]));
  const sent = { ...said, ...ids, ...on, limit: 25 } as Query;
  const shown = { value: (name: string) => query.get(name)?.trim() ?? '', help: (name: string) => help.get(name) };
  const around = async (wrong: Wrong, inside: Html, status?: number): Promise<Page> => ({
    title: 'Incidents',
    description: 'Every incident of the record, by when and where it was, who took part and what is claimed.',
    ...(status !== undefined && { status }),
    body: html`${filterForm(query, await vocabulary(), { ...shown, wrong })}<section><h2 class="ds-heading" data-size="md">Found</h2>${inside}</section>`,
  });
  if (open) return around(nothingWrong, html`<p class="ds-paragraph">The form asks who is meant.</p>`);
  const asking = await answerOrWrong(answerOf(api.GET('/v1/incidents', { params: { query: sent } })));
  if ('wrong' in asking) return around(asking.wrong, html`<p class="ds-paragraph">Nothing was searched: the form says why.</p>`, 400);
  const past = query.get('asOf');
  const stood = past && html`<p class="ds-paragraph">As the record stood at the end of ${day(past)}, under the protection of today.</p>`;
  return around(nothingWrong, html`${stood}${found(asking.answer, asked)}`);
};

export const incidentListPages: readonly PageSpec[] = [page({ path: '/incidents', handle: listed })];
