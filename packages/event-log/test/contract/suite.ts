import type { Test } from 'tap';
import type { AppendOutcome, Catalogue, EventLog } from '../../src/index.ts';
import { decoded, type TestEvent } from '../events.ts';

export type Log = EventLog<TestEvent>;

/** How the suite gets at one store. */
export type Harness = {
  /** Opens the log on the same store once more: what another process would see. */
  open(catalogue: Catalogue): Promise<Log>;
  /** Lets a vault that follows the log catch up. */
  followErasures(log: Log): Promise<void>;
  /** Takes the first events of the stream away, so that it begins at this revision, as whoever runs the store can; undefined where they cannot. */
  cutOff?(stream: string, revision: number): Promise<void>;
  /** Puts an empty log in the place of this one, under the feet of all who have opened it; answers how to put this one back. */
  replace?(): Promise<() => Promise<void>>;
};

/** Makes a test with a log on an empty store. */
export type WithLog = (name: string, run: (t: Test, log: Log, harness: Harness) => Promise<void>) => void;

export const written = (outcome: AppendOutcome) => {
  if (outcome.outcome === 'wrong_revision') throw new Error(`the stream is at ${outcome.actual}`);
  return outcome;
};

/** Reads the whole log in pages, as whoever follows it does. */
export const follow = async (log: Log, after = 0n, limit = 7): Promise<TestEvent[]> => {
  const all: TestEvent[] = [];
  for (let at = after; ; ) {
    const page = await log.readAll(at, limit);
    const last = page.at(-1);
    if (!last) return all;
    all.push(...page.map(decoded));
    at = last.position;
  }
};
