import { batched } from '@averment/platform';
import type { Pool } from 'pg';
import type { StoredEvent } from '../port.ts';
import { byteStrings, integers, texts as textArray } from '../postgres/arrays.ts';
import { available } from '../postgres/errors.ts';
import { plain } from '../postgres/rows.ts';
import { followed } from '../vault/erasures.ts';

/** A row of the vault: the disclosures of one attempted event. */
export type Attempt = Pick<StoredEvent, 'stream' | 'revision' | 'sha256' | 'disclosures'>;

// The statement sees the vault as it was before it.
const insertStatement = `
  WITH attempts AS (
    SELECT * FROM unnest($1::text[], $2::integer[], $3::bytea[], $4::text[]) WITH ORDINALITY AS a(stream, revision, sha256, disclosures, n)
  ), inserted AS (
    INSERT INTO vault.texts (stream, revision, sha256, disclosures)
    SELECT stream, revision, sha256, disclosures FROM attempts ON CONFLICT DO NOTHING
  )
  SELECT a.n FROM attempts a WHERE a.revision = 0 AND EXISTS (SELECT FROM vault.texts t WHERE t.stream = a.stream OFFSET 0)`;

const contestedStatement = `
  SELECT a.n FROM unnest($1::text[], $2::integer[], $3::bytea[]) WITH ORDINALITY AS a(stream, revision, sha256, n)
  WHERE EXISTS (SELECT FROM vault.texts t WHERE t.stream = a.stream AND t.revision = a.revision AND t.sha256 <> a.sha256)`;

const disclosuresStatement = `
  SELECT a.n, t.disclosures
  FROM unnest($1::text[], $2::integer[], $3::bytea[]) WITH ORDINALITY AS a(stream, revision, sha256, n)
  JOIN vault.texts t ON t.stream = a.stream AND t.revision = a.revision AND t.sha256 = a.sha256`;

// Source texts may have megabytes, so a page ends with the append that fills it: no row beyond brings its texts.
const pageStatement = `
  SELECT p.n, p.disclosures, p.final
  FROM (
    SELECT b.*, min(b.append) FILTER (WHERE b.bytes >= $5) OVER () AS final
    FROM (
      SELECT a.n, a.append, t.disclosures, sum(octet_length(t.disclosures)) OVER (ORDER BY a.n) AS bytes
      FROM unnest($1::text[], $2::integer[], $3::bytea[], $4::integer[]) WITH ORDINALITY AS a(stream, revision, sha256, append, n)
      JOIN vault.texts t ON t.stream = a.stream AND t.revision = a.revision AND t.sha256 = a.sha256
    ) AS b
  ) AS p
  WHERE p.append <= coalesce(p.final, p.append)`;

const keysOf = (attempts: readonly Omit<Attempt, 'disclosures'>[]): Buffer[] => [
  textArray(attempts.map(({ stream }) => stream)),
  integers(attempts.map(({ revision }) => revision)),
  byteStrings(attempts.map(({ sha256 }) => Buffer.from(sha256, 'hex'))),
];

const lengthOf = (attempts: readonly Attempt[]): number =>
  attempts.reduce((sum, { disclosures }) => disclosures.reduce((all, { length }) => all + length, sum), 0);

/** For each append whether any of its attempts is among the rows that were found, which have the attempts' numbers. */
const foundFor = (appends: readonly (readonly Attempt[])[], rows: readonly { n: bigint }[]): boolean[] => {
  const found = new Set(rows.map(({ n }) => Number(n)));
  let n = 0;
  return appends.map((attempts) => attempts.map(() => found.has((n += 1))).includes(true));
};

const hasTexts = ({ canonical }: StoredEvent): boolean => canonical.includes('"_sd":[');

/**
 * The texts of a log whose events lie elsewhere. Rows are on disk before their events are sent, so that no event can be without its texts. All
 * functions reject with `LogUnavailable`.
 */
export const createVault = (pool: Pool) => {
  // The server flushes for several transactions at once.
  const together = { most: 500, parallel: 2 };

  const insert = batched(
    async (appends: readonly (readonly Attempt[])[]): Promise<boolean[]> => {
      const attempts = appends.flat();
      const values = [...keysOf(attempts), textArray(attempts.map(({ disclosures }) => disclosures.join('~')))];
      const { rows } = await available(() =>
        pool.query<{ n: bigint }>({ name: 'averment_vault_insert', text: insertStatement, values, types: plain }),
      );
      return foundFor(appends, rows);
    },
    { ...together, weight: { of: lengthOf, most: 8 * 1024 * 1024 } },
  );

  const contested = batched(async (appends: readonly (readonly Attempt[])[]): Promise<boolean[]> => {
    const { rows } = await available(() =>
      pool.query<{ n: bigint }>({
        name: 'averment_vault_contested',
        text: contestedStatement,
        values: keysOf(appends.flat()),
        types: plain,
      }),
    );
    return foundFor(appends, rows);
  }, together);

  /** The events with the disclosures that the vault has for them. */
  const disclose = async (events: readonly StoredEvent[]): Promise<StoredEvent[]> => {
    const some = events.filter(hasTexts);
    if (some.length === 0) return [...events];
    const { rows } = await available(() =>
      pool.query<{ n: bigint; disclosures: string }>({
        name: 'averment_vault_texts',
        text: disclosuresStatement,
        values: keysOf(some),
        types: plain,
      }),
    );
    const found = new Map(rows.map(({ n, disclosures }) => [some[Number(n) - 1], disclosures]));
    return events.map((event) => withDisclosures(event, found.get(event)));
  };

  /**
   * As `disclose` for the events whose texts are wanted, but the events end with the append whose texts fill the `room` (bytes) that is left in the page.
   * Answers how much of it is left then.
   */
  const disclosePage = async (
    events: readonly StoredEvent[],
    isWanted: (event: StoredEvent) => boolean,
    room: number,
  ): Promise<{ events: readonly StoredEvent[]; room: number }> => {
    let ended = 0;
    const placed = events.map((event) => {
      const append = ended;
      if (event.revision === event.last) ended += 1;
      return { event, append };
    });
    const some = placed.filter(({ event }) => isWanted(event) && hasTexts(event));
    if (some.length === 0) return { events, room };
    const { rows } = await available(() =>
      pool.query<{ n: bigint; disclosures: string; final: number | null }>({
        name: 'averment_vault_page',
        text: pageStatement,
        values: [...keysOf(some.map(({ event }) => event)), integers(some.map(({ append }) => append)), room],
        types: plain,
      }),
    );
    const found = new Map(rows.map(({ n, disclosures }) => [some[Number(n) - 1]?.event, disclosures]));
    const final = rows[0]?.final ?? Number.POSITIVE_INFINITY;
    return {
      events: placed.filter(({ append }) => append <= final).map(({ event }) => withDisclosures(event, found.get(event))),
      room: rows.reduce((left, { disclosures }) => left - disclosures.length, room),
    };
  };

  return {
    /** Puts an append's attempts on disk. Answers whether it would begin a stream of which the vault knew attempts before. */
    insert,
    /** Whether anybody tried another event at a revision of these attempts, up to now. */
    contested,
    disclose,
    disclosePage,
    /** Up to which position of the log what was erased has been taken out. */
    followedTo: async () => (await followed(pool)).position,
  };
};

const withDisclosures = (event: StoredEvent, disclosures: string | undefined): StoredEvent =>
  disclosures ? { ...event, disclosures: disclosures.split('~') } : event;
