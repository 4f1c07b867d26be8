import { formOf } from './forms.ts';

export type Read = { url: string; status: number; headers: Headers; text: string };

/** What a browser does with pages of several hosts, answer by answer: it keeps cookies, and sends forms with what they hold. `headers` go with each request. */
export const browse = (url: string, headers: Record<string, string> = {}) => {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (origin: string) => jars.get(origin) ?? jars.set(origin, new Map()).get(origin) ?? new Map<string, string>();
  const ask = async (path: string, init: RequestInit = {}): Promise<Read> => {
    const to = new URL(path, url);
    const cookies = jarOf(to.origin);
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(to, { redirect: 'manual', ...init, headers: { ...headers, cookie, ...init.headers } });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/; (?:Max-Age=0|Expires=Thu, 01 Jan 1970)/.test(set)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return { url: to.href, status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const get = (path: string) => ask(path);
  /** Reads a page, going on to wherever it is told, by other hosts too. */
  const follow = async (path: string): Promise<Read> => {
    const read = await get(path);
    const next = read.headers.get('location');
    return next === null ? read : follow(new URL(next, read.url).href);
  };
  const post = (path: string, fields: Record<string, string>, more: Record<string, string> = {}) =>
    ask(path, { method: 'POST', body: new URLSearchParams(fields), headers: more });
  return {
    /** By their names. */
    cookies: jarOf(new URL(url).origin),
    get,
    follow,
    post,
    /** Sends the form of a page that goes to this action, with what it holds and these fields. */
    send: (page: Read, action: string, fields: Record<string, string> = {}) => post(action, { ...fieldsOf(page, action), ...fields }),
    signIn: async (key: string) => post('/sign-in', { ...fieldsOf(await get('/sign-in'), '/sign-in'), key }),
  };
};

/** The fields of the form of a page that goes to this action. */
export const fieldsOf = ({ text }: Read, action: string): Record<string, string> => Object.fromEntries(formOf(text, action).fields);
