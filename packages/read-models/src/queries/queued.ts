import { isoText } from '@averment/platform';
import type { Queued } from './types.ts';

/** Where an edit stands in the queue, and why. */

/** The columns that `queuedOf` reads. Alias `e`. */
export const queuedColumns = `e.priority, e.priority_reasons, e.next_actor, ${isoText('e.submitted_at', 6)} AS submitted, ${isoText('e.due_at', 6)} AS due`;
export type QueuedRow = {
  priority: Queued['priority'];
  priority_reasons: Queued['priorityReasons'];
  next_actor: 'reviewer' | 'author' | null;
  submitted: string;
  due: string;
};

const secondsSince = (time: string, now: Date): number => Math.max(0, Math.floor((now.getTime() - Date.parse(time)) / 1000));

export const queuedOf = ({ priority, priority_reasons, next_actor, submitted, due }: QueuedRow, now: Date): Queued => ({
  waitingSeconds: next_actor === null ? 0 : secondsSince(submitted, now),
  dueAt: due,
  overdue: next_actor !== null && Date.parse(due) < now.getTime(),
  priority,
  priorityReasons: priority_reasons,
});
