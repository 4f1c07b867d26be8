import { seesPrivateNames, seesUnused, type Viewer } from '@averment/access';
import { folded } from '@averment/domain';
import type { PartyItem, SourceItem } from '../items.ts';
import { namesOf } from '../projections/record/register.ts';
import { namesVector, unitsOf } from '../search/words.ts';
import { forEver } from '../versions.ts';
import type { Reading } from './index.ts';
import { createFind, isFoundBy, isUsed, itemFor } from './known.ts';
import type { Queries, Resembled } from './types.ts';
import { partyFor } from './viewers.ts';

/** So many are looked at, and so many told, of one that is registered. */
const most = { found: 50, told: 10 };

const wordsOf = (name: string): Set<string> => new Set(unitsOf(name).flatMap(({ parts }) => parts));
const quoted = (word: string): string => `'${word}'`;
/** For a `tsvector` of names: all of the words; of three and more also all but one. Null without a word. */
const questionOf = (words: readonly string[]): string | null => {
  if (words.length === 0) return null;
  const all = words.map(quoted).join(' & ');
  // Of many words one less says little, and each is one more way to look for.
  if (words.length < 3 || words.length > 12) return all;
  const fewer = words.map((left) =>
    words
      .filter((word) => word !== left)
      .map(quoted)
      .join(' & '),
  );
  return [all, ...fewer].map((each) => `(${each})`).join(' | ');
};

const isWithin = (some: ReadonlySet<string>, others: ReadonlySet<string>): boolean => [...some].every((word) => others.has(word));
/** How a name resembles another; null where it does not. */
const likeness = (name: string, other: string): Resembled['why'] | null => {
  if (folded(name) === folded(other)) return 'same_name';
  const [mine, its] = [wordsOf(name), wordsOf(other)];
  if (mine.size === 0 || its.size === 0) return null;
  if (isWithin(mine, its)) return mine.size === its.size ? 'same_words' : 'more_words';
  // One word alone, such as “Police”, is within too much.
  return its.size > 1 && isWithin(its, mine) ? 'fewer_words' : null;
};
const order: Resembled['why'][] = ['same_url', 'same_text', 'same_name', 'same_words', 'fewer_words', 'more_words'];
const nearest = <T extends { why: Resembled['why'] }>(found: readonly T[]): T[] =>
  found.toSorted((one, other) => order.indexOf(one.why) - order.indexOf(other.why));

/** What is registered and resembles what somebody registers: of the moment, and only what that one may read. */
export const createResembling = (reading: Pick<Reading, 'pool' | 'schemas'>): Pick<Queries, 'partiesLike' | 'sourcesLike'> => {
  const {
    pool,
    schemas: { record },
  } = reading;
  const findParty = createFind(reading, 'parties');

  /** A merged party leads to its survivor. */
  const survivorOf = async (party: PartyItem): Promise<string> => {
    let [at, next] = [party.id, party.mergedInto];
    for (const seen = new Set([at]); next !== null && !seen.has(next); next = (await findParty(next))?.item.mergedInto ?? null) {
      seen.add(next);
      at = next;
    }
    return at;
  };

  /** Of these names, each with its own number, the rows of a table whose words have all of it, or nothing beside it. */
  const withWords = async <Item>(
    table: 'parties' | 'sources',
    names: readonly string[],
    viewer: Viewer,
  ): Promise<{ n: number; item: Item }[]> => {
    const asked = names.flatMap((name, n) => {
      const words = [...wordsOf(name)];
      const question = questionOf(words);
      return question === null ? [] : [{ n, question, words: namesVector([name]) }];
    });
    if (asked.length === 0) return [];
    const { rows } = await pool.query<{ n: number; item: Item }>(
      `SELECT a.n, found.item FROM unnest($1::int[], $2::text[], $3::text[]) AS a(n, question, words) CROSS JOIN LATERAL (
         SELECT ${itemFor(viewer, 'k')} AS item FROM ${record}.${table} AS k
         WHERE k.to_position = ${forEver} AND k.words @@ a.question::tsquery AND ${isFoundBy(viewer, 'k')} AND ($4 OR ${isUsed(record, 'k')})
           AND (tsvector_to_array(k.words) @> tsvector_to_array(a.words::tsvector) OR tsvector_to_array(k.words) <@ tsvector_to_array(a.words::tsvector))
         ORDER BY length(k.words), k.id LIMIT ${most.found}) AS found`,
      [asked.map(({ n }) => n), asked.map(({ question }) => question), asked.map(({ words }) => words), seesUnused(viewer)],
    );
    return rows;
  };

  return {
    partiesLike: async (registered, viewer) => {
      const asked = registered.flatMap(({ names }, of) => names.map((name) => ({ of, name })));
      const rows = await withWords<PartyItem>(
        'parties',
        asked.map(({ name }) => name),
        viewer,
      );
      const like = registered.map((): Resembled[] => []);
      for (const { n, item } of rows) {
        const { of, name } = asked[n] ?? { of: 0, name: '' };
        const shown = partyFor(viewer, item);
        if (shown.private && !seesPrivateNames(viewer)) continue;
        const ways = namesOf(shown).flatMap((other) => likeness(name, other) ?? []);
        const [why] = nearest(ways.map((why) => ({ why })));
        const id = why && (await survivorOf(item));
        if (why === undefined || id === undefined || id === registered[of]?.id || like[of]?.some((one) => one.id === id)) continue;
        like[of]?.push({ id, name: shown.name, ...why });
      }
      return like.map((found) => nearest(found).slice(0, most.told));
    },
    sourcesLike: async ({ id, url, title, textSha256 }, viewer) => {
      const { rows } = await pool.query<{ item: SourceItem }>(
        `SELECT ${itemFor(viewer, 'k')} AS item FROM ${record}.sources AS k
         WHERE k.to_position = ${forEver} AND (k.url = $1 OR k.text_sha256 = $2) AND ${isFoundBy(viewer, 'k')} AND ($3 OR ${isUsed(record, 'k')})
         ORDER BY k.registered_position LIMIT ${most.found}`,
        [url, textSha256, seesUnused(viewer)],
      );
      const byTitle = title === null ? [] : await withWords<SourceItem>('sources', [title], viewer);
      const like = new Map<string, Resembled>();
      const note = (item: SourceItem, why: Resembled['why'] | null) => {
        if (item.id !== id && why !== null && !like.has(item.id)) like.set(item.id, { id: item.id, name: item.title, why });
      };
      for (const { item } of rows) note(item, item.url !== null && item.url === url ? 'same_url' : 'same_text');
      for (const { item } of byTitle) {
        const why = title === null || item.title === null ? null : likeness(title, item.title);
        note(item, why === 'same_name' || why === 'same_words' ? why : null);
      }
      return nearest([...like.values()]).slice(0, most.told);
    },
  };
};
