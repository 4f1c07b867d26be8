export type Read = { status: number; headers: Headers; text: string };

/** What a browser does with pages, without JavaScript: it keeps cookies, and sends forms with what they hold. `headers` go with each request. */
export const browse = (url: string, headers: Record<string, string> = {}) => {
  const cookies = new Map<string, string>();
  const ask = async (path: string, init: RequestInit = {}): Promise<Read> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(new URL(path, url), { redirect: 'manual', ...init, headers: { ...headers, cookie, ...init.headers } });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/; (?:Max-Age=0|Expires=Thu, 01 Jan 1970)/.test(set)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const get = (path: string) => ask(path);
  const post = (path: string, fields: Record<string, string>, more: Record<string, string> = {}) =>
    ask(path, { method: 'POST', body: new URLSearchParams(fields), headers: more });
  return {
    cookies,
    get,
    post,
    /** Sends the form of a page that goes to this action, with what it holds and these fields. */
    send: (page: Read, action: string, fields: Record<string, string> = {}) => post(action, { ...hiddenOf(page, action), ...fields }),
    signIn: async (key: string) => post('/sign-in', { ...hiddenOf(await get('/sign-in'), '/sign-in'), key }),
  };
};

const texts: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
const unescaped = (text: string) => text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => texts[entity] ?? entity);

/** The hidden fields of the form of a page that goes to this action. */
export const hiddenOf = ({ text }: Read, action: string): Record<string, string> => {
  const forms = [...text.matchAll(/<form method="post" action="([^"]*)"[\s\S]*?<\/form>/g)];
  const [form] = forms.find(([, to = '']) => unescaped(to) === action) ?? [];
  if (form === undefined) throw new Error(`the page has no form that goes to ${action}`);
  return Object.fromEntries(
    [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name = '', value = '']) => [
      unescaped(name),
      unescaped(value),
    ]),
  );
};
