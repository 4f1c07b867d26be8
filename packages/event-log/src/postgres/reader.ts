import { batched } from '@averment/platform';
import type { Pool } from 'pg';
import { among, prefixesOf } from '../among.ts';
import { type ErasedText, erasureType, neededFor } from '../erased.ts';
import type { Mark, ReadAllOptions, ReadStreamOptions, StoredEvent } from '../port.ts';
import { withoutGaps, withoutMissing } from '../unreadable.ts';
import { integers, texts as textArray } from './arrays.ts';
import { available } from './errors.ts';
import { type EventRow, eventColumns, plain, storedOf } from './rows.ts';

/** `types` is empty for all, else their names, a comma before each. `revisions` are beside those, a comma between them. */
type StreamRead = { stream: string; from: number; to: number; until: bigint; types: string; revisions: string };

const maxRevision = 2_147_483_647;
const maxPosition = 9_223_372_036_854_775_807n;
const readsInStatement = 500;
/** Statements for streams under way at once: more than one, so that short reads need not wait for a long one. */
const statementsAtOnce = 4;
const bytesOfTextsInPage = 16 * 1024 * 1024;

const readsAsked = `unnest($1::text[], $2::integer[], $3::integer[], $4::bigint[], $5::text[], $6::text[])
    WITH ORDINALITY AS r(stream, low, high, until, types, revisions, n)`;

// Events that are not wanted come without their bytes: that they are there shows that nothing is missing.
const readsOfStreams = `
  FROM ${readsAsked}
  CROSS JOIN LATERAL (
    SELECT l.position, l.stream, l.revision, l.last, l.id, l.type, l.sha256, l.recorded_at, w.wanted,
           CASE WHEN w.wanted OR l.type = '${erasureType}' THEN l.canonical ELSE '' END AS canonical
    FROM log.events l, LATERAL (
      SELECT l.position <= r.until AND (
        r.types = '' OR l.type = ANY (string_to_array(r.types, ',')) OR l.revision = ANY (string_to_array(r.revisions, ',')::integer[])
      ) AS wanted
    ) AS w
    WHERE l.stream = r.stream AND l.revision BETWEEN r.low AND r.high AND (l.position <= r.until OR l.type = '${erasureType}')
    ORDER BY l.revision OFFSET 0
  ) AS e`;

const streamsStatement = `
  SELECT r.n, ${eventColumns}
  ${readsOfStreams}`;

/** One look into the vault's index for each event: planned as a join, a page of one event reads the whole vault while that is small. */
const textsOf = (event: string, wanted = 'true') => `
  LEFT JOIN LATERAL (
    SELECT v.disclosures FROM vault.texts v WHERE v.stream = ${event}.stream AND v.revision = ${event}.revision AND v.sha256 = ${event}.sha256 AND ${wanted} OFFSET 0
  ) AS t ON true`;

const streamsWithTextsStatement = `
  SELECT r.n, ${eventColumns}, t.disclosures
  ${readsOfStreams}
  ${textsOf('e', 'e.wanted')}`;

const revisionsAsked = "string_to_array(r.revisions, ',')::integer[]";

// Of a long stream a few events, each by itself, and what was erased of it, by an index of its own.
const revisionsWithTextsStatement = `
  SELECT r.n, ${eventColumns}, t.disclosures
  FROM ${readsAsked}
  CROSS JOIN LATERAL (
    SELECT *, true AS wanted FROM log.events
    WHERE stream = r.stream AND revision = ANY (${revisionsAsked}) AND revision BETWEEN r.low AND r.high AND position <= r.until
    UNION ALL
    SELECT *, false FROM log.events
    WHERE stream = r.stream AND type = '${erasureType}' AND revision BETWEEN r.low AND r.high
      AND (revision <> ALL (${revisionsAsked}) OR position > r.until)
  ) AS e
  ${textsOf('e', 'e.wanted')}`;

const allStatement = `
  SELECT ${eventColumns} FROM log.events e WHERE e.position > $1 ORDER BY e.position LIMIT $2`;

// Source texts may have megabytes, so the page ends with the append that fills it.
const allWithTextsStatement = `
  SELECT ${eventColumns}, e.disclosures
  FROM (
    SELECT p.*, bool_or(p.before >= ${bytesOfTextsInPage} AND p.begins) OVER (ORDER BY p.position) AS beyond
    FROM (
      SELECT l.*, t.disclosures,
             sum(octet_length(t.disclosures)) OVER (ORDER BY l.position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before,
             lag(l.revision = l.last) OVER (ORDER BY l.position) AS begins
      FROM (SELECT * FROM log.events WHERE position > $1 ORDER BY position LIMIT $2) AS l
      ${textsOf('l', 'l.stream ^@ ANY ($3::text[])')}
    ) AS p
  ) AS e
  WHERE e.beyond IS NOT TRUE
  ORDER BY e.position`;

const erasuresStatement = `
  SELECT ${eventColumns} FROM log.events e WHERE e.stream = $1 AND e.revision >= $2 AND e.type = '${erasureType}' ORDER BY e.revision`;

const lastStatement = `SELECT ${eventColumns} FROM log.events e WHERE e.stream = $1 ORDER BY e.revision DESC LIMIT 1`;

