import { seesIncident, tierOf, type Viewer } from '@averment/access';
import { type Candidate, likelySame, type Profile, type Reason } from '@averment/domain';
import { isTelling, storedKeys } from '../projections/candidates/keys.ts';
import { type Conditions, createConditions } from './conditions.ts';
import { decodeCursor, encodeCursor, pageOf } from './cursors.ts';
import type { Reading } from './index.ts';
import type { Queries } from './types.ts';

type Row = { score: number; reasons: Reason[] };
type MetRow = Row & Pick<Candidate, 'incidentId' | 'status'>;
type PairRow = Row & { smaller: string; larger: string };

const statusOf = (alias: string): string =>
  `CASE WHEN NOT ${alias}.published THEN 'proposed' WHEN ${alias}.retracted THEN 'retracted' ELSE 'published' END`;

/** That the viewer may read the incident of this profile (`seesIncident`). */
const addSeen = (where: Conditions, alias: string, viewer: Viewer): void => {
  const tier = tierOf(viewer);
  if (tier === 'public') where.add(`${alias}.published`);
  if (tier === 'member') where.add(`(${alias}.published OR ${alias}.authors @> ARRAY[?::text])`, viewer?.subject);
};

/** The columns that the viewer is told of a pair: the public is told nothing that rests on private people. */
const toldOf = (viewer: Viewer): { score: string; reasons: string } =>
  tierOf(viewer) === 'public' ? { score: 'open_score', reasons: 'open_reasons' } : { score: 'score', reasons: 'reasons' };

/** Incidents that may be one: those of an incident, all pairs, and those of a proposal that was just submitted. */
export const createCandidateQueries = ({
  pool,
  schemas: { record },
}: Reading): Pick<Queries, 'candidates' | 'candidatePairs' | 'candidatesFor'> => {
  const isSeen = async (id: string, viewer: Viewer): Promise<boolean> => {
    const { rows } = await pool.query({
      name: 'candidates of',
      text: `SELECT published, authors FROM ${record}.incidents WHERE id = $1`,
      values: [id],
    });
    return rows[0] !== undefined && seesIncident(viewer, rows[0]);
  };

  return {
    candidates: async (id, { limit, cursor }, viewer) => {
      if (!(await isSeen(id, viewer))) return null;
      const list = `candidates ${id} ${tierOf(viewer)}`;
      const after = decodeCursor(cursor, list, ['number', 'id']);
      const { score, reasons } = toldOf(viewer);
      const where = createConditions();
      const [own, most] = [where.value(id), where.value(limit + 1)];
      where.add('pair.score IS NOT NULL');
      addSeen(where, 'p', viewer);
      if (after !== null) where.add('(-pair.score, p.incident) > (-?::int, ?)', ...after);
      const half = (met: string, of: string) =>
        `SELECT ${met} AS met, ${score} AS score, ${reasons} AS reasons FROM ${record}.candidate_pairs WHERE ${of} = ${own}`;
      const { rows } = await pool.query<MetRow>(
        `SELECT p.incident AS "incidentId", pair.score, pair.reasons, ${statusOf('p')} AS status
         FROM (${half('larger', 'smaller')} UNION ALL ${half('smaller', 'larger')}) AS pair JOIN ${record}.profiles AS p ON p.incident = pair.met
         WHERE ${where.sql()} ORDER BY pair.score DESC, p.incident LIMIT ${most}`,
        where.values,
      );
      return pageOf(
        rows,
        limit,
        (row): Candidate => row,
        (last) => encodeCursor(list, [last.score, last.incidentId]),
      );
    },

    candidatePairs: async ({ limit, cursor }, viewer) => {
      const list = `candidate pairs ${tierOf(viewer)}`;
      const after = decodeCursor(cursor, list, ['number', 'id', 'id']);
      const { score, reasons } = toldOf(viewer);
      const where = createConditions();
      const most = where.value(limit + 1);
      where.add(`pair.${score} IS NOT NULL AND NOT pair.retracted`);
      if (tierOf(viewer) === 'member') for (const alias of ['p', 'q']) addSeen(where, alias, viewer);
      if (after !== null) {
        // The first condition alone bounds the index, whose columns do not all run the same way.
        where.add(`pair.${score} <= ?::int`, after[0]);
        where.add(`(-pair.${score}, pair.smaller, pair.larger) > (-?::int, ?, ?)`, ...after);
      }
      const profiles =
        tierOf(viewer) === 'member'
          ? `JOIN ${record}.profiles AS p ON p.incident = pair.smaller JOIN ${record}.profiles AS q ON q.incident = pair.larger`
          : '';
      const { rows } = await pool.query<PairRow>(
        `SELECT pair.smaller, pair.larger, pair.${score} AS score, pair.${reasons} AS reasons FROM ${record}.candidate_pairs AS pair ${profiles}
         WHERE ${where.sql()} ORDER BY pair.${score} DESC, pair.smaller, pair.larger LIMIT ${most}`,
        where.values,
      );
      return pageOf(
        rows,
        limit,
        ({ smaller, larger, ...row }) => ({ incidents: [smaller, larger], ...row }),
        (last) => encodeCursor(list, [last.score, last.smaller, last.larger]),
      );
    },

    candidatesFor: async (profile, viewer, limit) => {
      const where = createConditions();
      const keys = where.value(storedKeys(profile).map(String));
      where.add('p.incident <> ?', profile.id);
      addSeen(where, 'p', viewer);
      const { rows } = await pool.query<{ profile: Profile; status: Candidate['status'] }>(
        `WITH telling AS MATERIALIZED (SELECT key FROM unnest(${keys}::bigint[]) AS asked(key) WHERE ${isTelling(record, 'asked.key')}),
           met AS MATERIALIZED (SELECT DISTINCT k.incident FROM telling CROSS JOIN LATERAL (SELECT k.incident FROM ${record}.meeting_keys AS k WHERE k.key = telling.key) AS k)
         SELECT p.profile, ${statusOf('p')} AS status FROM met JOIN ${record}.profiles AS p USING (incident) WHERE ${where.sql()}`,
        where.values,
      );
      const told = tierOf(viewer) === 'public' ? 'open' : 'whole';
      return rows
        .flatMap(({ profile: other, status }): Candidate[] => {
          const likely = likelySame(profile, other)[told];
          return likely === null ? [] : [{ incidentId: other.id, ...likely, status }];
        })
        .sort((one, other) => other.score - one.score || (one.incidentId < other.incidentId ? -1 : 1))
        .slice(0, limit);
    },
  };
};
