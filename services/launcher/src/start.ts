import { createLogger, createShutdown, loadConfig } from '@averment/platform';
import { complain } from './complain.ts';
import { launch, type Programs } from './launch.ts';
import { createSteps } from './steps.ts';

/**
 * `npm start`: runs everything in one process tree until it is told to stop. Ends with 0 when it was stopped, with 1 when it could not start;
 * what a person can mend is said in one message, without a trace.
 */
export const start = async (programs: Programs): Promise<void> => {
  // Whoever read what it says may be gone: the terminal, or the program behind a pipe.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  try {
    const config = loadConfig(process.env);
    const logger = createLogger({ level: config.logLevel, name: 'launcher' });
    // The children and the server take their own time to finish what they do.
    const shutdown = createShutdown({ logger, grace: 60_000 });
    try {
      const steps = createSteps(process.stdout);
      await launch({ config, logger, shutdown, programs, steps, print: (text) => process.stdout.write(`${text}\n`) });
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
