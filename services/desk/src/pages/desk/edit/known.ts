import type { Api, Schemas } from '@averment/client';
import { answerOrNull } from '../../../answers.ts';
import { type Html, html } from '../../../html.ts';
import { link } from '../../../parts/list.ts';
import { safeText } from '../../../parts/text.ts';
import { type Edit, type Preview, thingHref } from './at.ts';

type Incident = Schemas['Incident'];
type Entity = Readonly<Record<string, unknown>>;
type Side = ReadonlyMap<string, Entity>;

/** What a page needs in order to show an edit in words: what its ids stand for, and the texts that it quotes. */
export type Known = {
  /** The incident, source or party that the edit is of. */
  subject: string;
  /** What is in the record, by its id: as it is, and as it would be. The subject itself is among them. */
  before: Side;
  after: Side;
  sources: ReadonlyMap<string, Schemas['Source']>;
  /** A text of a source; null where the reader may not have it, and once it was erased. */
  text(source: string, revision: number): string | null;
  nameOf(party: string): string;
  /** A link to what has an id, with what it is called. */
  thing(id: string): Html;
};

export const idPattern = /^(?:incident|claim|dispute|proceeding|ruling|correction|source|party)_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const mentioned = /\b(?:party|source)_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g;

const isIncident = (record: object): record is Incident => 'claims' in record;

const sideOf = (record: Preview['after']): Side => {
  if (record === null) return new Map();
  const parts: readonly Entity[] = isIncident(record)
    ? [...record.claims, ...record.disputes, ...record.proceedings, ...record.rulings]
    : [];
  return new Map([record as Entity, ...parts].map((entity) => [String(entity.id), entity]));
};

/** Every passage of a source's text that is quoted somewhere in a value. */
const quotedIn = (value: unknown): { source: string; revision: number }[] => {
  if (Array.isArray(value)) return value.flatMap(quotedIn);
  if (typeof value !== 'object' || value === null) return [];
  const { source, revision, position } = value as Partial<Schemas['Citation']>;
  return source !== undefined && revision !== undefined && position ? [{ source, revision }] : Object.values(value).flatMap(quotedIn);
};

const words = ['title', 'name', 'attributed', 'statement', 'summary', 'grounds'] as const;
const calledBy = (entity: Entity | undefined): string | null => {
  for (const name of words) {
    const said = entity?.[name];
    if (typeof said === 'string') return said;
  }
  return null;
};

/** Asks for all that the ids and citations of an edit stand for. */
export const knownOf = async (api: Api, edit: Edit, preview: Preview): Promise<Known> => {
  const { before, after } = preview;
  const { changes = [] } = edit.versions.at(-1) ?? {};
  const ids = [...new Set(JSON.stringify([changes, edit.of.id, 'aspects' in preview ? preview.aspects : []]).match(mentioned))];
  const texts = new Map(quotedIn(changes).map(({ source, revision }) => [`${source} ${revision}`, { id: source, revision }]));
  const get = {
    party: async (id: string) => answerOrNull(api.GET('/v1/parties/{id}', { params: { path: { id } } })),
    source: async (id: string) => answerOrNull(api.GET('/v1/sources/{id}', { params: { path: { id } } })),
    text: async (id: string, revision: number) =>
      answerOrNull(api.GET('/v1/sources/{id}/text', { params: { path: { id }, query: { revision } } })),
  };
  const all = async <T>(prefix: string, ask: (id: string) => Promise<T | null>): Promise<Map<string, T>> => {
    const found = await Promise.all(ids.filter((id) => id.startsWith(prefix)).map(async (id) => [id, await ask(id)] as const));
    return new Map(found.flatMap(([id, one]) => (one === null ? [] : [[id, one] as const])));
  };
  const [parties, sources, read] = await Promise.all([
    all('party', get.party),
    all('source', get.source),
    Promise.all([...texts].map(async ([key, { id, revision }]) => [key, (await get.text(id, revision))?.text ?? null] as const)),
  ]);
  const textOf = new Map(read);
  const sides = { before: sideOf(before), after: sideOf(after) };
  const nameOf = (id: string) => parties.get(id)?.name ?? 'somebody whose name is withheld';
  return {
    subject: edit.of.id,
    ...sides,
    sources,
    text: (source, revision) => textOf.get(`${source} ${revision}`) ?? null,
    nameOf,
    thing: (id) => {
      const called = id.startsWith('party')
        ? nameOf(id)
        : (calledBy(sources.get(id)) ?? calledBy(sides.before.get(id)) ?? calledBy(sides.after.get(id)));
      const text = called === null ? html`<code>${id}</code>` : safeText(called);
      const href = thingHref(id, edit.of.kind === 'incident' ? edit.of.id : null);
      return href === null ? text : link(href, text);
    },
  };
};
