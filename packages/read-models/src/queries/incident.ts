import { readersOf, seesIncident, seesPrivateNames, tierOf, type Viewer } from '@averment/access';
import { comparison, type IncidentDocument, tellingNames } from '@averment/domain';
import { batched } from '@averment/platform';
import { LRUCache } from 'lru-cache';
import type { QueryResult } from 'pg';
import { type Documents, etagOf } from '../projections/record/render.ts';
import { ModelMissing } from '../runner/follower.ts';
import { isMissing } from '../runner/model.ts';
import { pointReads } from './batches.ts';
import type { IntoPast } from './index.ts';
import { createReadCounting, createRenderPast, endOfAppend, historyFor, stateAt } from './past.ts';
import type { Then } from './then.ts';
import type { Freshness, Moment, Queries, ReadContext, ServedPast } from './types.ts';
import { documentFor } from './viewers.ts';
import { createShared, giveUpIf } from './work.ts';

/** How `current` reads a text of an incident: the columns of tag and text, for each tier of readers. */
type Columns = { etag: string; body: string };
const documents: Columns = {
  etag: `CASE asked.tier WHEN 'public' THEN coalesce(i.public_etag, i.etag) WHEN 'review' THEN coalesce(i.review_etag, i.etag) ELSE i.etag END`,
  body: `CASE asked.tier WHEN 'public' THEN coalesce(i.public_document, i.document) WHEN 'review' THEN coalesce(i.review_document, i.document) ELSE i.document END`,
};
const comparisons: Columns = {
  etag: `CASE asked.tier WHEN 'public' THEN coalesce(i.public_comparison_etag, i.comparison_etag) ELSE i.comparison_etag END`,
  body: `CASE asked.tier WHEN 'public' THEN coalesce(i.public_comparison, i.comparison) ELSE i.comparison END`,
};

/** `known`: the tag of the text that is in memory; `held`: of that which the caller has. Neither is read again. */
type Asked = { id: string; viewer: Viewer; known: string | null; held: string | null };
/** `body` is null where the caller has it; `published` where there is no such incident (any more). */
type Text = { published: boolean | null; authors: string[] | null; etag: string; body: string | null };
/** How far the model is, and a text that is not known; `n` is null where there is none such. */
type Row = Text & { position: string | null; parked: string[] | null; n: number | null };

/**
 * Reads the texts whose tag is another than is known, and how far the model is, in one statement, so that all are of the same moment. A tag is of the whole
 * text, which says whether it is published. $1: ids, $2: known tags, $3: held tags, $4: the callers' tiers.
 */
const currentSql = (record: string, { etag, body }: Columns): string => `
  SELECT head.position, head.parked, found.*
  FROM (SELECT (SELECT position::text FROM ${record}.checkpoint) AS position,
      (SELECT array_agg(stream) FROM runner.parked WHERE model = '${record}') AS parked) AS head
    LEFT JOIN (SELECT asked.n::int, i.published, i.authors, ${etag} AS etag, CASE WHEN ${etag} = asked.held THEN NULL ELSE ${body} END AS body
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS asked(id, known, held, tier, n)
        LEFT JOIN ${record}.incidents AS i ON i.id = asked.id
      WHERE ${etag} IS DISTINCT FROM asked.known) AS found ON true`;

const rowsOf = async (result: Promise<QueryResult<Row>>): Promise<Row[]> => {
  try {
    return (await result).rows;
  } catch (error) {
    throw isMissing(error) ? new ModelMissing('the model record is not there', { cause: error }) : error;
  }
};

/** What a reader of the past is answered, null where there was nothing to see. */
type Told = { found: ServedPast | null };
const keptBytes = 32 * 1024 * 1024;
/** What a text takes in memory beside its characters. */
const entryBytes = 500;

const servedPast = (body: string, revision: number, position: bigint): ServedPast => ({
  body,
  etag: etagOf(body),
  asOfRevision: revision,
  position: String(position),
});

