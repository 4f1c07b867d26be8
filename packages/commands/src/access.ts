import type { Edit, Incident } from '@averment/domain';
import { type CommandResult, refused } from './errors.ts';
import type { Caller } from './identity.ts';

type Who = Pick<Caller, 'subject' | 'role'>;

const nothing = () => refused('NotFound', 'There is nothing of that id, or nothing that you may see.');

/** An unpublished incident is there only for its author and for reviewers. */
export const seenIncident = (state: Incident, { subject, role }: Who): CommandResult<Incident> => {
  if (state.status === 'none') return nothing();
  if (state.status === 'proposed' && role !== 'reviewer' && state.edits.get(1)?.author !== subject) return nothing();
  return { ok: true, value: state };
};

/** A contributor sees the own edits alone. */
export const seenEdit = (state: Incident, number: number, who: Who): CommandResult<Edit> => {
  const incident = seenIncident(state, who);
  if (!incident.ok) return incident;
  const edit = state.edits.get(number);
  return edit && (who.role === 'reviewer' || edit.author === who.subject) ? { ok: true, value: edit } : nothing();
};
