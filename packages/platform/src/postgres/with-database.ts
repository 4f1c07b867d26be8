import { constants } from 'node:os';
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { findEmbedded, openEmbedded } from './embedded.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a command against the configured database: `DATABASE_URL`, else the embedded server of `DATA_DIR`, which is started for as long as the
 * command takes where none runs, and stopped with it, also where a signal ends the command. `name` is one word that a second process is told if it finds the directory in use.
 * Throws `EmbeddedError` if there is no data yet.
 */
export const withDatabase = async <T>(
  config: Config,
  options: { name: string; logger: Logger },
  run: (databaseUrl: string) => Promise<T>,
): Promise<T> => {
  if (config.databaseUrl !== null) return run(config.databaseUrl);
  const running = await findEmbedded(config.dataDir);
  if (running !== null) return run(running);
  const opening = openEmbedded({ dataDir: config.dataDir, name: options.name, logger: options.logger });
  const stop = async () => (await opening).stop();
  const end = (signal: NodeJS.Signals) => void stop().finally(() => process.exit(128 + constants.signals[signal]));
  for (const signal of signals) process.once(signal, end);
  try {
    return await run((await opening).databaseUrl());
  } finally {
    await stop();
    for (const signal of signals) process.off(signal, end);
  }
};
