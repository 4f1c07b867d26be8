import { formOf } from './forms.ts';

/** Somebody who reads pages and sends forms without JavaScript, as a browser does: cookies are kept, and redirections followed. */

export type Read = { status: number; text: string; headers: Headers; path: string };
export type Visitor = {
  get(path: string, headers?: Record<string, string>): Promise<Read>;
  /** Sends the form of the page at `at` that goes to `action`, with these fields beside its hidden ones. */
  send(at: string, action: string, fields: Readonly<Record<string, string | readonly string[]>>): Promise<Read>;
  /** Posts these fields, and nothing else. */
  post(action: string, fields: Iterable<[string, string]> | FormData): Promise<Read>;
  /** Sends the form of the page that was read last, however long ago, whose action begins so: these fields are written, the others stay as they are. */
  fill(action: string, fields?: Readonly<Record<string, string>>): Promise<Read>;
  /** Signs in with a key. */
  signIn(key: string): Promise<void>;
  cookies: Map<string, string>;
};

const hiddenField = /<input type="hidden" name="([^"]*)" value="([^"]*)">/g;
const decode = (text: string) =>
  text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

export const visitor = (url: string): Visitor => {
  const jar = new Map<string, string>();
  let last: Read = { status: 0, text: '', headers: new Headers(), path: '/' };
  const ask = async (path: string, init: RequestInit = {}): Promise<Read> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { referer: `${url}${last.path}`, ...init.headers, ...(cookie && { cookie }) };
    const answer = await fetch(`${url}${path}`, { ...init, redirect: 'manual', headers });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    const onward = answer.headers.get('location');
    if (onward !== null && answer.status >= 300 && answer.status < 400) return ask(onward);
    last = { status: answer.status, text: await answer.text(), headers: answer.headers, path };
    return last;
  };
  const send: Visitor['send'] = async (at, action, fields) => {
    const { text } = await ask(at);
    const form = text
      .split('<form ')
      .find((one) => one.includes(`action="${action}"`) && one.includes('method="post"'))
      ?.split('</form>')[0];
    if (form === undefined) throw new Error(`${at} has no form that goes to ${action}:\n${text}`);
    const body = new URLSearchParams();
    for (const [, name = '', value = ''] of form.matchAll(hiddenField)) if (!(name in fields)) body.append(name, decode(value));
    for (const [name, values] of Object.entries(fields)) for (const value of [values].flat()) body.append(name, value);
    return ask(decode(action), { method: 'POST', body });
  };
  return {
    get: (path, headers = {}) => ask(path, { headers }),
    send,
    post: (action, fields) => ask(action, { method: 'POST', body: fields instanceof FormData ? fields : new URLSearchParams([...fields]) }),
    fill: async (begins, written = {}) => {
      const { action, fields } = formOf(last.text, begins);
      return ask(action, { method: 'POST', body: new URLSearchParams([...new Map([...fields, ...Object.entries(written)])]) });
    },
    cookies: jar,
    signIn: async (key) => {
      const { status, text } = await send('/sign-in', '/sign-in', { key });
      if (status >= 400 && text.includes('You are not signed in')) throw new Error('the key was not taken');
    },
  };
};

/** Somebody who has signed in with a key. */
export const signedIn = async (url: string, key: string): Promise<Visitor> => {
  const somebody = visitor(url);
  await somebody.signIn(key);
  return somebody;
};
