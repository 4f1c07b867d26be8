import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { testFolder } from '@averment/platform/testing';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import t from 'tap';
import { asUser, checkRights, requireRights, userOf } from '../src/eventstoredb/rights.ts';
import { secureStore } from '../src/eventstoredb/secure.ts';
import { StoreRefused } from '../src/eventstoredb/store.ts';
import { certificatesMissing, makeCertificates, startStandIn } from './eventstore-stand-in/server.ts';
import { newPrefix, realServer } from './eventstoredb.ts';

// Against a stand-in with TLS and passwords, or a real server where TEST_EVENTSTORE_URL names an admin of one: that one's default rights are set then.

const realAdmin = realServer === undefined ? null : userOf(realServer);
const skip =
  realServer === undefined
    ? certificatesMissing
    : realAdmin === null && 'skipped: TEST_EVENTSTORE_URL names no admin of a server with passwords';

const admin = realAdmin ?? { name: 'admin', password: 'an admin’s own' };
const secured = async () => {
  if (realServer !== undefined) return realServer;
  const { authority, ...certified } = makeCertificates(join(await testFolder(t), 'certificates'));
  const { url } = await startStandIn(t, undefined, { ...certified, passwords: { admin: admin.password, ops: 'changeit' } });
  return `${url}&tlsCAFile=${encodeURIComponent(authority)}`;
};

t.test('the user of a connection string', async (t) => {
  t.equal(userOf('esdb://a:2113,b:2113?tls=true'), null);
  t.same(userOf('esdb+discover://an%40averment:p%3Aw@a:2113,b:2113'), { name: 'an@averment', password: 'p:w' });
  const url = asUser('esdb://a:2113,b:2113?tls=true', { name: 'x', password: 'p@:/$&' });
  t.same(userOf(url), { name: 'x', password: 'p@:/$&' });
  t.equal(asUser(url, { name: 'y', password: 'z' }), 'esdb://y:z@a:2113,b:2113?tls=true');
});

t.test('what cannot be secured is refused before anything is asked', async (t) => {
  const secure = (url: string) => secureStore({ url, prefix: 'x-', admin });
  await t.rejects(secure('esdb://localhost:1?tls=true'), { name: 'StoreRefused', message: /has to name the user/ });
  await t.rejects(secure('esdb://admin:x@localhost:1?tls=true'), { name: 'StoreRefused', message: /a user of its own/ });
  await t.rejects(secure('esdb://averment:x@localhost:1?tls=false'), { name: 'StoreRefused', message: /knows no users/ });
});

t.test('a refusal says whether it is a matter of who asks, since a store goes by a new password only after a while', async (t) => {
  for (const who of ['unknown', 'not_allowed', undefined] as const) {
    const refuse = async () => {
      throw new StoreRefused('no', { who });
    };
    const asked = requireRights({ readAll: refuse, readStream: refuse, append: refuse }, 'esdb://a:b@localhost:1?tls=true', 'x-');
    await t.rejects(asked, { name: 'StoreRefused', who });
  }
});

