import type { Reading, Viewer } from '@averment/read-models';
import { Refusal } from '../problems/problem.ts';
import type { Services } from '../services.ts';
import { found } from './found.ts';

const invalid = (pointer: string, message: string) =>
  new Refusal('InvalidParameter', { detail: `${pointer.slice('/query/'.length)} ${message}`, errors: [{ pointer, message }] });

/** The position that a past time stands for. A time in the future is 400; one that cannot be answered with certainty yet is 503. */
export const positionAt = async (time: string, { models }: Services): Promise<bigint> => {
  const position = await models.positionAt(time);
  if ('at' in position) return position.at;
  if ('later' in position)
    throw new Refusal('TimeInFuture', {
      detail: `It is ${position.later.toISOString()} by the log's clock: ask for a time up to then.`,
      errors: [{ pointer: '/query/asOf', message: 'is in the future' }],
    });
  throw new Refusal('NotReached', { detail: 'What was recorded up to that time is not in the read models yet.' });
};

/** Where in the past an item is asked for: `asOf` or `asOfRevision`, not both; null for the present. Of the past it tells how the models stand, of the present its reader does. */
export const momentOf = async (
  query: { asOf: string | null; asOfRevision: number | null },
  services: Services,
  { stood }: Reading,
): Promise<{ revision: number } | { position: bigint } | null> => {
  if (query.asOf !== null && query.asOfRevision !== null) throw invalid('/query/asOfRevision', 'does not go with asOf');
  if (query.asOf !== null || query.asOfRevision !== null) stood(await services.models.status(['record']));
  if (query.asOfRevision !== null) return { revision: query.asOfRevision };
  return query.asOf === null ? null : { position: await positionAt(query.asOf, services) };
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
