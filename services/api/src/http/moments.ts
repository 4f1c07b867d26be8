import type { Viewer } from '@averment/access';
import type { LogMoment, Moment, Span } from '@averment/read-models';
import { Refusal } from '../problems/problem.ts';
import type { Services } from '../services.ts';
import { found } from './found.ts';

const names = ['asOf', 'asOfPosition', 'asOfRevision'] as const;

/** Where in the past is asked for; null for the present. Throws where two moments are sent. */
export const logMomentOf = ({ asOf, asOfPosition }: { asOf: Span | null; asOfPosition: bigint | null }): LogMoment | null => {
  checkOne({ asOf, asOfPosition });
  if (asOf !== null) return { time: asOf };
  return asOfPosition === null ? null : { position: asOfPosition };
};

/** The same for an incident, which has revisions. */
export const momentOf = (query: { asOf: Span | null; asOfPosition: bigint | null; asOfRevision: number | null }): Moment | null => {
  checkOne(query);
  return query.asOfRevision === null ? logMomentOf(query) : { revision: query.asOfRevision };
};

const checkOne = (query: Partial<Record<(typeof names)[number], unknown>>): void => {
  const [first, ...more] = names.filter((name) => (query[name] ?? null) !== null);
  if (more.length === 0) return;
  const message = `does not go with ${first}`;
  throw new Refusal('InvalidParameter', {
    detail: `${more.join(', ')} ${message}`,
    errors: more.map((name) => ({ pointer: `/query/${name}`, message })),
  });
};

type Asked = { id: string; asOfRevision?: number | null; from?: number; to?: number };

/** What an incident was at the revisions asked for, or a 404 that says which revision is the last, where that is the viewer's business. */
export const foundThen = async <T>(value: T | null, asked: Asked, viewer: Viewer, { queries }: Services): Promise<T> => {
  if (value !== null) return value;
  const now = found(await queries.incident(asked.id, viewer));
  const { revision } = JSON.parse(now.body ?? '{}') as { revision?: number | null };
  const given = (['asOfRevision', 'from', 'to'] as const).filter((name) => typeof asked[name] === 'number');
  const beyond = given.filter((name) => (asked[name] ?? 0) > (revision ?? -1));
  const places = beyond.length > 0 ? beyond : given;
  const told =
    typeof revision === 'number' ? `the last revision of the record is ${revision}` : 'it is not published, so it has no revision yet';
  throw new Refusal('NotFound', {
    detail: `The incident is there, but not as it was asked for: ${told}.`,
    errors: places.map((name) => ({
      pointer: `/query/${name}`,
      message: `there is nothing to see at ${asked[name]}, or nothing that you may see`,
    })),
  });
};
