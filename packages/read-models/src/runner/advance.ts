import type { DomainEvent } from '@averment/domain';
import { type EventLog, UnknownPosition } from '@averment/event-log';
import type { Logger } from '@averment/platform';
import type { Pool } from 'pg';
import { type LoggedAppend, type Page, readAppends } from './appends.ts';
import { applyAll, applyWhatCanBe } from './apply.ts';
import type { Applying } from './context.ts';
import { type Followed, followedBy, isHeld, ModelOff, moveStatement, passed, whyOff } from './followed.ts';
import { isMissing, type Model } from './model.ts';
import { noteErasures, noteMerges, unappliedFrom, unappliedStatement } from './parked.ts';
import { isPoison } from './poison.ts';
import { transaction } from './transaction.ts';
import { moveHint } from './waiting.ts';

type AdvanceOptions = {
  pool: Pool;
  log: EventLog<DomainEvent>;
  /** What the log is called. */
  logName: () => Promise<string>;
  logger: Logger;
  model: Model;
  /** The checkpoint as far as it is known; null: not known. It need not be right, but a right one saves time. */
  from: Followed | null;
  /** Statements that begin each transaction: the lock of a live model. */
  opening: readonly string[];
  /** About how many events are read and applied in one transaction. */
  batch: number;
  /** Where to stop; null: at the head of the log. */
  until: bigint | null;
  /** Erasures up to here were in force before the model's first row was made. */
  erasedUntil: bigint;
  /** Looked at between batches. */
  stopped: () => boolean;
};

/** Where the model stands, and how many events its transactions of this call have passed, those included that did not matter to it. */
export type Advanced = { position: bigint; passed: number; followed: Followed };

/** There is no such model (yet): its schema is built at start, or by `rebuild`. */
export class ModelMissing extends Error {
  override readonly name = 'ModelMissing';
}

/** Somebody else moved the checkpoint first; nothing of the batch was written. */
class CheckpointMoved extends Error {
  override readonly name = 'CheckpointMoved';
}

/**
 * Applies the log to the model, batch after batch, each in one transaction with its checkpoint, until there is nothing more. Any number of processes may
 * do so at once: the checkpoint is compared and swapped, and the second one writes nothing and reads anew. Rejects with `ModelOff`, before anything is
 * written, if the log does not have the event up to which the model has followed it.
 */
export const advance = async (options: AdvanceOptions): Promise<Advanced> => {
  let at = options.from ?? (await current(options));
  let count = 0;
  let ahead: { after: bigint; page: Promise<Page> } | undefined;
  while (!options.stopped()) {
    const page = await (ahead?.after === at.position ? ahead.page : readPage(options, at.position)).catch((error) =>
      unlessOff(options, error),
    );
    if (page.appends.length === 0) {
      // After a crash of the database the model may be behind what was reported.
      const now = await current(options);
      if (now.position === at.position) break;
      at = now;
      continue;
    }
    const events = page.appends.flatMap((append) => append.events);
    const to = passed(at, events, page.position, await options.logName());
    ahead = page.full ? readAhead(options, page.position) : undefined;
    if (await applied(options, { from: at, to }, page.appends)) {
      at = to;
      count += events.length;
      // To ask where the log ends costs less than to read on from there. A page of long texts may end before the log does.
      if (!page.full && options.until === null && (await options.log.head()) <= at.position) break;
    } else {
      at = await current(options);
    }
  }
  return { position: at.position, passed: count, followed: at };
};

type Move = { from: Followed; to: Followed };

/** False where the model was not at this position, or the log has not what it has followed. */
const applied = async (options: AdvanceOptions, move: Move, appends: readonly LoggedAppend[]): Promise<boolean> => {
  // Asked once the page was read, so that no page of another log is applied, and while it is being applied, which takes longer.
  const held = isHeld(move.from, options);
  // Its failure is reported when it is awaited.
  held.catch(() => undefined);
  try {
    await applyPage(options, { ...move, held }, appends);
    return true;
  } catch (error) {
    if (error instanceof CheckpointMoved) return false;
    // A newer program may have dropped it; then that is reported.
    if (isMissing(error)) await current(options);
    throw error;
  }
};

/** If nothing can be read from where the model is, report that it is off the log. */
const unlessOff = async (options: AdvanceOptions, error: unknown): Promise<never> => {
  if (error instanceof UnknownPosition) await current(options);
  throw error;
};

const readPage = ({ log, until, batch, model }: AdvanceOptions, after: bigint): Promise<Page> =>
  readAppends(log, { after, until, limit: batch, texts: model.projection.placesOnly !== true });

/** While a full page is being applied, the next can be on its way: far behind the log that takes half the time. */
const readAhead = (options: AdvanceOptions, after: bigint): { after: bigint; page: Promise<Page> } => {
  const page = readPage(options, after);
  // Its failure is reported when it is awaited, if it ever is.
  page.catch(() => undefined);
  return { after, page };
};

const current = async (options: AdvanceOptions): Promise<Followed> => {
  const { pool, model } = options;
  const followed = await followedBy(pool, model);
  if (followed === null) throw new ModelMissing(`the model ${model.schema} is not there: it is built when the worker starts`);
  const why = await whyOff(model, followed, options);
  if (why !== null) throw new ModelOff(why);
  return followed;
};

type Applied = Move & { held: Promise<boolean> };

/** First all at once, which is cheapest; if an event is poison, once more with care, in a new transaction. */
const applyPage = async (options: AdvanceOptions, move: Applied, appends: readonly LoggedAppend[]): Promise<void> => {
  try {
    await inTransaction(options, move, appends, applyAll);
  } catch (error) {
    if (error instanceof CheckpointMoved || !isPoison(error)) throw error;
    const parked = await inTransaction(options, move, appends, applyWhatCanBe);
    for (const { stream, revision, position, type } of parked) {
      // The error itself stands in the parked record only: it may quote a text, and logs are for ever.
      const event = {
        projection: options.model.projection.name,
        model: options.model.schema,
        stream,
        revision,
        position: String(position),
        type,
      };
      options.logger.error(event, 'an event was parked, its stream waits');
    }
  }
};

/** The checkpoint is compared and swapped first: so the model counts each event once, and a process that is not where the batch began writes nothing. */
const inTransaction = async <T>(
  { pool, log, model, opening, erasedUntil }: AdvanceOptions,
  { from, to, held }: Applied,
  appends: readonly LoggedAppend[],
  apply: (applying: Applying, appends: readonly LoggedAppend[]) => Promise<T>,
): Promise<T> => {
  const statements = {
    opening: [...opening, moveStatement(model, from, to), unappliedStatement(model)],
    closing: [moveHint(model, to.position)],
  };
  return await transaction(pool, statements, async (tx, opened) => {
    const [swapped, left] = opened.slice(-2);
    if (swapped?.rowCount !== 1) throw new CheckpointMoved(`${model.schema} is no longer at ${from.position}`);
    const unapplied = unappliedFrom(left?.rows ?? []);
    const result = await apply({ tx, model, log, checkpoint: from.position, unapplied }, appends);
    await noteErasures(tx, model, unapplied, appends, erasedUntil);
    await noteMerges(tx, model, unapplied, appends);
    if (!(await held)) throw new CheckpointMoved(`the log has not what ${model.schema} has followed`);
    return result;
  });
};
