import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { isAway } from '../database/away.ts';
import { type DatabaseRole, databaseRoles } from '../database/rights.ts';
import type { Logger } from '../logger.ts';
import { type Account, postgresAccount, requireReachable } from './account.ts';
import { type Binaries, postgresBinaries } from './binaries.ts';
import {
  clusterExists,
  clusterFolder,
  clusterPassword,
  clusterPlace,
  makeCluster,
  requireOwner,
  superuser,
  writeConfiguration,
} from './cluster.ts';
import { AlreadyRunning, EmbeddedError } from './errors.ts';
import { type DataLock, holderOf, takeDataLock } from './lock.ts';
import { makeRoles, rolePassword } from './roles.ts';
import { freeIn, giveUpReserve, keepReserve, settleRoom } from './room.ts';
import { runningServer, startServer, stopServer } from './server.ts';

const database = 'averment';
/** How often it is looked how much room there is, in milliseconds. */
const roomEvery = 500;
/** A disk that loses less than so many bytes from one look to the next is not being filled just now. */
const still = 1024 * 1024;
/** For how many looks it has to be so before the reserve is given up: whoever fills the disk would take that too, and then no server could start. */
const looksToBeSure = 6;
/** How often it is looked, 100 ms apart, whether the programs that worked with a server have ended: each does within 15 s. */
const looksForUsers = 200;

/** The embedded PostgreSQL while this process is responsible for it. */
export type Embedded = {
  /** For a role, by default that which owns the database. Changes when the server had to be restarted at another port. */
  databaseUrl(role?: DatabaseRole): string;
  /** Tells a second start at which address this one can be reached. */
  noteAddress(url: string): Promise<void>;
  /** Stops the server cleanly. Whoever uses it should be done before. */
  stop(): Promise<void>;
};

type EmbeddedOptions = {
  dataDir: string;
  /** One word that names this process to another that finds the directory in use. */
  name: string;
  logger: Logger;
  /** Called after the server died and runs again. */
  onRestart?: (databaseUrl: string) => void;
  /** Called when the server died, and another process took the data directory before it was brought back. */
  onLost?: (error: AlreadyRunning) => void;
  /** Further lines of configuration. */
  extra?: readonly string[];
};

/**
 * Makes this process the one responsible for the PostgreSQL of a data directory: makes the cluster if there is none, takes over a server
 * that survived its parent or starts one, and starts it again whenever it dies.
 * Throws `AlreadyRunning` if another process has it (and leaves that alone), `EmbeddedError` if it cannot be had.
 */
export const openEmbedded = async (options: EmbeddedOptions): Promise<Embedded> => {
  const { dataDir, name, logger } = options;
  const account = await postgresAccount();
  const folder = await clusterPlace(dataDir, account);
  const binaries = await postgresBinaries(account);
  if (!(await clusterExists(folder))) {
    logger.info({ folder }, 'making a database cluster');
    await makeCluster(folder, binaries, account, { extra: options.extra ?? [] });
  }
  await requireReachable(folder, account);
  await requireOwner(folder, account);

  // A server that starts has something to write, the more so the first time; one that runs goes on.
  if (await settleRoom(folder))
    throw new EmbeddedError(`there is too little room left on the disk of ${folder}: start again once 180 MB are free`);

  const password = await clusterPassword(folder);
  const site = { folder, binaries, account, extra: options.extra ?? [] };
  let port: number | null = null;
  let address: string | undefined;
  let stopping = false;
  const ended = new AbortController();
  /** What the server that runs was told of the room on its disk, if it was. */
  let readOnly: boolean | null = null;

  const urlOf = (name: string): string => serverUrl(password, port, name);

  const acquire = async (): Promise<DataLock> => {
    for (let tried = 1; ; tried += 1) {
      if (stopping) throw new EmbeddedError('PostgreSQL is being stopped');
      try {
        readOnly = null;
        port = await ensureServer(site, port, logger);
        const taken = await takeDataLock(urlOf('postgres'), name);
        if (!('release' in taken)) throw new AlreadyRunning(dataDir, taken);
        return taken;
      } catch (error) {
        // A server that was found may be about to stop, or may be recovering from the death of one of its processes.
        if (tried >= 300 || error instanceof EmbeddedError || !isAway(error)) throw error;
        await delay(200);
      }
    }
  };

  /** Brings the server back whenever it is gone. It goes on trying, so that a full disk needs nothing but room. */
  const watch = async (): Promise<void> => {
    for (let failures = 0; !stopping; ) {
      await lock.lost;
      if (stopping) return;
      logger.warn('PostgreSQL is gone, bringing it back');
      try {
        lock = await acquire();
        if (address !== undefined) await lock.noteAddress(address);
        logger.info('PostgreSQL is back');
        failures = 0;
        options.onRestart?.(urlFor('worker', password, port));
      } catch (error) {
        if (stopping) return;
        if (error instanceof AlreadyRunning) return options.onLost?.(error);
        failures += 1;
        logger.error(
          { error: error instanceof Error ? error.message : String(error), failures },
          'PostgreSQL could not be brought back, trying again',
        );
        await delay(Math.min(200 * failures, 5000));
      }
    }
  };

  /** Lets the server only be read while the disk is full. */
  const guard = async (): Promise<void> => {
    let [isFull, free, looks] = [false, 0, 0];
    for (; !stopping; await delay(roomEvery, undefined, { ref: false, signal: ended.signal }).catch(() => undefined)) {
      try {
        const wanted = await settleRoom(folder);
        const left = await freeIn(folder);
        looks = free - left < still ? looks + 1 : 0;
        free = left;
        if (wanted !== readOnly) await ask(urlOf('postgres'), (client) => client.query('SELECT pg_reload_conf()'));
        readOnly = wanted;
        if (wanted !== isFull) tellRoom(wanted);
        else if (!wanted) await keepReserve(folder);
        else if (looks >= looksToBeSure) await giveUpReserve(folder);
        isFull = wanted;
      } catch (error) {
        // The server may be away just now.
        logger.debug({ error: error instanceof Error ? error.message : String(error) }, 'the room on the disk was not settled');
      }
    }
  };

  const tellRoom = (isFull: boolean): void => {
    if (isFull) logger.error({ folder }, 'the disk is full: nothing is written until there is room, reads go on');
    else logger.warn({ folder }, 'there is room on the disk again');
  };

  let lock = await acquire();
  await createDatabase(urlOf('postgres'));
  await makeRoles(urlOf(database), database, password);
  const watching = watch();
  const guarding = guard();

  return {
    databaseUrl: (role = 'worker') => urlFor(role, password, port),
    noteAddress: async (url) => {
      address = url;
      await lock.noteAddress(url);
    },
    stop: async () => {
      stopping = true;
      ended.abort();
      await guarding;
      await stopServer(folder, binaries, account);
      await lock.release().catch(() => undefined);
      await watching;
      // It may have been on its way back when this began.
      await stopServer(folder, binaries, account);
    },
  };
};

