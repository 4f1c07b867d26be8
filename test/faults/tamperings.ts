import { createHash } from 'node:crypto';
import type { LedgerFinding } from '@averment/verify-log';
import type { Pool } from 'pg';
import type { Dice } from './dice.ts';

type Row = { position: number; stream: string; revision: number; canonical: string };
/** Alters the log and the vault so that all that is stored there fits. `named`: what one who still has the leaves may call it. */
export type Tampering = { name: string; named: LedgerFinding['what'][]; alter: (pool: Pool, random: Dice) => Promise<unknown> };

const rowsOf = async (pool: Pool): Promise<[Row, ...Row[]]> => {
  const { rows } = await pool.query<Row>('SELECT position::int AS position, stream, revision, canonical FROM log.events ORDER BY position');
  const [first, ...more] = rows;
  if (first === undefined) throw new Error('the log is empty');
  return [first, ...more];
};
/** Counts positions anew, without gaps, and sets the head. */
const renumber = `
  UPDATE log.events e SET position = -n.place FROM (SELECT position, row_number() OVER (ORDER BY position) AS place FROM log.events) n WHERE n.position = e.position;
  UPDATE log.events SET position = -position;
  UPDATE log.head SET position = (SELECT coalesce(max(position), 0) FROM log.events);
  UPDATE vault.checkpoint SET position = least(position, (SELECT coalesce(max(position), 0) FROM log.events))`;

/** Every way to change what is there, drawn at random places. */
export const tamperings: readonly Tampering[] = [
  {
    name: 'an event is rewritten with its hash',
    named: ['leaf_changed'],
    alter: async (pool, random) => {
      const { position, stream, revision, canonical } = random.pick(await rowsOf(pool));
      const forged = JSON.stringify({ ...(JSON.parse(canonical) as object), actor: `forger${random.below(1000)}` });
      const sha256 = createHash('sha256').update(forged).digest();
      await pool.query('UPDATE vault.texts SET sha256 = $3 WHERE stream = $1 AND revision = $2', [stream, revision, sha256]);
      await pool.query('UPDATE log.events SET canonical = $2, sha256 = $3 WHERE position = $1', [position, forged, sha256]);
    },
  },
  {
    name: 'an event is taken out',
    named: ['leaf_dropped', 'tail_cut'],
    alter: async (pool, random) =>
      pool.query(`DELETE FROM log.events WHERE position = ${random.pick(await rowsOf(pool)).position}; ${renumber}`),
  },
  {
    name: 'a forged event is put between two',
    named: ['leaf_inserted'],
    alter: async (pool, random) => {
      const { position, canonical } = random.pick(await rowsOf(pool));
      const stream = `incident_forged${random.below(1000)}`;
      const forged = JSON.stringify({ ...(JSON.parse(canonical) as object), stream, revision: 0, last: 0 });
      await pool.query(`UPDATE log.events SET position = -2 * position; UPDATE log.events SET position = -position`);
      await pool.query(
        `INSERT INTO log.events SELECT position - 1, $1, 0, 0, gen_random_uuid(), type, recorded_at, sha256($3::bytea), $2 FROM log.events WHERE position = ${2 * position}`,
        [stream, forged, Buffer.from(forged)],
      );
      await pool.query(renumber);
    },
  },
  {
    name: 'two events change places',
    named: ['leaf_swapped'],
    alter: async (pool, random) => {
      const [one, other] = random.shuffle(await rowsOf(pool)) as [Row, Row];
      await pool.query(
        `UPDATE log.events SET position = -${one.position} - ${other.position} + position WHERE position IN (${one.position}, ${other.position}); UPDATE log.events SET position = -position WHERE position < 0`,
      );
    },
  },
  {
    name: 'the end is cut off',
    named: ['tail_cut'],
    alter: async (pool, random) => {
      const { position } = random.pick(await rowsOf(pool));
      await pool.query(
        `DELETE FROM vault.texts v USING log.events e WHERE e.stream = v.stream AND e.revision = v.revision AND e.position >= ${position}; DELETE FROM log.events WHERE position >= ${position}; ${renumber}`,
      );
    },
  },
  {
    name: 'a whole stream is taken out',
    named: ['leaf_dropped', 'tail_cut'],
    alter: async (pool, random) => {
      const { stream } = random.pick(await rowsOf(pool));
      await pool.query('DELETE FROM vault.texts WHERE stream = $1', [stream]);
      await pool.query('DELETE FROM log.events WHERE stream = $1', [stream]);
      await pool.query(renumber);
    },
  },
  {
    name: 'everything is taken out',
    named: ['tail_cut'],
    alter: (pool) => pool.query(`TRUNCATE log.events, vault.texts, vault.erasures; ${renumber}`),
  },
];
