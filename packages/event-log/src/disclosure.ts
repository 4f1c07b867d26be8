import { hash } from 'node:crypto';

/**
 * Texts as RFC 9901 disclosures: base64url of the JSON array `[salt, name, value]`, whose SHA-256 digest stands in `_sd` of the object that the value
 * left. The default hash of the RFC is SHA-256, so no `_sd_alg` is needed, and a stock SD-JWT library puts the object together again.
 */

type Path = readonly (string | number)[];
type Json = Record<string, unknown>;
type TextTree = Map<string | number, TextTree | true>;

/** Where salts come from. Passed in, so that a seeded run makes the same bytes again. */
export type Random = { bytes(count: number): Uint8Array };

const saltBytes = 16;
const saltsInDraw = 256;
/** Makes salts, as base64url. */
type Salts = () => string;

/** Many are drawn at once: a draw takes some microseconds, whatever its size. */
export const createSalts = (random: Random): Salts => {
  let drawn = Buffer.alloc(0);
  let used = 0;
  return () => {
    if (used === drawn.length) {
      drawn = Buffer.from(random.bytes(saltsInDraw * saltBytes));
      used = 0;
    }
    used += saltBytes;
    return drawn.toString('base64url', used - saltBytes, used);
  };
};

/** Base64url SHA-256 of a disclosure's ASCII characters. */
export const digestOf = (disclosure: string): string => hash('sha256', disclosure, 'base64url');

/** Reserved by the RFC, and the one key that an assignment does not make a field of. */
const reserved = new Set(['_sd', '...', '__proto__']);

const isObject = (value: unknown): value is Json => value !== null && typeof value === 'object' && !Array.isArray(value);

const treeOf = (paths: readonly Path[]): TextTree => {
  const root: TextTree = new Map();
  for (const path of paths) {
    let node = root;
    for (let depth = 0; depth < path.length - 1; depth += 1) {
      const step = path[depth] as string | number;
      const next = node.get(step);
      if (next === true) break;
      const child: TextTree = next ?? new Map();
      node.set(step, child);
      node = child;
    }
    const name = path.at(-1);
    if (typeof name !== 'string')
      throw new TypeError('a text is the value of a named field: mark the list as a whole, or give its items a field');
    node.set(name, true);
  }
  return root;
};

/** What is left of the data: a copy whose fields are in canonical order (RFC 8785). */
type Left = {
  data: object;
  /** Whether that is also the order in which JavaScript writes them, and every number is one that JSON has. */
  isPlain: boolean;
};

/**
 * Takes the texts at `paths` out of `data`, which stays as it is. Throws `TypeError` for a text that is no object's field and for the names that the
 * RFC reserves.
 */
export const withhold = (data: object, paths: readonly Path[], newSalt: Salts): Left & { disclosures: string[] } => {
  const disclosures: string[] = [];
  const disclose = (name: string, value: unknown): string => {
    const disclosure = Buffer.from(JSON.stringify([newSalt(), name, value])).toString('base64url');
    disclosures.push(disclosure);
    return digestOf(disclosure);
  };
  return { ...without(data, paths, disclose), disclosures };
};

const anyDigest = 'x'.repeat(43);
/** As long as what `withhold` leaves, to be measured. */
export const measured = (data: object, paths: readonly Path[]): object => without(data, paths, () => anyDigest).data;

/** The data with the texts at `paths` replaced by what `disclose` answers for each. */
const without = (data: object, paths: readonly Path[], disclose: (name: string, value: unknown) => string): Left => {
  let isPlain = true;
  const copy = (value: unknown, texts: TextTree | undefined): unknown => {
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) isPlain = false;
      // JSON has no minus zero, and nothing that is read back has one.
      return value === 0 ? 0 : value;
    }
    if (Array.isArray(value)) {
      return value.map((item, index) => {
        const inside = texts?.get(index);
        return copy(item, inside === true ? undefined : inside) ?? null;
      });
    }
    if (!isObject(value)) return value;
    const digests: string[] = [];
    const names: string[] = [];
    const fields: unknown[] = [];
    for (const name of Object.keys(value)) {
      const field = value[name];
      if (reserved.has(name)) throw new TypeError(`an event's data must not have a field "${name}"`);
      if (startsWithDigit(name)) isPlain = false;
      const inside = texts?.get(name);
      if (inside === true) digests.push(disclose(name, field));
      else if (field !== undefined) place(names, fields, name, copy(field, inside));
    }
    if (digests.length > 0) place(names, fields, '_sd', digests.sort());
    const kept: Json = {};
    for (let at = 0; at < names.length; at += 1) kept[names[at] as string] = fields[at];
    return kept;
  };

  return { data: copy(data, treeOf(paths)) as object, isPlain };
};

