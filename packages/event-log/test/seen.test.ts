import t from 'tap';
import { createSeen } from '../src/seen.ts';

const mark = (position: bigint) => ({ position, sha256: String(position).padStart(64, '0') });

t.test('an end that was asked for before an append was answered is no other log’s', async (t) => {
  const seen = createSeen(async () => true);
  seen.appended(mark(5n));
  const asked = Promise.withResolvers<bigint>();
  const end = seen.end(
    () => asked.promise,
    (position) => position,
  );
  seen.appended(mark(7n));
  asked.resolve(5n);
  t.equal(await end, 5n, 'the log went on while it was asked');
  t.notOk(seen.isOther());
});

t.test('an end before what was certain as it was asked is', async (t) => {
  const others: unknown[] = [];
  const seen = createSeen(
    async () => true,
    (certain) => others.push(certain),
  );
  seen.appended(mark(7n));
  const end = seen.end(
    async () => 5n,
    (position) => position,
  );
  await t.rejects(end, { name: 'OtherLog', message: /ends at position 5, and had an event at 7/ });
  t.ok(seen.isOther());
  t.same(others, [mark(7n)]);
});
