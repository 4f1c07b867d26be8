/** Without a key the public gets quotes of at most this many code points (rules.md, private people, 3). */
export const publicQuoteLength = 300;

const length = (text: unknown): number => (typeof text === 'string' ? [...text].length : 0);

/** Over the limit the context goes first, then the quote's end. */
const shortened = (quote: Record<string, unknown>): Record<string, unknown> => {
  if (length(quote.exact) + length(quote.prefix) + length(quote.suffix) <= publicQuoteLength) return quote;
  const exact = typeof quote.exact === 'string' ? [...quote.exact].slice(0, publicQuoteLength).join('') : quote.exact;
  return { ...quote, exact, prefix: null, suffix: null };
};

const isQuote = (value: object): value is Record<string, unknown> => 'exact' in value && 'prefix' in value && 'suffix' in value;

/**
 * The same JSON (a document, an event's data, a list) with every quote, context included, cut to 300 code points: a longer one loses its
 * context, then its end. What has nothing to cut is returned itself.
 */
export const publicText = <T>(json: T): T => shorten(json) as T;

const shorten = (json: unknown): unknown => {
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) {
    const items = json.map(shorten);
    return items.every((item, index) => item === json[index]) ? json : items;
  }
  if (isQuote(json)) return shortened(json);
  const entries = Object.entries(json).map(([name, value]) => [name, value, shorten(value)] as const);
  return entries.every(([, was, is]) => was === is) ? json : Object.fromEntries(entries.map(([name, , is]) => [name, is]));
};
