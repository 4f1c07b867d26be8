import { z } from 'zod';
import { hiddenIn, isSeen, manyMarks } from './characters.ts';

/**
 * Marks a schema as text that can name or place a person. Such a value never stands in an event: the codec of `packages/event-log`
 * takes it out as one RFC 9901 disclosure and the vault keeps it. A marked value may be of any JSON shape (a quote, a point, a list);
 * it is disclosed and erased as a whole. `null` is structure: it says only that there is no text.
 */
export const markText = <S extends z.ZodType>(schema: S): S => schema.meta({ ...schema.meta(), text: true });

/** Whether a schema was marked by `markText`. */
export const isText = (schema: z.ZodType): boolean => schema.meta()?.text === true;

const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\p{Surrogate}/u;
const tooLong = (max: number) => `must have at most ${max} characters`;
/** How many code points a text has: it is counted, for a list of half a million of them takes far longer than all else. */
const pointsIn = (text: string): number => {
  let pairs = 0;
  for (let unit = 0; unit < text.length; unit += 1) if ((text.charCodeAt(unit) & 0xfc00) === 0xdc00) pairs += 1;
  return text.length - pairs;
};
const fits = (value: string, max: number): boolean => value.length <= max || (value.length <= max * 2 && pointsIn(value) <= max);

/** Up to `max` code points as they stand in a document, blank or empty too, without control characters (but tab and line ends) or lone surrogates. */
export const excerpt = (max: number) =>
  z
    .string()
    .meta({ keywords: { maxLength: max } })
    .refine((value) => fits(value, max), tooLong(max))
    .refine((value) => !forbidden.test(value), 'must not hold control characters or lone surrogates');

/** A text of a document, as `excerpt`, and not blank. It is kept as it stands there. */
export const sourceText = (max: number) =>
  excerpt(max)
    .min(1)
    .refine((value) => value.trim() !== '', 'must not be blank');

/**
 * A text that is written here, in several lines and up to `max` code points: put into NFC, so that equal words are equal texts, with nothing hidden in it,
 * and with something to see.
 */
export const longText = (max: number) =>
  z
    .string()
    .meta({ keywords: { maxLength: max } })
    .min(1)
    // No text is that much shorter in NFC. To put one of megabytes into it takes long where marks follow marks.
    .refine((value) => value.length <= max * 16, { error: tooLong(max), abort: true })
    .overwrite((value) => (manyMarks.test(value) ? value : value.normalize('NFC')))
    .refine((value) => fits(value, max), tooLong(max))
    .refine((value) => !manyMarks.test(value), 'must not hold more than 30 combining marks in a row')
    .refine((value) => hiddenIn(value) === null, {
      error: ({ input }) => `must not hold ${hiddenIn(String(input))}, which is a control character or cannot be seen`,
    })
    .refine(isSeen, 'must hold something that can be seen');

/** A text of one line that is written here, such as a name: as `longText`, and without tabs and line ends. */
export const lineText = (max: number) => longText(max).refine((value) => !/[\t\r\n\u2028\u2029]/.test(value), 'must be one line');

/** A JSON path of a text inside an event's `data`: object keys and array indexes. */
export type Path = readonly (string | number)[];

/** Finds the paths of all texts in data that the schema accepts. Compiled once for each schema; total on erased data (absent texts have no path). */
export type TextPaths = (data: unknown) => Path[];

/** Walks a value with the path that leads to it, which is reused from step to step, and adds a copy of the path of each text. */
type Walk = (value: unknown, path: (string | number)[], found: Path[]) => void;
type Def = {
  type: string;
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
  innerType?: z.ZodType;
  options?: z.ZodType[];
  discriminator?: string;
  in?: z.ZodType;
};

/** Schemas that hold no others. Any other that `compile` does not know is refused, so that no text can hide in it. */
const leaves: ReadonlySet<string> = new Set(['string', 'number', 'int', 'boolean', 'literal', 'enum', 'null', 'template_literal']);

const nothing: Walk = () => {};
const defOf = (schema: z.ZodType): Def => schema._zod.def as unknown as Def;

const literalsOf = (option: z.ZodType, discriminator: string): unknown[] => [...(option._zod.propValues?.[discriminator] ?? [])];

const step = (walk: Walk, value: unknown, key: string | number, path: (string | number)[], found: Path[]) => {
  path.push(key);
  walk(value, path, found);
  path.pop();
};

const compileObject = (shape: Record<string, z.ZodType>): Walk => {
  const fields = Object.entries(shape)
    .map(([key, field]) => [key, compile(field)] as const)
    .filter(([, walk]) => walk !== nothing);
  if (fields.length === 0) return nothing;
  return (value, path, found) => {
    if (value === null || typeof value !== 'object') return;
    for (const [key, walk] of fields) step(walk, (value as Record<string, unknown>)[key], key, path, found);
  };
};

const compileArray = (element: z.ZodType): Walk => {
  const walk = compile(element);
  if (walk === nothing) return nothing;
  return (value, path, found) => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) step(walk, item, index, path, found);
  };
};

const compileUnion = (options: z.ZodType[], discriminator: string | undefined): Walk => {
  const compiled = options.map((option) => [option, compile(option)] as const);
  if (compiled.every(([, walk]) => walk === nothing)) return nothing;
  if (!discriminator) throw new TypeError('a union that holds texts needs a discriminator');
  const byValue = new Map(
    compiled.flatMap(([option, walk]) => literalsOf(option, discriminator).map((literal) => [literal, walk] as const)),
  );
  return (value, path, found) => {
    if (value !== null && typeof value === 'object') byValue.get((value as Record<string, unknown>)[discriminator])?.(value, path, found);
  };
};

const compile = (schema: z.ZodType): Walk => {
  if (isText(schema)) return (value, path, found) => void (value !== null && value !== undefined && found.push([...path]));
  const def = defOf(schema);
  switch (def.type) {
    case 'object':
      return compileObject(def.shape ?? {});
    case 'array':
      return compileArray(def.element as z.ZodType);
    case 'nullable':
    case 'optional':
    case 'default':
    case 'readonly':
      return compile(def.innerType as z.ZodType);
    case 'pipe':
      return compile(def.in as z.ZodType);
    case 'union':
      return compileUnion(def.options ?? [], def.discriminator);
    default:
      if (!leaves.has(def.type)) throw new TypeError(`texts are not looked for in a schema of type ${def.type}`);
      return nothing;
  }
};

/** Whether data that the schema accepts can hold a text. */
export const holdsTexts = (schema: z.ZodType): boolean => compile(schema) !== nothing;

/** Compiles a schema to the function that finds its texts. Throws `TypeError` for a union with texts and no discriminator, and for a schema it cannot look into. */
export const textPaths = (schema: z.ZodType): TextPaths => {
  const walk = compile(schema);
  return (data) => {
    const found: Path[] = [];
    walk(data, [], found);
    return found;
  };
};
