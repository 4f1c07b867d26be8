import { setImmediate as nextTurn } from 'node:timers/promises';
import { diffDocuments, evolveIncident, type IncidentDocument, markConcealed } from '@averment/domain';
import { changesDocument } from '../projections/record/relevant.ts';
import { createRenderer, type Renderer } from '../projections/record/render.ts';
import { type History, positionOf, readHistory, sceneAt, stateAt } from './past.ts';
import type { Reach } from './then.ts';
import type { DiffResult, Queries, QueryOptions, Viewer } from './types.ts';
import { documentFor, seesIncident } from './viewers.ts';

/** What tells a thing in an array from others, so that it can be followed from one document to the next wherever it stands. */
const identityOf = (value: unknown): string | null => {
  if (value === null || typeof value !== 'object') return null;
  const { id, aspect, about } = value as Record<string, unknown>;
  if (typeof id === 'string') return id;
  return typeof aspect === 'string' ? `${aspect} ${String(about)}` : null;
};

/** The place that a pointer names, by identities in place of indexes. `newer` is looked at first, as in `diffDocuments`. */
const placeOf = (pointer: string, newer: unknown, older: unknown): string[] => {
  const place: string[] = [];
  let [now, was]: [unknown, unknown] = [newer, older];
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const child = (of: unknown): unknown => (of !== null && typeof of === 'object' ? (of as Record<string, unknown>)[name] : undefined);
    const [next, before] = [child(now), child(was)];
    place.push((Array.isArray(now) || Array.isArray(was) ? (identityOf(next) ?? identityOf(before)) : null) ?? name);
    [now, was] = [next, before];
  }
  return place;
};

const touches = (one: readonly string[], other: readonly string[]): boolean => {
  const shared = Math.min(one.length, other.length);
  return one.slice(0, shared).every((name, index) => name === other[index]);
};

type Step = { revision: number; places: string[][] };

/** What each append between two moments changed, oldest first. Gives way to other work between renderings: there may be thousands. */
const stepsBetween = async (history: History, from: bigint, to: bigint, render: Renderer): Promise<Step[]> => {
  const start = stateAt(history, from);
  if (start === null) return [];
  const steps: Step[] = [];
  let { state } = start;
  // Where something changed is the same for everybody, so this looks at the whole documents.
  let before: IncidentDocument = render(sceneAt(history, { state, left: null }, start.position)).whole;
  for (const { events, position } of history.appends.get(history.id) ?? []) {
    const revision = events.at(-1)?.revision ?? 0;
    if (position <= from || position > to) continue;
    state = events.reduce(evolveIncident, state);
    if (!events.some(changesDocument)) continue;
    const after = render(sceneAt(history, { state, left: null }, position)).whole;
    steps.push({ revision, places: diffDocuments(before, after).map(({ pointer }) => placeOf(pointer, after, before)) });
    before = after;
    await nextTurn();
  }
  return steps;
};

/** What changed in an incident between two of its revisions, each change with the revision that made it last. */
export const createDiff = ({
  pool,
  log,
  reach,
  vocabulary,
}: Pick<QueryOptions, 'pool' | 'log' | 'vocabulary'> & { reach: Reach }): Queries['diff'] => {
  const render = createRenderer(vocabulary);

  const documents = (history: History, from: bigint, to: bigint, viewer: Viewer): [IncidentDocument, IncidentDocument] | null => {
    const [older, newer] = [stateAt(history, from), stateAt(history, to)];
    if (older === null || newer === null) return null;
    const author = older.state.edits.get(1)?.author ?? null;
    if (!seesIncident(viewer, { published: older.state.revision !== null, author })) return null;
    const documentOf = (at: typeof older) => documentFor(viewer, render(sceneAt(history, at, at.position)));
    return [documentOf(older), documentOf(newer)];
  };

  return async (id, from, to, viewer, reading): Promise<DiffResult | null> => {
    if (from > to) return null;
    const [begin, end] = [await positionOf(log, id, from), await positionOf(log, id, to)];
    if (begin === null || end === null) return null;
    const then = await reach(['record'], { position: end }, reading);
    const history = await readHistory(pool, log, id, then);
    const both = history && documents(history, begin, end, viewer);
    if (history === null || both === null) return null;
    const [before, after] = both;
    const steps = await stepsBetween(history, begin, end, render);
    const changes = markConcealed(diffDocuments(before, after)).map((change) => {
      const place = placeOf(change.pointer, after, before);
      const last = steps.findLast(({ places }) => places.some((each) => touches(each, place)));
      return { ...change, revision: last?.revision ?? to };
    });
    return { from, to, changes };
  };
};
