import { LogUnavailable, type Undecodable } from '@averment/event-log';
import { ModelsUnavailable } from './transaction.ts';

/** An event that no projection which looks into it can take. */
export class CannotDecode extends Error {
  override readonly name = 'CannotDecode';
  constructor({ stream, revision, undecodable, error }: Undecodable) {
    super(`revision ${revision} of ${stream} cannot be decoded (${undecodable}): ${error}`);
  }
}

/**
 * SQLSTATE classes of errors that say nothing about the event: connection, conflict, resources, a limit, the operator, the system, the server itself,
 * and a statement that does not fit the tables (which is a fault of the program, and must not park every stream).
 */
const notOfTheEvent = /^(08|0A|25P0[34]|40|42|53|55|57|58|F0|XX)/;

/** Whether applying failed because of the event itself, so that it would fail again, and the rest of the log should not wait for it. */
export const isPoison = (error: unknown): boolean => {
  if (error instanceof LogUnavailable || error instanceof ModelsUnavailable) return false;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return !notOfTheEvent.test(error.code) && !('syscall' in error);
  }
  return true;
};
