import { LedgerKeyError } from '@averment/ledger';
import { ConfigError, EmbeddedError, ServerKeyError } from '@averment/platform';

/** Writes what went wrong to standard error: what a person can mend as one message, anything else with its trace. */
export const complain = (error: unknown): void => {
  const known = [ConfigError, EmbeddedError, LedgerKeyError, ServerKeyError].some((kind) => error instanceof kind);
  process.stderr.write(`averment: ${error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error)}\n`);
};