const serverUrl = (password: string, port: number | null, name: string): string =>
  `postgres://${superuser}:${password}@127.0.0.1:${port}/${name}`;

const urlFor = (role: DatabaseRole, superusers: string, port: number | null): string =>
  `postgres://${databaseRoles[role]}:${rolePassword(superusers, role)}@127.0.0.1:${port}/${database}`;

/**
 * The address of the database of a data directory whose server runs already, whoever runs it, for a role; null if none does.
 * Throws `EmbeddedError` if there is no cluster.
 */
export const findEmbedded = async (dataDir: string, role: DatabaseRole = 'worker'): Promise<string | null> => {
  const folder = clusterFolder(dataDir);
  if (!(await clusterExists(folder)))
    throw new EmbeddedError(`there is no data in ${dataDir} yet: run npm start first, or set DATA_DIR or DATABASE_URL`);
  const server = await runningServer(folder);
  if (server === null || !server.ready) return null;
  return urlFor(role, await clusterPassword(folder), server.port);
};

/** Who has a data directory whose server runs: null where nobody has it, as after a kill. Answers null where none runs, or will in a moment. */
export const embeddedHolder = async (dataDir: string): Promise<{ holder: AlreadyRunning['holder'] | null } | null> => {
  const folder = clusterFolder(dataDir);
  let found = await runningServer(folder);
  for (; found !== null && !found.ready; found = await runningServer(folder)) await delay(100);
  if (found === null) return null;
  return { holder: await ask(serverUrl(await clusterPassword(folder), found.port, 'postgres'), holderOf) };
};

/** Stops the server that a process left behind when it was killed, once the programs that worked with it have ended, which they do by themselves. */
export const stopLeft = async (dataDir: string, logger: Logger): Promise<void> => {
  const embedded = await openEmbedded({ dataDir, name: 'stop', logger });
  // The lock is held in another database.
  const users =
    "SELECT count(*)::int AS users FROM pg_stat_activity WHERE application_name LIKE 'averment %' AND datname = current_database()";
  try {
    for (let looks = 0; looks < looksForUsers; looks += 1) {
      const { rows } = await ask(embedded.databaseUrl(), (client) => client.query<{ users: number }>(users));
      if (rows[0]?.users === 0) break;
      await delay(100);
    }
  } finally {
    await embedded.stop();
  }
};

type Site = { folder: string; binaries: Binaries; account: Account | null; extra: readonly string[] };

/** Answers the port of a server on the cluster, which is started if none runs. `preferred` is the port that its users know. */
const ensureServer = async (site: Site, preferred: number | null, logger: Logger): Promise<number> => {
  let found = await runningServer(site.folder);
  // Recovery takes as long as it takes; a server that stops goes away.
  for (let looks = 0; found !== null && !found.ready; looks += 1) {
    if (looks % 100 === 20) logger.info({ postgres: found.pid }, 'waiting for a PostgreSQL that starts or stops');
    await delay(100);
    found = await runningServer(site.folder);
  }
  if (found !== null) {
    logger.info({ postgres: found.pid, port: found.port }, 'a PostgreSQL runs here already');
    return found.port;
  }
  if (await settleRoom(site.folder)) await giveUpReserve(site.folder);
  await writeConfiguration(site.folder, site.extra);
  try {
    return await startServer(site.folder, site.binaries, site.account, preferred);
  } catch (error) {
    // Somebody else may have started it in the same moment.
    const other = await runningServer(site.folder);
    if (other === null) throw error;
    return other.port;
  }
};

/** Asks a server over a connection of its own. */
const ask = async <T>(url: string, question: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, query_timeout: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await question(client);
  } finally {
    await client.end();
  }
};

const createDatabase = async (url: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
  } finally {
    await client.end();
  }
};
