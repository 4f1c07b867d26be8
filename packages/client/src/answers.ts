import type { Schemas } from './schemas.ts';

export type Problem = Schemas['Problem'];

/** What the API refused, as it said it. */
export class Refused extends Error {
  readonly status: number;
  readonly problem: Problem;
  /** In seconds, where the API says when to ask again. */
  readonly retryAfter: string | null;

  constructor(status: number, problem: Problem, retryAfter: string | null) {
    super(problem.detail);
    this.name = 'Refused';
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

type Answered<T> = { data?: T; error?: unknown; response: Response };

const problemOf = (error: unknown, status: number): Problem =>
  typeof error === 'object' && error !== null && 'detail' in error
    ? (error as Problem)
    : ({
        type: 'about:blank',
        title: 'The service does not answer',
        status,
        detail: 'The service does not answer.',
        errors: [],
        traceId: '',
      } as Problem);

/** What an answer refuses, which was asked for without types. */
export const refusalOf = async (answer: Response): Promise<Refused> => {
  const said: unknown = await answer.json().catch(() => null);
  return new Refused(answer.status, problemOf(said, answer.status), answer.headers.get('retry-after'));
};

/** The body of an answer, with its ETag. Throws `Refused` for what the API did not do. */
export const taggedAnswerOf = async <T>(asking: Promise<Answered<T>>): Promise<{ body: T; etag: string | null; headers: Headers }> => {
  const { data, error, response } = await asking;
  if (!response.ok) throw new Refused(response.status, problemOf(error, response.status), response.headers.get('retry-after'));
  return { body: data as T, etag: response.headers.get('etag'), headers: response.headers };
};

/** The body of an answer. Throws `Refused` for what the API did not do. */
export const answerOf = async <T>(asking: Promise<Answered<T>>): Promise<T> => (await taggedAnswerOf(asking)).body;

/** What of an answer may be missing: null where the API answers 403 or 404. */
export const answerOrNull = async <T>(asking: Promise<Answered<T>>): Promise<T | null> =>
  answerOf(asking).catch((error: unknown) => {
    if (error instanceof Refused && (error.status === 404 || error.status === 403)) return null;
    throw error;
  });
