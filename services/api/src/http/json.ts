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
  return parsePlain(text) ?? parseWithCare(text);
};

/** Names what is wrong with a text, if anything is. */
const parseWithCare = (text: string): unknown => {
  scan(text);
  const value = parse(text);
  check(value, null);
  return value;
};

/**
 * The value of a text in which nothing can be wrong, as in nearly all that come; undefined for any other, which has to be looked at with care. A name that
 * stands twice is found by its absence: the value has a member less than the text.
 */
const parsePlain = (text: string): unknown => {
  const members = plainMembers(text);
  if (members === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return membersIn(value) === members ? value : undefined;
  } catch {
    return undefined;
  }
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
const [zero, nine] = [0x30, 0x39];

/** Where the string that begins at `start` ends (the index of its closing quote), or the end of the text. */
const endOfString = (text: string, start: number): number => {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
};

/** Any integer of so many digits is held exactly. */
const exactDigits = 15;

/**
 * How many members the objects of a text have in all, names that stand twice counted twice. Null where anything may be wrong: depth, numbers of members and
 * values, `__proto__`, a number that is long or has an exponent, an escape that may stand for NUL or half of a surrogate pair. For a text that does not parse it means nothing.
 */
const plainMembers = (text: string): number | null => {
  if (text.includes('\\u') || text.includes('__proto__')) return null;
  const open: number[] = [];
  let members = 0;
  let commas = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === quote) index = endOfString(text, index);
    else if (code === openBrace || code === openBracket) {
      if (open.push(0) > maxDepth) return null;
    } else if (code === closeBrace || code === closeBracket) {
      open.pop();
    } else if (code === comma) {
      commas += 1;
    } else if (code === colon) {
      const own = (open.pop() ?? 0) + 1;
      if (own > maxMembers) return null;
      open.push(own);
      members += 1;
    } else if (code >= zero && code <= nine) {
      const last = lastDigit(text, index);
      if (last === null) return null;
      index = last;
    }
  }
  return commas < maxValues ? members : null;
};

/** Where the digits that begin at `start` end; null where they are many, or an exponent follows. */
const lastDigit = (text: string, start: number): number | null => {
  let end = start + 1;
  for (let code = text.charCodeAt(end); code >= zero && code <= nine; code = text.charCodeAt(end)) end += 1;
  return end - start > exactDigits || text[end] === 'e' || text[end] === 'E' ? null : end - 1;
};

const membersIn = (value: unknown): number => {
  if (value === null || typeof value !== 'object') return 0;
  const inside: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return inside.reduce<number>((sum, item) => sum + membersIn(item), inside === value ? 0 : inside.length);
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
