import { createHash } from 'node:crypto';
import { catalogue, type DomainEvent, eventId } from '@averment/domain';
import { eraseTexts, eraseToHead, verifyLog } from '@averment/event-log';
import { createPostgresLog } from '@averment/event-log/testing';
import { systemRandom } from '@averment/platform';
import type { Pool } from 'pg';
import t, { type Test } from 'tap';
import { makeBed } from './bed.ts';
import { createClient } from './client.ts';
import { dice } from './dice.ts';
import { makeTamperedLedger } from './tampered-ledger.ts';
import { tamperings } from './tamperings.ts';
import { furnish, workAtDesk } from './work.ts';

/**
 * A superuser alters what is stored, behind the back of the service. What `npm run verify` names is held fixed here, and so is what it cannot name, which
 * docs/operations.md lists: whoever can rewrite every row can make every check that is stored beside them fit again, but for the ledger's signature; who has
 * its key as well is found by whoever kept a checkpoint.
 */

const bed = await makeBed(t);
const { pool } = bed;
// What is registered is held against the models.
const built = await bed.run('rebuild', 'all');
if (built.code !== 0) throw new Error(built.out);
const api = await bed.start('api');
const client = createClient(bed, [api.url ?? '']);
const basics = await furnish(client, 'tampering');
const random = dice(1);
await workAtDesk({ client, basics, random, name: 'first desk' }, 1, 4);
const eraser = await createPostgresLog<DomainEvent>({ pool, catalogue, random: systemRandom });
const [erasedRow] = (
  await pool.query<{ stream: string; texts: string }>(
    "SELECT e.stream, v.disclosures AS texts FROM log.events e JOIN vault.texts v USING (stream, revision, sha256) WHERE e.type = 'EditSubmitted' ORDER BY e.position LIMIT 1",
  )
).rows;
const erasedIn = erasedRow?.stream ?? '';
await eraseTexts(eraser, {
  stream: erasedIn,
  actor: 'eraser',
  command: systemRandom.uuid(),
  reasonCode: 'personal_data',
  at: new Date(0).toISOString(),
  fields: [{ revision: 0, pointer: '/rationale' }],
  idOf: (index) => eventId(systemRandom.uuid(), index),
});
await eraseToHead({ pool, log: eraser });
await eraser.close();
// The log ends with something else than the erasure.
await workAtDesk({ client, basics, random, name: 'second desk' }, 1, 4);
const head = Number(await bed.log.head());

const ledger = await makeTamperedLedger(t, { databaseUrl: bed.databaseUrl, pool });
await ledger.sign();
const kept = await ledger.checkpoint();

type Named = { what: string };
const findingsOf = async (): Promise<Named[]> => {
  const findings: Named[] = [];
  const run = verifyLog({ pool });
  for (let next = await run.next(); !next.done; next = await run.next()) findings.push(next.value);
  return [...findings, ...(await ledger.findings())];
};

/** What lies in the tables of the log and the vault, to be put back after each attempt. */
const tables = ['log.events', 'log.head', 'vault.texts', 'vault.erasures', 'vault.checkpoint', ...ledger.tables];
for (const table of tables) await pool.query(`CREATE TABLE public.${table.replace('.', '_')} AS TABLE ${table}`);
const restore = async (): Promise<void> => {
  for (const table of tables) await pool.query(`TRUNCATE ${table}; INSERT INTO ${table} TABLE public.${table.replace('.', '_')}`);
  await ledger.putBack();
};

type Target = { position: number; stream: string; revision: number; last: number; canonical: string };
const eventAt = async (where: string): Promise<Target> => {
  const { rows } = await pool.query<Target>(
    `SELECT position::int AS position, stream, revision, last, canonical FROM log.events WHERE ${where} ORDER BY position LIMIT 1`,
  );
  if (!rows[0]) throw new Error(`there is no event where ${where}`);
  return rows[0];
};

/** Writes an event's bytes anew, with every column, hash and vault key that has to fit. */
const rewrite = async (from: Target, canonical: string): Promise<void> => {
  const sha256 = createHash('sha256').update(canonical).digest();
  await pool.query('UPDATE vault.texts SET sha256 = $3 WHERE stream = $1 AND revision = $2', [from.stream, from.revision, sha256]);
  await pool.query('UPDATE log.events SET canonical = $2, sha256 = $3 WHERE position = $1', [from.position, canonical, sha256]);
};

