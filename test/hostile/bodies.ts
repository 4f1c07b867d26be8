import fc from 'fast-check';
import type { Contract, Route, Schema } from './contract.ts';
import { brokenBytes, hostileString, hostileToken, strings } from './values.ts';

/** Hostile bodies: a right one with one thing broken, or something that roughly has the shape of the schema, or no JSON at all. */

const one = <T>(values: readonly T[]) => fc.constantFrom(...values);

type Known = {
  $ref?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
};
type Shaped = (schema: Schema) => fc.Arbitrary<string>;

const named = (schema: Schema, { document }: Contract): Known => {
  const { $ref } = schema as Known;
  return $ref === undefined
    ? (schema as Known)
    : named(document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {}, { document } as Contract);
};

/** Texts that are JSON as the service takes it, so that they come as far as the text goes. */
const plain = strings.filter((text) => text.isWellFormed() && !text.includes('\0'));

/** Makes JSON text of values that roughly have the shape of a schema. Names of ids get ids that exist. */
export const shapesOf = (contract: Contract, ids: readonly string[]): Shaped => {
  const made = new Map<Schema | string, fc.Arbitrary<string>>();
  const text = fc
    .oneof(
      { weight: 3, arbitrary: one(ids) },
      { weight: 3, arbitrary: one(['c1', 'a', '2026-01-14', 'US', 'US-MN', 'en', '18:50']) },
      { weight: 3, arbitrary: one(plain) },
      { weight: 1, arbitrary: hostileString },
    )
    .map((value) => JSON.stringify(value));
  const numbers = fc.oneof(
    fc.nat({ max: 9 }).map(String),
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  );
  const make = (schema: Schema): fc.Arbitrary<string> => {
    const { const: only, enum: some, anyOf, oneOf, type, properties, items } = named(schema, contract);
    if (only !== undefined) return fc.constant(JSON.stringify(only));
    if (some !== undefined) return one(some).map((value) => JSON.stringify(value));
    const choices = anyOf ?? oneOf;
    if (choices !== undefined) return fc.oneof(...choices.map(shaped));
    if (type === 'boolean') return fc.boolean().map(String);
    if (type === 'null') return fc.constant('null');
    if (type === 'integer' || type === 'number') return numbers;
    if (type === 'array') return fc.array(shaped(items ?? {}), { maxLength: 3 }).map((parts) => `[${parts.join(',')}]`);
    if (properties === undefined) return text;
    const members = Object.entries(properties).map(([name, part]) =>
      fc.option(shaped(part), { freq: 6 }).map((value) => (value === null ? null : `${JSON.stringify(name)}:${value}`)),
    );
    return fc.tuple(...members).map((texts) => `{${texts.filter((member) => member !== null).join(',')}}`);
  };
  const shaped: Shaped = (schema) => {
    const key = (schema as Known).$ref ?? schema;
    const known = made.get(key) ?? make(schema);
    made.set(key, known);
    return known;
  };
  return shaped;
};

type Path = readonly (string | number)[];

/** Every place in a JSON value, as the path to it. */
const placesIn = (value: unknown, path: Path = []): Path[] =>
  value !== null && typeof value === 'object'
    ? [path, ...Object.entries(value).flatMap(([name, part]) => placesIn(part, [...path, Array.isArray(value) ? Number(name) : name]))]
    : [path];

/** What a schema may say of the value at a place: one schema for each shape that has such a place. */
const schemasAt = (schema: Schema, path: Path, contract: Contract): Schema[] => {
  const { anyOf, oneOf, properties, items } = named(schema, contract);
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return choices.flatMap((choice) => schemasAt(choice, path, contract));
  const [next, ...rest] = path;
  if (next === undefined) return [schema];
  const part = typeof next === 'number' ? items : properties?.[next];
  return part === undefined ? [] : schemasAt(part, rest, contract);
};

type Spoil = { place: Path; how: 'replace' | 'remove' | 'add' | 'double'; token: string };

/** JSON text of a value in which one place is spoiled. */
const spoiled = (value: unknown, { place, how, token }: Spoil, path: Path = []): string => {
  const isHere = path.length === place.length;
  if (isHere && how === 'replace') return token;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const next = place[path.length];
  const parts = Object.entries(value).flatMap(([name, part]) => {
    const onWay = !isHere && String(next) === name;
    const isLast = onWay && path.length === place.length - 1;
    if (isLast && how === 'remove') return [];
    const text = onWay ? spoiled(part, { place, how, token }, [...path, next as string]) : JSON.stringify(part);
    const member = Array.isArray(value) ? text : `${JSON.stringify(name)}:${text}`;
    return isLast && how === 'double' ? [member, member] : [member];
  });
  if (isHere && how === 'add') parts.push(Array.isArray(value) ? token : `${JSON.stringify(token.slice(0, 40))}:${token}`);
  return Array.isArray(value) ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
};

/** Bodies for a route of which `right` are right ones. */
export const spoiledBody = (route: Route, right: readonly object[], contract: Contract, shaped: Shaped): fc.Arbitrary<Buffer> => {
  const schema = route.operation.requestBody?.content['application/json']?.schema ?? {};
  const body = one(right);
  const oneSpoil = body.chain((value) =>
    fc
      .record({
        place: one(placesIn(value)),
        how: one(['replace', 'replace', 'remove', 'add', 'double'] as const),
        token: hostileToken,
      })
      .map((spoil) => spoiled(value, spoil)),
  );
  // One place has another value of its own shape, so that the whole comes as far as the rules of the record.
  const redrawn = body.chain((value) =>
    one(
      placesIn(value)
        .filter((place) => place.length > 0)
        .concat([[]]),
    ).chain((place) => {
      const drawn = schemasAt(schema, place, contract).map(shaped);
      return drawn.length === 0
        ? fc.constant(JSON.stringify(value))
        : fc.oneof(...drawn).map((token) => spoiled(value, { place, how: 'replace', token }));
    }),
  );
  const text = (weight: number, arbitrary: fc.Arbitrary<string>) => ({
    weight,
    arbitrary: arbitrary.map((written) => Buffer.from(written)),
  });
  return fc.oneof(text(5, redrawn), text(4, oneSpoil), text(2, shaped(schema)), text(1, hostileToken), {
    weight: 1,
    arbitrary: body.chain((value) => brokenBytes(JSON.stringify(value))),
  });
};
