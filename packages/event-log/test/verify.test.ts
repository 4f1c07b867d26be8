import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import t, { type Test } from 'tap';
import { type EventLog, eraseTexts, eraseToHead, type Finding, verifyLog } from '../src/index.ts';
import { mark, note, type TestEvent } from './events.ts';
import { databases } from './postgres.ts';

const { newDatabase } = await databases(t);

const verified = async (pool: Pool) => {
  const findings: Finding[] = [];
  const run = verifyLog({ pool });
  for (;;) {
    const next = await run.next();
    if (next.done) return { findings, ...next.value };
    findings.push(next.value);
  }
};

/** Two streams, appends of one to three events, a text erased: positions 1 to 10. */
const filled = async (log: EventLog<TestEvent>, pool: Pool) => {
  await log.append('incident_a', -1, [note('first', { n: 0 }), mark(1), note('third', { n: 2 })]);
  await log.append('incident_b', -1, [note('other'), mark(1)]);
  await log.append('incident_a', 2, [note('fourth')]);
  await log.append('incident_b', 1, [mark(2), note('Jane Roe')]);
  await eraseTexts(log, {
    stream: 'incident_b',
    fields: [{ revision: 3, pointer: '/title' }],
    reasonCode: 'personal_data',
    actor: 'admin',
    command: randomUUID(),
    at: '2026-03-02T12:00:00.000Z',
    idOf: () => randomUUID(),
  });
  await log.append('incident_a', 3, [mark(4)]);
  await eraseToHead({ pool, log });
};

t.test('a log as it was written has no findings', async (t) => {
  const { pool, open } = await newDatabase(t);
  t.same(await verified(pool), { findings: [], events: 0, head: 0n, unchecked: [] }, 'an empty one');
  const log = await open();
  await filled(log, pool);
  t.same(await verified(pool), { findings: [], events: 10, head: 10n, unchecked: [] });
  for (let n = 0; n < 4; n += 1)
    await log.append(
      `incident_long${n}`,
      -1,
      Array.from({ length: 400 }, () => note('x')),
    );
  t.same(await verified(pool), { findings: [], events: 1610, head: 1610n, unchecked: [] }, 'one of several pages');
});

const rehash = 'sha256 = sha256(convert_to(canonical, $$UTF8$$))';
const set = (change: string, position: number) => `UPDATE log.events SET ${change} WHERE position = ${position}`;
const forged = Buffer.from(JSON.stringify(['salt', 'title', 'forged'])).toString('base64url');

type Expected = Partial<Omit<Finding, 'detail'>>;
const a = (revision: number, what: Finding['what']): Expected => ({ what, stream: 'incident_a', revision });
const b = (revision: number, what: Finding['what']): Expected => ({ what, stream: 'incident_b', revision });

