import { z } from 'zod';
import { line } from '../values/shapes.ts';

/** What a person is called by admins. */
export const personName = line(200);
/** Any subject that there may be: those of keys, and those that come from an issuer. */
export const anySubject = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be the name of a subject');

export const peopleEvents = {
  /** `tag`: by which it is known that two names are one, also when a text was erased; both are null of a subject that stands for itself. */
  PersonSet: z.strictObject({ subject: anySubject, person: personName.nullable(), tag: z.string().length(43).nullable() }),
};
