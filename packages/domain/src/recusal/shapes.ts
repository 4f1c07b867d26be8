import { z } from 'zod';
import { anySubject } from '../people/shapes.ts';
import { reasonText, typeId } from '../values/shapes.ts';

const recusal = typeId('recusal');

export const recusalEvents = {
  /** From a party or from an incident: of the two one is null. */
  RecusalDeclared: z.strictObject({
    recusal,
    subject: anySubject,
    party: typeId('party').nullable(),
    incident: typeId('incident').nullable(),
    reason: reasonText,
  }),
  RecusalEnded: z.strictObject({ recusal, reason: reasonText }),
};
