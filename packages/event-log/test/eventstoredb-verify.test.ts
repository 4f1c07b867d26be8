import { randomUUID } from 'node:crypto';
import { createLogger, systemClock } from '@averment/platform';
import t, { type Test } from 'tap';
import { eraseTexts, type Finding, type LogSettings, openLog, sweepAttempts, verifyLog } from '../src/index.ts';
import { catalogue, mark, newStream, note, random, type TestEvent } from './events.ts';
import type { StandInRecord } from './eventstore-stand-in/log.ts';
import { newStandInLog, startStandIn } from './eventstore-stand-in/server.ts';
import { realServer, skipOnReal, storeUnderTest } from './eventstoredb.ts';
import { databases } from './postgres.ts';

const { newDatabase } = await databases(t);
const logger = createLogger({ level: 'silent', name: 'test' });
const standIn = newStandInLog();
const eventLogUrl = realServer === undefined ? (await startStandIn(t, standIn)).url : await storeUnderTest(t);

/** A log of its own in the store, opened as the services do, with two streams in it of which one has lost a text. */
const filled = async (t: Test) => {
  const settings = { eventLogUrl, eventLogName: `t${randomUUID().replaceAll('-', '').slice(1)}` };
  const { pool } = await newDatabase(t);
  const open = async (changed: Partial<LogSettings> = {}) => {
    const opened = await openLog<TestEvent>({ settings: { ...settings, ...changed }, pool, catalogue, clock: systemClock, random, logger });
    t.teardown(() => opened.log.close());
    return opened;
  };
  const { log, erase } = await open();
  const [a, b, c] = [newStream(), newStream(), newStream()];
  await log.append(a, -1, [note('first'), mark(1), note('third')]);
  await log.append(b, -1, [note('Jane Roe'), mark(1)]);
  await log.append(a, 2, [note('fourth')]);
  await log.append(c, -1, [mark(1)]);
  const fields = [{ revision: 0, pointer: '/title' }];
  const request = {
    reasonCode: 'personal_data',
    actor: 'admin',
    command: randomUUID(),
    at: '2026-03-02T12:00:00.000Z',
    idOf: () => randomUUID(),
  };
  await eraseTexts(log, { stream: b, fields, ...request });
  await log.append(a, 3, [mark(4)]);
  await erase();
  const verified = async (changed: Partial<LogSettings> = {}) => {
    const findings: Finding[] = [];
    const run = verifyLog({ pool, settings: { ...settings, ...changed } });
    for (;;) {
      const { done, value } = await run.next();
      if (done) return { findings, ...value };
      findings.push(value);
    }
  };
  return { pool, open, log, a, b, c, prefix: `${settings.eventLogName}-`, verified };
};

type Filled = Awaited<ReturnType<typeof filled>>;
const old = "UPDATE vault.texts SET attempted_at = now() - interval '3 days'";

t.test('a log as it was written has no findings, and what was not looked at is said', async (t) => {
  const { log, pool, verified } = await filled(t);
  await pool.query(old);
  const head = await log.head();
  t.match(await verified(), { findings: [], events: 9, head, unchecked: [/^positions/, /^stamps/] });
  for (let n = 0; n < 3; n += 1) {
    const many = Array.from({ length: 300 }, () => mark());
    await log.append(newStream(), -1, many);
  }
  t.match(await verified(), { findings: [], events: 909 }, 'one of several pages');
});

t.test('what was done to the vault is named', async (t) => {
  const { pool, a, b, verified } = await filled(t);
  const { rows } = await pool.query<{ disclosures: string }>('SELECT disclosures FROM vault.texts WHERE stream = $1 AND revision = 0', [a]);
  await pool.query('DELETE FROM vault.texts WHERE stream = $1 AND revision = 2', [a]);
  await pool.query("INSERT INTO vault.texts SELECT $1, 1, sha256('x'), 'x', now() - interval '3 days'", [b]);
  await pool.query('UPDATE vault.texts SET disclosures = $1 WHERE stream = $2 AND revision = 0', [rows[0]?.disclosures, b]);
  const { findings } = await verified();
  t.same(
    findings.map(({ what, stream, revision }) => [what, stream, revision]),
    [
      ['text_missing', a, 2],
      ['text_unmatched', b, 0],
      ['text_unmatched', b, 1],
    ],
  );
});