t.test('a user of our own has what the log needs, and nobody else but admins has anything', { skip }, async (t) => {
  const base = await secured();
  const prefix = newPrefix();
  const [name, password] = [`averment-${randomUUID()}`, randomUUID()];
  const own = asUser(base, { name, password });
  const secure = (more: Partial<Parameters<typeof secureStore>[0]> = {}) => secureStore({ url: own, prefix, admin, ...more });
  const refused = (message: RegExp) => ({ name: 'StoreRefused', message });
  /** What a program that starts says, once it says what is meant: the store goes by a change a moment after it acknowledged it. */
  const saidBy = async (url: string, meant: RegExp): Promise<string> => {
    for (;;) {
      const said = await checkRights(url, prefix).then(
        () => '',
        (error: Error) => error.message,
      );
      if (meant.test(said)) return said;
    }
  };
  const clientOf = (url: string) => {
    const client = EventStoreDBClient.connectionString(url);
    t.teardown(() => client.dispose());
    return client;
  };

  await t.rejects(
    checkRights(own, prefix),
    refused(new RegExp(`does not know the user ${name} of EVENT_LOG_URL by that password: .*eventstore:secure`)),
  );
  const nobody = base.replace(/\/\/[^@/]*@/, '//');
  await t.rejects(checkRights(nobody, prefix), refused(/^EVENT_LOG_URL names no user, and EventStoreDB lets nobody read \$all/));
  await t.rejects(secure({ admin: { ...admin, password: 'wrong' } }), refused(/^EventStoreDB does not know .* by that password$/));

  const first = await secure();
  t.match(first.done, [`the user ${name} was made`, `${name} may read $all`, /only \$admins delete and truncate/]);
  if (realServer === undefined) t.match(first.open, [/^the user ops still has the password/], 'what is left to do is said');
  await checkRights(own, prefix);
  t.match((await secure()).done, [`the user ${name} has the password of EVENT_LOG_URL, and is in no group`], 'it may be repeated');
  await t.rejects(secure({ admin: { name, password } }), refused(/is no admin of EventStoreDB$/));

  const other = { name: `other-${randomUUID()}`, password: randomUUID() };
  await secure({ url: asUser(base, other) });
  await checkRights(own, prefix);
  await checkRights(asUser(base, other), prefix);
  const changed = asUser(base, { name, password: 'another' });
  await secure({ url: changed });
  t.match(await saidBy(own, /password/), /by that password/, 'a new password takes the place of the old one');

  const store = clientOf(asUser(base, admin));
  const stream = `${prefix}stream`;
  const event = () => jsonEvent({ type: 'Strange', data: {} });
  const service = clientOf(changed);
  await service.appendToStream(stream, event());
  const stranger = { name: `stranger-${randomUUID()}`, password: randomUUID() };
  // Known to the store as ops is, and let into nothing.
  await secure({ url: asUser(base, stranger) });
  const settings = (users: object) => store.appendToStream('$settings', jsonEvent({ type: '$settings', data: { $userStreamAcl: users } }));
  const closed = { $d: '$admins', $mr: [name], $mw: '$admins' };
  await settings({ ...closed, $r: [name], $w: [name] });
  await store.setStreamMetadata('$all', { acl: { readRoles: [name] } });

  const refusalOf = (asked: Promise<unknown>) =>
    asked.then(
      () => null,
      (error: { type?: unknown }) => error.type,
    );
  for (const [who, client] of [
    ['the service', service],
    ['a stranger', clientOf(asUser(base, stranger))],
  ] as const) {
    t.equal(await refusalOf(client.deleteStream(stream)), 'access-denied', `${who} cannot delete`);
    t.equal(await refusalOf(client.tombstoneStream(stream)), 'access-denied', `${who} cannot delete for ever`);
    t.equal(await refusalOf(client.setStreamMetadata(stream, { truncateBefore: 1 })), 'access-denied', `${who} cannot truncate`);
    t.equal(await refusalOf(client.setStreamMetadata('$all', {})), 'access-denied', 'nor change who reads all');
    t.equal(await refusalOf(client.appendToStream('$settings', event())), 'access-denied', 'nor who may do what');
  }
  t.equal(await refusalOf(clientOf(asUser(base, stranger)).appendToStream(stream, event())), 'access-denied', 'a stranger cannot write');

  await settings({ ...closed, $r: [name], $w: '$admins' });
  t.match(
    await saidBy(changed, /write/),
    new RegExp(`^the user ${name} of EVENT_LOG_URL may not write to streams whose names begin with ${prefix}: `),
  );
  await settings({ ...closed, $r: '$admins', $w: [name] });
  t.match(await saidBy(changed, /read streams/), /may not read streams whose names begin with/);
  await settings({ ...closed, $r: [name], $w: [name], $mr: '$admins' });
  t.match(await saidBy(changed, /metadata/), /may not read the metadata of streams whose names begin with/);
  await store.setStreamMetadata('$all', { acl: { readRoles: ['$admins'] } });
  t.match(await saidBy(changed, /all/), /may not read \$all: `npm run eventstore:secure`/);
  await secure({ url: changed });
  t.equal(await saidBy(changed, /^$/), '', 'the command gives back what is missing');
});
