import { listReads } from '@averment/access';
import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { decide, expect, furnish, propose, publish } from './support/story.ts';

const harness = await harnessFor(t);
const began = new Date();

t.test('what reviewers and auditors read that the public may not see is noted: who, what, when, and no text', async (t) => {
  const own = await harness(t, { auditReads: true });
  const world = await furnish(own);
  const { incident } = await publish(own, world);
  const { incident: hidden } = await propose(own, world, { title: 'Shots at another bridge' });
  const reads = async () =>
    (await listReads(own.pool, began)).map(({ subject, role, operation, path }) => `${subject} ${role} ${operation} ${path}`);
  const before = (await reads()).length;
  const ask = async (key: 'reviewer' | 'auditor' | 'contributor' | 'app' | 'admin' | null, path: string, status = 200) =>
    expect(await own.ask('GET', path, { key }), status);

  await own.read(`/v1/incidents/${hidden}/edits/1`, { key: 'reviewer' });
  await ask('auditor', `/v1/incidents/${incident}`);
  await ask('auditor', `/v1/incidents?q=bridge&status=all`);
  await ask('auditor', `/v1/sources/${world.source}/text`);
  await own.ask('HEAD', `/v1/parties/${world.police}`, { key: 'reviewer' });
  const edit = `/v1/incidents/${hidden}/edits/1`;
  expect(await own.ask('POST', `${edit}/lease`, { key: 'reviewer' }), 200);
  const expected = [
    `reviewer reviewer readEdit ${edit}`,
    `auditor auditor readIncident /v1/incidents/${incident}`,
    'auditor auditor listIncidents /v1/incidents',
    `auditor auditor readSourceText /v1/sources/${world.source}/text`,
    `reviewer reviewer readParty /v1/parties/${world.police}`,
    `reviewer reviewer takeLease ${edit}/lease`,
  ];
  t.strictSame((await reads()).slice(before), expected);

  await ask('reviewer', '/v1/vocabulary');
  await ask('auditor', '/v1/takedowns');
  await ask('reviewer', '/openapi.json');
  await ask('reviewer', '/v1/incidents/incident_01h455vb4pex5vsknk084sn02q', 404);
  await ask(null, `/v1/incidents/${incident}`);
  for (const key of ['app', 'admin', 'contributor'] as const) await ask(key, `/v1/incidents/${incident}`);
  t.equal((await reads()).length, before + expected.length, 'nothing else is');
  const decided = await decide(own, hidden, 1, 'approve', 'reviewer2');
  t.equal(decided.status, 200);
  t.notOk(
    (await reads()).some((read) => read.includes('decideEdit')),
    'what is written is an event',
  );
  for (const { at } of await listReads(own.pool, began)) t.ok(at >= began && at.getTime() <= Date.now());
  t.notMatch(JSON.stringify(await reads()), /bridge/, 'no words that were looked for');

  await own.pool.query('ALTER TABLE access.reads RENAME TO away');
  t.equal((await own.ask('GET', `/v1/incidents/${incident}`, { key: 'auditor' })).status, 503, 'what cannot be noted is not shown');
  await own.pool.query('ALTER TABLE access.away RENAME TO reads');
});

t.test('nothing is noted unless that is asked for', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  expect(await own.ask('GET', `/v1/sources/${world.source}/text`, { key: 'auditor' }), 200);
  t.strictSame(await listReads(own.pool, began), []);
});
