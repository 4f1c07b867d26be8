/** No connection could be had, or it broke. Nothing of the transaction counts, unless it broke while it was being committed. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway';
}

/**
 * The SQLSTATEs (PostgreSQL, appendix A) of what is no fault of the statement, so that the same one may succeed later: the classes of connections, of what the
 * server rolled back, of too few resources, of what is in use or locked, of what an operator, a timeout or a shutdown ended, and of disk and system; then a
 * server that may only be read, and a transaction that stood still or took too long.
 */
const passing = /^(?:(?:08|40|53|55|57|58)[0-9A-Z]{3}|25006|25P0[34])$/;

/** What Node says of a connection, by code and, where that could be anything, by what was called. */
const network = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN']);
const calls = new Set(['connect', 'getaddrinfo', 'read', 'write']);

/** node-postgres says these in words only. */
const words =
  /^(?:timeout exceeded when trying to connect|timeout expired|Connection terminated|Client has encountered a connection error|Client was closed|Query read timeout|Cannot use a pool after calling end)/;

/** Whether the server, its disk or the way to it failed, or was too busy, rather than the statement: the one answer for all who use PostgreSQL. */
export const isAway = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (error instanceof DatabaseAway || words.test(error.message)) return true;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code !== undefined && (passing.test(code) || network.has(code))) return true;
  if (syscall !== undefined && calls.has(syscall)) return true;
  return error instanceof AggregateError && error.errors.some(isAway);
};

/** A role that may not log in, a wrong password, a database that is not there. */
const closed = /^(?:28[0-9A-Z]{3}|3D000)$/;

const saidBy = (error: Error): string =>
  error.message === '' && error instanceof AggregateError
    ? saidBy(error.errors.find((one) => one instanceof Error) ?? new Error('no answer'))
    : error.message;

/** What a program ends with whose stores cannot be had: one line that says where to look. Any other error is answered as it is. */
export const namingStore = (error: unknown): unknown => {
  if (!(error instanceof Error) || !(isAway(error) || closed.test((error as NodeJS.ErrnoException).code ?? ''))) return error;
  const where = 'look at DATABASE_URL and REDIS_URL, and whether the server that they name runs and lets this program in';
  return new DatabaseAway(`a store cannot be had (${saidBy(error).replaceAll(/\s+/g, ' ')}): ${where}`, { cause: error });
};