const listedStatement = `
  SELECT stream, revision, digest FROM vault.erasures
  WHERE (stream, revision, digest) IN (SELECT * FROM unnest($1::text[], $2::integer[], $3::text[]))`;

const headQuery = {
  name: 'averment_head',
  text: "SELECT h.position, encode(e.sha256, 'hex') AS sha256 FROM log.head h LEFT JOIN log.events e ON e.position = h.position",
  types: plain,
};

const holdsStatement = "SELECT FROM log.events WHERE position = $1 AND sha256 = decode($2, 'hex')";

/** Reads of stored events. All reject with `LogUnavailable`, `readStream` with `StreamUnreadable` where an event is missing. */
export const createReader = (pool: Pool) => {
  const rowsOf = async (name: string, text: string, values: unknown[]) =>
    (await available(() => pool.query<EventRow & { n: bigint }>({ name: `averment_${name}`, text, values, types: plain }))).rows;

  const streamsTogether = async (name: string, text: string, reads: readonly StreamRead[]): Promise<StoredEvent[][]> => {
    const rows = await rowsOf(name, text, [
      textArray(reads.map(({ stream }) => stream)),
      integers(reads.map(({ from }) => from)),
      integers(reads.map(({ to }) => to)),
      reads.map(({ until }) => until.toString()),
      textArray(reads.map(({ types }) => types)),
      textArray(reads.map(({ revisions }) => revisions)),
    ]);
    const found = reads.map((): StoredEvent[] => []);
    for (const { n, ...row } of rows) found[Number(n) - 1]?.push(storedOf(row));
    // Nearly in order already; a statement that promised it would sort, and spill texts to disk.
    return found.map((events) => events.sort((a, b) => a.revision - b.revision));
  };

  /** Reads that come together, or while others are under way, go to the server as one statement. */
  const gather = (name: string, text: string) =>
    batched((reads: readonly StreamRead[]) => streamsTogether(name, text, reads), { parallel: statementsAtOnce, most: readsInStatement });

  const whole = gather('streams_with_texts', streamsWithTextsStatement);
  const structureOnly = gather('streams', streamsStatement);
  const atRevisions = gather('revisions_with_texts', revisionsWithTextsStatement);

  return {
    /** What the read needs (`neededFor`), erasures without regard to `until` and `types`. */
    readStream: async (stream: string, from: number, options: ReadStreamOptions): Promise<StoredEvent[]> => {
      const { to = maxRevision, until = maxPosition, types, revisions = new Set(), texts = true, whatIsLeft = false } = options;
      const names = types === undefined ? '' : `,${[...types].join(',')}`;
      const read = { stream, from, to, until, types: names, revisions: [...revisions].join(',') };
      const byRevision = texts && types?.size === 0;
      const events = await (byRevision ? atRevisions : texts ? whole : structureOnly)(read);
      const there = events.filter(among({ until }));
      if (!whatIsLeft && byRevision) withoutMissing(stream, from, revisions, there);
      else if (!whatIsLeft) withoutGaps(stream, from, there);
      return events.filter(neededFor(options));
    },

    /** The stream's last event; undefined where it has none. */
    last: async (stream: string): Promise<StoredEvent | undefined> => (await rowsOf('last', lastStatement, [stream])).map(storedOf)[0],

    readAll: async (after: bigint, limit: number, texts: ReadAllOptions['texts']): Promise<StoredEvent[]> => {
      const prefixes = prefixesOf(texts);
      const place = [after.toString(), limit];
      const rows =
        prefixes.length === 0
          ? rowsOf('all', allStatement, place)
          : rowsOf('all_with_texts', allWithTextsStatement, [...place, textArray(prefixes)]);
      return (await rows).map(({ n: _, ...row }) => storedOf(row));
    },

    erasuresOf: async (stream: string, from: number): Promise<StoredEvent[]> =>
      (await rowsOf('erasures', erasuresStatement, [stream, from])).map(storedOf),

    /** Those of `wanted` that the vault lists as erased. */
    listed: async (wanted: readonly ErasedText[]): Promise<ErasedText[]> => {
      const values = [
        textArray(wanted.map(({ stream }) => stream)),
        integers(wanted.map(({ revision }) => revision)),
        textArray(wanted.map(({ digest }) => digest)),
      ];
      return (await available(() => pool.query<ErasedText>({ text: listedStatement, values, types: plain }))).rows;
    },

    holds: async ({ position, sha256 }: Mark): Promise<boolean> => {
      const values = [position.toString(), sha256];
      const { rowCount } = await available(() => pool.query({ name: 'averment_holds', text: holdsStatement, values }));
      return rowCount === 1;
    },

    head: async (): Promise<bigint> => (await headMark(pool)).position,
    /** The head, with the hash of its event where that is there. */
    headMark: () => headMark(pool),
  };
};

const headMark = async (pool: Pool): Promise<Mark> => {
  const { rows } = await available(() => pool.query<{ position: bigint; sha256: string | null }>(headQuery));
  return { position: rows[0]?.position ?? 0n, sha256: rows[0]?.sha256 ?? '' };
};
