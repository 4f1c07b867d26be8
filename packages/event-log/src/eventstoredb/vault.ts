import type { Pool } from 'pg';
import type { StoredEvent } from '../port.ts';
import { byteStrings, integers, texts as textArray } from '../postgres/arrays.ts';
import { available } from '../postgres/errors.ts';
import { plain } from '../postgres/rows.ts';
import { createGroup } from './group.ts';

/** A row of the vault: the disclosures of one attempted event. */
export type Attempt = Pick<StoredEvent, 'stream' | 'revision' | 'sha256' | 'disclosures'>;

const bytesOfTextsInPage = 16 * 1024 * 1024;

const insertStatement = `
  INSERT INTO vault.texts (stream, revision, sha256, disclosures)
  SELECT * FROM unnest($1::text[], $2::integer[], $3::bytea[], $4::text[]) ON CONFLICT DO NOTHING`;

const contestedStatement = `
  SELECT a.n FROM unnest($1::text[], $2::integer[], $3::bytea[]) WITH ORDINALITY AS a(stream, revision, sha256, n)
  WHERE EXISTS (SELECT FROM vault.texts t WHERE t.stream = a.stream AND t.revision = a.revision AND t.sha256 <> a.sha256)`;

const disclosuresStatement = `
  SELECT a.n, t.disclosures
  FROM unnest($1::text[], $2::integer[], $3::bytea[]) WITH ORDINALITY AS a(stream, revision, sha256, n)
  JOIN vault.texts t ON t.stream = a.stream AND t.revision = a.revision AND t.sha256 = a.sha256`;

// Source texts may have megabytes, so a page ends with the append that fills it: no row beyond brings its texts.
const pageStatement = `
  SELECT p.n, p.beyond, CASE WHEN p.beyond THEN NULL ELSE p.disclosures END AS disclosures
  FROM (
    SELECT b.n, b.disclosures, bool_or(b.before >= ${bytesOfTextsInPage} AND b.begins = 1) OVER (ORDER BY b.n) IS TRUE AS beyond
    FROM (
      SELECT a.n, a.begins, t.disclosures,
             sum(octet_length(t.disclosures)) OVER (ORDER BY a.n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
      FROM unnest($1::text[], $2::integer[], $3::bytea[], $4::integer[]) WITH ORDINALITY AS a(stream, revision, sha256, begins, n)
      LEFT JOIN vault.texts t ON t.stream = a.stream AND t.revision = a.revision AND t.sha256 = a.sha256
    ) AS b
  ) AS p
  WHERE p.beyond OR p.disclosures IS NOT NULL`;

const keysOf = (attempts: readonly Omit<Attempt, 'disclosures'>[]): Buffer[] => [
  textArray(attempts.map(({ stream }) => stream)),
  integers(attempts.map(({ revision }) => revision)),
  byteStrings(attempts.map(({ sha256 }) => Buffer.from(sha256, 'hex'))),
];

const hasTexts = ({ canonical }: StoredEvent): boolean => canonical.includes('"_sd":[');

/**
 * The texts of a log whose events lie elsewhere. Rows are on disk before their events are sent, so that no event can be without its texts. All
 * functions reject with `LogUnavailable`.
 */
export const createVault = (pool: Pool) => {
  const insert = createGroup<readonly Attempt[], void>({
    items: 500,
    size: 8 * 1024 * 1024,
    // The server flushes for several transactions at once.
    parallel: 2,
    sizeOf: (attempts) => attempts.reduce((sum, { disclosures }) => disclosures.reduce((all, { length }) => all + length, sum), 0),
    run: async (appends) => {
      const attempts = appends.flat();
      const values = [...keysOf(attempts), textArray(attempts.map(({ disclosures }) => disclosures.join('~')))];
      await available(() => pool.query({ name: 'averment_vault_insert', text: insertStatement, values }));
      return appends.map(() => undefined);
    },
  });

  const contested = createGroup<readonly Attempt[], boolean>({
    items: 500,
    size: Number.POSITIVE_INFINITY,
    parallel: 2,
    sizeOf: () => 0,
    run: async (appends) => {
      const { rows } = await available(() =>
        pool.query<{ n: bigint }>({
          name: 'averment_vault_contested',
          text: contestedStatement,
          values: keysOf(appends.flat()),
          types: plain,
        }),
      );
      const found = new Set(rows.map(({ n }) => Number(n)));
      let n = 0;
      return appends.map((attempts) => attempts.map(() => found.has((n += 1))).includes(true));
    },
  });

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

  /** As `disclose`, but where texts are long the page ends earlier, at the end of an append. */
  const disclosePage = async (events: readonly StoredEvent[]): Promise<StoredEvent[]> => {
    if (!events.some(hasTexts)) return [...events];
    const begins = events.map((_, index) => {
      const before = events[index - 1];
      return before === undefined || before.revision === before.last ? 1 : 0;
    });
    const { rows } = await available(() =>
      pool.query<{ n: bigint; beyond: string; disclosures: string | null }>({
        name: 'averment_vault_page',
        text: pageStatement,
        values: [...keysOf(events), integers(begins)],
        types: plain,
      }),
    );
    const beyond = rows.filter(({ disclosures }) => disclosures === null).map(({ n }) => Number(n) - 1);
    const found = new Map(rows.map(({ n, disclosures }) => [Number(n) - 1, disclosures ?? undefined]));
    return events.slice(0, Math.min(events.length, ...beyond)).map((event, index) => withDisclosures(event, found.get(index)));
  };

  return {
    /** Puts an append's attempts on disk. */
    insert,
    /** Whether anybody tried another event at a revision of these attempts, up to now. */
    contested,
    disclose,
    disclosePage,
  };
};

const withDisclosures = (event: StoredEvent, disclosures: string | undefined): StoredEvent =>
  disclosures ? { ...event, disclosures: disclosures.split('~') } : event;
