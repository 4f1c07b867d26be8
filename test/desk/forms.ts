/** The forms of a page as a browser would send them: each control with what stands in it. */

const decode = (text: string) =>
  text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
const attribute = (tag: string, name: string): string | undefined => {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return found === undefined ? undefined : decode(found);
};

const chosen = (options: string): string => {
  const all = [...options.matchAll(/<option value="([^"]*)"( selected)?/g)];
  return decode((all.find(([, , selected]) => selected !== undefined) ?? all[0])?.[1] ?? '');
};

/** The fields of the first form of a page that posts to an action which begins so. */
export const formOf = (page: string, action: string): { action: string; fields: Map<string, string> } => {
  const form = page
    .split('<form ')
    .slice(1)
    .find((one) => one.includes('method="post"') && (attribute(` ${one.split('>')[0]}`, 'action') ?? '').startsWith(action))
    ?.split('</form>')[0];
  if (form === undefined) throw new Error(`no form goes to ${action}:\n${page}`);
  const fields = new Map<string, string>();
  const controls = /<input [^>]*>|<textarea ([^>]*)>\n?([^<]*)<\/textarea>|<select ([^>]*)>(.*?)<\/select>/gs;
  for (const [control, area, text, select, options] of form.matchAll(controls)) {
    const tag = ` ${area ?? select ?? control}`;
    const name = attribute(tag, 'name');
    if (name === undefined) continue;
    if (area !== undefined) fields.set(name, decode(text ?? ''));
    else if (select !== undefined) fields.set(name, chosen(options ?? ''));
    else if (!/type="(?:checkbox|radio)"/.test(tag) || / checked/.test(tag)) fields.set(name, attribute(tag, 'value') ?? '');
  }
  return { action: attribute(` ${form.split('>')[0]}`, 'action') ?? '', fields };
};