/** An incident and its comparison, now from the model, in the past from the log. */
export const createIncidentQueries = (options: IntoPast): Pick<Queries, 'incident' | 'comparison' | 'incidentAt' | 'comparisonAt'> => {
  const { pool, log, reach, keyOf, turns, schemas } = options;
  const render = createRenderPast(options);
  const readCounting = createReadCounting(options);
  const share = createShared<Told>(turns, { bytes: keptBytes, sizeOf: ({ found }) => found?.body.length ?? 0 });

  const current = (name: string, columns: Columns): Queries['incident'] => {
    const text = currentSql(schemas.record, columns);
    const kept = new LRUCache<string, Text>({ maxSize: keptBytes, sizeCalculation: ({ body }) => entryBytes + (body?.length ?? 0) });
    const load = async (asked: readonly Asked[]): Promise<{ freshness: Freshness; text: Text | undefined }[]> => {
      const values = [
        asked.map(({ id }) => id),
        asked.map(({ known }) => known),
        asked.map(({ held }) => held),
        asked.map(({ viewer }) => tierOf(viewer)),
      ];
      const rows = await rowsOf(pool.query<Row>({ name, text, values }));
      const [head] = rows;
      if (head?.position == null) throw new ModelMissing('the model record has no checkpoint');
      const freshness = { position: BigInt(head.position), parked: new Set(head.parked) };
      const texts: Text[] = [];
      for (const { n, published, authors, etag, body } of rows) if (n !== null) texts[n - 1] = { published, authors, etag, body };
      return asked.map((_, index) => ({ freshness, text: texts[index] }));
    };
    const find = batched(load, { ...pointReads, keyOf: ({ id, viewer, known, held }) => `${id} ${tierOf(viewer)} ${known} ${held}` });
    return async (id, viewer, context) => {
      const key = `${id} ${tierOf(viewer)}`;
      const held = context?.held ?? null;
      const inMemory = kept.get(key);
      const isKnown = inMemory !== undefined && (inMemory.body !== null || inMemory.etag === held);
      const { freshness, text } = await find({ id, viewer, held, known: isKnown ? inMemory.etag : null });
      context?.noteFreshness(freshness);
      if (text !== undefined) kept.set(key, text);
      const found = text ?? (isKnown ? inMemory : undefined);
      if (found === undefined || found.published === null) return null;
      const { published, authors, etag, body } = found;
      return seesIncident(viewer, { published, authors: authors ?? [] }) ? { body: etag === held ? null : body, etag } : null;
    };
  };

  const past = async (id: string, then: Then, viewer: Viewer, signal: AbortSignal): Promise<(Documents & { revision: number }) | null> => {
    const history = await historyFor(options, id, then.position, then, viewer, readCounting);
    const there = history && stateAt(history, then.position);
    giveUpIf(signal);
    return there && { ...render(history, there, then.position), revision: there.revision };
  };

  const answer =
    (name: string, make: (document: IncidentDocument, viewer: Viewer) => object) =>
    async (id: string, moment: Moment, viewer: Viewer, context: ReadContext): Promise<ServedPast | null> => {
      const end = 'revision' in moment ? await endOfAppend(log, id, moment.revision) : null;
      if ('revision' in moment && end === null) return null;
      const then = await reach(['record'], 'revision' in moment ? { position: end?.position ?? 0n } : moment, context);
      const key = await keyOf(then, name, readersOf(viewer), id, then.position, end?.revision ?? '');
      const work = async (signal: AbortSignal): Promise<Told> => {
        const read = await past(id, then, viewer, signal);
        if (read === null) return { found: null };
        const document = await documentFor(viewer, read, pool, then.tables('record'));
        return { found: servedPast(JSON.stringify(make(document, viewer)), end?.revision ?? read.revision, then.position) };
      };
      return (await share(key, context.client, work)).found;
    };

  return {
    incident: current('incident', documents),
    comparison: current('comparison', comparisons),
    incidentAt: answer('incident', (document, viewer) => (seesPrivateNames(viewer) ? document : tellingNames(document))),
    comparisonAt: answer('comparison', (document) => comparison(document)),
  };
};
