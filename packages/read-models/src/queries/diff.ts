import { readersOf, seesConcealed, type Viewer } from '@averment/access';
import { type Difference, diffDocuments, markConcealed } from '@averment/domain';
import { isRecorded } from '../projections/record/relevant.ts';
import type { Documents } from '../projections/record/render.ts';
import type { HandsOf } from './hands.ts';
import type { IntoPast } from './index.ts';
import { createRenderPast, endOfAppend, type History, historyFor, lastRevision, stateAt } from './past.ts';
import { createPlaces, placeOf } from './places.ts';
import { eventsBehind, type StepsBetween } from './steps.ts';
import type { Then } from './then.ts';
import type { DiffResult, Queries } from './types.ts';
import { documentFor } from './viewers.ts';
import { createShared, giveUpIf } from './work.ts';

type Made = Omit<DiffResult['changes'][number], keyof Difference>;
type DiffOptions = IntoPast & { hands: HandsOf; steps: StepsBetween };

/** What changed in an incident between two of its revisions, each change with the revision that made it last, and who did that and why. */
export const createDiff = (options: DiffOptions): Queries['diff'] => {
  const { pool, log, reach, keyOf, turns, hands, steps } = options;
  const render = createRenderPast(options);
  const share = createShared<{ found: DiffResult | null }>(turns, {
    bytes: 16 * 1024 * 1024,
    sizeOf: ({ found }) => JSON.stringify(found).length,
  });

  const documents = async (history: History, from: bigint, to: bigint, viewer: Viewer, then: Then) => {
    const [older, newer] = [stateAt(history, from), stateAt(history, to)];
    const shown = (documents: Documents) => documentFor(viewer, documents, pool, then.tables('record'));
    return older && newer && Promise.all([shown(render(history, older, from)), shown(render(history, newer, to))]);
  };

  /** By which edit of whom, and with which reason of its own, the append that ends at a revision changed a place. */
  const madeBy = async (
    { id, appends, left }: History,
    revision: number,
    place: string,
    viewer: Viewer,
  ): Promise<Omit<Made, 'revision' | 'addedAtRevision'>> => {
    const shown = (!seesConcealed(viewer) && left.get(id)) || appends.get(id);
    const append = shown?.find((each) => lastRevision(each) === revision);
    const events = eventsBehind(append?.events.filter(isRecorded) ?? [], place);
    const event = events.at(-1);
    if (event === undefined) return { edit: null, author: null, reason: null };
    const reasons = events.map(({ data }) => ('reason' in data ? data.reason : undefined));
    const reason = reasons.findLast((each) => typeof each === 'string');
    return { edit: event.edit, author: (await hands.of(event, viewer)).author, reason: reason ?? null };
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
      const last = createPlaces(await steps(history, { from: begin.position, to: end.position }, then, signal));
      const changes = await Promise.all(
        differences.map(async (change) => {
          const place = placeOf(change.pointer, after, before);
          const revision = last.touched(place) ?? to;
          const addedAtRevision = change.from === null ? (last.set(place) ?? null) : null;
          return { ...change, revision, addedAtRevision, ...(await madeBy(history, revision, place, viewer)) };
        }),
      );
      return { from, to, changes };
    };
    const key = await keyOf(then, 'diff', readersOf(viewer), id, from, to);
    return (await share(key, context.client, async (signal) => ({ found: await compared(signal) }))).found;
  };
};
