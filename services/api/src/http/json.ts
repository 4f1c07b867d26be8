import { Refusal } from '../problems/problem.ts';

/** Deeper than any shape of the contract; JSON.stringify and validators recurse, so depth is cut before anything else looks. */
export const maxDepth = 32;

/** More members than any shape of the contract has, and more values than a body of the longest can have that fits one. */
export const maxMembers = 200;
export const maxValues = 200_000;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const malformed = (detail: string) => new Refusal('MalformedJson', { detail });
const unacceptable = (detail: string, pointer?: string) =>
  new Refusal('UnacceptableJson', { detail, ...(pointer === undefined ? {} : { errors: [{ pointer, message: detail }] }) });

/**
 * Parses a body as I-JSON (RFC 7493): UTF-8, no member named twice, no number outside of what a double holds exactly, no lone surrogate; and no NUL, no
 * `__proto__`, no more than `maxDepth` levels, `maxMembers` of an object and `maxValues` in all. What passes survives canonicalisation, PostgreSQL and a round trip unchanged. Throws `Refusal`.
 */
export const parseJson = (bytes: Uint8Array): unknown => {
  const text = decode(bytes);
  scan(text);
  const value = parse(text);
  check(value, null);
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

const [quote, backslash, colon, comma] = ['"', '\\', ':', ','].map((char) => char.charCodeAt(0));
const [openBrace, closeBrace, openBracket, closeBracket] = ['{', '}', '[', ']'].map((char) => char.charCodeAt(0));

/** Where the string that begins at `start` ends (the index of its closing quote), or the end of the text. */
const endOfString = (text: string, start: number): number => {
  let index = start + 1;
  for (; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === backslash) index += 1;
    else if (code === quote) return index;
  }
  return index;
};

/**
 * Finds too much depth, too many members and values, and members named twice, none of which can be seen after parsing without the cost of it. Asks nothing of
 * a text that does not parse.
 */
const scan = (text: string): void => {
  /** The member names of each open object, null for an array. */
  const open: (Set<string> | null)[] = [];
  let commas = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === openBrace || code === openBracket) {
      if (open.push(code === openBrace ? new Set() : null) > maxDepth)
        throw unacceptable(`The body is nested more than ${maxDepth} levels deep.`);
    } else if (code === closeBrace || code === closeBracket) {
      open.pop();
    } else if (code === comma) {
      commas += 1;
      if (commas >= maxValues) throw unacceptable(`The body has more than ${maxValues} values.`);
    } else if (code === quote) {
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
  return text.charCodeAt(index) === colon;
};

const addName = (names: Set<string>, quoted: string): void => {
  const name = quoted.includes('\\') ? String(parse(quoted)) : quoted.slice(1, -1);
  if (name === '__proto__') throw unacceptable('A member must not be named __proto__.');
  if (names.has(name)) throw unacceptable(`The member ${JSON.stringify(name.slice(0, 80))} is named twice.`);
  if (names.size === maxMembers) throw unacceptable(`An object has more than ${maxMembers} members.`);
  names.add(name);
};

/** Where a value stands: put together only for a refusal. */
type Trail = { above: Trail; step: string | number } | null;
const pointerOf = (trail: Trail): string =>
  trail === null ? '' : `${pointerOf(trail.above)}/${String(trail.step).replaceAll('~', '~0').replaceAll('/', '~1')}`;

const check = (value: unknown, trail: Trail): void => {
  if (typeof value === 'string') checkString(value, trail);
  else if (typeof value === 'number') {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      throw unacceptable(
        'The number is larger than can be kept exactly. Send it as a string where the contract has one.',
        pointerOf(trail),
      );
    }
  } else if (Array.isArray(value)) {
    for (const [step, item] of value.entries()) check(item, { above: trail, step });
  } else if (value !== null && typeof value === 'object') {
    for (const [step, item] of Object.entries(value)) {
      checkString(step, trail);
      check(item, { above: trail, step });
    }
  }
};

const checkString = (value: string, trail: Trail): void => {
  if (!value.isWellFormed()) throw unacceptable('A text holds half of a surrogate pair.', pointerOf(trail));
  if (value.includes('\0')) throw unacceptable('A text holds a NUL character.', pointerOf(trail));
};
