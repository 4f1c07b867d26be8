import { seesPrivateNames, type Viewer } from '@averment/access';
import { type Asked, dayRange, type IncidentDocument, saidBy, tellingNames } from '@averment/domain';
import { withSurvivors } from '../projections/record/found-by.ts';
import { facetOf, facetsAsked, hidden, wordsOf } from '../search/facets.ts';
import { createConditions } from './conditions.ts';
import { decodeCursor, encodeCursor, listOf, pageBytes } from './cursors.ts';
import { addDays } from './incidents.ts';
import type { IntoPast } from './index.ts';
import type { ClaimFilters, ClaimItem, LogMoment, Queries, ReadContext } from './types.ts';
import { giveUpIf } from './work.ts';

type Claim = IncidentDocument['claims'][number];
type Row = { id: string; incident: string; added: string };

/** Incidents that are rendered for a page: it may end before its limit. */
const mostRendered = 64;
/** Candidates that are read at once. */
const chunk = 100;

const overlaps = (date: string | null | undefined, { from, to }: ClaimFilters): boolean => {
  if (from === undefined && to === undefined) return true;
  if (date === null || date === undefined) return false;
  const { lower, upper } = dayRange(date);
  return (from === undefined || upper >= dayRange(from).lower) && (to === undefined || lower <= dayRange(to).upper);
};

type NamesOf = ReturnType<typeof withSurvivors>;

/** Whether a claim that says the one is found by the other. */
const saysAsked = (said: NonNullable<ReturnType<typeof saidBy>>, value: Asked, namesOf: NamesOf): boolean => {
  if ('word' in value) return 'word' in said && wordsOf(value).some((word) => namesOf(said.word).includes(word));
  const { unit, number } = value;
  if (!('unit' in said)) return number === 0 && said.word === 'none';
  return (unit === null || said.unit === unit) && (said.low ?? number) <= number && (said.high ?? number) >= number;
};

/** Whether all is true of the claim that is asked, as its incident was shown then. */
const fits = (claim: Claim, shown: IncidentDocument, filters: ClaimFilters): boolean => {
  const { speaker, about, aspect, value, standing, source, country } = filters;
  const said = value === undefined ? null : saidBy(claim);
  const namesOf = withSurvivors(shown);
  const says = value === undefined || (said !== null && saysAsked(said, value, namesOf));
  return (
    says &&
    (speaker === undefined || namesOf(claim.speaker).includes(speaker)) &&
    (about === undefined || (claim.about !== null && namesOf(claim.about).includes(about))) &&
    (aspect === undefined || claim.aspect === aspect) &&
    (standing === undefined || claim.standing === standing) &&
    (source === undefined || claim.citations.some((citation) => citation.source === source)) &&
    (country === undefined || shown.place?.country === country) &&
    overlaps(shown.occurred?.date, filters)
  );
};

/**
 * Claims as they stood at a moment, the latest added first. The model says which there were and in which incidents they may be found; what they said then is
 * read from the incidents as they were then.
 */
export const createClaimsThen = ({ pool, reach }: IntoPast, incidentAt: Queries['incidentAt']) => {
  /** What was added until then, before a position, in incidents whose row of then does not rule it out. Of a merged one the survivor may say otherwise. */
  const candidates = async (tables: string, at: string, before: string | null, among: readonly string[] | null, filters: ClaimFilters) => {
    const { aspect, about, speaker, source, value, standing, country } = filters;
    const where = createConditions();
    const asked = { aspect, about, speaker, source, value };
    for (const facets of facetsAsked(asked as Parameters<typeof facetsAsked>[0]))
      where.add('r.facets && ?::text[]', [...facets, ...facets.map(hidden)]);
    if (standing !== undefined) where.add('r.facets @> ARRAY[?::text]', facetOf('standing', standing));
    if (country !== undefined) where.add('r.country = ?', country);
    addDays(where, 'r', filters);
    const then = where.value(at);
    const { rows } = await pool.query<Row>(
      `SELECT c.id, c.incident, c.added_position::text AS added FROM ${tables}.claims AS c
        WHERE c.added_position <= ${then}
          ${before === null ? '' : `AND c.added_position < ${where.value(before)}`} ${among === null ? '' : `AND c.id = ANY(${where.value(among)}::text[])`}
          AND EXISTS (SELECT FROM ${tables}.incident_rows AS r
            WHERE r.id = c.incident AND r.from_position <= ${then} AND r.to_position > ${then} AND (r.status = 'merged' OR (${where.sql()})))
        ORDER BY c.added_position DESC LIMIT ${chunk}`,
      where.values,
    );
    return rows;
  };

  return async (
    { incident, ...filters }: ClaimFilters,
    { limit, cursor, moment }: { limit: number; cursor: string | null; moment: LogMoment },
    viewer: Viewer,
    context: ReadContext,
  ): Promise<{ items: ClaimItem[]; next: string | null; position: string }> => {
    const then = await reach(['record'], moment, context);
    const [tables, position] = [then.tables('record'), String(then.position)];
    const list = listOf('claims then', { incident, ...filters, position });
    let before = decodeCursor(cursor, list, ['position'])?.[0] ?? null;

    const known = new Map<string, IncidentDocument | null>();
    const documentOf = async (id: string): Promise<IncidentDocument | null> => {
      const held = known.get(id);
      if (held !== undefined) return held;
      const served = await incidentAt(id, { position: then.position }, viewer, context);
      const document = served === null ? null : (JSON.parse(served.body) as IncidentDocument);
      // Of what was only proposed then nothing is listed.
      known.set(id, document === null || document.revision === null ? null : document);
      return known.get(id) ?? null;
    };
    /** The incident that the claim was shown with: its own, or the last one that had absorbed it. */
    const shownWith = async (own: IncidentDocument | null, claim: string): Promise<IncidentDocument | null> => {
      let shown = own;
      for (const seen = new Set<string>(); shown !== null && shown.mergedInto !== null && !seen.has(shown.id); ) {
        seen.add(shown.id);
        const into = await documentOf(shown.mergedInto);
        if (into?.claims.some(({ id }) => id === claim)) shown = into;
      }
      return shown;
    };

    const among = incident === undefined ? null : ((await documentOf(incident))?.claims.map(({ id }) => id) ?? []);
    const items: ClaimItem[] = [];
    let bytes = 0;
    const isFull = () => items.length >= limit || known.size >= mostRendered || bytes >= pageBytes;
    for (;;) {
      const rows = await candidates(tables, position, before, among, filters);
      for (const { id, incident: of, added } of rows) {
        if (isFull()) return { items, next: encodeCursor(list, [before ?? position]), position };
        giveUpIf(context.client.signal);
        const own = await documentOf(of);
        const shown = await shownWith(own, id);
        const claim = shown?.claims.find((each) => each.id === id);
        before = added;
        if (own === null || shown === null || claim === undefined || !fits(claim, shown, filters)) continue;
        const item = { ...claim, incidentTitle: own.title };
        items.push(seesPrivateNames(viewer) ? item : tellingNames(item));
        bytes += JSON.stringify(claim).length;
      }
      if (rows.length < chunk) return { items, next: null, position };
    }
  };
};
