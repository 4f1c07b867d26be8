import type { DomainEvent } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import type { Logger } from '@averment/platform';
import type { Pool } from 'pg';
import { type Append, type Page, readAppends } from './appends.ts';
import { applyAll, applyWhatCanBe } from './apply.ts';
import type { Applying } from './context.ts';
import { checkpointOf, isMissing, type Model, quoted } from './model.ts';
import { leftOutFrom, leftOutStatement, noteErasures, noteMerges } from './parked.ts';
import { isPoison } from './poison.ts';
import { transaction } from './transaction.ts';
import { announcement } from './waiting.ts';

export type AdvanceOptions = {
  pool: Pool;
  log: EventLog<DomainEvent>;
  logger: Logger;
  model: Model;
  /** Where the model is thought to stand; null: not known. It need not be right, but to be right saves time. */
  from: bigint | null;
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
export type Advanced = { position: bigint; passed: number };

/** There is no such model (yet): its schema is built at start, or by `rebuild`. */
export class ModelMissing extends Error {
  override readonly name = 'ModelMissing';
}

/** Somebody else moved the checkpoint first; nothing of the batch was written. */
class CheckpointMoved extends Error {
  override readonly name = 'CheckpointMoved';
}

/**
 * Applies the log to the model, batch after batch, each in one transaction with its checkpoint, until there is nothing more.
 * Any number of processes may do so at once: the checkpoint is compared and swapped, and who comes second writes nothing and reads anew.
 */
export async function advance(options: AdvanceOptions): Promise<Advanced> {
  let position = options.from ?? (await currentPosition(options));
  let passed = 0;
  let ahead: { after: bigint; page: Promise<Page> } | undefined;
  while (!options.stopped()) {
    const page = await (ahead?.after === position ? ahead.page : readPage(options, position));
    if (page.appends.length === 0) {
      // After a crash of the database the model may stand earlier than it was said to.
      const current = await currentPosition(options);
      if (current === position) break;
      position = current;
      continue;
    }
    const events = page.appends.reduce((sum, append) => sum + append.events.length, 0);
    ahead = page.full ? readAhead(options, page.position) : undefined;
    if (await applied(options, position, page.appends)) {
      position = page.position;
      passed += events;
      // To ask where the log ends costs less than to read on from there. A page of long texts may end before the log does.
      if (!page.full && options.until === null && (await options.log.head()) <= position) break;
    } else {
      position = await currentPosition(options);
    }
  }
  return { position, passed };
}

/** False where the model was not at this position. */
async function applied(options: AdvanceOptions, from: bigint, appends: readonly Append[]): Promise<boolean> {
  try {
    await applyPage(options, from, appends);
    return true;
  } catch (error) {
    if (error instanceof CheckpointMoved) return false;
    // It may have been dropped by a newer program: then that is what is said.
    if (isMissing(error)) await currentPosition(options);
    throw error;
  }
}

const readPage = ({ log, until, batch, model }: AdvanceOptions, after: bigint): Promise<Page> =>
  readAppends(log, { after, until, limit: batch, texts: model.projection.placesOnly !== true });

/** While a full page is being applied, the next can be on its way: far behind the log that takes half the time. */
function readAhead(options: AdvanceOptions, after: bigint): { after: bigint; page: Promise<Page> } {
  const page = readPage(options, after);
  // Told when it is awaited, if it ever is.
  page.catch(() => undefined);
  return { after, page };
}

async function currentPosition({ pool, model }: AdvanceOptions): Promise<bigint> {
  const position = await checkpointOf(pool, model);
  if (position === null) throw new ModelMissing(`the model ${model.schema} is not there: it is built when the worker starts`);
  return position;
}

/** First in the hope that all is well, which costs the least; where an event is poison, once more with care, in a new transaction. */
async function applyPage(options: AdvanceOptions, from: bigint, appends: readonly Append[]): Promise<void> {
  try {
    await inTransaction(options, from, appends, applyAll);
  } catch (error) {
    if (error instanceof CheckpointMoved || !isPoison(error)) throw error;
    const parked = await inTransaction(options, from, appends, applyWhatCanBe);
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
}

/**
 * The checkpoint is compared and swapped first of all: that makes the model count each event once, and whoever is not where the batch began writes
 * nothing.
 */
async function inTransaction<T>(
  { pool, log, model, opening, erasedUntil }: AdvanceOptions,
  from: bigint,
  appends: readonly Append[],
  apply: (applying: Applying, appends: readonly Append[]) => Promise<T>,
): Promise<T> {
  const to = appends.at(-1)?.position ?? from;
  const swap = `UPDATE ${quoted(model.schema)}.checkpoint SET position = ${to} WHERE position = ${from}`;
  const statements = { opening: [...opening, swap, leftOutStatement(model)], closing: [announcement(model, to)] };
  return await transaction(pool, statements, async (tx, opened) => {
    const [swapped, left] = opened.slice(-2);
    if (swapped?.rowCount !== 1) throw new CheckpointMoved(`${model.schema} is no longer at ${from}`);
    const leftOut = leftOutFrom(left?.rows ?? []);
    const result = await apply({ tx, model, log, checkpoint: from, leftOut }, appends);
    await noteErasures(tx, model, leftOut, appends, erasedUntil);
    await noteMerges(tx, model, leftOut, appends);
    return result;
  });
}
