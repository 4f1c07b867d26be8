import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { type Found, type Limits, languageOf, lineOf, Refused, storable, writer } from './extracted.ts';
import { extractors } from './versions.ts';

/**
 * The reading text of a page, by the library of Firefox's reader view. It was made to leave out what readers skip, and it leaves out more than a record can spare: the
 * speaker before a headline's colon, the other side's answer in an `aside`, a correction in a `footer`, what a class calls a remark. So what stands in the article as
 * sentences is put before it under plain names, and the headline is taken as it stands.
 */

/** As much of the DOM as is used here. */
type Node = { nodeType: number; textContent: string; parentNode: Element | null };
type Element = Node & {
  localName: string;
  childNodes: Iterable<Node>;
  children: Iterable<Element>;
  attributes: Iterable<{ name: string; value: string }>;
  getAttribute(name: string): string | null;
  removeAttribute(name: string): void;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
  closest(selector: string): Element | null;
  append(...nodes: Node[]): void;
  replaceWith(node: Node): void;
};
type Document = Element & { createElement(name: string): Element; documentElement: Element; title: string };

const parsed = (html: string): Document => {
  // Of a piece of a page the parser keeps the first element alone, and it adds no tags that a page may leave out.
  const whole = /<html[\s>]/i.test(html) ? html : `<!doctype html><html>${html}</html>`;
  return parseHTML(/<body[\s>]/i.test(whole) ? whole : withBody(whole)).document as unknown as Document;
};

/** A body begins after the head; without its tags, after what can only be of a head. */
const withBody = (html: string): string => {
  if (/<\/head\s*>/i.test(html)) return html.replace(/<\/head\s*>/i, '$&<body>');
  return html.replace(
    /(<html(?:\s[^>]*)?>)((?:\s|<!--[\s\S]*?-->|<(?:meta|link|base)\b[^>]*>|<(title|style|script)\b[^>]*>[\s\S]*?<\/\3\s*>)*)/i,
    (_, open: string, head: string) => `${open}<head>${head}</head><body>`,
  );
};

const all = (root: Element, selector: string): Element[] => [...root.querySelectorAll(selector)];

const isSentence = (text: string): boolean => text.length >= 40 && /[.!?…。»”"'’]\s*$|[.!?…]\s+\p{Lu}/u.test(text.trim());
/** Lists of links to other pages are none, however many words they have. */
const hasSentences = (element: Element): boolean => {
  const linked = all(element, 'a').reduce((sum, { textContent }) => sum + textContent.trim().length, 0);
  const text = element.textContent.trim();
  return linked * 2 < text.length && (isSentence(text) || all(element, 'p').some(({ textContent }) => isSentence(textContent.trim())));
};

/** By these the library takes a block for something beside the article, or for its byline. */
const telling = ['class', 'id', 'rel', 'itemprop', 'role', 'aria-modal'];

/** The article of the page, if it says which element that is. */
const articleOf = (document: Document): Element | null => {
  for (const selector of ['[itemprop~="articleBody"]', 'article', 'main', '[role="main"]']) {
    const found = all(document, selector).filter(hasSentences);
    if (found.length === 1) return found[0] ?? null;
    if (found.length > 1) {
      const longest = found.reduce((one, other) => (other.textContent.length > one.textContent.length ? other : one));
      if (longest.textContent.length * 2 > found.reduce((sum, { textContent }) => sum + textContent.length, 0)) return longest;
    }
  }
  return null;
};

/** Takes away what is struck out and what leads elsewhere, and from the blocks of the article that have sentences what would have them left out. */
const preparedFor = (document: Document): void => {
  const article = articleOf(document);
  for (const struck of all(document, 'del, s, strike, template, nav')) struck.replaceWith(document.createElement('span'));
  if (article === null) return;
  for (const element of [article, ...all(article, '*')]) {
    if (element.closest('nav, form, button') !== null || !(hasSentences(element) || element.closest('p, h1, h2, h3, blockquote'))) continue;
    for (const name of telling) element.removeAttribute(name);
    if (!['aside', 'footer', 'header', 'section', 'address', 'details', 'summary', 'dialog'].includes(element.localName)) continue;
    const plain = document.createElement('div');
    plain.append(...element.childNodes);
    element.replaceWith(plain);
  }
};

const blocks = new Set(
  'address article aside blockquote body dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody tfoot thead tr ul'.split(
    ' ',
  ),
);
const tight = new Set(['li', 'tr', 'dd', 'dt']);
const unread = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'iframe',
  'object',
  'svg',
  'math',
  'select',
  'textarea',
  'button',
  'head',
]);

