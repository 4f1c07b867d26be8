import { setImmediate as nextTurn } from 'node:timers/promises';
import { readersOf, type Viewer } from '@averment/access';
import { diffDocuments, evolveIncident, type Incident, type IncidentDocument, markConcealed } from '@averment/domain';
import { LRUCache } from 'lru-cache';
import { changesDocument } from '../projections/record/relevant.ts';
import type { Documents } from '../projections/record/render.ts';
import type { IntoPast } from './index.ts';
import { createRenderPast, endOfAppend, type History, historyFor, lastRevision, type RenderPast, stateAt } from './past.ts';
import { createPlaces, placeOf } from './places.ts';
import type { Then } from './then.ts';
import type { DiffResult, Queries } from './types.ts';
import { documentFor } from './viewers.ts';
import { createShared, giveUpIf } from './work.ts';

/** What an append changed, as places by the revision that it ended at. */
type Steps = Map<number, string[]>;

/** What the appends of incidents changed. Each is rendered once, whatever revisions are compared: what was changed, and where, is the same for everybody. */
const createSteps = () => {
  const kept = new LRUCache<string, Steps>({
    maxSize: 16 * 1024 * 1024,
    sizeCalculation: (steps) => [...steps.values()].flat().reduce((sum, place) => sum + place.length + 16, 1),
  });
  return {
    of: (key: string | null): Steps => new Map(key === null ? [] : kept.get(key)),
    keep: (key: string | null, steps: Steps) => {
      if (key !== null) kept.set(key, new Map([...(kept.get(key) ?? []), ...steps]));
    },
  };
};

/** Adds the steps between two positions that are not known yet. Gives way to other work between renderings: there may be thousands. */
const addSteps = async (
  history: History,
  from: bigint,
  to: bigint,
  steps: Steps,
  render: RenderPast,
  signal: AbortSignal,
): Promise<void> => {
  const start = stateAt(history, from);
  if (start === null) return;
  // Where something changed is the same for everybody, so this looks at the whole documents.
  const wholeAt = (state: Incident, position: bigint): IncidentDocument => render(history, { state, left: null }, position).whole;
  let { state } = start;
  let at = from;
  let before: IncidentDocument | undefined;
  for (const append of history.appends.get(history.id) ?? []) {
    if (append.position <= from || append.position > to) continue;
    const shows = append.events.some(changesDocument);
    const isNew = shows && !steps.has(lastRevision(append));
    if (isNew) before ??= wholeAt(state, at);
    state = append.events.reduce(evolveIncident, state);
    if (!shows) continue;
    at = append.position;
    if (before === undefined || !isNew) {
      before = undefined;
      continue;
    }
    await nextTurn();
    giveUpIf(signal);
    const [older, newer] = [before, wholeAt(state, at)];
    const places = diffDocuments(older, newer).map(({ pointer }) => placeOf(pointer, newer, older));
    steps.set(lastRevision(append), places);
    before = newer;
  }
};

/** What changed in an incident between two of its revisions, each change with the revision that made it last. */
export const createDiff = (options: IntoPast): Queries['diff'] => {
  const { pool, log, reach, keyOf, turns } = options;
  const render = createRenderPast(options);
  const share = createShared<{ found: DiffResult | null }>(turns, {
    bytes: 16 * 1024 * 1024,
    sizeOf: ({ found }) => JSON.stringify(found).length,
  });
  const known = createSteps();

  const documents = async (history: History, from: bigint, to: bigint, viewer: Viewer, then: Then) => {
    const [older, newer] = [stateAt(history, from), stateAt(history, to)];
    const shown = (documents: Documents) => documentFor(viewer, documents, pool, then.tables('record'));
    return older && newer && Promise.all([shown(render(history, older, from)), shown(render(history, newer, to))]);
  };

  return async (id, from, to, viewer, context): Promise<DiffResult | null> => {
    if (from > to) return null;
    const [begin, end] = await Promise.all([endOfAppend(log, id, from), endOfAppend(log, id, to)]);
    if (begin === null || end === null) return null;
    const then = await reach(['record'], { position: end.position }, context);

    const compared = async (signal: AbortSignal): Promise<DiffResult | null> => {
      const history = await historyFor(options, id, begin.position, then, viewer);
      giveUpIf(signal);
      const both = history && (await documents(history, begin.position, end.position, viewer, then));
      if (history === null || both === null) return null;
      const [before, after] = both;
      const differences = markConcealed(diffDocuments(before, after));
      if (differences.length === 0) return { from, to, changes: [] };
      const key = await keyOf(then, 'steps', id);
      const steps = known.of(key);
      try {
        await addSteps(history, begin.position, end.position, steps, render, signal);
      } finally {
        // Also what was done when everybody had left: the next one who asks need not begin anew.
        known.keep(key, steps);
      }
      const last = createPlaces([...steps].filter(([revision]) => revision > begin.revision && revision <= end.revision));
      const changes = differences.map((change) => ({ ...change, revision: last(placeOf(change.pointer, after, before)) ?? to }));
      return { from, to, changes };
    };
    const key = await keyOf(then, 'diff', readersOf(viewer), id, from, to);
    return (await share(key, context.client, async (signal) => ({ found: await compared(signal) }))).found;
  };
};
