import { z } from 'zod';
import { sentCitation, storedCitation } from '../../source/citation.ts';
import type { Prefix } from '../../values/ids.ts';
import { idOrRef, ref, typeId } from '../../values/shapes.ts';

/** The two forms in which the contract has each thing: as sent (refs may stand for ids, one of quote and position may be absent) and as stored (ids, both). */
export type Form<C extends z.ZodType> = {
  idOf: (...prefixes: Prefix[]) => z.ZodString;
  citation: C;
  citations: z.ZodArray<C>;
  /** Of what has to cite nothing. */
  mayCite: z.ZodArray<C>;
};
const most = 50;
const form = <C extends z.ZodType>(idOf: Form<C>['idOf'], citation: C): Form<C> => ({
  idOf,
  citation,
  citations: z.array(citation).min(1).max(most),
  mayCite: z.array(citation).max(most),
});
export const asSent = form(idOrRef, sentCitation);
export const asStored = form(typeId, storedCitation);

const idRead = (prefix: Prefix) =>
  typeId(prefix)
    .nullable()
    .default(null)
    .describe(
      'Where the change was read: the id that it has there. The rest of this edit can mean it by that; a later version of the same edit keeps it, and in another one it gets an id of its own',
    );
/** A thing that an edit makes can be named by a ref elsewhere in that edit, and by the id that it had where it was read. */
export const made = (prefix: Prefix) => ({
  ref: ref.nullable().default(null).describe('A name by which the rest of this edit can mean it, in the place of an id'),
  id: idRead(prefix),
});
export const correctionRead = { id: idRead('correction') };

/** A dispute, proceeding or ruling. */
export const entryId = typeId('dispute', 'proceeding', 'ruling').describe('The dispute, proceeding or ruling');

/** The fields that a correction sets: at least one. */
export const settable = <F extends z.ZodRawShape>(fields: F) =>
  z
    .strictObject(fields)
    .partial()
    .refine((set) => Object.keys(set).length > 0, 'must set at least one field')
    .describe('The fields that are set anew: at least one');
/** Which fields `set` names: as structure, since a text that is erased takes its name with it, and what a correction marks must not change by that. */
export const fieldNames = <F extends object>(fields: F) =>
  z.array(z.enum(Object.keys(fields) as [keyof F & string, ...(keyof F & string)[]])).min(1);
