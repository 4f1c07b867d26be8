import { readersOf, type Viewer } from '@averment/access';
import { changesDocument, isRecorded } from '../projections/record/relevant.ts';
import { decodeCursor, encodeCursor, listOf } from './cursors.ts';
import type { IntoPast } from './index.ts';
import { createRenderPast, type History, historyFor, lastRevision, stateAt } from './past.ts';
import { around, separator, walk } from './places.ts';
import { eventsBehind, type StepsBetween } from './steps.ts';
import type { Explained, Queries } from './types.ts';
import { documentFor } from './viewers.ts';
import { createShared, giveUpIf } from './work.ts';

type ExplainOptions = IntoPast & { steps: StepsBetween; eventsAt: EventsAt };
/** The events of an incident at these revisions, as the viewer may see them. */
export type EventsAt = (
  id: string,
  revisions: readonly number[],
  viewer: Viewer,
  context: Parameters<Queries['explain']>[4],
) => Promise<Explained['items']>;

/** What is behind a place: where it is, what stands there now, and the revisions of the events; null where there is no incident to see. */
type Behind = { found: (Omit<Explained, 'items' | 'next'> & { revisions: number[] }) | null };

/** The names that a JSON Pointer (RFC 6901) is made of. */
const namesIn = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

/** Whether a step that changed one place changed the other: itself, what holds it, or what is within it. */
const touches = (changed: string, place: string): boolean =>
  place === '' || changed === place || changed.startsWith(`${place}${separator}`) || [...around(place)].includes(changed);

/** The events behind a field of an incident as it stands now: those that set it, changed it or brought about what it follows from. */
export const createExplain = (options: ExplainOptions): Queries['explain'] => {
  const { pool, log, reach, keyOf, turns, steps, eventsAt } = options;
  const render = createRenderPast(options);
  const share = createShared<Behind>(turns, { bytes: 4 * 1024 * 1024, sizeOf: ({ found }) => JSON.stringify(found).length });

  /** The revisions of the events that made a place what it is. */
  const revisionsBehind = (history: History, names: readonly string[], changes: Awaited<ReturnType<StepsBetween>>): number[] => {
    const place = names.join(separator);
    const appends = (history.appends.get(history.id) ?? []).filter(({ events }) => events.some(changesDocument));
    const changed = new Set(changes.filter(([, places]) => places.some((each) => touches(each, place))).map(([revision]) => revision));
    const [first] = appends;
    const state = first && stateAt(history, first.position);
    const begun = first && state && render(history, state, first.position).whole;
    // With its first append all of an incident is new.
    const then = begun && walk(begun, names);
    return appends
      .filter((append) => changed.has(lastRevision(append)) || (append === first && (then?.value ?? null) !== null))
      .flatMap(({ events }) => eventsBehind(events.filter(isRecorded), place).map(({ revision }) => revision));
  };

  return async (id, pointer, { limit, cursor }, viewer, context) => {
    const list = listOf('explain', { id, pointer });
    const after = Number(decodeCursor(cursor, list, ['number'])?.[0] ?? -1);
    const end = await log.endOf(id);
    if (end === null) return null;
    const then = await reach(['record'], { position: end.position }, context);
    const behind = async (signal: AbortSignal): Promise<Behind> => {
      const history = await historyFor(options, id, end.position, then, viewer);
      const state = history && stateAt(history, end.position);
      giveUpIf(signal);
      if (history === null || state === null) return { found: null };
      const document = await documentFor(viewer, render(history, state, end.position), pool, then.tables('record'));
      const at = walk(document, namesIn(pointer));
      if (at === undefined) return { found: { revision: state.revision, pointer: null, value: null, revisions: [] } };
      const [first] = history.appends.get(id) ?? [];
      const changes = await steps(history, { from: first?.position ?? 0n, to: end.position }, then, signal);
      const revisions = revisionsBehind(history, at.place, changes);
      return { found: { revision: state.revision, pointer: at.pointer, value: at.value, revisions } };
    };
    const key = await keyOf(then, 'explain', readersOf(viewer), id, end.revision, pointer);
    const { found } = await share(key, context.client, behind);
    if (found === null) return null;
    const { revisions, ...told } = found;
    const left = revisions.filter((revision) => revision > after);
    const page = left.slice(0, limit);
    const next = left.length > page.length ? encodeCursor(list, [page.at(-1) ?? 0]) : null;
    return { ...told, items: await eventsAt(id, page, viewer, context), next };
  };
};