const records = (stream: string) => standIn.stream(stream) as StandInRecord[];
const all = standIn.all() as StandInRecord[];
const take = (list: StandInRecord[], record: StandInRecord | undefined) => {
  if (record) list.splice(list.indexOf(record), 1);
};

const cases: { name: string; harm: (log: Filled) => void; expected: (log: Filled) => [Finding['what'], string | null, number | null][] }[] =
  [
    {
      name: 'changed bytes',
      harm: ({ prefix, a }) => {
        for (const record of records(prefix + a).slice(1, 2))
          record.data = Buffer.from(Buffer.from(record.data).toString().replace('"n":1', '"n":7'));
      },
      expected: ({ a }) => [['corrupt', a, 1]],
    },
    {
      name: 'an event that another program wrote',
      harm: ({ prefix, a }) =>
        void standIn.append(prefix + a, 4, [
          { id: randomUUID(), type: 'MarkSet', data: Buffer.from('{}'), metadata: Buffer.from(''), isJson: true },
        ]),
      expected: ({ a }) => [['corrupt', a, 5]],
    },
    {
      name: 'an event that is gone from the log',
      harm: ({ prefix, a }) => take(all, records(prefix + a)[1]),
      expected: ({ a }) => [
        ['append_not_whole', a, 0],
        ['revision_gap', a, 2],
      ],
    },
    {
      name: 'the last event that is gone from log and stream',
      harm: ({ prefix, a }) => {
        const last = records(prefix + a).at(-1);
        take(all, last);
        take(records(prefix + a), last);
      },
      expected: () => [['head', null, null]],
    },
    {
      name: 'a stream that was deleted, and is not scavenged yet',
      harm: ({ prefix, a }) => void records(prefix + a).splice(0),
      expected: ({ a }) => [['revision_gap', a, 4]],
    },
    {
      name: 'a stream that was deleted for ever, and has been scavenged',
      harm: ({ prefix, c }) => {
        for (const record of records(prefix + c)) take(all, record);
        standIn.tombstone(prefix + c);
        take(all, all.at(-1));
      },
      expected: ({ c }) => [['revision_gap', c, null]],
    },
  ];

t.test('what was done to the log is named, with its place', { skip: skipOnReal('change what it keeps') }, async (t) => {
  for (const { name, harm, expected } of cases) {
    await t.test(name, async (t) => {
      const own = await filled(t);
      harm(own);
      const { findings } = await own.verified();
      t.same(
        findings.map(({ what, stream, revision }) => [what, stream, revision]),
        expected(own),
      );
      t.ok(findings.every(({ detail }) => detail !== ''));
    });
  }
});

t.test('a database without any text of the log is refused', async (t) => {
  const { pool, open } = await filled(t);
  await pool.query('UPDATE vault.checkpoint SET position = 0');
  await open();
  await pool.query('UPDATE vault.checkpoint SET position = 0; DELETE FROM vault.texts');
  await t.rejects(open({}), { name: 'OtherLog', message: /DATABASE_URL/ });
});

t.test('another log than the one that the vault has followed is refused, and costs no text', async (t) => {
  const { pool, open, log, verified } = await filled(t);
  await t.rejects(open({ eventLogName: 'nobody' }), { name: 'OtherLog', message: /EVENT_LOG_NAME/ });
  await t.rejects(open({ eventLogUrl: null }), { name: 'OtherLog' }, 'nor that in PostgreSQL');
  await pool.query(old);
  const { rowCount: before } = await pool.query('TABLE vault.texts');
  const wrong = { ...log, holds: async () => false, readAll: async () => [], readStored: async () => [] };
  await t.rejects(sweepAttempts({ pool, log: wrong }), { name: 'OtherLog' });
  t.equal((await pool.query('TABLE vault.texts')).rowCount, before);
  t.match((await verified({ eventLogName: 'nobody' })).findings[0], { what: 'head' });
  t.match((await verified({ eventLogUrl: null })).findings[0], { what: 'head' });
  await open();
});
