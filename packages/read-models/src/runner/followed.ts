import type { EventLog, Mark } from '@averment/event-log';
import { escapeLiteral } from 'pg';
import type { Projection } from '../projection.ts';
import { type Connection, isMissing, liveModel, type Model, quoted } from './model.ts';

/** How far a model has followed the log: its last event's position, the log's name by then, and the last event up to there that is known again. */
export type Followed = { position: bigint; log: string; mark: Mark | null };

/** What a model is compared with: the log, and its name now (`logName` of `@averment/event-log`). */
type Following = { log: Pick<EventLog<object>, 'holds' | 'head'>; logName: () => Promise<string> };

/** The model has followed another log than the one that is there, or has followed this one beyond its end. It stands still until it is rebuilt. */
export class ModelOff extends Error {
  override readonly name = 'ModelOff';
}

/** Null where there is no such model (yet, or any more). */
export const followedBy = async (connection: Connection, model: Model): Promise<Followed | null> => {
  try {
    const { rows } = await connection.query(
      `SELECT position::text, log, seen_at::text AS "seenAt", sha256 FROM ${quoted(model.schema)}.checkpoint`,
    );
    const [row] = rows;
    if (row === undefined) return null;
    const position = BigInt(row.position);
    const isKnown = row.seenAt !== null && row.sha256 !== null && BigInt(row.seenAt) <= position;
    return { position, log: row.log, mark: isKnown ? { position: BigInt(row.seenAt), sha256: row.sha256 } : null };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

/** The statement that moves the checkpoint on, where it still stands at `from`. */
export const moveStatement = ({ schema }: Model, from: Followed, to: Followed): string => `
  UPDATE ${quoted(schema)}.checkpoint
     SET position = ${to.position}, log = ${escapeLiteral(to.log)}, seen_at = ${to.mark?.position ?? null}, sha256 = ${to.mark === null ? null : escapeLiteral(to.mark.sha256)}
   WHERE position = ${from.position}`;

/** How far a model is that has passed these events. Those without a hash are others'. */
export const passed = (from: Followed, events: readonly Partial<Mark>[], position: bigint, log: string): Followed => {
  const last = events.findLast(({ sha256 }) => sha256) as Mark | undefined;
  return { position, log, mark: last === undefined ? from.mark : { position: last.position, sha256: last.sha256 } };
};

/** Whether the event that the model knows stands in the log. Where it knows none, nothing is asked. */
export const isHeld = async ({ mark }: Followed, { log }: Pick<Following, 'log'>): Promise<boolean> =>
  mark === null || (await log.holds(mark));

/** Why the model does not follow this log, for people; null where it does. Rejects with `LogUnavailable`. */
export const whyOff = async ({ projection }: Model, followed: Followed, { log, logName }: Following): Promise<string | null> => {
  const { position, mark } = followed;
  const model = `the read model ${projection.name}`;
  const mend = `\`npm run rebuild -- ${projection.name}\``;
  if (idOf(followed.log) !== idOf(await logName())) return `${model} was built from another event log: ${mend}`;
  const isWhole = mark?.position === position;
  if ((await isHeld(followed, { log })) && (isWhole || position <= (await log.head()))) return null;
  const head = await log.head();
  const found = position > head ? `and the event log ends at ${head}` : 'where the event log has another event';
  return `${model} is at position ${position}, ${found}: \`npm run restored\` if it was restored, then ${mend}`;
};

/** The greatest number of restores that one of these models has heard of, 0 where there is none. */
export const restoresHeardOf = async (connection: Connection, projections: readonly Projection[]): Promise<number> => {
  const each = await Promise.all(projections.map((projection) => followedBy(connection, liveModel(projection))));
  return Math.max(0, ...each.map((followed) => Number(followed?.log.split('.')[1] ?? 0)));
};

const idOf = (name: string): string => name.split('.')[0] ?? '';
