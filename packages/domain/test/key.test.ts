import t from 'tap';
import {
  confirmationOf,
  type DomainEvent,
  decideConfirmation,
  decideRevocation,
  decideRotation,
  type EventData,
  evolveKey,
  initialKey,
  type Key,
  type NewEvent,
} from '../src/index.ts';

const made = { subject: 'desk', role: 'reviewer', createdAt: '2026-01-02T12:00:00.000Z' } as const;
const created: EventData<'KeyCreated'> = {
  subject: 'desk',
  role: 'reviewer',
  kind: 'person',
  name: 'The front desk',
  expiresAt: '2027-01-01T00:00:00Z',
  confirmation: 'needed',
};
const before = Date.parse('2026-12-31T23:59:59Z');
const after = Date.parse('2027-01-01T00:00:00Z');

const given = (...events: [actor: string, event: Pick<NewEvent, 'type' | 'data'>][]): Key =>
  events.reduce(
    (state, [actor, event], revision) =>
      evolveKey(state, {
        ...event,
        actor,
        revision,
        stream: 'key_01h455vb4pex5vsknk084sn02q',
        command: `c${revision}`,
        request: null,
        edit: null,
        position: BigInt(revision),
        recordedAt: '2026-03-01T12:00:00.000000Z',
      } as DomainEvent),
    initialKey(),
  );
const waiting = (...more: Parameters<typeof given>) => given(['admin', { type: 'KeyCreated', data: created }], ...more);
const confirmed: Parameters<typeof given>[0] = ['admin2', { type: 'KeyConfirmed', data: {} }];
const rotated: Parameters<typeof given>[0] = ['admin2', { type: 'KeyRotated', data: { confirmation: 'needed' } }];
const revoked: Parameters<typeof given>[0] = ['admin', { type: 'KeyRevoked', data: {} }];
const confirm = (state: Key, actor: string, now = before) =>
  decideConfirmation(state, { actor, now, personOf: (subject) => (subject === 'admin3' ? 'admin' : subject) });
const codeOf = (result: ReturnType<typeof confirm>) => (result.ok ? result.value.map(({ type }) => type).join() : result.error.code);

t.test('whether another admin has to confirm a key', async (t) => {
  const of = (role: Parameters<typeof confirmationOf>[0], admins: number, twoAdmins = true) => confirmationOf(role, { twoAdmins, admins });
  t.equal(of('reviewer', 2, false), 'off');
  t.same([of('app', 2), of('auditor', 2)], ['no_content', 'no_content']);
  t.same([of('contributor', 2), of('reviewer', 0)], ['needed', 'needed'], 'however few could');
  t.same([of('admin', 0), of('admin', 1), of('admin', 2)], ['first_admins', 'first_admins', 'needed']);
});

t.test('a key is confirmed by another person than who has seen it last, once', async (t) => {
  t.equal(waiting().status, 'waiting');
  t.equal(codeOf(confirm(waiting(), 'admin')), 'SelfApproval');
  t.equal(codeOf(confirm(waiting(), 'admin3')), 'SelfApproval', 'nor by another subject of that person');
  t.equal(codeOf(confirm(waiting(), 'admin2')), 'KeyConfirmed');
  t.equal(codeOf(confirm(waiting(), 'admin2', after)), 'KeyState', 'it has expired');
  t.equal(codeOf(confirm(waiting(confirmed), 'admin3')), 'KeyState', 'it works');
  t.equal(codeOf(confirm(waiting(revoked), 'admin2')), 'KeyState');
  const again = waiting(confirmed, rotated);
  t.match(again, { status: 'waiting', confirmed: null });
  t.equal(codeOf(confirm(again, 'admin2')), 'SelfApproval', 'who rotated it knows it');
  t.equal(codeOf(confirm(again, 'admin')), 'KeyConfirmed');
});

t.test('a key that is valid no more is never valid again, and is revoked once', async (t) => {
  const rotate = (state: Key, now: number) => codeOf(decideRotation(state, made, { now, confirmation: 'off' }));
  t.equal(rotate(waiting(), before), 'KeyRotated');
  t.equal(rotate(waiting(), after), 'KeyState');
  t.equal(rotate(waiting(revoked), before), 'KeyState');
  t.same(
    decideRevocation(waiting(), made).map(({ type }) => type),
    ['KeyRevoked'],
  );
  t.same(decideRevocation(waiting(revoked), made), []);
});

t.test('of a key of before, what it was made for is noted first', async (t) => {
  t.strictSame(decideRevocation(initialKey(), made), [
    { type: 'KeyNoted', edit: null, data: made },
    { type: 'KeyRevoked', edit: null, data: {} },
  ]);
  const noted = given(['admin', { type: 'KeyNoted', data: made }]);
  t.match(noted, { status: 'active', subject: 'desk', role: 'reviewer', created: null, confirmation: null });
  t.equal(codeOf(decideRotation(noted, made, { now: after, confirmation: 'off' })), 'KeyRotated');
});
