import { type EventLog, otherLogOf } from '@averment/event-log';
import type { Jobs } from '@averment/jobs';
import { createReading } from '@averment/platform';
import { projectionNames, type Runner } from '@averment/read-models';
import { followingAll, type Off } from './following.ts';

/** `reasons`: why nothing can be served now. `warnings`: what is missing although reads go on. Each is a clause for people. */
export type Health = { reasons: string[]; warnings: string[] };

/**
 * How the service is, within some seconds, whatever hangs. Without the log it stays ready, because reads of the models go on and a proxy would end them
 * too; with another log in its place it is not ready. Without the jobs nothing fails: writes can only be read later.
 */
export const healthOf = ({
  runner,
  log,
  jobs,
  off = () => followingAll,
}: {
  runner: Pick<Runner, 'status'>;
  log: Pick<EventLog<object>, 'head' | 'requireSame'>;
  jobs: Pick<Jobs, 'counts'>;
  off?: Off;
}): (() => Promise<Health>) => {
  const [status, head, counts] = [createReading(() => runner.status(projectionNames)), createReading(log.head), createReading(jobs.counts)];
  const other = createReading(() => otherLogOf(log));
  return async () => {
    const [stands, end, queued, wrong] = await Promise.all([status(), head(), counts(), other()]);
    const missing = [...(stands ?? [])].filter(([, { position }]) => position === null).map(([name]) => name);
    return {
      reasons: [
        ...(stands === null ? ['the database does not answer'] : []),
        ...missing.map((name) => `the read model ${name} is still being built`),
        ...(wrong === null ? [] : [wrong]),
        ...off().values(),
      ],
      warnings: [
        ...(end === null && wrong === null ? ['the event log does not answer: what needs it is refused'] : []),
        ...(queued === null ? ['the jobs cannot be reached: what is written can be read some seconds later'] : []),
      ],
    };
  };
};
