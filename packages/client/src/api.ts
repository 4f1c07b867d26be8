import createClient, { type Client, defaultPathSerializer } from 'openapi-fetch';
import type { paths } from './openapi.ts';
import { type Retries, retrying, type Send } from './retrying.ts';

export type Api = Client<paths>;

export type ApiOptions = {
  /** Where the service is, as `http://127.0.0.1:8080`. */
  url: string;
  /** A key, or a token of the installation's OpenID provider; without one the public's part is read. */
  key?: string;
  /** What sends the requests; the platform's own unless it is said. */
  fetch?: Send;
  headers?: Readonly<Record<string, string>>;
  /** How requests are sent again that were not answered, or answered that there is no room now; `false`, and they are not. */
  retries?: Retries | false;
};

/** `.` and `..` in a path are steps in it, however they are written (URL Standard, 4.4): as an id, they are sent as one that nothing has. */
const asId = (value: unknown): unknown => (value === '.' || value === '..' ? `${value}`.replaceAll('.', '%2E') : value);

/** Where a path of the service is. */
export const addressOf = (url: string, path: string): URL => new URL(`${url.replace(/\/+$/, '')}${path}`);

/** What every request of these options has with it. */
export const headersOf = ({ key, headers }: ApiOptions): Record<string, string> => ({
  ...headers,
  ...(key !== undefined && { authorization: `Bearer ${key}` }),
});

/**
 * The API, typed by its own document: `api.GET('/v1/incidents/{id}', { params: { path: { id } } })` answers `{ data, error, response }`.
 * Look at `response.ok`: of an answer without a body `error` is empty too. `answerOf` does.
 */
export const createApi = (options: ApiOptions): Api => {
  const { url, fetch = globalThis.fetch, retries = {} } = options;
  return createClient<paths>({
    baseUrl: url,
    fetch: retries === false ? fetch : retrying(fetch, retries),
    pathSerializer: (path, params) =>
      defaultPathSerializer(path, Object.fromEntries(Object.entries(params).map(([name, value]) => [name, asId(value)]))),
    headers: headersOf(options),
  });
};
