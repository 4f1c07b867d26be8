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

/** Base64url SHA-256 of a disclosure's ASCII characters. */
export const digestOf = (disclosure: string): string => hash('sha256', disclosure, 'base64url');

/** Reserved by the RFC, and the one key that an assignment does not make a field of. */
const reserved = new Set(['_sd', '...', '__proto__']);

const isObject = (value: unknown): value is Json => value !== null && typeof value === 'object' && !Array.isArray(value);

const treeOf = (paths: readonly Path[]): TextTree => {
  const root: TextTree = new Map();
  for (const path of paths) {
    let node = root;
    for (const step of path.slice(0, -1)) {
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

/**
 * Takes the texts at `paths` out of `data`, which stays as it is. Throws `TypeError` for a text that is no object's field and for the names that the
 * RFC reserves.
 */
export const withhold = (data: object, paths: readonly Path[], random: Random): { data: object; disclosures: string[] } => {
  const salts = Buffer.from(random.bytes(paths.length * saltBytes));
  const disclosures: string[] = [];
  const disclose = (name: string, value: unknown): string => {
    const salt = salts.toString('base64url', disclosures.length * saltBytes, (disclosures.length + 1) * saltBytes);
    const disclosure = Buffer.from(JSON.stringify([salt, name, value])).toString('base64url');
    disclosures.push(disclosure);
    return digestOf(disclosure);
  };
  return { data: without(data, paths, disclose), disclosures };
};

const anyDigest = 'x'.repeat(43);
/** As long as what `withhold` leaves, to be measured. */
export const measured = (data: object, paths: readonly Path[]): object => without(data, paths, () => anyDigest);

/** The data with the texts at `paths` replaced by what `disclose` answers for each. */
const without = (data: object, paths: readonly Path[], disclose: (name: string, value: unknown) => string): object => {
  const copy = (value: unknown, texts: TextTree | undefined): unknown => {
    if (Array.isArray(value)) {
      return value.map((item, index) => {
        const inside = texts?.get(index);
        return copy(item, inside === true ? undefined : inside);
      });
    }
    if (!isObject(value)) return value;
    const digests: string[] = [];
    const kept: Json = {};
    for (const name of Object.keys(value)) {
      const field = value[name];
      if (reserved.has(name)) throw new TypeError(`an event's data must not have a field "${name}"`);
      const inside = texts?.get(name);
      if (inside === true) digests.push(disclose(name, field));
      else kept[name] = copy(field, inside);
    }
    if (digests.length > 0) kept._sd = digests.sort();
    return kept;
  };

  return copy(data, treeOf(paths)) as object;
};

/** A disclosure's name and value. Throws for what is not `[salt, name, value]`. */
const openDisclosure = (disclosure: string): { name: string; value: unknown } => {
  const parts: unknown = JSON.parse(Buffer.from(disclosure, 'base64url').toString());
  if (!Array.isArray(parts) || parts.length !== 3 || typeof parts[1] !== 'string') throw new SyntaxError('not a disclosure');
  return { name: parts[1], value: parts[2] };
};

/** A text that stands in an event: where (RFC 6901 pointer inside `data`), its digest, and its value. */
export type TextField = { pointer: string; digest: string; value: unknown };

type Restored = { data: unknown; texts: TextField[]; missing: string[] };

const escaped = (step: string | number) => String(step).replaceAll('~', '~0').replaceAll('/', '~1');

/**
 * Puts the disclosed texts back. Only a disclosure whose own digest stands in the event is used; digests without one are `missing`, and their fields
 * absent. Throws for a digest list or a disclosure that the codec never makes.
 */
export const restore = (data: unknown, disclosures: readonly string[]): Restored => {
  const byDigest = new Map(disclosures.map((disclosure) => [digestOf(disclosure), disclosure]));
  const texts: TextField[] = [];
  const missing: string[] = [];

  const put = (value: unknown, pointer: string): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => put(item, `${pointer}/${index}`));
    if (!isObject(value)) return value;
    const whole: Json = {};
    for (const name of Object.keys(value)) {
      const field = value[name];
      if (!reserved.has(name)) whole[name] = typeof field === 'object' ? put(field, `${pointer}/${escaped(name)}`) : field;
    }
    for (const digest of digestsIn(value)) {
      const disclosure = byDigest.get(digest);
      if (disclosure === undefined) {
        missing.push(digest);
        continue;
      }
      const text = openDisclosure(disclosure);
      if (Object.hasOwn(whole, text.name) || reserved.has(text.name)) throw new SyntaxError(`"${text.name}" cannot be put back`);
      whole[text.name] = text.value;
      texts.push({ pointer: `${pointer}/${escaped(text.name)}`, digest, value: text.value });
    }
    return whole;
  };

  return { data: put(data, ''), texts, missing };
};

const digestsIn = (value: Json): string[] => {
  if (!Object.hasOwn(value, '_sd')) return [];
  const digests = value._sd;
  if (!Array.isArray(digests) || !digests.every((digest) => typeof digest === 'string'))
    throw new SyntaxError('"_sd" is not a list of digests');
  return digests;
};

/** The structure alone: every text absent. */
export const structure = (data: unknown): unknown => {
  if (data === null || typeof data !== 'object') return data;
  if (Array.isArray(data)) return data.map(structure);
  const kept: Json = {};
  for (const name of Object.keys(data)) if (!reserved.has(name)) kept[name] = structure((data as Json)[name]);
  return kept;
};
