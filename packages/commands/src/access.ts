import { seesEdit, seesIncident } from '@averment/access';
import { contributors, type Edit, type EditOf, type Incident, proposersOf, type Review } from '@averment/domain';
import { type CommandResult, refused } from './errors.ts';
import type { Caller } from './identity.ts';

export type Seeing = Pick<Caller, 'subject' | 'role'>;

export const nothing = () => refused('NotFound', 'There is nothing of that id, or nothing that you may see.');

/** The incident, where the caller may see that there is one. */
export const seenIncident = (state: Incident, who: Seeing): CommandResult<Incident> => {
  if (state.status === 'none') return nothing();
  const incident = { published: state.status !== 'proposed', authors: proposersOf(state) };
  return seesIncident(who, incident) ? { ok: true, value: state } : nothing();
};

const seenAmong = <C>({ edits }: Review<C>, number: number, who: Seeing): CommandResult<EditOf<C>> => {
  const edit = edits.get(number);
  return edit && seesEdit(who, contributors(edit)) ? { ok: true, value: edit } : nothing();
};

/** An edit of the incident, where the caller may see that there is one. */
export const seenEdit = (state: Incident, number: number, who: Seeing): CommandResult<Edit> => {
  const incident = seenIncident(state, who);
  return incident.ok ? seenAmong(state, number, who) : incident;
};

/** An edit of a source or party. Whoever may write sees all of those. */
export const seenRegistered = seenAmong;
