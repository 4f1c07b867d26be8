import { OtherLog } from '@averment/event-log';
import t from 'tap';
import { healthOf } from '../src/health.ts';

const parked = new Set<string>();
const there = async () => new Map(['record', 'reviews', 'erasure_requests', 'times'].map((name) => [name, { position: 1n, parked }]));
const building = async () => (await there()).set('reviews', { position: null as unknown as bigint, parked });
const fails = async (): Promise<never> => Promise.reject(new Error('away'));
const well = {
  runner: { status: there },
  log: { head: async () => 1n, requireSame: async () => undefined },
  jobs: { counts: async () => ({}) },
};

t.test('each thing that is missing is named, and only what ends reads makes the service unready', async (t) => {
  const of = (parts: object) => healthOf({ ...well, ...parts })();
  t.same(await of({}), { reasons: [], warnings: [] });
  t.match(await of({ runner: { status: fails } }), { reasons: ['the database does not answer'], warnings: [] });
  t.match(await of({ runner: { status: building } }), { reasons: ['the read model reviews is still being built'], warnings: [] });
  t.match(await of({ log: { head: fails, requireSame: fails } }), { reasons: [], warnings: [/event log/] });
  const other = async (): Promise<never> => Promise.reject(new OtherLog('another event log lies there'));
  t.same(await of({ log: { head: other, requireSame: other } }), { reasons: ['another event log lies there'], warnings: [] });
  t.same(await of({ off: () => new Map([['times', 'the read model times is off']]) }), {
    reasons: ['the read model times is off'],
    warnings: [],
  });
  t.match(await of({ jobs: { counts: fails } }), { reasons: [], warnings: [/jobs/] });
});
