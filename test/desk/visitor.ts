/** Somebody who reads pages and sends forms without JavaScript, as a browser does: cookies are kept, and redirections followed. */

export type Read = { status: number; text: string; headers: Headers; path: string };
export type Visitor = {
  get(path: string, headers?: Record<string, string>): Promise<Read>;
  /** Sends the form of the page at `at` that goes to `action`, with these fields beside its hidden ones. */
  send(at: string, action: string, fields: Readonly<Record<string, string | readonly string[]>>): Promise<Read>;
  /** Posts these fields, and nothing else. */
  post(action: string, fields: Iterable<[string, string]> | FormData): Promise<Read>;
  /** Signs in with a key. */
  signIn(key: string): Promise<void>;
};

const hiddenField = /<input type="hidden" name="([^"]*)" value="([^"]*)">/g;
const decode = (text: string) =>
  text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

export const visitor = (url: string): Visitor => {
  const jar = new Map<string, string>();
  const ask = async (path: string, init: RequestInit = {}): Promise<Read> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${url}${path}`, { ...init, redirect: 'manual', headers: { ...init.headers, ...(cookie && { cookie }) } });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    const onward = answer.headers.get('location');
    if (onward !== null && answer.status >= 300 && answer.status < 400) return ask(onward);
    return { status: answer.status, text: await answer.text(), headers: answer.headers, path };
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
    signIn: async (key) => {
      const { status, text } = await send('/sign-in', '/sign-in', { key });
      if (status >= 400 && text.includes('You are not signed in')) throw new Error('the key was not taken');
    },
  };
};
