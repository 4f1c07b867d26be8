import type { Viewer } from '@averment/access';
import { dayIn } from '@averment/domain';
import type { LogMoment, Moment, RegisterMoment } from '@averment/read-models';
import { Refusal } from '../problems/problem.ts';
import type { Answer } from '../route.ts';
import type { AsOf } from '../schemas/parameters.ts';
import type { Services } from '../services.ts';
import { found } from './found.ts';

/** The parameters that ask for the past. */
export const moments = ['asOf', 'asOfPosition', 'asOfRevision', 'asOfVersion'] as const;

/** Where in the past is asked for; null for the present. Throws where two moments are sent. */
export const logMomentOf = ({ asOf, asOfPosition }: { asOf: AsOf | null; asOfPosition: bigint | null }): LogMoment | null => {
  checkOne({ asOf, asOfPosition });
  if (asOf !== null) return { time: { begins: asOf.begins, ends: asOf.ends } };
  return asOfPosition === null ? null : { position: asOfPosition };
};

/** The same for a source or party, which has versions. */
export const registerMomentOf = (query: Parameters<typeof logMomentOf>[0] & { asOfVersion: number | null }): RegisterMoment | null => {
  checkOne(query);
  return query.asOfVersion === null ? logMomentOf(query) : { version: query.asOfVersion };
};

/** What a source or party was, with the headers that name the moment. */
export const servedThen = ({ item, position }: { item: { version: number }; position: string }, at: RegisterMoment): Answer => ({
  body: item,
  headers: { 'averment-as-of': position, 'averment-as-of-version': String(item.version), ...('version' in at ? {} : saidTime(at)) },
});

/** The same for an incident, which has revisions and a clock: a day ends there when it ends where the incident was, in UTC where that is not known. */
export const momentOf = async (
  query: { asOf: AsOf | null; asOfPosition: bigint | null; asOfRevision: number | null },
  { id, viewer, queries }: { id: string; viewer: Viewer } & Pick<Services, 'queries'>,
): Promise<Moment | null> => {
  checkOne(query);
  if (query.asOfRevision !== null) return { revision: query.asOfRevision };
  const day = query.asOf?.day;
  if (day === undefined) return logMomentOf(query);
  const { occurred } = JSON.parse(found(await queries.incident(id, viewer)).body ?? '{}') as {
    occurred?: { timeZone?: string | null } | null;
  };
  const time = dayIn(occurred?.timeZone ?? 'UTC', day);
  // The last day of the year 9999 ends in UTC beyond the years that can be written.
  return { time: time.ends.startsWith('+') ? dayIn('UTC', day) : time };
};

/** The header that says up to when the answer goes where a time was asked for. */
export const saidTime = (moment: Moment | null): Record<string, string> =>
  moment !== null && 'time' in moment ? { 'averment-as-of-time': moment.time.ends } : {};

const checkOne = (query: Partial<Record<(typeof moments)[number], unknown>>): void => {
  const [first, ...more] = moments.filter((name) => (query[name] ?? null) !== null);
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
