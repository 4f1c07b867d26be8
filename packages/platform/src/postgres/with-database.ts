import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { findEmbedded, openEmbedded } from './embedded.ts';

/**
 * Runs a command against the configured database: `DATABASE_URL`, else the embedded server of `DATA_DIR`, which is started for as long as the
 * command takes where none runs. `name` is one word that a second process is told if it finds the directory in use.
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
  const embedded = await openEmbedded({ dataDir: config.dataDir, name: options.name, logger: options.logger });
  try {
    return await run(embedded.databaseUrl());
  } finally {
    await embedded.stop();
  }
};
