import { seesReview, type Viewer } from '@averment/access';
import {
  type DomainEvent,
  type Erasure,
  evolveErasure,
  initialErasure,
  isTypeId,
  type Place,
  type StoredTarget,
  textKey,
  textsOf,
} from '@averment/domain';
import { decoded, isUndecodable } from '@averment/event-log';
import { isoText } from '@averment/platform';
import type { ErasureItem, ErasurePlace, Takedown } from './answers.ts';
import { createConditions } from './conditions.ts';
import { decodeCursor, encodeCursor, listOf, pageBytes, pageOf } from './cursors.ts';
import type { Reading } from './index.ts';
import type { Queries } from './types.ts';

/** Requests, and what they name, are for those who decide them. */
const seesRequests = (viewer: Viewer): boolean => seesReview(viewer) || viewer?.role === 'admin';

const kinds = ['incident', 'source', 'party', 'erasure', 'key', 'operations'] as const;
const kindOf = (id: string): (typeof kinds)[number] => kinds.find((kind) => isTypeId(kind, id)) ?? 'operations';

/** A target as it was sent. */
const sentTargetOf = ({ id, revision, pointers }: StoredTarget) => {
  const kind = kindOf(id);
  return kind === 'party' ? { party: id, pointers } : { [kind]: id, revision, pointers };
};

const itemOf = (state: Erasure & { asked: NonNullable<Erasure['asked']> }): ErasureItem => ({
  id: state.id ?? '',
  kind: state.asked.kind,
  state: state.state as ErasureItem['state'],
  ground: state.asked.ground,
  targets: [
    ...state.asked.targets.map(sentTargetOf),
    // Absent once they are erased, as what was asked for.
    ...(state.asked.values ?? []).map((value) => ({ value })),
  ],
  request: state.asked.request ?? null,
  reason: state.asked.reason ?? null,
  author: state.author ?? '',
  requestedAt: state.requestedAt ?? '',
  decidedAt: state.decidedAt,
  doneAt: state.doneAt,
  places: state.places.length,
  votes: state.votes.map(({ by, role, decision, reason, at }) => ({ by, role, decision, reason: reason ?? null, at })),
  fields: state.done?.fields ?? null,
  position: String(state.position),
});

/** A document has a path of its own, and its bytes tell nobody anything here. */
const toldOf = ({ type }: DomainEvent, value: unknown): unknown =>
  type === 'SourceOriginalKept' ? { size: Buffer.from(String(value), 'base64').length } : value;

type Row = { id: string; requested: string };
type DoneRow = Omit<Takedown, 'on'> & { on: string; at: string };

/** The requests of erasures, each from the log, and what the public is told of those that were carried out. */
export const createErasureQueries = ({
  pool,
  log,
  schemas: { erasure_requests: schema },
}: Pick<Reading, 'pool' | 'log' | 'schemas'>): Pick<Queries, 'erasure' | 'erasures' | 'erasurePlaces' | 'takedowns'> => {
  const stateOf = async (id: string, viewer: Viewer) => {
    const state = decoded(await log.readStream(id, 0)).reduce(evolveErasure, initialErasure());
    const { asked, author } = state;
    if (asked === null || !(seesRequests(viewer) || author === viewer?.subject)) return null;
    return { ...state, asked };
  };

  /** The texts at places of a stream, by place; those that were erased are left out. */
  const textsAt = async (stream: string, places: readonly Place[]): Promise<Map<string, unknown>> => {
    const revisions = new Set(places.map(({ revision }) => revision));
    const events = await log.readStream(stream, Math.min(...revisions), { types: new Set(), revisions });
    const found = events.flatMap((event) =>
      isUndecodable(event) ? [] : textsOf(event).map((text) => ({ ...text, value: toldOf(event, text.value) })),
    );
    return new Map(found.map((text) => [textKey(text), text.value]));
  };

  return {
    erasure: async (id, viewer) => {
      const state = await stateOf(id, viewer);
      return state && itemOf(state);
    },
    erasurePlaces: async (id, { limit, cursor }, viewer) => {
      const state = seesRequests(viewer) ? await stateOf(id, viewer) : null;
      if (state === null) return null;
      // Whoever decides reads the texts. An admin who asked does not decide, and would read by asking.
      const isTold = viewer?.role !== 'admin' || state.author !== viewer.subject;
      const list = listOf('places', { id });
      const from = Number(decodeCursor(cursor, list, ['number'])?.[0] ?? 0);
      const items: ErasurePlace[] = [];
      let bytes = 0;
      const page = state.places.slice(from, from + limit);
      const texts = new Map<string, Map<string, unknown>>();
      for (const place of page) {
        const { stream, revision, pointer } = place;
        if (!texts.has(stream))
          texts.set(
            stream,
            await textsAt(
              stream,
              page.filter((other) => other.stream === stream),
            ),
          );
        const text = isTold ? (texts.get(stream)?.get(textKey(place)) ?? null) : null;
        bytes += JSON.stringify(text).length;
        if (items.length > 0 && bytes > pageBytes) break;
        items.push({ of: { kind: kindOf(stream), id: stream }, revision, pointer, text });
      }
      const next = from + items.length;
      return { items, next: next < state.places.length ? encodeCursor(list, [next]) : null };
    },
    erasures: async (filters, { limit, cursor }, viewer) => {
      const list = listOf('erasures', filters);
      const after = decodeCursor(cursor, list, ['time', 'id']);
      const where = createConditions();
      if (!seesRequests(viewer)) where.add('e.author = ?', viewer?.subject ?? '');
      if (filters.state !== undefined) where.add('e.state = ?', filters.state);
      if (after !== null) where.add('(e.requested_at, e.id) < (?, ?)', ...after);
      const { rows } = await pool.query<Row>(
        `SELECT e.id, ${isoText('e.requested_at', 6)} AS requested FROM ${schema}.requests AS e
         WHERE ${where.sql()} ORDER BY e.requested_at DESC, e.id DESC LIMIT ${where.value(limit + 1)}`,
        where.values,
      );
      const items = new Map(await Promise.all(rows.slice(0, limit).map(async ({ id }) => [id, await stateOf(id, viewer)] as const)));
      const shown = rows.filter(({ id }, index) => index >= limit || items.get(id));
      return pageOf(
        shown,
        limit,
        ({ id }) => itemOf(items.get(id) as NonNullable<Awaited<ReturnType<typeof stateOf>>>),
        ({ requested, id }) => encodeCursor(list, [requested, id]),
      );
    },
    takedowns: async ({ limit, cursor }) => {
      const after = decodeCursor(cursor, 'takedowns', ['time', 'id']);
      const where = createConditions();
      where.add(`e.state = 'done'`);
      if (after !== null) where.add('(e.done_at, e.id) < (?, ?)', ...after);
      const { rows } = await pool.query<DoneRow>(
        `SELECT e.id, e.kind, e.ground, e.fields, ${isoText('e.done_at', 6)} AS at FROM ${schema}.requests AS e
         WHERE ${where.sql()} ORDER BY e.done_at DESC, e.id DESC LIMIT ${where.value(limit + 1)}`,
        where.values,
      );
      return pageOf(
        rows,
        limit,
        ({ id, kind, ground, fields, at }) => ({ id, on: at, kind, ground, fields }),
        ({ at, id }) => encodeCursor('takedowns', [at, id]),
      );
    },
  };
};
