import type { ErasedText } from '../incident/state.ts';
import type { IncidentDocument } from './documents.ts';

type Erased = NonNullable<IncidentDocument['erased']>[number];

/** Pointer to the null that stands on the way along the path; null where something else does. */
const nullAt = (holder: object, path: readonly string[], pointer: string): string | null => {
  let [value, at]: [unknown, string] = [holder, pointer];
  for (const name of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) break;
    value = (value as Record<string, unknown>)[name];
    at = `${at}/${name}`;
  }
  return value === null ? at : null;
};

const lists = ['claims', 'disputes', 'proceedings', 'rulings', 'corrections'] as const;

/** Where in the document nothing stands since it was erased, each place once. */
export const erasedPlaces = (document: IncidentDocument, texts: readonly ErasedText[]): Erased[] => {
  if (texts.length === 0) return [];
  const things = new Map<string, [object, string]>([[document.id, [document, '']]]);
  for (const list of lists) for (const [index, thing] of document[list].entries()) things.set(thing.id, [thing, `/${list}/${index}`]);
  const found = new Map<string, Erased>();
  for (const { ids, path, on, decision } of texts) {
    for (const id of ids.length === 0 ? [document.id] : ids) {
      const thing = things.get(id);
      const pointer = thing && nullAt(thing[0], path, thing[1]);
      if (pointer) found.set(pointer, { pointer, on, decision });
    }
  }
  return [...found.values()];
};

/** Whether nothing of what was written of an incident is there to read. */
export const isEmptied = (document: Pick<IncidentDocument, 'title' | (typeof lists)[number]>): boolean =>
  document.title === null &&
  document.claims.every(({ statement }) => statement === null) &&
  document.disputes.every(({ grounds }) => grounds === null) &&
  document.proceedings.every(({ title }) => title === null) &&
  document.rulings.every(({ summary }) => summary === null);

/** Why a copy of the document may not be kept: all that was written was withheld by order of a court, or erased. Null where something is left to read. */
export const goneOf = (
  document: Parameters<typeof isEmptied>[0] & Pick<IncidentDocument, 'erased' | 'restricted'>,
): 'withheld' | 'erased' | null => {
  if (!isEmptied(document)) return null;
  if (document.restricted?.some(({ ground }) => ground === 'court_order')) return 'withheld';
  return document.erased === undefined ? null : 'erased';
};
