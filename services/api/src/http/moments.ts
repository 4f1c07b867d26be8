import type { Reading } from '@averment/read-models';
import { Refusal } from '../problems/problem.ts';
import type { Services } from '../services.ts';

const invalid = (pointer: string, message: string) =>
  new Refusal('InvalidParameter', { detail: `${pointer.slice('/query/'.length)} ${message}`, errors: [{ pointer, message }] });

/** The position that a past time stands for. A time in the future is 400; one that cannot be answered with certainty yet is 503. */
export const positionAt = async (time: string, { models }: Services): Promise<bigint> => {
  const position = await models.positionAt(time);
  if ('at' in position) return position.at;
  if ('later' in position)
    throw new Refusal('TimeInFuture', {
      detail: `It is ${position.later.toISOString()} by the log's clock.`,
      errors: [{ pointer: '/query/asOf', message: 'is in the future' }],
    });
  throw new Refusal('NotReached', { detail: 'What was recorded up to that time is not in the read models yet.' });
};

/** Where in the past an item is asked for: `asOf` or `asOfRevision`, not both; null for now. Of the past it tells how the models stand, of now its reader does. */
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
