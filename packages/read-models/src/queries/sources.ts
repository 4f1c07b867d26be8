import { seesConcealed, seesUnused } from '@averment/access';
import { type DomainEvent, isTypeId, restrictedIn, textEvents, withoutTexts } from '@averment/domain';
import { decoded } from '@averment/event-log';
import type { SourceItem } from '../items.ts';
import { textHash } from '../projections/record/register.ts';
import { beginningsOf } from '../search/question.ts';
import { forEver } from '../versions.ts';
import { createConditions } from './conditions.ts';
import { decodeCursor, encodeCursor, fillingPage, listOf, pageOf } from './cursors.ts';
import type { Reading } from './index.ts';
import { createFind, isFoundBy, isUsed, itemFor } from './known.ts';
import { createSourcesFor, stillFound } from './private-names.ts';
import type { Queries, SourceText, Withheld } from './types.ts';
import { shownOf } from './viewers.ts';

type Read = { text: string | null } & Pick<SourceText, 'pages' | 'cues'>;
/** The texts of a source by revision, from its events; null for those that were erased. */
const textsOf = (events: readonly DomainEvent[]): Map<number, Read> => {
  const texts = new Map<number, Read>();
  for (const { type, data } of events) {
    // Null of a film without a text, which is never absent.
    if (type === 'SourceRegistered' && data.text !== null) {
      const { pages = null, cues = null } = data.extraction ?? {};
      texts.set(1, { text: data.text ?? null, pages, cues });
    }
    if (type === 'SourceTextRevised') texts.set(data.revision, { text: data.text ?? null, pages: null, cues: null });
  }
  return texts;
};

const originals: ReadonlySet<string> = new Set(['SourceOriginalKept', 'TextRestricted', 'TextReleased']);

/** Sources as they are now, newest first. Their texts come from the log: no model holds them. */
export const createSourceQueries = (
  reading: Pick<Reading, 'pool' | 'log' | 'schemas'>,
): Pick<Queries, 'source' | 'sources' | 'sourceText' | 'sourceOriginal' | 'sourceWith'> => {
  const {
    pool,
    log,
    schemas: { record },
  } = reading;
  const find = createFind(reading, 'sources');
  const sourcesFor = createSourcesFor(reading);

  const sources: Queries['sources'] = async (filters, { limit, cursor }, viewer) => {
    const { q, url, externalId } = filters;
    const list = listOf('sources', filters);
    const before = decodeCursor(cursor, list, ['position']);
    const where = createConditions();
    where.add(`s.to_position = ${forEver}`);
    if (!seesUnused(viewer)) where.add(isUsed(record, 's'));
    if (url !== undefined || externalId !== undefined || q !== undefined) where.add(isFoundBy(viewer, 's'));
    if (url !== undefined) where.add('s.url = ?', url);
    if (externalId !== undefined) where.add('s.external_id = ?', externalId);
    const words = q === undefined ? null : beginningsOf(q);
    if (q !== undefined && words === null) return { items: [], next: null };
    if (words !== null) where.add('s.words @@ ?::tsquery', words);
    if (before !== null) where.add('s.registered_position < ?', ...before);
    const { rows } = await pool.query(
      fillingPage(
        `SELECT ${itemFor(viewer, 's')} AS item, s.registered_position::text AS registered FROM ${record}.sources AS s WHERE ${where.sql()}
         ORDER BY s.registered_position DESC LIMIT ${where.value(limit + 1)}`,
        'item',
      ),
      where.values,
    );
    const page = pageOf(
      rows,
      limit,
      ({ item }): SourceItem => item,
      ({ registered }) => encodeCursor(list, [registered]),
      rows[0]?.found,
    );
    const shown = await sourcesFor(viewer, page.items);
    const found = words === null ? null : await stillFound(shown, words, pool);
    // By a name that is withheld nothing is found.
    return { ...page, items: shown.filter((item) => (found?.has(item.id) ?? true) && (url === undefined || item.url === url)) };
  };

  const sourceText: Queries['sourceText'] = async (id, revision, viewer): Promise<SourceText | Withheld | null> => {
    if (!isTypeId('source', id)) return null;
    const events = decoded(await log.readStream(id, 0, { types: textEvents }));
    const texts = textsOf(events);
    const wanted = revision ?? Math.max(...texts.keys());
    const found = texts.get(wanted);
    if (found === undefined) return null;
    const { text, ...placed } = found;
    if (text !== null && !seesConcealed(viewer) && textsOf(withoutTexts(events, restrictedIn(events)) ?? events).get(wanted)?.text === null)
      return 'withheld';
    return { id, revision: wanted, text, textSha256: text === null ? null : textHash(text), ...placed };
  };

  const sourceOriginal: Queries['sourceOriginal'] = async (id, viewer) => {
    if (!isTypeId('source', id)) return null;
    const events = decoded(await log.readStream(id, 0, { types: originals }));
    const kept = events.find(({ type }) => type === 'SourceOriginalKept');
    const [registered] = decoded(await log.readStream(id, 0, { to: 0, texts: false }));
    if (kept?.type !== 'SourceOriginalKept' || registered?.type !== 'SourceRegistered' || kept.data.bytes === undefined) return null;
    if (!seesConcealed(viewer) && restrictedIn(events).some(({ revision }) => revision === kept.revision)) return 'withheld';
    return { bytes: Buffer.from(kept.data.bytes, 'base64'), mediaType: registered.data.extraction?.original.mediaType ?? '' };
  };

  return {
    source: async (id, viewer) => {
      const found = await find(id);
      if (found === undefined || !(found.used || seesUnused(viewer))) return null;
      const [shown] = await sourcesFor(viewer, [shownOf(viewer, found)]);
      return shown ?? null;
    },
    sources,
    sourceText,
    sourceOriginal,
    sourceWith: async (url, textSha256) => {
      const { rows } = await pool.query(
        `SELECT s.id FROM ${record}.sources AS s
         WHERE s.to_position = ${forEver} AND ${textSha256 === null ? `$1::text IS NULL AND s.item ->> 'revision' = '0'` : 's.text_sha256 = $1'}
           AND s.url IS NOT DISTINCT FROM $2 ORDER BY s.registered_position LIMIT 1`,
        [textSha256, url],
      );
      return rows[0]?.id ?? null;
    },
  };
};
