import { createServer } from 'node:net';
import { ConfigError } from './config.ts';

/** `setting` is the variable that has the port; PORT unless it is said. */
export type Place = { host: string; port: number; setting?: string };

/** Why a server cannot listen there, for people, where they can mend it; any other error is answered as it is. */
export const listenError = (error: unknown, { host, port, setting = 'PORT' }: Place): unknown => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const why = {
    EADDRINUSE: `another program listens on ${host}:${port}: end it, or set ${setting} to another one, for example ${setting}=${port < 65_535 ? port + 1 : 8080}`,
    EACCES: `this user may not listen on ${host}:${port}: set ${setting} to one from 1024 on, for example ${setting}=8080`,
    EADDRNOTAVAIL: `${host} is not an address of this machine: set HOST to one, for example HOST=127.0.0.1`,
    ENOTFOUND: `${host} is not an address of this machine: set HOST to one, for example HOST=127.0.0.1`,
  }[String(code)];
  return why === undefined ? error : new ConfigError(why, { cause: error });
};

/** Listens for a moment. Throws what `listenError` makes of it where that cannot be. */
export const tryPort = async (place: Place): Promise<void> => {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(place, resolve));
  } catch (error) {
    throw listenError(error, place);
  }
  await new Promise((resolve) => server.close(resolve));
};
