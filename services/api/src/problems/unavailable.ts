import { StoreRefused } from '@averment/event-log';

/** SQLSTATE classes and codes that say that the database cannot work now: connection, resources (disk, memory, connections), shutdown, a statement that took too long. */
const notNow = /^(?:08|53|57P|57014|58|25006|40001|40P01|55P03)/;
const network = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN']);
/** node-postgres says these in words only. */
const words =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Query read timeout|Cannot use a pool after calling end)/;

/** Whether an error of PostgreSQL, or of the way to it, says that the same request may succeed later; so does an EventStoreDB that takes no password of ours now. */
export const isUnavailable = (error: Error): boolean => {
  if (error instanceof StoreRefused) return true;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && (network.has(code) || (/^[0-9A-Z]{5}$/.test(code) && notNow.test(code)))) return true;
  return (
    words.test(error.message) || (error instanceof AggregateError && error.errors.some((one) => one instanceof Error && isUnavailable(one)))
  );
};
