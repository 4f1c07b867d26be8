import createClient, { type Client, defaultPathSerializer } from 'openapi-fetch';
import type { components, paths } from './openapi.ts';

/** The shapes of the API, by the names that `/openapi.json` gives them. */
export type Schemas = components['schemas'];
/** The paths of the API, with what each takes and answers. */
export type { paths as Paths } from './openapi.ts';
export type Api = Client<paths>;

type ApiOptions = {
  /** Where the service is, as `http://127.0.0.1:8080`. */
  url: string;
  /** A key, or a token of the installation's OpenID provider; without one the public's part is read. */
  key?: string;
  /** What sends the requests; the platform's own unless it is said. */
  fetch?: (request: Request) => Promise<Response>;
  headers?: Readonly<Record<string, string>>;
};

/** `.` and `..` in a path are steps in it, however they are written (URL Standard, 4.4): as an id, they are sent as one that nothing has. */
const asId = (value: unknown): unknown => (value === '.' || value === '..' ? `${value}`.replaceAll('.', '%2E') : value);

/**
 * The API, typed by its own document: `api.GET('/v1/incidents/{id}', { params: { path: { id } } })` answers `{ data, error, response }`.
 * Look at `response.ok`: of an answer without a body `error` is empty too.
 */
export const createApi = ({ url, key, fetch, headers }: ApiOptions): Api =>
  createClient<paths>({
    baseUrl: url,
    ...(fetch && { fetch }),
    pathSerializer: (path, params) =>
      defaultPathSerializer(path, Object.fromEntries(Object.entries(params).map(([name, value]) => [name, asId(value)]))),
    headers: { ...headers, ...(key !== undefined && { authorization: `Bearer ${key}` }) },
  });
