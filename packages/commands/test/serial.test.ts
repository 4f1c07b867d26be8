import t from 'tap';
import { createSerial } from '../src/serial.ts';

t.test('tasks of one name run one after another, those of others beside them', async (t) => {
  const serial = createSerial();
  const said: string[] = [];
  const gate = Promise.withResolvers<void>();
  const task = (name: string, wait?: Promise<void>) => async () => {
    said.push(`${name} begins`);
    await wait;
    said.push(`${name} ends`);
    return name;
  };
  const all = [serial('a', task('a1', gate.promise)), serial('a', task('a2')), serial('b', task('b1'))];
  await all[2];
  t.strictSame(said, ['a1 begins', 'b1 begins', 'b1 ends']);
  gate.resolve();
  t.strictSame(await Promise.all(all), ['a1', 'a2', 'b1']);
  t.strictSame(said.slice(3), ['a1 ends', 'a2 begins', 'a2 ends']);
});

t.test('a task that fails tells its caller and holds nobody up', async (t) => {
  const serial = createSerial();
  const failing = serial('a', () => Promise.reject(new Error('broken')));
  const next = serial('a', async () => 'done');
  await t.rejects(failing, { message: 'broken' });
  t.equal(await next, 'done');
  t.equal(await serial('a', async () => 'again'), 'again');
});
