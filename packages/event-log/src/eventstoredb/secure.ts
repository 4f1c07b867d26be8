import { BACKWARDS, END, EventStoreDBClient, type JSONEventType, jsonEvent, StreamNotFoundError } from '@eventstore/db-client';
import { type ServiceError, status } from '@grpc/grpc-js';
import { failureOf } from './failures.ts';
import { disposeOf, type Inside, insideOf, UsersClient, users } from './protocol.ts';
import { repeatedly } from './repeat.ts';
import { asUser, checkRights, userOf } from './rights.ts';
import { StoreRefused, StoreUnavailable } from './store.ts';

type User = { name: string; password: string };
/** What was set, and what is still open to anybody who tries; both in whole sentences. */
type Secured = { done: string[]; open: string[] };

/** The users that every EventStoreDB comes with, and the password that they have unless it was set before the first start. */
const ownUsers = ['admin', 'ops'];
const ownPassword = 'changeit';

type Settings = JSONEventType<'$settings', Record<string, unknown>>;
type Roles = string | string[] | undefined;

/** Who has a right already, besides everybody and the user. */
const withUser = (roles: Roles, user: string): string[] =>
  [...new Set([...(typeof roles === 'string' ? [roles] : (roles ?? [])), user])].filter((role) => role !== '$all');

/**
 * Gives the user of the connection string the least rights that the event log needs in EventStoreDB, and takes from all others what they have by default: the
 * user may read `$all`, and with those who were let in before read and write streams that are not the store's own, and read their metadata; only `$admins`
 * may delete and truncate them or change who may do what. May be repeated at any time. Rejects with `StoreRefused`, `StoreUnavailable` or `LogUnavailable`.
 */
export const secureStore = async ({ url, prefix, admin }: { url: string; prefix: string; admin: User }): Promise<Secured> => {
  const user = usable(url);
  const made = await asAdmin(url, admin, async (client, inside) => {
    const known = await ensureUser(inside, user);
    await letReadAll(client, user.name);
    await closeUserStreams(client, user.name);
    return known;
  });
  await soon(() => checkRights(url, prefix));
  const open: string[] = [];
  for (const name of ownUsers) {
    if (await isKnown(url, { name, password: ownPassword }))
      open.push(`the user ${name} still has the password that every EventStoreDB comes with: change it`);
  }
  const done = [
    made,
    `${user.name} may read $all`,
    `streams that are not the store's own are read and written by ${user.name} and those who were let in before; only $admins delete and truncate them`,
  ];
  return { done, open };
};

/** Milliseconds after which the store goes by what it acknowledged: it remembers an old password for a second, and for ten where it is slow. */
const noticedWithin = 30_000;

const soon = (check: () => Promise<void>): Promise<void> =>
  repeatedly(
    () =>
      check().catch((error: unknown) => {
        throw error instanceof StoreRefused && error.who ? new StoreUnavailable(error.message, { cause: error }) : error;
      }),
    { until: performance.now() + noticedWithin },
  );

/** The user of the connection string, if it can be one of the service's own. */
const usable = (url: string): User => {
  const user = userOf(url);
  const example = 'esdb://averment:PASSWORD@…';
  if (user === null || user.name === '' || user.password === '')
    throw new StoreRefused(`EVENT_LOG_URL has to name the user that the service is to have, and its password: ${example}`);
  if (ownUsers.includes(user.name))
    throw new StoreRefused(
      `EVENT_LOG_URL names ${user.name}, whom every EventStoreDB has: the service needs a user of its own, as in ${example}`,
    );
  if (/[?&]tls=false(&|$)/i.test(url))
    throw new StoreRefused('EVENT_LOG_URL says tls=false: an EventStoreDB without TLS knows no users, and lets everybody do everything');
  return user;
};

const asAdmin = async <T>(url: string, admin: User, run: (client: EventStoreDBClient, inside: Inside) => Promise<T>): Promise<T> => {
  const client = EventStoreDBClient.connectionString(asUser(url, admin));
  const inside = client as unknown as Inside;
  try {
    return await run(client, inside);
  } catch (error) {
    const failure = failureOf(error);
    const who = failure instanceof StoreRefused ? failure.who : undefined;
    if (who === 'unknown') throw new StoreRefused(`EventStoreDB does not know ${admin.name} by that password`, { cause: failure, who });
    if (who === 'not_allowed') throw new StoreRefused(`${admin.name} is no admin of EventStoreDB`, { cause: failure, who });
    throw failure;
  } finally {
    await disposeOf(inside);
  }
};

