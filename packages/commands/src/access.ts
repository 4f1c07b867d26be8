import { seesEdit, seesIncident } from '@averment/access';
import type { Edit, Incident } from '@averment/domain';
import { type CommandResult, refused } from './errors.ts';
import type { Caller } from './identity.ts';

type Who = Pick<Caller, 'subject' | 'role'>;

const nothing = () => refused('NotFound', 'There is nothing of that id, or nothing that you may see.');

/** The incident, where the caller may see that there is one. */
export const seenIncident = (state: Incident, who: Who): CommandResult<Incident> => {
  if (state.status === 'none') return nothing();
  const incident = { published: state.status !== 'proposed', author: state.edits.get(1)?.author ?? null };
  return seesIncident(who, incident) ? { ok: true, value: state } : nothing();
};

/** An edit of the incident, where the caller may see that there is one. */
export const seenEdit = (state: Incident, number: number, who: Who): CommandResult<Edit> => {
  const incident = seenIncident(state, who);
  if (!incident.ok) return incident;
  const edit = state.edits.get(number);
  return edit && seesEdit(who, edit.author) ? { ok: true, value: edit } : nothing();
};
