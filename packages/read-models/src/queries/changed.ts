import { tierOf } from '@averment/access';
import { UnknownPosition } from '@averment/event-log';
import { forEver } from '../versions.ts';
import { decodeCursor, encodeCursor, listOf } from './cursors.ts';
import type { IntoPast } from './index.ts';
import type { ChangedItem, GoneItem, Queries } from './types.ts';

type Found = {
  incident: string;
  changed: string;
  status: string;
  into: string | null;
  gone: GoneItem['gone'] | null;
  item: string;
  etag: string;
};
type Row = { position: string; resume: string } & (Found | { incident: null });

/** What each tier of readers is told. */
const told = {
  public: { gone: 'c.gone', item: 'coalesce(r.public_item, r.item)', etag: 'coalesce(i.public_etag, i.etag)' },
  member: { gone: 'c.gone', item: 'r.item', etag: 'i.etag' },
  review: { gone: 'c.review_gone', item: 'coalesce(r.review_item, r.item)', etag: 'coalesce(i.review_etag, i.etag)' },
};

/**
 * The incidents that may have changed after a position, in the order of their last change, as they are now. The first page pins where the last one ends: what
 * changes later lies beyond that, and comes with the next question.
 */
export const createChanged = ({ pool, log, reach, schemas: { record } }: IntoPast): Queries['changedIncidents'] => {
  const read = async (viewer: Parameters<typeof tierOf>[0], values: unknown[]): Promise<Row[]> => {
    const { gone, item, etag } = told[tierOf(viewer)];
    // The few of the page come first, whatever the planner thinks of the rest. What is parked enters at the place of its events, so one goes on from before them.
    const { rows } = await pool.query<Row>(
      `SELECT head.position::text, head.resume::text, found.*
       FROM (SELECT position, least(position, (SELECT min(p.position) - 1 FROM runner.parked AS p WHERE p.model = '${record}')) AS resume
           FROM ${record}.checkpoint) AS head
         LEFT JOIN LATERAL (SELECT c.incident, c.position::text AS changed, c.merged_into AS into, r.status, ${gone} AS gone, ${item} AS item, ${etag} AS etag
           FROM (SELECT * FROM ${record}.incident_changed WHERE (position, incident) > ($1, $2) AND position <= $3 ORDER BY position, incident LIMIT $4) AS c
             JOIN ${record}.incident_rows_current AS r ON r.id = c.incident JOIN ${record}.incidents AS i ON i.id = c.incident
           ORDER BY c.position, c.incident) AS found ON true`,
      values,
    );
    return rows;
  };

  return async ({ after, all }, { limit, cursor }, viewer, context) => {
    const list = listOf('changed', { after: String(after), all });
    const [pinned = null, resumed = null, ...last] = decodeCursor(cursor, list, ['position', 'position', 'position', 'id']) ?? [];
    const needed = pinned === null ? after : BigInt(pinned);
    await reach(['record'], { position: needed }, context).catch(async (error: unknown) => {
      throw needed > (await log.head()) ? new UnknownPosition(`the log ends before position ${needed}`) : error;
    });

    const begin = pinned === null ? [String(after + 1n), ''] : last;
    const rows = await read(viewer, [...begin, pinned ?? String(forEver), limit + 1]);
    const [head] = rows;
    const [position, resume] = [pinned ?? head?.position ?? '0', resumed ?? head?.resume ?? '0'];
    const items: ChangedItem[] = [];
    const gone: GoneItem[] = [];
    const found = rows.filter((row): row is Row & Found => row.incident !== null);
    const shown = found.slice(0, limit);
    for (const { incident, changed, status, into, gone: taken, item, etag } of shown) {
      const left = all || status === 'published' ? null : status === 'merged' ? 'merged' : 'retracted';
      const why = taken ?? left;
      if (why === null) items.push({ ...JSON.parse(item), changedAt: changed, etag });
      else gone.push({ id: incident, gone: why, ...(why === 'merged' && into !== null && { into }), changedAt: changed });
    }
    const end = shown.at(-1);
    const next = found.length > limit && end !== undefined ? encodeCursor(list, [position, resume, end.changed, end.incident]) : null;
    return { items, gone, next, position: resume };
  };
};