/** What stands in an element, as one reads it: blocks apart, lines as the page breaks them, blanks as it draws them. */
const readingOf = (root: Element): string => {
  const parts: string[] = [];
  const walk = (node: Node, isPre: boolean): void => {
    if (node.nodeType === 3) {
      parts.push(isPre ? node.textContent : node.textContent.replace(/[ \t\r\n\f]+/g, ' '));
      return;
    }
    if (node.nodeType !== 1) return;
    const element = node as Element;
    const name = element.localName;
    if (unread.has(name)) return;
    if (name === 'br') parts.push('\n');
    if (name === 'td' || name === 'th') parts.push(' ');
    const edge = blocks.has(name) ? (tight.has(name) ? '\n' : '\n\n') : '';
    parts.push(edge);
    // A browser draws the quotation marks.
    if (name === 'q') parts.push('“');
    for (const child of element.childNodes) walk(child, isPre || name === 'pre');
    if (name === 'q') parts.push('”');
    parts.push(edge);
  };
  walk(root, false);
  return parts
    .join('')
    .replace(/[ \t]*\n[ \t]*/g, '\n')
    .replace(/ {2,}/g, ' ')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^[ \n]+|[ \n]+$/g, '');
};

type Json = Record<string, unknown>;
/** What the page says of its article to machines (schema.org, in JSON-LD). */
const linkedData = (document: Document): Json => {
  const flat = (json: unknown): Json[] => {
    if (Array.isArray(json)) return json.flatMap(flat);
    return json === null || typeof json !== 'object' ? [] : [json as Json, ...flat((json as Json)['@graph'])];
  };
  const found = all(document, 'script[type="application/ld+json"]').flatMap(({ textContent }) => {
    try {
      return flat(JSON.parse(textContent));
    } catch (error) {
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  });
  return found.find((each) => /(?:Article|Posting|Report|NewsItem)/.test(String(each['@type']))) ?? {};
};

const namesOf = (json: unknown): string[] => {
  if (Array.isArray(json)) return json.flatMap(namesOf);
  const name = lineOf(typeof json === 'object' && json !== null ? (json as Json).name : json);
  return name === null || /^https?:/.test(name) ? [] : [name];
};

const metaOf = (document: Document, ...names: string[]): string | null => {
  for (const name of names) {
    const found = lineOf(
      document.querySelector(`meta[property="${name}"], meta[name="${name}"], meta[itemprop="${name}"]`)?.getAttribute('content'),
    );
    if (found !== null) return found;
  }
  return null;
};

/** An ISO date or time of these, in the form that a source's `publishedAt` has; a fraction of the second is left out. */
const dateOf = (...written: unknown[]): string | null => {
  for (const each of written) {
    const [, date, time = '', zone = ''] =
      /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(lineOf(each) ?? '') ?? [];
    if (date !== undefined) return time === '' ? date : `${date}T${time}${zone.replace(/(\d\d)(\d\d)$/, '$1:$2')}`;
  }
  return null;
};

const headlineOf = (document: Document, data: Json): string | null => {
  const within = articleOf(document)?.closest('article, main, body') ?? document;
  const [first, ...others] = all(within, 'h1').length > 0 ? all(within, 'h1') : all(document, 'h1');
  const own = first !== undefined && others.length === 0 ? lineOf(readingOf(first)) : null;
  return own ?? lineOf(data.headline) ?? metaOf(document, 'og:title', 'twitter:title') ?? lineOf(document.title);
};

/** Letters and digits alone: by them a headline is known again. */
const bareOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** The text is the headline and the article. Refuses `no_text`, and `too_large`. */
export const readHtml = (html: string, limits: Limits): Found => {
  const document = parsed(html);
  const data = linkedData(document);
  const title = headlineOf(document, data);
  const authors = [
    data.author,
    metaOf(document, 'author', 'article:author', 'parsely-author'),
    ...all(document, '[rel~="author"]').map(readingOf),
  ]
    .map(namesOf)
    .find(({ length }) => length > 0);
  const times = all(document, 'time[itemprop~="datePublished"], article time[datetime], main time[datetime]').map((time) =>
    time.getAttribute('datetime'),
  );
  const facts = {
    title,
    authors: authors ?? [],
    publisher: namesOf(data.publisher)[0] ?? metaOf(document, 'og:site_name'),
    publishedAt: dateOf(data.datePublished, metaOf(document, 'article:published_time', 'datePublished', 'date', 'dc.date'), ...times),
    language: languageOf(document.documentElement.getAttribute('lang') ?? data.inLanguage ?? metaOf(document, 'og:locale')),
  };
  preparedFor(document);
  const read = new Readability<Element>(document as never, {
    serializer: (node) => node as unknown as Element,
    charThreshold: 200,
    keepClasses: true,
  }).parse();
  const body = read?.content ? storable(readingOf(read.content)) : '';
  if (!/[\p{L}\p{N}]/u.test(body)) throw new Refused('no_text', 'there is no article in it');
  const written = writer(limits);
  const isHeaded = title === null || bareOf(body.slice(0, title.length * 2 + 100)).startsWith(bareOf(title));
  written.add(isHeaded ? body : `${title}\n\n${body}`);
  return { text: written.text(), pages: null, cues: null, ...facts, extractor: extractors.html };
};
