import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DomainEvent, diffDocuments, evolveIncident, type Incident, type IncidentDocument, isTypeId } from '@averment/domain';
import { LRUCache } from 'lru-cache';
import { changesDocument } from '../projections/record/relevant.ts';
import type { IntoPast } from './index.ts';
import { createRenderPast, type History, lastRevision, type RenderPast, stateAt } from './past.ts';
import { placeOf, separator } from './places.ts';
import type { Then } from './then.ts';
import { giveUpIf } from './work.ts';

/** What an append changed, as places by the revision that it ended at. */
type Steps = Map<number, string[]>;

/** What the appends of an incident after `from` and up to `to` changed, oldest first. Whoever gives up leaves what was found to the next one who asks. */
export type StepsBetween = (
  history: History,
  range: { from: bigint; to: bigint },
  then: Then,
  signal: AbortSignal,
) => Promise<readonly [revision: number, places: readonly string[]][]>;

/** Each append is rendered once, whatever is asked of it: what was changed, and where, is the same for everybody. */
export const createSteps = (options: IntoPast): StepsBetween => {
  const render = createRenderPast(options);
  const kept = new LRUCache<string, Steps>({
    maxSize: 16 * 1024 * 1024,
    sizeCalculation: (steps) => [...steps.values()].flat().reduce((sum, place) => sum + place.length + 16, 1),
  });
  return async (history, { from, to }, then, signal) => {
    const key = await options.keyOf(then, 'steps', history.id);
    const steps: Steps = new Map(key === null ? [] : kept.get(key));
    try {
      await addSteps(history, from, to, steps, render, signal);
    } finally {
      if (key !== null) kept.set(key, new Map([...(kept.get(key) ?? []), ...steps]));
    }
    const revisions = new Set(
      (history.appends.get(history.id) ?? []).filter(({ position }) => position > from && position <= to).map(lastRevision),
    );
    return [...steps].filter(([revision]) => revisions.has(revision)).sort(([one], [other]) => one - other);
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

/**
 * Of the events of an append those that may have changed a place: that name the thing whose place it is, or set the incident's own fields. Else all: what is
 * derived is named by none.
 */
export const eventsBehind = (events: readonly DomainEvent[], place: string): readonly DomainEvent[] => {
  const parts = place.split(separator);
  const id = parts.findLast(isThing);
  const isBehind = ({ type, data }: DomainEvent): boolean => {
    if (id !== undefined) return JSON.stringify(data).includes(`"${id}"`);
    return ownFields.has(parts[0] ?? '') && (type === 'IncidentReported' || type === 'IncidentCorrected');
  };
  const behind = events.filter(isBehind);
  return behind.length > 0 ? behind : events;
};

const ownFields = new Set(['title', 'occurred', 'place', 'agencies', 'externalId']);
const things = ['claim', 'dispute', 'proceeding', 'ruling', 'correction', 'party', 'source', 'incident'] as const;
const isThing = (part: string): boolean => things.some((prefix) => isTypeId(prefix, part));
