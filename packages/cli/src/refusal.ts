import { type Problem, Refused } from '@averment/client';
import { jsonLine, visibleIn } from './visible.ts';

/** What was refused of a body that was sent. */
export class RefusedBody extends Refused {
  readonly body: object;

  constructor({ status, problem, retryAfter }: Refused, body: object) {
    super(status, problem, retryAfter);
    this.body = body;
  }
}

/** The most of a value that is shown, in characters. */
const longest = 120;

/** What stands in a document at a JSON Pointer (RFC 6901), in short; null where nothing does. */
const valueAt = (document: unknown, pointer: string): string | null => {
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return null;
    value = (value as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  if (value === undefined) return null;
  const said = jsonLine(value);
  return said.length > longest ? `${said.slice(0, longest)}…` : said;
};

const placeLines = ({ pointer, message, nearest }: Problem['errors'][number], body: object | undefined): string[] => {
  const sent = body && valueAt(body, pointer);
  return [
    `  ${visibleIn(pointer)}: ${visibleIn(message)}`,
    ...(sent ? [`      sent: ${sent}`] : []),
    ...(nearest ? [`      the text has: ${jsonLine(nearest.exact)} at ${nearest.start} to ${nearest.end}`] : []),
  ];
};

/** What was refused: for people with the places that are named and what was sent there, for machines as the service said it. */
export const refusalLines = (refused: Refused, json: boolean): string[] => {
  const { problem } = refused;
  if (json) return [jsonLine(problem)];
  const { detail, errors = [], existing, traceId } = problem;
  const body = refused instanceof RefusedBody ? refused.body : undefined;
  return [
    `averment: ${visibleIn(detail)}`,
    ...errors.flatMap((error) => placeLines(error, body)),
    ...(existing ? [`  it is there already: ${visibleIn(existing)}`] : []),
    ...(traceId ? [`  (trace ${visibleIn(traceId)})`] : []),
  ];
};
