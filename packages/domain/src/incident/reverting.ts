import type { DomainEvent } from '../log/events.ts';
import { accept, type Problem, type Result, refuseFor } from '../values/errors.ts';
import { changeOf, kindOf, type SentChange, sentChange } from './changes/index.ts';
import { evolveIncident } from './evolve.ts';
import { initialIncident } from './state.ts';

/** How an edit that was applied is undone: each of its changes by the inverse of its own kind, the last one first. Nothing is taken out of the record's history. */

/**
 * The changes, as they are sent, that undo the edit on the record as it is by the last of `events`: all of the incident's, with their texts. Refused with
 * `RecordState`, naming each change that nothing undoes; none is left out.
 */
export const reversalOf = (events: readonly DomainEvent[], edit: number, reason: string): Result<SentChange[]> => {
  const now = events.reduce(evolveIncident, initialIncident());
  const applied = events.filter((event) => event.edit === edit && changeOf(event) !== null);
  // With the incident all goes that its proposal brought.
  const proposal = applied.filter((event) => event.type === 'IncidentReported');
  const undone = new Set(proposal.length > 0 ? proposal : applied);
  const changes: SentChange[] = [];
  const problems: Problem[] = [];
  let before = initialIncident();
  for (const event of events) {
    const change = undone.has(event) ? changeOf(event) : null;
    if (change !== null) {
      const inverse = kindOf(change).inverse(change, { before, now, reason, event });
      const read = typeof inverse === 'string' ? null : sentChange.safeParse(structuredClone(inverse));
      if (read?.success) changes.unshift(read.data);
      else {
        const why = typeof inverse === 'string' ? inverse : 'a text that it needs was erased';
        problems.push({
          code: 'RecordState',
          pointer: '',
          message: `${change.kind} at revision ${event.revision} cannot be undone: ${why}`,
        });
      }
    }
    before = evolveIncident(before, event);
  }
  const [first, ...others] = problems;
  return first ? refuseFor([first, ...others]) : accept(changes);
};
