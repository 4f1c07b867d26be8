import { LogChanged, Refused, reasonOf } from '@averment/client';
import { Malformed } from '@averment/verify-log';

/** How a command ends, by the code of the process. */
export const codes = {
  done: 0,
  /** The service refused, or a verification found something. */
  refused: 1,
  usage: 2,
  /** The service does not answer, or says that it cannot now. */
  unavailable: 3,
  /** Another log lies there: what was followed is to be dropped. */
  logChanged: 4,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;

/** What was called wrongly: said in one line, with code 2. */
export class Misuse extends Error {}

/** What a verification found: code 1. */
export class Findings extends Error {}

/** The code for an error, and what it says; null for one that is a fault of this program. */
export const endingOf = (error: unknown): { code: number; said: string } | null => {
  if (error instanceof Misuse) return { code: codes.usage, said: error.message };
  if (error instanceof Findings || error instanceof Malformed) return { code: codes.refused, said: error.message };
  if (error instanceof LogChanged) return { code: codes.logChanged, said: error.message };
  if (error instanceof Refused) {
    const isAway = error.status >= 500 || error.status === 429 || error.status === 408;
    return { code: isAway ? codes.unavailable : codes.refused, said: error.message };
  }
  if (error instanceof TypeError && ['fetch failed', 'terminated'].includes(error.message))
    return { code: codes.unavailable, said: reasonOf(error) };
  // A file that cannot be written.
  if (error instanceof Error && 'syscall' in error) return { code: codes.usage, said: error.message };
  return null;
};
