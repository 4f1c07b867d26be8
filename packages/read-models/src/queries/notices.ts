import { seesReview } from '@averment/access';
import { aggregateOf, type DomainEvent, type NoticeCode, type Outdated } from '@averment/domain';
import { type EventLog, isUndecodable } from '@averment/event-log';
import { isoText } from '@averment/platform';
import { mostDuties } from './answers.ts';
import type { Reading } from './index.ts';
import { linksOf } from './reviews.ts';
import type { EditRef, NoticePage, Queries } from './types.ts';

type NoticeRow = EditRef & {
  position: string;
  revision: number;
  code: NoticeCode;
  decision: NoticePage['items'][number]['decision'];
  actor: string;
  at: string;
  title: string | null;
};
type DutyRow = EditRef & { title: string | null; due: string; outdated: Outdated | null };

const noticed = ({ stream, edit, title }: EditRef & { title: string | null }) => ({
  of: aggregateOf(stream),
  edit,
  title,
  links: linksOf({ stream, edit }),
});
const dutyOf = (row: DutyRow) => ({ ...noticed(row), dueAt: row.due, outdated: row.outdated });

/**
 * $1 subject, $2 position, $3 whether it sees all edits, $4 limit. What is looked up for each row stands in queries of one value: a join would be planned by how
 * many edits the subject has.
 */
export const noticesSql = (schema: string): string => `
  SELECT n.position::text, n.stream, n.revision, n.edit, n.code, n.decision, n.actor, ${isoText('n.noticed_at', 6)} AS at,
    (SELECT i.title FROM ${schema}.headings AS i WHERE i.id = n.stream) AS title
  FROM ${schema}.notices AS n
  WHERE n.subject = $1 AND n.position > $2 AND ($3 OR (SELECT e.contributors @> ARRAY[$1::text] FROM ${schema}.edits AS e WHERE e.stream = n.stream AND e.edit = n.edit))
  ORDER BY n.position LIMIT $4`;

/** What was said with an event of the review. */
const saidIn = ({ data }: DomainEvent): string | null => {
  const { text, reason, rationale } = data as { text?: string; reason?: string | null; rationale?: string };
  return text ?? reason ?? rationale ?? null;
};

/** The events of the notices with their texts, by place; without those that cannot be read now. */
const eventsOf = async (log: EventLog<DomainEvent>, rows: readonly NoticeRow[]): Promise<Map<string, DomainEvent>> => {
  const found = await Promise.all(
    [...Map.groupBy(rows, ({ stream }) => stream)].map(([stream, own]) => {
      const revisions = new Set(own.map(({ revision }) => revision));
      return log.readStream(stream, Math.min(...revisions), { types: new Set(), revisions, whatIsLeft: true });
    }),
  );
  const events = found.flat().flatMap((event) => (isUndecodable(event) ? [] : [event]));
  return new Map(events.map((event) => [`${event.stream} ${event.revision}`, event]));
};

/** What happened to edits, for who takes part in them, and what is to be done about the own ones. */
export const createNotices = ({
  pool,
  log,
  clock,
  schemas: { reviews },
}: Pick<Reading, 'pool' | 'log' | 'clock' | 'schemas'>): Queries['notices'] => {
  const readNotices = async (subject: string, seesAll: boolean, after: bigint, limit: number) => {
    const { rows } = await pool.query<NoticeRow>(noticesSql(reviews), [subject, after, seesAll, limit]);
    return rows;
  };
  const readDuties = async (subject: string, which: string): Promise<DutyRow[]> => {
    const { rows } = await pool.query<DutyRow>(
      `SELECT e.stream, e.edit, i.title, ${isoText('e.due_at', 6)} AS due, e.outdated FROM ${reviews}.edits AS e JOIN ${reviews}.headings AS i ON i.id = e.stream
       WHERE e.author = $1 AND e.state IN ('submitted', 'changes_requested') AND ${which} ORDER BY e.due_at, e.stream, e.edit LIMIT ${mostDuties}`,
      [subject],
    );
    return rows;
  };

  return async (after, limit, viewer) => {
    const subject = viewer?.subject ?? '';
    const [rows, overdue, outdated] = await Promise.all([
      readNotices(subject, seesReview(viewer), after, limit),
      readDuties(subject, `e.due_at < '${clock().toISOString()}'`),
      readDuties(subject, 'e.outdated IS NOT NULL'),
    ]);
    const events = await eventsOf(log, rows);
    const items = rows.map((row) => {
      const { position, code, at, actor, decision, stream, revision } = row;
      const event = events.get(`${stream} ${revision}`);
      const revertedBy = code === 'reverted' ? (event?.edit ?? null) : null;
      return { position, code, at, ...noticed(row), by: actor, decision, revertedBy, text: event === undefined ? null : saidIn(event) };
    });
    return {
      items,
      next: items.at(-1)?.position ?? String(after),
      overdue: overdue.map(dutyOf),
      outdated: outdated.map(dutyOf),
    };
  };
};
