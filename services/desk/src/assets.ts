import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

export type Asset = { type: string; plain: Buffer; br: Buffer; gzip: Buffer };

export type Assets = {
  /** The address of a file by its name, as `desk.css`. It changes with the content, so that a browser may keep it for ever. */
  href(name: string): string;
  /** The file of an address of ours, without the folder. */
  at(name: string): Asset | undefined;
};

const style = [
  'theme.css',
  'components.css',
  'parts.css',
  'pages.css',
  'incident.css',
  'lists.css',
  'review.css',
  'contribute.css',
  'print.css',
];
const ofLibrary: Record<string, string> = {
  'theme.css': import.meta.resolve('@digdir/designsystemet-css/theme.css'),
  'components.css': import.meta.resolve('@digdir/designsystemet-css'),
};

const squeeze = { br: promisify(brotliCompress), gzip: promisify(gzip) };
const coded = async (type: string, text: string): Promise<Asset> => {
  const plain = Buffer.from(text);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  const [br, gzip] = await Promise.all([squeeze.br(plain, { params }), squeeze.gzip(plain)]);
  return { type, plain, br, gzip };
};

const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="5" fill="#0b3d63"/><path d="M7 9h18M7 16h12M7 23h15" stroke="#fff" stroke-width="3"/></svg>';

/** Reads what browsers are sent beside the pages: one style sheet, and the modules of `browser/`, whose types Node takes out. */
export const readAssets = async (): Promise<Assets> => {
  const read = (url: string) => readFile(new URL(url), 'utf8');
  const sheets = await Promise.all(style.map((name) => read(ofLibrary[name] ?? new URL(`styles/${name}`, import.meta.url).href)));
  const folder = new URL('browser/', import.meta.url);
  const modules = (await readdir(folder)).filter((name) => name.endsWith('.ts'));
  const scripts = await Promise.all(
    modules.map(async (name) => [name.replace(/ts$/, 'js'), stripTypeScriptTypes(await read(new URL(name, folder).href))] as const),
  );
  const files = new Map<string, Asset>();
  const hrefs = new Map<string, string>();
  const add = async (name: string, type: string, text: string) => {
    const hash = createHash('sha256').update(text).digest('base64url').slice(0, 10);
    const address = name.replace(/\.(\w+)$/, `.${hash}.$1`);
    files.set(address, await coded(type, text));
    hrefs.set(name, `/assets/${address}`);
  };
  await add('desk.css', 'text/css; charset=utf-8', sheets.join('\n'));
  await add('icon.svg', 'image/svg+xml', icon);
  for (const [name, text] of scripts) await add(name, 'text/javascript; charset=utf-8', text);
  return {
    href: (name) => {
      const href = hrefs.get(name);
      if (href === undefined) throw new TypeError(`there is no file ${name} for browsers`);
      return href;
    },
    at: (name) => files.get(name),
  };
};
