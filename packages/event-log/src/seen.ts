import { type EventLog, type Mark, OtherLog } from './port.ts';

/** What one opened log has seen of its store. */
export type Seen = ReturnType<typeof createSeen>;

/**
 * Remembers the last events that were read and appended, so that a log without them is known to be another one. `holds` asks the store. What was appended
 * is certain. What was only read may have come from a log that had just taken the place of the right one; it is certain once it was found again beside
 * what was certain before. `onOther` is called each time that another log is found.
 */
export const createSeen = (holds: (mark: Mark) => Promise<boolean>, onOther: (certain: Mark | undefined) => void = () => undefined) => {
  let certain: Mark | undefined;
  let read: Mark | undefined;
  let wrong: OtherLog | undefined;

  const refuse = (detail: string): never => {
    wrong = new OtherLog(`${detail}: another event log lies there now, or this one from an older backup`);
    onOther(certain);
    throw wrong;
  };

  const check = async (): Promise<void> => {
    const [before, newest] = [certain, read];
    if (before && !(await holds(before))) {
      // It may have been read from the wrong log.
      read = undefined;
      refuse(`the event log has not the event that it had at position ${before.position}`);
    }
    if (newest && !(await holds(newest))) refuse(`the event log has not the event that was read at position ${newest.position}`);
    if (newest && (certain === undefined || certain.position < newest.position)) certain = newest;
    if (read === newest) read = undefined;
    wrong = undefined;
  };

  return {
    /** Events in the order of their log. Those without a hash are others'. */
    read: (events: readonly Mark[]): void => {
      const last = events.at(-1);
      if (wrong || !last || last.sha256 === '' || last.position <= (read ?? certain ?? { position: -1n }).position) return;
      read = { position: last.position, sha256: last.sha256 };
    },
    appended: ({ position, sha256 }: Mark): void => {
      if (certain === undefined || certain.position < position) certain = { position, sha256 };
    },
    /**
     * Asks for the position at which the log ends. Rejects with `OtherLog` if that is before what was certain when it was asked; more may be appended
     * meanwhile.
     */
    end: async <T>(ask: () => Promise<T>, positionOf: (answer: T) => bigint): Promise<T> => {
      const before = certain;
      const answer = await ask();
      const position = positionOf(answer);
      if (before && position < before.position)
        refuse(`the event log ends at position ${position}, and had an event at ${before.position}`);
      return answer;
    },
    /** The last event that is certain. */
    certain: () => certain,
    /** See `EventLog.requireSame`. */
    check,
    isOther: () => wrong !== undefined,
    /** Throws what the last check found. */
    require: (): void => {
      if (wrong) throw wrong;
    },
  };
};

/** The same log, which answers nothing while another one lies in its place. */
export const whileSame = <E extends object>(log: EventLog<E>, seen: Pick<Seen, 'require'>): EventLog<E> => {
  const guarded =
    <A extends unknown[], T>(run: (...given: A) => Promise<T>) =>
    async (...given: A): Promise<T> => {
      seen.require();
      const answer = await run(...given);
      // It may have been found out meanwhile.
      seen.require();
      return answer;
    };
  return {
    ...log,
    append: async (...given) => {
      seen.require();
      return log.append(...given);
    },
    readStream: guarded(log.readStream),
    readAll: guarded(log.readAll),
    endOf: guarded(log.endOf),
    readStored: guarded(log.readStored),
    head: guarded(log.head),
    now: guarded(log.now),
    subscribe: (listener) =>
      log.subscribe(() => {
        try {
          seen.require();
        } catch {
          return;
        }
        listener();
      }),
  };
};
