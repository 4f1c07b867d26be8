import type { z } from 'zod';
import type { Place } from '../problems/problem.ts';

type Issue = z.core.$ZodIssue;

const escaped = (part: PropertyKey) => String(part).replaceAll('~', '~0').replaceAll('/', '~1');
const pointerTo = (path: readonly PropertyKey[], base: string) => base + path.map((part) => `/${escaped(part)}`).join('');

/** What zod says, so that it reads on after the name of what it is about. Messages of the shapes' own stay as they are. */
const messageOf = ({ message }: Issue) =>
  message
    .replace(/^Invalid input: expected (\w+), received undefined$/, 'is needed ($1)')
    .replace(/^Invalid (?:input|option): expected /, 'must be ');

/** Where a value does not fit, as JSON Pointers that start with `base`: one place for each issue, and one for each member that the shape does not know. */
export const placesOf = (issues: readonly Issue[], base: string): Place[] =>
  issues.flatMap((issue) => {
    const at = pointerTo(issue.path, base);
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ pointer: pointerTo([key], at), message: 'is not known here' }));
    if (issue.code === 'invalid_union') {
      // Of several shapes the one that fits best is the one that was meant.
      const [closest] = issue.errors.toSorted((a, b) => a.length - b.length);
      if (closest !== undefined && closest.length > 0) return placesOf(closest, at);
    }
    return [{ pointer: at, message: messageOf(issue) }];
  });
