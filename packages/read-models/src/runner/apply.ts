import type { DomainEvent } from '@averment/domain';
import { isUndecodable, type Logged, type Undecodable } from '@averment/event-log';
import { isAmong, type LoggedAppend } from './appends.ts';
import { type Applying, createContext, withoutSkipped } from './context.ts';
import { type Poison, park } from './parked.ts';
import { CannotDecode, isPoison } from './poison.ts';
import { inSavepoint } from './transaction.ts';

/** How often an event is tried in vain before it is parked. */
const tries = 3;

/** Hands the appends to the projection all at once, on the assumption that nothing is wrong with any. Throws what the projection throws. */
export const applyAll = async (applying: Applying, appends: readonly LoggedAppend[]): Promise<void> => {
  const wanted = wantedOf(applying, appends);
  for (const append of wanted) assertDecodable(applying, append);
  await handOver(applying, wanted);
};

/**
 * Takes every append that can be taken, and parks the streams of the others: halves what fails until those are found that fail by themselves.
 * Throws only what is no fault of an event. Answers what it parked.
 */
export const applyWhatCanBe = async (applying: Applying, appends: readonly LoggedAppend[]): Promise<Poison[]> => {
  const { decodable, parked } = await decodableOf(applying, appends);
  return [...parked, ...(await applyRange(applying, decodable))];
};

/** The appends that count in the model and can be decoded. Parks the streams of the others. */
export const decodableOf = async (
  applying: Applying,
  appends: readonly LoggedAppend[],
): Promise<{ decodable: LoggedAppend[]; parked: Poison[] }> => {
  const found = { decodable: [] as LoggedAppend[], parked: [] as Poison[] };
  for (const append of wantedOf(applying, appends)) {
    // An append of this page may have parked the stream.
    if (isParked(applying, append)) continue;
    const read = undecodableOf(applying, append) === undefined ? append : await readAgain(applying, append);
    const bad = undecodableOf(applying, read);
    if (bad === undefined) found.decodable.push(read);
    else found.parked.push(await parkStream(applying, append, bad, new CannotDecode(bad)));
  }
  return found;
};

const applyRange = async (applying: Applying, range: readonly LoggedAppend[]): Promise<Poison[]> => {
  const wanted = wantedOf(applying, range);
  const error = await tryOut(applying, true, wanted);
  if (error === undefined) return [];
  const [only] = wanted;
  if (wanted.length === 1 && only !== undefined) return applyOne(applying, only);
  const middle = wanted.length >> 1;
  return [...(await applyRange(applying, wanted.slice(0, middle))), ...(await applyRange(applying, wanted.slice(middle)))];
};

const applyOne = async (applying: Applying, append: LoggedAppend): Promise<Poison[]> => {
  let error: Error | undefined;
  for (let count = 1; count < tries; count += 1) {
    error = await tryOut(applying, true, [append]);
    if (error === undefined) return [];
  }
  return error === undefined ? [] : [await parkStream(applying, append, await culpritOf(applying, append), error)];
};

/** The first event with which the append fails, found by handing over its beginnings, of which nothing is kept. */
const culpritOf = async (applying: Applying, append: LoggedAppend): Promise<Logged<DomainEvent>> => {
  let passes = 0;
  let fails = append.events.length;
  while (fails - passes > 1) {
    const middle = (passes + fails) >> 1;
    const events = append.events.slice(0, middle);
    const last = events.at(-1)?.revision ?? append.first;
    const error = await tryOut(applying, false, [{ ...append, last, events: events.map((event) => ({ ...event, last })) }]);
    if (error === undefined) passes = middle;
    else fails = middle;
  }
  return append.events[fails - 1] as Logged<DomainEvent>;
};

const tryOut = async (applying: Applying, keep: boolean, appends: readonly LoggedAppend[]): Promise<Error | undefined> => {
  if (appends.length === 0) return undefined;
  const error = await inSavepoint(applying.tx, keep, () => handOver(applying, appends));
  if (error !== undefined && !isPoison(error)) throw error;
  return error;
};

const handOver = async (applying: Applying, appends: readonly LoggedAppend[]): Promise<void> => {
  if (appends.length === 0) return;
  // What could not be decoded gets here only where the projection asked for places alone.
  const events = appends.flatMap((append) => append.events) as DomainEvent[];
  await applying.model.projection.apply(applying.tx, events, createContext(applying, appends));
};

const parkStream = async (applying: Applying, append: LoggedAppend, event: Logged<DomainEvent>, error: Error): Promise<Poison> => {
  const { stream, revision, position, type } = event;
  const poison = { stream, revision, first: append.first, position, type, error: error.message.slice(0, 2000), attempts: tries };
  await park(applying.tx, applying.model, poison);
  applying.unapplied.parked.set(stream, append.first);
  return poison;
};

const isParked = ({ unapplied }: Pick<Applying, 'unapplied'>, { stream, first }: LoggedAppend): boolean =>
  first >= (unapplied.parked.get(stream) ?? Number.POSITIVE_INFINITY);

/** The appends that the projection handles, without those of parked streams, and without skipped events. */
const wantedOf = ({ model, unapplied }: Applying, appends: readonly LoggedAppend[]): LoggedAppend[] =>
  appends
    .filter((append) => isAmong(model.projection.streams, append.stream) && !isParked({ unapplied }, append))
    .map((append) => ({ ...append, events: withoutSkipped(append.events, unapplied) }))
    .filter(({ events }) => events.length > 0);

const undecodableOf = ({ model }: Applying, { events }: LoggedAppend): Undecodable | undefined =>
  model.projection.placesOnly ? undefined : events.find(isUndecodable);

const assertDecodable = (applying: Applying, append: LoggedAppend): void => {
  const bad = undecodableOf(applying, append);
  if (bad !== undefined) throw new CannotDecode(bad);
};

/** An append with an event that could not be decoded may be readable a moment later: a text may have been erased while it was read. */
const readAgain = async (applying: Applying, append: LoggedAppend): Promise<LoggedAppend> => {
  let read = append;
  for (let count = 1; count < tries && undecodableOf(applying, read) !== undefined; count += 1) {
    // Not `to`: what erases its texts may come later.
    const events = await applying.log.readStream(append.stream, append.first, { until: append.position });
    read = { ...append, events: withoutSkipped(events, applying.unapplied) };
  }
  return read;
};
