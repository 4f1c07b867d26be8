import { z } from 'zod';
import type { Place } from '../problems/problem.ts';

type Issue = z.core.$ZodIssue;

const escaped = (part: PropertyKey) => String(part).replaceAll('~', '~0').replaceAll('/', '~1');
const pointerTo = (path: readonly PropertyKey[], base: string) => base + path.map((part) => `/${escaped(part)}`).join('');

const counted: Record<string, [string, string]> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
  set: ['entry', 'entries'],
};

const types: Record<string, string> = {
  array: 'an array',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  string: 'a string',
};

/** A bound of a number, or of how many characters or entries there are. */
const boundOf = (word: string, bound: number | bigint, origin: string) => {
  const names = counted[origin];
  return names === undefined ? `must be ${word} ${bound}` : `must have ${word} ${bound} ${bound === 1 ? names[0] : names[1]}`;
};

/** What is wrong, so that it reads on after the name of what it is about. Messages of the shapes' own stay as they are. */
const messageOf = (issue: Issue): string => {
  const isOwn = !/^(?:Invalid|Too|Unrecognized) /.test(issue.message);
  if (isOwn) return issue.message;
  switch (issue.code) {
    case 'too_small':
      return boundOf(issue.inclusive === false ? 'more than' : 'at least', issue.minimum, issue.origin);
    case 'too_big':
      return boundOf(issue.inclusive === false ? 'less than' : 'at most', issue.maximum, issue.origin);
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? `is needed (${issue.expected})`
        : `must be ${types[issue.expected] ?? issue.expected}`;
    case 'invalid_format':
      return `is not of the form that is needed${issue.format === 'regex' ? '' : ` (${issue.format})`}`;
    case 'invalid_union':
      return issue.discriminator === undefined
        ? 'is of none of the shapes that are taken here'
        : `is no ${issue.discriminator} that is known here`;
    default:
      return issue.message.replace(/^Invalid (?:input|option): expected /, 'must be ');
  }
};

/** How many problems of one request are told: who mends these sees the next ones. */
export const mostPlaces = 10;

/** Where a value does not fit, as JSON Pointers that start with `base`: one place for each issue, and one for each member that the shape does not know. */
export const placesOf = (issues: readonly Issue[], base: string): Place[] => {
  const places: Place[] = [];
  for (const issue of issues) {
    if (places.length >= mostPlaces) break;
    places.push(...placesOfOne(issue, base));
  }
  return places.slice(0, mostPlaces);
};

const placesOfOne = (issue: Issue, base: string): Place[] => {
  const at = pointerTo(issue.path, base);
  if (issue.code === 'unrecognized_keys') {
    const message = /^Unrecognized /.test(issue.message) ? 'is not known here' : issue.message;
    return issue.keys.slice(0, mostPlaces).map((key) => ({ pointer: pointerTo([key], at), message }));
  }
  if (issue.code === 'invalid_union') {
    // Of several shapes the one that fits best is the one that was meant.
    const [closest] = issue.errors.toSorted((a, b) => a.length - b.length);
    if (closest !== undefined && closest.length > 0) return placesOf(closest, at);
  }
  return [{ pointer: at, message: messageOf(issue) }];
};

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);

/** The list that a field of a shape is, with a default or without. */
const listIn = (field: z.ZodType): z.ZodArray<z.ZodType> | null => {
  const inner = field instanceof z.ZodDefault ? (field.unwrap() as z.ZodType) : field;
  return inner instanceof z.ZodArray ? (inner as z.ZodArray<z.ZodType>) : null;
};

/**
 * The first problems in the entries of a body's own lists (changes, claims), entry by entry until there are enough. A validator looks at everything first: of
 * half a million places that do not fit it makes half a million problems. Empty where the lists are right; the rest of the body is not looked at.
 */
export const firstPlacesInLists = (shape: z.ZodType, value: unknown): Place[] => {
  if (!(shape instanceof z.ZodObject) || !isObject(value)) return [];
  const places: Place[] = [];
  for (const [name, field] of Object.entries(shape.shape as Record<string, z.ZodType>)) {
    const [list, entries] = [listIn(field), value[name]];
    if (list === null || !Array.isArray(entries)) continue;
    for (const [index, entry] of entries.entries()) {
      if (places.length >= mostPlaces) return places.slice(0, mostPlaces);
      const parsed = list.element.safeParse(entry);
      if (!parsed.success) places.push(...placesOf(parsed.error.issues, `/${name}/${index}`));
    }
  }
  return places.slice(0, mostPlaces);
};
