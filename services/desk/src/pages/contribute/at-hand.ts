import type { Schemas } from '@averment/client';
import { answerOf, answerOrNull } from '../../answers.ts';
import type { Asked } from '../../page.ts';
import type { Choice } from '../../parts/form.ts';
import { inWords, type Vocabulary } from '../../vocabulary.ts';
import type { Originals, Tree } from './decode.ts';
import { isKind, kinds } from './kinds.ts';
import type { Thing } from './spec.ts';
import { groupsOf, type State, textAt } from './state.ts';

type Incident = Schemas['Incident'];
export type SourceAtHand = { id: string; title: string; language: string | null; revision: number };

/** What may be chosen in a form: what the incident has, what the form names already, what was looked for, and what the edit itself brings. */
export type AtHand = {
  words: Vocabulary;
  incident: Incident | null;
  parties: readonly Choice[];
  found: readonly Choice[];
  things: readonly (Choice & { of: Thing })[];
  sources: readonly SourceAtHand[];
};

/** What is on record of an incident and its things, as corrections start from it. */
export const originalsOf =
  (incident: Incident | null): Originals =>
  (target) => {
    if (incident === null) return undefined;
    if (target === null) return { ...incident, agencies: incident.agencies.map(({ id }) => id) } as unknown as Tree;
    const proceeding = incident.proceedings.find(({ id }) => id === target);
    if (proceeding !== undefined) return { ...proceeding, status: proceeding.openedAs };
    return [...incident.claims, ...incident.disputes, ...incident.rulings].find(({ id }) => id === target) as Tree | undefined;
  };

const named = (id: string, name: string | null, kind: string | null, group: string): Choice => ({
  value: id,
  text: kind === null ? (name ?? id) : `${name ?? id} (${inWords(kind)})`,
  group,
});

const idsIn = (state: State, pattern: RegExp): string[] => [
  ...new Set([...state].flatMap(([name, values]) => (name.endsWith('.json') ? [] : values)).filter((value) => pattern.test(value))),
];

const short = (text: string): string => (text.length > 90 ? `${text.slice(0, 88)} …` : text);

const partiesOf = async ({ api }: Asked, state: State, incident: Incident | null) => {
  const q = textAt(state, 'q');
  const ofIncident = (incident?.parties ?? []).map(({ id, name, kind }) => named(id, name, kind, 'Of this incident'));
  const known = new Set(ofIncident.map(({ value }) => value));
  const [found, others] = await Promise.all([
    q === '' ? [] : answerOf(api.GET('/v1/parties', { params: { query: { q, limit: 20 } } })).then(({ items }) => items),
    Promise.all(
      idsIn(state, /^party_/)
        .filter((id) => !known.has(id))
        .map((id) => answerOrNull(api.GET('/v1/parties/{id}', { params: { path: { id } } }))),
    ),
  ]);
  const brought = groupsOf(state, 'p').map((group) =>
    named(group, textAt(state, `${group}.name`) || `${group}, without a name yet`, null, 'New in this edit'),
  );
  const chosen = others.filter((party) => party !== null).map(({ id, name, kind }) => named(id, name, kind, 'Chosen before'));
  const taken = new Set([...known, ...chosen.map(({ value }) => value)]);
  const foundChoices = found.map(({ id, name, kind }) => named(id, name, kind, 'Found'));
  return {
    found: foundChoices,
    parties: [...brought, ...foundChoices.filter(({ value }) => !taken.has(value)), ...ofIncident, ...chosen],
  };
};

const thingsOf = (state: State, incident: Incident | null): (Choice & { of: Thing })[] => {
  const brought = groupsOf(state, 'c').flatMap((group) => {
    const kind = textAt(state, `${group}.kind`);
    const makes = isKind(kind) ? kinds[kind].makes : undefined;
    if (makes === undefined) return [];
    const said = ['statement', 'grounds', 'title', 'summary']
      .map((field) => textAt(state, `${group}.${field}`))
      .find((text) => text !== '');
    const value = textAt(state, `${group}.id`) || textAt(state, `${group}.ref`) || group;
    return [{ of: makes, value, text: `New: ${short(said ?? `${inWords(makes)} ${group}`)}`, group: 'New in this edit' }];
  });
  const group = 'On record';
  const recorded = (of: Thing, all: readonly { id: string }[], textOf: (one: Tree) => unknown) =>
    all.map((one) => ({ of, value: one.id, text: short(String(textOf(one as unknown as Tree) ?? one.id)), group }));
  return [
    ...brought,
    ...recorded('claim', incident?.claims ?? [], ({ statement }) => statement),
    ...recorded('dispute', incident?.disputes ?? [], ({ grounds }) => grounds),
    ...recorded('proceeding', incident?.proceedings ?? [], ({ title }) => title),
    ...recorded('ruling', incident?.rulings ?? [], ({ summary }) => summary),
  ];
};

/** The sources that a form may quote: those that it names first. */
const sourcesOf = async (
  { api, query }: Asked,
  state: State,
  incident: Incident | null,
  own: readonly string[],
): Promise<SourceAtHand[]> => {
  const chosen = idsIn(state, /^source_\w+(?:@\d+)?$/).map((value) => value.split('@')[0] ?? '');
  const ids = new Set([...own, ...query.getAll('source').filter((id) => id.startsWith('source_')), ...chosen]);
  const read = await Promise.all([...ids].map((id) => answerOrNull(api.GET('/v1/sources/{id}', { params: { path: { id } } }))));
  const others = (incident?.sources ?? []).filter(({ id }) => !ids.has(id));
  return [...read.filter((source) => source !== null), ...others].map(({ id, title, publisher, language, revision }) => ({
    id,
    title: [title, publisher].filter(Boolean).join(', ') || id,
    language,
    revision,
  }));
};

/** Asks for all that a form of this state lets choose. */
export const atHandOf = async (asked: Asked, state: State, incident: Incident | null, sources: readonly string[]): Promise<AtHand> => {
  const [words, parties, quotable] = await Promise.all([
    asked.vocabulary(),
    partiesOf(asked, state, incident),
    sourcesOf(asked, state, incident, sources),
  ]);
  return { words, incident, ...parties, things: thingsOf(state, incident), sources: quotable };
};