const applied = await eventAt("type = 'EditApplied' AND position > 20");
const added = await eventAt("type = 'ClaimAdded'");
const lastAppend =
  (
    await pool.query<{ first: number }>(
      'SELECT min(position)::int AS first FROM log.events WHERE recorded_at = (SELECT max(recorded_at) FROM log.events)',
    )
  ).rows[0]?.first ?? 0;
const at = ({ position }: Target) => `position = ${position}`;
const inVault = ({ stream, revision }: Target) => `stream = '${stream}' AND revision = ${revision}`;

/** Each attempt, and a finding that has to be among those named; null where it cannot be seen yet. */
const attempts: [string, () => Promise<unknown>, Named | null][] = [
  [
    'an event is changed',
    () => pool.query(`UPDATE log.events SET canonical = replace(canonical, '"actor":"reviewer', '"actor":"someone') WHERE ${at(applied)}`),
    { what: 'corrupt' },
  ],
  [
    'a byte of an event is changed, with its hash',
    async () => {
      const canonical = applied.canonical.replace('"actor":', '"actor": ');
      await rewrite(applied, canonical);
    },
    { what: 'not_canonical' },
  ],
  ['a hash is changed', () => pool.query(`UPDATE log.events SET sha256 = sha256('x') WHERE ${at(applied)}`), { what: 'corrupt' }],
  [
    'a column beside the bytes is changed',
    () => pool.query(`UPDATE log.events SET type = 'EditRejected' WHERE ${at(applied)}`),
    { what: 'corrupt' },
  ],
  ['an event is deleted', () => pool.query(`DELETE FROM log.events WHERE ${at(applied)}`), { what: 'position_gap' }],
  ['a stream is deleted', () => pool.query(`DELETE FROM log.events WHERE stream = '${added.stream}'`), { what: 'position_gap' }],
  ['the end of the log is cut off', () => pool.query(`DELETE FROM log.events WHERE position >= ${lastAppend}`), { what: 'head' }],
  [
    'half of the last append is cut off, with the head',
    () => pool.query(`DELETE FROM log.events WHERE position > ${applied.position}; UPDATE log.head SET position = ${applied.position}`),
    { what: 'append_not_whole' },
  ],
  [
    'an event is inserted as a copy',
    () =>
      pool.query(
        `INSERT INTO log.events SELECT ${head + 1}, stream, revision + 1000, last + 1000, gen_random_uuid(), type, recorded_at + interval '1 day', sha256, canonical FROM log.events WHERE ${at(applied)}; UPDATE log.head SET position = ${head + 1}`,
      ),
    { what: 'corrupt' },
  ],
  [
    'two events of an append change places',
    () =>
      pool.query(
        `UPDATE log.events SET position = -1 WHERE position = ${applied.position}; UPDATE log.events SET position = ${applied.position} WHERE position = ${applied.position + 1}; UPDATE log.events SET position = ${applied.position + 1} WHERE position = -1`,
      ),
    { what: 'append_not_whole' },
  ],
  [
    'two events change their revisions',
    () =>
      pool.query(
        `UPDATE log.events SET revision = 9999, last = 9999 WHERE ${at(applied)}; UPDATE log.events SET revision = revision - 1 WHERE position = ${applied.position + 1}; UPDATE log.events SET revision = ${applied.revision + 1}, last = ${applied.last} WHERE ${at(applied)}`,
      ),
    { what: 'corrupt' },
  ],
  [
    'the bytes of two events change places, with their hashes',
    () =>
      pool.query(
        `UPDATE log.events e SET canonical = o.canonical, sha256 = o.sha256 FROM log.events o WHERE e.position + o.position = ${2 * applied.position + 1} AND e.position IN (${applied.position}, ${applied.position + 1})`,
      ),
    { what: 'corrupt' },
  ],
  [
    'an event is inserted between two, and what follows is counted anew',
    () =>
      pool.query(
        `UPDATE log.events SET position = -position - 1 WHERE position > ${applied.position}; UPDATE log.events SET position = -position WHERE position < 0; INSERT INTO log.events SELECT ${applied.position + 1}, 'incident_x', 0, 0, gen_random_uuid(), type, recorded_at, sha256, canonical FROM log.events WHERE ${at(applied)}; UPDATE log.head SET position = ${head + 1}`,
      ),
    { what: 'corrupt' },
  ],
  [
    'a stamp is set back',
    () => pool.query(`UPDATE log.events SET recorded_at = recorded_at - interval '1 day' WHERE ${at(applied)}`),
    { what: 'stamp' },
  ],
  ['the log is emptied', () => pool.query('TRUNCATE log.events'), { what: 'head' }],
  ['the head is moved', () => pool.query('UPDATE log.head SET position = position + 1'), { what: 'head' }],
  ['the head is stamped earlier', () => pool.query("UPDATE log.head SET recorded_at = recorded_at - interval '1 day'"), { what: 'head' }],
  ['the head is deleted', () => pool.query('TRUNCATE log.head'), { what: 'head' }],
  ['a text is deleted', () => pool.query(`DELETE FROM vault.texts WHERE ${inVault(added)}`), { what: 'text_missing' }],
  [
    'a text is changed',
    () => pool.query(`UPDATE vault.texts SET disclosures = 'WyJzYWx0IiwidGl0bGUiLCJmb3JnZWQiXQ' WHERE ${inVault(added)}`),
    { what: 'text_missing' },
  ],
  [
    'the texts of two events change places',
    () =>
      pool.query(
        `UPDATE vault.texts v SET disclosures = o.disclosures FROM vault.texts o WHERE v.stream = '${added.stream}' AND o.stream = v.stream AND v.revision IN (0, ${added.revision}) AND o.revision IN (0, ${added.revision}) AND v.revision <> o.revision`,
      ),
    { what: 'text_missing' },
  ],
  [
    'a text is added',
    () => pool.query(`UPDATE vault.texts SET disclosures = disclosures || '~WyJzYWx0IiwidGl0bGUiLCJmb3JnZWQiXQ' WHERE ${inVault(added)}`),
    { what: 'text_unmatched' },
  ],
  [
    'texts of an event that never was are added',
    () => pool.query(`INSERT INTO vault.texts SELECT 'incident_x', 0, sha256('x'), 'x', now() - interval '2 days'`),
    { what: 'text_unmatched' },
  ],
  ['the vault is emptied', () => pool.query('TRUNCATE vault.texts'), { what: 'text_missing' }],
  [
    'an erased text is put back',
    () => pool.query(`UPDATE vault.texts SET disclosures = $1 WHERE stream = $2 AND revision = 0`, [erasedRow?.texts, erasedIn]),
    { what: 'text_not_erased' },
  ],
  [
    'an erasure is listed that no event orders, and its text is gone',
    () =>
      pool.query(
        `DELETE FROM vault.texts WHERE ${inVault(added)}; INSERT INTO vault.erasures SELECT stream, revision, canonical::json -> 'data' -> 'claim' -> '_sd' ->> 0, 1 FROM log.events WHERE ${at(added)}`,
      ),
    { what: 'text_missing' },
  ],
  ['an erasure is taken off the list', () => pool.query('TRUNCATE vault.erasures'), { what: 'erasure_list' }],
  [
    'an erasure is listed that no event orders',
    () => pool.query("INSERT INTO vault.erasures VALUES ($1, 0, 'x', 1)", [added.stream]),
    { what: 'erasure_list' },
  ],
  [
    'the vault says that it has followed more than there is',
    () => pool.query(`UPDATE vault.checkpoint SET position = ${head + 1}`),
    { what: 'head' },
  ],
  ['a whole stream is taken out, and what follows is numbered anew', () => renumberWithout(pool, basics.city), { what: 'head' }],

  // What fits everything that is stored beside it in the log and the vault.
  [
    'an event is rewritten with its hash',
    () => rewrite(applied, applied.canonical.replace(/"actor":"reviewer\d"/, '"actor":"reviewer9"')),
    { what: 'leaf_changed' },
  ],
  [
    'the last append is cut off, with the head, its texts and the checkpoint',
    () =>
      pool.query(
        `DELETE FROM vault.texts v USING log.events e WHERE e.position >= ${lastAppend} AND v.stream = e.stream AND v.revision = e.revision; DELETE FROM log.events WHERE position >= ${lastAppend}; UPDATE log.head SET position = ${lastAppend - 1}`,
      ),
    { what: 'tail_cut' },
  ],
  [
    // The service would have made a leaf of it, too: the ledger is about what was there before.
    'a well-formed append is added at the end',
    async () => {
      const end = await eventAt(
        `stream = '${applied.stream}' AND revision = last AND NOT EXISTS (SELECT FROM log.events n WHERE n.stream = log.events.stream AND n.revision > log.events.revision)`,
      );
      const revision = end.revision + 1;
      const forged = { ...(JSON.parse(applied.canonical) as object), revision, last: revision };
      const canonical = JSON.stringify(Object.fromEntries(Object.entries(forged).sort(([a], [b]) => (a < b ? -1 : 1))));
      const sha256 = createHash('sha256').update(canonical).digest();
      await pool.query(
        `INSERT INTO log.events SELECT ${head + 1}, stream, ${revision}, ${revision}, id, type, (SELECT max(recorded_at) FROM log.events) + interval '1 second', $1, $2 FROM log.events WHERE ${at(applied)}`,
        [sha256, canonical],
      );
      await pool.query("UPDATE log.head SET position = position + 1, recorded_at = recorded_at + interval '1 day'");
    },
    null,
  ],
  [
    // When an event was recorded the store says, and no event: it is not in the canonical bytes.
    'a stamp is moved between its neighbours',
    () =>
      pool.query(
        `UPDATE log.events SET recorded_at = recorded_at + interval '1 microsecond' WHERE recorded_at = (SELECT recorded_at FROM log.events WHERE ${at(applied)})`,
      ),
    null,
  ],
  [
    'everything is taken out',
    () =>
      pool.query(
        'TRUNCATE log.events, vault.texts, vault.erasures; UPDATE log.head SET position = 0; UPDATE vault.checkpoint SET position = 0',
      ),
    { what: 'tail_cut' },
  ],
];

