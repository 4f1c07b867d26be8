import { LogUnavailable, type Undecodable } from '@averment/event-log';
import { isAway } from '@averment/platform';

/** An event that no projection which looks into it can take. */
export class CannotDecode extends Error {
  override readonly name = 'CannotDecode';
  constructor({ stream, revision, undecodable, error }: Undecodable) {
    super(`revision ${revision} of ${stream} cannot be decoded (${undecodable}): ${error}`);
  }
}

/**
 * SQLSTATE classes of faults of the program, of its settings and of the server itself: what is not supported, a user or database that is refused, a statement
 * that does not fit the tables, a configuration, an internal error. Each would meet every event, and must not park every stream.
 */
const notOfTheEvent = /^(?:0A|28|3D|42|F0|XX)[0-9A-Z]{3}$/;

/** Whether applying failed because of the event itself, so that it would fail again, and the rest of the log should not wait for it. */
export const isPoison = (error: unknown): boolean => {
  if (error instanceof LogUnavailable || isAway(error)) return false;
  return !(error instanceof Error && 'code' in error && typeof error.code === 'string' && notOfTheEvent.test(error.code));
};
