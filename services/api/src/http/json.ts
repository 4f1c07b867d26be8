import { Refusal } from '../problems/problem.ts';

/** Deeper than any shape of the contract; JSON.stringify and validators recurse, so depth is cut before anything else looks. */
export const maxDepth = 32;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const malformed = (detail: string) => new Refusal('MalformedJson', { detail });
const unacceptable = (detail: string, pointer?: string) =>
  new Refusal('UnacceptableJson', { detail, ...(pointer === undefined ? {} : { errors: [{ pointer, message: detail }] }) });

/**
 * Parses a body as I-JSON (RFC 7493): UTF-8, no member named twice, no number outside of what a double holds exactly, no lone surrogate; and no NUL, no
 * `__proto__`, no more than `maxDepth` levels. What passes survives canonicalisation, PostgreSQL and a round trip unchanged. Throws `Refusal`.
 */
export const parseJson = (bytes: Uint8Array): unknown => {
  const text = decode(bytes);
  scan(text);
  const value = parse(text);
  check(value, '');
  return value;
};

const decode = (bytes: Uint8Array): string => {
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformed('The body is not UTF-8.');
  }
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('The body does not parse as JSON.');
  }
};

/** Where the string that begins at `start` ends (the index of its closing quote), or the end of the text. */
const endOfString = (text: string, start: number): number => {
  let index = start + 1;
  for (; index < text.length; index += 1) {
    const char = text[index];
    if (char === '\\') index += 1;
    else if (char === '"') return index;
  }
  return index;
};

/** Finds too much depth and members named twice, neither of which can be seen after parsing. Asks nothing of a text that does not parse. */
const scan = (text: string): void => {
  /** The member names of each open object, null for an array. */
  const open: (Set<string> | null)[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (char === '{' || char === '[') {
      if (open.push(char === '{' ? new Set() : null) > maxDepth)
        throw unacceptable(`The body is nested more than ${maxDepth} levels deep.`);
    } else if (char === '}' || char === ']') {
      open.pop();
    } else if (char === '"') {
      const end = endOfString(text, index);
      const names = open.at(-1);
      if (names && isFollowedByColon(text, end + 1)) addName(names, text.slice(index, end + 1));
      index = end;
    }
  }
};

const isFollowedByColon = (text: string, from: number): boolean => {
  let index = from;
  while (text[index] === ' ' || text[index] === '\n' || text[index] === '\r' || text[index] === '\t') index += 1;
  return text[index] === ':';
};

const addName = (names: Set<string>, quoted: string): void => {
  const name = String(parse(quoted));
  if (name === '__proto__') throw unacceptable('A member must not be named __proto__.');
  if (names.has(name)) throw unacceptable(`The member ${JSON.stringify(name.slice(0, 80))} is named twice.`);
  names.add(name);
};

const check = (value: unknown, pointer: string): void => {
  if (typeof value === 'string') checkString(value, pointer);
  else if (typeof value === 'number') {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      throw unacceptable('The number is larger than can be kept exactly. Send it as a string where the contract has one.', pointer);
    }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) check(item, `${pointer}/${index}`);
  } else if (value !== null && typeof value === 'object') {
    for (const [name, item] of Object.entries(value)) {
      const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      checkString(name, pointer);
      check(item, at);
    }
  }
};

const checkString = (value: string, pointer: string): void => {
  if (!value.isWellFormed()) throw unacceptable('A text holds half of a surrogate pair.', pointer);
  if (value.includes('\0')) throw unacceptable('A text holds a NUL character.', pointer);
};
