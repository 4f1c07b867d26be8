import { AlreadyRunning, ConfigError, EmbeddedError } from '@averment/platform';

/** Writes what went wrong to standard error: what a person can mend as one message, anything else with its trace. */
export function complain(program: string, error: unknown): void {
  const known =
    error instanceof ConfigError || error instanceof EmbeddedError || error instanceof AlreadyRunning || error instanceof UsageError;
  const what = error instanceof Error ? (known ? error.message : error.stack) : String(error);
  process.stderr.write(`averment ${program}: ${what}\n`);
}

/** The arguments cannot be used; the message says how they are meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
