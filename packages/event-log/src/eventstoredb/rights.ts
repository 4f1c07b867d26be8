import { randomUUID } from 'node:crypto';
import { eventStoreDefaults } from './log.ts';
import { repeatedly } from './repeat.ts';
import { type Store, StoreRefused } from './store.ts';

/** The user in a connection string, as the client reads it; null for none. */
export const userOf = (url: string): { name: string; password: string } | null => {
  const [, credentials] = /^[a-z+]+:\/\/([^@/?#]*)@/.exec(url) ?? [];
  if (credentials === undefined) return null;
  const [name = '', password = ''] = credentials.split(':');
  return { name: decodeURIComponent(name), password: decodeURIComponent(password) };
};

/** The connection string with another user in it. */
export const asUser = (url: string, { name, password }: { name: string; password: string }): string =>
  url.replace(/^([a-z+]+:\/\/)(?:[^@/?#]*@)?/, `$1${encodeURIComponent(name)}:${encodeURIComponent(password)}@`);

const setUp = '`npm run eventstore:secure` gives it what it needs (docs/operations.md, EventStoreDB)';

/**
 * Rejects with `StoreRefused`, which names the user and the right that is missing, unless the user of the connection string may read `$all` and read and
 * write streams that begin with `prefix`, and read their metadata. Writes nothing. Rejects with `StoreUnavailable` where the store cannot be asked.
 */
export const requireRights = async (
  store: Pick<Store, 'readAll' | 'readStream' | 'append'>,
  url: string,
  prefix: string,
): Promise<void> => {
  const user = userOf(url);
  const who =
    user === null ? 'EVENT_LOG_URL names no user, and EventStoreDB lets nobody' : `the user ${user.name} of EVENT_LOG_URL may not`;
  // A stream that nobody has: appending behind its first event is refused as out of order, if it is not refused before.
  const nowhere = `${prefix}${randomUUID()}`;
  const rights: [string, () => Promise<unknown>][] = [
    ['read $all', () => store.readAll({ from: 'end', direction: 'backwards', limit: 1 })],
    [`read streams whose names begin with ${prefix}`, () => store.readStream(nowhere, 0, 1)],
    [`read the metadata of streams whose names begin with ${prefix}`, () => store.readStream(`$$${nowhere}`, 0, 1)],
    [
      `write to streams whose names begin with ${prefix}`,
      () => store.append(nowhere, 0, [{ id: randomUUID(), type: 'Probe', data: '{}', metadata: '{}' }]),
    ],
  ];
  for (const [right, use] of rights) {
    try {
      await use();
    } catch (error) {
      if (!(error instanceof StoreRefused)) throw error;
      if (error.who === 'unknown')
        throw new StoreRefused(`EventStoreDB does not know the user ${user?.name} of EVENT_LOG_URL by that password: ${setUp}`, {
          cause: error,
          who: error.who,
        });
      if (error.who === 'not_allowed') throw new StoreRefused(`${who} ${right}: ${setUp}`, { cause: error, who: error.who });
      throw error;
    }
  }
};

/** `requireRights` over a connection of its own, for a program that starts. Rejects with `LogUnavailable` where the store cannot be asked. */
export const checkRights = async (url: string, prefix: string): Promise<void> => {
  // Loaded here, so that only who uses the store pays for its client.
  const { connectClient } = await import('./client.ts');
  const store = connectClient(url, { ...eventStoreDefaults, beforeAppends: async () => undefined });
  try {
    await repeatedly(() => requireRights(store, url, prefix), { tries: 3 });
  } finally {
    await store.close();
  }
};
