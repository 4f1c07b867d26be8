import { goneOf, type IncidentDocument } from '@averment/domain';

/** Why nothing is left of an incident, by its document as it is served; null where something is. */
export const goneOfText = (document: string): ReturnType<typeof goneOf> =>
  // Only with one of these it is worth looking into.
  /"(?:erased|restricted)":\[/.test(document) ? goneOf(JSON.parse(document) as IncidentDocument) : null;
