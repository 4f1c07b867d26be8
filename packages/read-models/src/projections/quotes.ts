import {
  type DomainEvent,
  type EnteredQuote,
  firstOfEach,
  type LetOut,
  type LetOutOf,
  letOut,
  type QuotePlace,
  quotePlaceKey,
  quotesByPlace,
} from '@averment/domain';
import type { PoolClient } from 'pg';
import type { Rows } from '../projection.ts';
import type { Connection } from '../runner/model.ts';
import { type Append, appendsOf, changesOf } from './appends.ts';
import { insertRows, setFromNew } from './statements.ts';

/**
 * The quotes on record, and what the public reads of each. Offsets are those of the domain's `QuotedRange`; `limit_at` is the limit of the text when the edit
 * was submitted, `shown` null for the whole quote, else the length of its first words. What is decided of a quote follows from those before it.
 */
export const quoteTables = (schema: string): string => `
  CREATE TABLE ${schema}.quotes (
    source text COLLATE "C" NOT NULL, revision int NOT NULL, start_at int NOT NULL, end_at int NOT NULL, position bigint NOT NULL, n int NOT NULL,
    from_at int NOT NULL, to_at int NOT NULL, words int NOT NULL, limit_at int NOT NULL, shown int,
    PRIMARY KEY (source, revision, start_at, end_at));
`;
export const quotesCompared = { table: 'quotes', key: ['source', 'revision', 'start_at', 'end_at'] };

type Quote = EnteredQuote & { source: string; position: bigint; n: number };
type Decided = Quote & { shown: number | null };

const quotesIn = ({ events }: Append): Quote[] =>
  events.flatMap((applied) => {
    if (applied.type !== 'EditApplied') return [];
    const quotes = applied.data.quotes ?? quotesByPlace(changesOf(events));
    return quotes
      .flatMap(({ source, revision, limit, ranges }) => ranges.map((range) => ({ ...range, source, revision, limit })))
      .map((quote, n) => ({ ...quote, position: applied.position, n }));
  });

const columns = {
  source: 'text',
  revision: 'int',
  start_at: 'int',
  end_at: 'int',
  position: 'bigint',
  n: 'int',
  from_at: 'int',
  to_at: 'int',
  words: 'int',
  limit_at: 'int',
  shown: 'int',
};
const rowOf = ({ start, end, from, to, limit, ...rest }: Decided) => ({
  ...rest,
  start_at: start,
  end_at: end,
  from_at: from,
  to_at: to,
  limit_at: limit,
});

/** The quotes from these sources, in the order in which they entered. */
export const loadQuotes = async (tx: Connection, schema: string, sources: readonly string[]): Promise<Map<string, Decided[]>> => {
  if (sources.length === 0) return new Map();
  const { rows } = await tx.query<Decided & { position: string }>(
    `SELECT source, revision, start_at AS start, end_at AS end, position::text, n, from_at AS from, to_at AS to, words, limit_at AS limit, shown
     FROM ${schema}.quotes AS q WHERE source = ANY($1) ORDER BY q.position, q.n`,
    [sources],
  );
  return Map.groupBy(
    rows.map((row): Decided => ({ ...row, position: BigInt(row.position) })),
    ({ source }) => source,
  );
};

const inOrder = (one: Quote, other: Quote): number =>
  one.position === other.position ? one.n - other.n : one.position < other.position ? -1 : 1;

/**
 * Writes the quotes that the batch's edits bring, and what the public reads of each. Answers the sources of which more is quoted now, and those among them of
 * which something else is shown than before: an edit came late.
 */
export const projectQuotes = async (
  tx: PoolClient,
  schema: string,
  streams: ReadonlyMap<string, readonly DomainEvent[]>,
): Promise<{ sources: string[]; redecided: string[] }> => {
  const brought = Map.groupBy([...streams.values()].flatMap(appendsOf).flatMap(quotesIn), ({ source }) => source);
  if (brought.size === 0) return { sources: [], redecided: [] };
  const known = await loadQuotes(tx, schema, [...brought.keys()]);
  const redecided = new Set<string>();
  const changed: Decided[] = [];
  for (const [source, quotes] of brought) {
    const before = new Map((known.get(source) ?? []).map((quote) => [quotePlaceKey(quote), quote]));
    const entered = firstOfEach([...before.values(), ...quotes].sort(inOrder));
    for (const [index, shown] of letOut(entered).entries()) {
      const quote = { ...(entered[index] as Quote), shown };
      const was = before.get(quotePlaceKey(quote));
      if (was?.position === quote.position && was.n === quote.n && was.shown === shown) continue;
      if (was !== undefined) redecided.add(source);
      changed.push(quote);
    }
  }
  const key = quotesCompared.key;
  await insertRows(
    tx,
    `${schema}.quotes`,
    columns,
    changed.map(rowOf),
    `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${setFromNew(columns, key)}`,
  );
  return { sources: [...new Set(changed.map(({ source }) => source))], redecided: [...redecided] };
};

/** What the public reads of the quotes at these places. */
export const loadLetOut = async (tx: Connection, schema: string, places: readonly QuotePlace[]): Promise<LetOutOf> => {
  if (places.length === 0) return () => undefined;
  const { rows } = await tx.query<QuotePlace & LetOut>({
    name: `quotes ${schema}`,
    text: `
      SELECT source, revision, start_at AS start, end_at AS end, q.from_at AS from, q.to_at AS to, q.shown
      FROM ${schema}.quotes AS q JOIN unnest($1::text[], $2::int[], $3::int[], $4::int[]) AS asked(source, revision, start_at, end_at)
        USING (source, revision, start_at, end_at)`,
    values: [
      places.map(({ source }) => source),
      places.map(({ revision }) => revision),
      places.map(({ start }) => start),
      places.map(({ end }) => end),
    ],
  });
  const found = new Map(rows.map(({ from, to, shown, ...place }) => [quotePlaceKey(place), { from, to, shown }]));
  return (place) => found.get(quotePlaceKey(place));
};

/** What is decided of all quotes that passed, in the order in which they entered the record. */
export type Decisions = {
  /** The quotes from a source, in that order. */
  quoted(source: string): readonly Decided[];
  letOut: LetOutOf;
  rows(): Rows;
};

/** Collects the quotes of a whole log, which comes in its order. Nothing may be asked before all has passed. */
export const collectQuotes = (): { pass(append: Append): void; decided(): Decisions } => {
  const brought = new Map<string, Quote[]>();
  let decisions: Decisions | undefined;
  return {
    pass: (append) => {
      for (const quote of quotesIn(append)) {
        const known = brought.get(quote.source);
        if (known === undefined) brought.set(quote.source, [quote]);
        else known.push(quote);
      }
    },
    decided: () => {
      decisions ??= decide(brought);
      return decisions;
    },
  };
};

const decide = (brought: Map<string, Quote[]>): Decisions => {
  const sources = new Map<string, Decided[]>();
  const places = new Map<string, Decided>();
  for (const [source, quotes] of brought) {
    const entered = firstOfEach(quotes);
    const decided = letOut(entered).map((shown, index): Decided => ({ ...(entered[index] as Quote), shown }));
    sources.set(source, decided);
    for (const quote of decided) places.set(quotePlaceKey(quote), quote);
  }
  brought.clear();
  return {
    quoted: (source) => sources.get(source) ?? [],
    letOut: (place) => places.get(quotePlaceKey(place)),
    rows: () => ({ table: 'quotes', columns, rows: [...places.values()].map(rowOf) }),
  };
};
