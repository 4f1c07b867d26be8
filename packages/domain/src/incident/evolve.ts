import type { DomainEvent } from '../events.ts';
import type { Incident } from './state.ts';
export const evolveIncident = (state: Incident, event: DomainEvent): Incident => {
  state.streamRevision = event.revision;
  return state;
};