/** Takes a stream out of the log and the vault, and closes the gap. */
const renumberWithout = async (pool: Pool, stream: string): Promise<void> => {
  await pool.query('DELETE FROM vault.texts WHERE stream = $1', [stream]);
  await pool.query('DELETE FROM log.events WHERE stream = $1', [stream]);
  await pool.query(
    'UPDATE log.events e SET position = -n.place FROM (SELECT position, row_number() OVER (ORDER BY position) AS place FROM log.events) n WHERE n.position = e.position',
  );
  await pool.query('UPDATE log.events SET position = -position');
  await pool.query('UPDATE log.head SET position = (SELECT max(position) FROM log.events)');
};

t.test('what nobody touched has no findings', async (t) => {
  t.same(await findingsOf(), []);
});

for (const [name, alter, expected] of attempts) {
  t.test(expected === null ? `not seen: ${name}` : `named: ${name}`, async (t) => {
    await alter();
    const findings = await findingsOf();
    await restore();
    if (expected === null) t.same(findings, []);
    else
      t.ok(
        findings.some(({ what }) => what === expected.what),
        `${expected.what} among: ${[...new Set(findings.map(({ what }) => what))].join(', ')}`,
      );
  });
}

/** How many are tried of each: `TAMPERINGS=334` tries a thousand. */
const rounds = Number(process.env.TAMPERINGS ?? 14);
const expectNamed = (t: Test, findings: readonly Named[], names: readonly string[], message: string) =>
  t.ok(
    findings.some(({ what }) => names.includes(what)),
    `${message}: ${[...new Set(findings.map(({ what }) => what))].join(', ')}`,
  );

