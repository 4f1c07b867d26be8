import { ConfigError, createLogger, createShutdown, EmbeddedError, loadConfig, ServerKeyError } from '@averment/platform';
import { launch, type Programs } from './launch.ts';

/**
 * `npm start`: runs everything in one process tree until it is told to stop. Ends with 0 when it was stopped, with 1 when it could not start;
 * what a person can mend is said in one message, without a trace.
 */
export const start = async (programs: Programs): Promise<void> => {
  try {
    const config = loadConfig(process.env);
    const logger = createLogger({ level: config.logLevel, name: 'launcher' });
    // The children and the server take their own time to finish what they do.
    const shutdown = createShutdown({ logger, grace: 60_000 });
    try {
      await launch({ config, logger, shutdown, programs, print: (text) => process.stdout.write(`${text}\n`) });
    } catch (error) {
      if (!shutdown.signal.aborted) {
        complain(error);
        await shutdown.begin('it could not start', 1);
      }
    }
  } catch (error) {
    complain(error);
    process.exitCode = 1;
  }
};

const complain = (error: unknown): void => {
  const known = error instanceof ConfigError || error instanceof EmbeddedError || error instanceof ServerKeyError;
  process.stderr.write(`averment: ${known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
};