const cases: [string, string[], Expected[]][] = [
  ['a changed byte', [set('canonical = replace(canonical, \'"n":1\', \'"n":7\')', 2)], [a(1, 'corrupt')]],
  ['a changed hash', [set("sha256 = sha256('x')", 2)], [a(1, 'corrupt')]],
  [
    'bytes that say the same in another form',
    [set('canonical = replace(canonical, \'"n":1\', \'"n": 1\')', 2), set(rehash, 2)],
    [a(1, 'not_canonical')],
  ],
  ['another type beside the bytes', [set("type = 'NoteTaken'", 2)], [a(1, 'corrupt')]],
  ['another id beside the bytes', [set(`id = '${randomUUID()}'`, 2)], [a(1, 'corrupt')]],
  [
    'another end of the append beside the bytes',
    [set('last = 3', 2)],
    [a(0, 'append_not_whole'), a(1, 'corrupt'), a(1, 'append_not_whole')],
  ],
  [
    'a removed event in an append',
    ['DELETE FROM log.events WHERE position = 2'],
    [a(0, 'append_not_whole'), a(2, 'position_gap'), a(2, 'revision_gap'), a(2, 'stamp')],
  ],
  [
    'a removed end of an append',
    ['DELETE FROM log.events WHERE position = 3'],
    [a(1, 'append_not_whole'), a(3, 'revision_gap'), b(0, 'position_gap')],
  ],
  ['a removed append', ['DELETE FROM log.events WHERE position = 6'], [a(4, 'revision_gap'), b(2, 'position_gap')]],
  ['a removed last append', ['DELETE FROM log.events WHERE position = 10'], [{ what: 'head', stream: null, position: 10n }]],
  [
    'a removed half of the last append',
    ['DELETE FROM log.events WHERE position > 1', 'UPDATE log.head SET position = 1'],
    [a(0, 'append_not_whole'), b(3, 'erasure_list'), { what: 'head', stream: null }],
  ],
  [
    'an inserted copy',
    [
      `INSERT INTO log.events SELECT 11, 'incident_c', revision, last, id, type, recorded_at + interval '1 hour', sha256, canonical FROM log.events WHERE position = 6`,
      'UPDATE log.head SET position = 11',
    ],
    [
      { what: 'head', stream: null },
      { what: 'corrupt', stream: 'incident_c', revision: 3 },
      { what: 'revision_gap', stream: 'incident_c', revision: 3 },
      { what: 'text_missing', stream: 'incident_c', revision: 3 },
    ],
  ],
  [
    'appends of one stream that changed places',
    [set('position = 100', 6), set('position = 6', 10), set('position = 10', 100)],
    [b(2, 'stamp'), a(4, 'revision_gap'), a(3, 'stamp'), a(3, 'head')],
  ],
  ['a stamp that runs backwards', [set("recorded_at = recorded_at - interval '1 day'", 6)], [a(3, 'stamp')]],
  ['two stamps in an append', [set("recorded_at = recorded_at + interval '1 microsecond'", 2)], [a(1, 'stamp'), a(2, 'stamp')]],
  ['a deleted row of the vault', ["DELETE FROM vault.texts WHERE stream = 'incident_a' AND revision = 2"], [a(2, 'text_missing')]],
  [
    'an altered row of the vault',
    [`UPDATE vault.texts SET disclosures = '${forged}' WHERE stream = 'incident_a' AND revision = 2`],
    [a(2, 'text_missing'), a(2, 'text_unmatched')],
  ],
  [
    'a disclosure that belongs to nothing',
    [`UPDATE vault.texts SET disclosures = disclosures || '~${forged}' WHERE stream = 'incident_a' AND revision = 0`],
    [a(0, 'text_unmatched')],
  ],
  [
    'texts of no event',
    [`INSERT INTO vault.texts SELECT 'incident_a', 1, sha256('x'), 'x', now() - interval '2 days'`],
    [a(1, 'text_unmatched')],
  ],
  ['texts of no event that may be on their way', [`INSERT INTO vault.texts SELECT 'incident_a', 5, sha256('x'), 'x'`], []],
  [
    'a list of erasures that names what nothing erased',
    [
      "DELETE FROM vault.texts WHERE stream = 'incident_a' AND revision = 3",
      "INSERT INTO vault.erasures SELECT 'incident_a', 3, canonical::json -> 'data' -> '_sd' ->> 0, 9 FROM log.events WHERE position = 6",
    ],
    [a(3, 'text_missing'), a(3, 'erasure_list')],
  ],
];

const brief = ({ what, stream, revision }: Expected) => `${stream}/${revision} ${what}`;

const check = async (t: Test, pool: Pool, expected: readonly Expected[]) => {
  const { findings } = await verified(pool);
  t.same(findings.map(brief).sort(), expected.map((each) => brief({ revision: null, ...each })).sort());
  t.ok(findings.every(({ detail }) => detail !== ''));
};

t.test('what was done to the log is named, with its place', async (t) => {
  const { pool, open } = await newDatabase(t);
  for (const [name, statements, expected] of cases) {
    await t.test(name, async (t) => {
      await pool.query('TRUNCATE log.events, vault.texts, vault.erasures');
      await pool.query('UPDATE log.head SET position = 0');
      await pool.query('UPDATE vault.checkpoint SET position = 0');
      await filled(await open(), pool);
      for (const statement of statements) await pool.query(statement);
      await check(t, pool, expected);
    });
  }
});

t.test('named: an erased text that is back', async (t) => {
  const { pool, open } = await newDatabase(t);
  const log = await open();
  await log.append('incident_a', -1, [note('Jane Roe')]);
  const { rows } = await pool.query<{ disclosures: string }>('SELECT disclosures FROM vault.texts');
  await eraseTexts(log, {
    stream: 'incident_a',
    fields: [{ revision: 0, pointer: '/title' }],
    reasonCode: 'personal_data',
    actor: 'admin',
    command: randomUUID(),
    at: '2026-03-02T12:00:00.000Z',
    idOf: () => randomUUID(),
  });
  await eraseToHead({ pool, log });
  await check(t, pool, []);
  await pool.query('UPDATE vault.texts SET disclosures = $1', [rows[0]?.disclosures]);
  await check(t, pool, [a(0, 'text_not_erased')]);
});

t.test('findings hold no text', async (t) => {
  const { pool, open } = await newDatabase(t);
  await filled(await open(), pool);
  await pool.query('UPDATE vault.texts SET disclosures = $1', [forged]);
  await pool.query(set("sha256 = sha256('x')", 1));
  const { findings } = await verified(pool);
  t.ok(findings.length > 3);
  const told = JSON.stringify(findings.map(({ position, ...rest }) => ({ ...rest, position: String(position) })));
  t.notMatch(told, /forged|first|third|salt/);
});