/** JavaScript puts names that are whole numbers before all others. */
const startsWithDigit = (name: string): boolean => {
  const first = name.charCodeAt(0);
  return first >= 48 && first <= 57;
};

/** Puts a field where its name belongs among those in order. Objects have few, and most follow those before them. */
const place = (names: string[], fields: unknown[], name: string, field: unknown): void => {
  let at = names.length;
  for (; at > 0 && (names[at - 1] as string) > name; at -= 1) {
    names[at] = names[at - 1] as string;
    fields[at] = fields[at - 1];
  }
  names[at] = name;
  fields[at] = field;
};

/** A disclosure's name and value. Throws for what is not `[salt, name, value]`. */
const openDisclosure = (disclosure: string): { name: string; value: unknown } => {
  const parts: unknown = JSON.parse(Buffer.from(disclosure, 'base64url').toString());
  if (!Array.isArray(parts) || parts.length !== 3 || typeof parts[1] !== 'string') throw new SyntaxError('not a disclosure');
  return { name: parts[1], value: parts[2] };
};

/** A text that stands in an event: the path to it inside `data`, its digest, and its value. */
export type TextField = { path: Path; digest: string; value: unknown };

type Restored = { data: unknown; texts: TextField[]; missing: string[] };

/**
 * Puts the disclosed texts back into data that was just parsed, which is used up. Only a disclosure whose own digest stands in the event is used; digests
 * without one are `missing`, and their fields absent. Throws for a digest list or a disclosure that the codec never makes.
 */
export const restore = (data: unknown, disclosures: readonly string[]): Restored => {
  const byDigest = new Map(disclosures.map((disclosure) => [digestOf(disclosure), disclosure]));
  const texts: TextField[] = [];
  const missing: string[] = [];
  const restored = unsealed(data, (whole, sealed, path) => {
    for (const digest of digestsIn(sealed)) {
      const disclosure = byDigest.get(digest);
      if (disclosure === undefined) {
        missing.push(digest);
        continue;
      }
      const text = openDisclosure(disclosure);
      if (Object.hasOwn(whole, text.name) || reserved.has(text.name)) throw new SyntaxError(`"${text.name}" cannot be put back`);
      whole[text.name] = text.value;
      texts.push({ path: [...path, text.name], digest, value: text.value });
    }
  });
  return { data: restored, texts, missing };
};

/** The structure alone of data that was just parsed, which is used up: every text absent. */
export const structure = (data: unknown): unknown => unsealed(data, () => undefined);

/** Without the reserved fields; objects that have none are changed in place. `open` gets each of the others once what is inside it is done. */
const unsealed = (data: unknown, open: (bare: Json, sealed: Json, path: Path) => void): unknown => {
  const path: (string | number)[] = [];
  const unseal = (value: unknown, step?: string | number): unknown => {
    if (value === null || typeof value !== 'object') return value;
    if (step !== undefined) path.push(step);
    const done = Array.isArray(value) ? items(value) : object(value as Json);
    if (step !== undefined) path.pop();
    return done;
  };
  const items = (list: unknown[]): unknown[] => {
    for (let index = 0; index < list.length; index += 1) {
      const item = list[index];
      const done = unseal(item, index);
      if (done !== item) list[index] = done;
    }
    return list;
  };
  const object = (sealed: Json): Json => {
    const names = Object.keys(sealed);
    let isBare = true;
    for (const name of names) {
      if (reserved.has(name)) {
        isBare = false;
        continue;
      }
      const field = sealed[name];
      const done = unseal(field, name);
      if (done !== field) sealed[name] = done;
    }
    if (isBare) return sealed;
    const bare: Json = {};
    for (const name of names) if (!reserved.has(name)) bare[name] = sealed[name];
    open(bare, sealed, path);
    return bare;
  };
  return unseal(data);
};

const digestsIn = (value: Json): string[] => {
  if (!Object.hasOwn(value, '_sd')) return [];
  const digests = value._sd;
  if (!Array.isArray(digests) || !digests.every((digest) => typeof digest === 'string'))
    throw new SyntaxError('"_sd" is not a list of digests');
  return digests;
};