t.test('whatever of the log alone is altered, the leaves tell', async (t) => {
  const random = dice(11);
  for (let round = 0; round < rounds; round += 1) {
    const { name, named, alter } = tamperings[round % tamperings.length] as (typeof tamperings)[number];
    await alter(pool, random);
    expectNamed(t, await ledger.findings(), named, `${round}: ${name}`);
    await restore();
  }
});

t.test('with leaves and tiles made anew, the signature tells', async (t) => {
  const random = dice(12);
  for (let round = 0; round < rounds; round += 1) {
    const { name, alter } = tamperings[round % tamperings.length] as (typeof tamperings)[number];
    await alter(pool, random);
    await ledger.forge();
    expectNamed(t, await ledger.findings(), ['root', 'tree_forked', 'tail_cut'], `${round}: ${name}`);
    expectNamed(t, await ledger.outside(kept), ['root', 'malformed', 'not_served'], `${round}, outside: ${name}`);
    await restore();
  }
});

t.test('with the key too, whoever kept a checkpoint finds it', async (t) => {
  const random = dice(13);
  for (let round = 0; round < rounds; round += 1) {
    const { name, alter } = tamperings[round % tamperings.length] as (typeof tamperings)[number];
    await alter(pool, random);
    await ledger.forge();
    await ledger.forgeSignature();
    expectNamed(t, await ledger.outside(kept), ['tree_forked', 'tail_cut'], `${round}: ${name}`);
    await restore();
  }
});

t.test('the command line says the same', async (t) => {
  await pool.query(`DELETE FROM log.events WHERE ${at(applied)}`);
  const tampered = await bed.run('verify');
  await restore();
  t.equal(tampered.code, 1);
  t.match(tampered.out, new RegExp(`position_gap: ${applied.stream}`));
  t.equal((await bed.run('verify')).code, 0);
});