/** One call to the store's management of users. */
const manage = <T>(inside: Inside, call: (grpc: UsersClient, done: (error: ServiceError | null, answer: T) => void) => void): Promise<T> =>
  inside.execute(
    UsersClient,
    'users',
    (grpc) => new Promise<T>((resolve, reject) => call(grpc, (error, answer) => (error ? reject(error) : resolve(answer)))),
  );

const detailsOf = async (inside: Inside, name: string): Promise<users.DetailsResp.UserDetails | undefined> => {
  const request = new users.DetailsReq().setOptions(new users.DetailsReq.Options().setLoginName(name));
  return inside.execute(
    UsersClient,
    'details',
    (grpc) =>
      new Promise((resolve, reject) => {
        let found: users.DetailsResp.UserDetails | undefined;
        const call = grpc.details(request, ...inside.callArguments({ requiresLeader: true }));
        call.on('data', (answer: users.DetailsResp) => (found = answer.getUserDetails()));
        call.on('error', (error: ServiceError) => (error.code === status.NOT_FOUND ? resolve(undefined) : reject(error)));
        call.on('end', () => resolve(found));
      }),
  );
};

/** The user exists, is in no group, is let in, and has this password. */
const ensureUser = async (inside: Inside, { name, password }: User): Promise<string> => {
  const [metadata, options] = inside.callArguments({ requiresLeader: true });
  const known = await detailsOf(inside, name);
  if (known === undefined) {
    const request = new users.CreateReq().setOptions(
      new users.CreateReq.Options().setLoginName(name).setPassword(password).setFullName(name),
    );
    await manage(inside, (grpc, done) => grpc.create(request, metadata, options, done));
    return `the user ${name} was made`;
  }
  const reset = new users.ResetPasswordReq().setOptions(new users.ResetPasswordReq.Options().setLoginName(name).setNewPassword(password));
  await manage(inside, (grpc, done) => grpc.resetPassword(reset, metadata, options, done));
  if (known.getDisabled()) {
    const enable = new users.EnableReq().setOptions(new users.EnableReq.Options().setLoginName(name));
    await manage(inside, (grpc, done) => grpc.enable(enable, metadata, options, done));
  }
  if (known.getGroupsList().length > 0) {
    const update = new users.UpdateReq().setOptions(
      new users.UpdateReq.Options().setLoginName(name).setFullName(known.getFullName()).setGroupsList([]),
    );
    await manage(inside, (grpc, done) => grpc.update(update, metadata, options, done));
  }
  return `the user ${name} has the password of EVENT_LOG_URL, and is in no group`;
};

const letReadAll = async (client: EventStoreDBClient, name: string): Promise<void> => {
  const { metadata } = await client.getStreamMetadata('$all');
  const acl = metadata?.acl === undefined || typeof metadata.acl === 'string' ? {} : metadata.acl;
  await client.setStreamMetadata('$all', { ...metadata, acl: { ...acl, readRoles: withUser(acl.readRoles ?? '$admins', name) } });
};

const closeUserStreams = async (client: EventStoreDBClient, name: string): Promise<void> => {
  const settings = await lastSettings(client);
  const before = (settings.$userStreamAcl ?? {}) as Record<string, Roles>;
  const users = {
    ...{ $r: withUser(before.$r, name), $w: withUser(before.$w, name), $mr: withUser(before.$mr, name) },
    ...{ $d: '$admins', $mw: '$admins' },
  };
  await client.appendToStream('$settings', jsonEvent<Settings>({ type: '$settings', data: { ...settings, $userStreamAcl: users } }));
};

const lastSettings = async (client: EventStoreDBClient): Promise<Record<string, unknown>> => {
  try {
    for await (const { event } of client.readStream<Settings>('$settings', { direction: BACKWARDS, fromRevision: END, maxCount: 1 }))
      return event?.data ?? {};
  } catch (error) {
    if (!(error instanceof StreamNotFoundError)) throw error;
  }
  return {};
};

/** Whether the store lets this user in. */
const isKnown = async (url: string, user: User): Promise<boolean> => {
  const inside = insideOf(asUser(url, user));
  try {
    return (await detailsOf(inside, user.name)) !== undefined;
  } catch (error) {
    const failure = failureOf(error);
    if (failure instanceof StoreRefused) return failure.who !== 'unknown';
    throw failure;
  } finally {
    await disposeOf(inside);
  }
};
