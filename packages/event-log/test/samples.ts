import { eventSchemas, isText } from '@averment/domain';
import type { z } from 'zod';

type Def = {
  type: string;
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
  innerType?: z.ZodType;
  valueType?: z.ZodType;
  options?: z.ZodType[];
  entries?: Record<string, string>;
  values?: unknown[];
};

const id = (prefix: string) => `${prefix}_01h455vb4pex5vsknk084sn02q`;
const prefixes = [
  'incident',
  'claim',
  'dispute',
  'proceeding',
  'ruling',
  'source',
  'party',
  'correction',
  'comment',
  'recusal',
  'policy',
  'erasure',
];
const plain = [
  '2026-01-02',
  'en',
  'US',
  'US-MN',
  '12:00',
  'America/Chicago',
  '1300',
  'c1',
  'a_term',
  'fatal_outcome',
  'x'.repeat(43),
  'A-12',
  '2026-01-02T12:00:00Z',
];
const numbers = [1, 2, 0];

/** What stands in a text: the word itself, or an address or a number that nothing else in the event has. */
export type Word = { text: string; number: number };

const accepted = (schema: z.ZodType, candidates: readonly unknown[]): unknown => {
  const found = candidates.find((candidate) => schema.safeParse(candidate).success);
  if (found === undefined) throw new Error(`no candidate for ${JSON.stringify(schema._zod.def)}`);
  return found;
};

/** Values that the schema accepts, one for each alternative at least, with the word in every text. */
const valuesOf = (schema: z.ZodType, word: Word, inText: boolean): unknown[] => {
  const text = inText || isText(schema);
  const def = schema._zod.def as unknown as Def;
  const inner = (other: z.ZodType | undefined) => valuesOf(other as z.ZodType, word, text);
  switch (def.type) {
    case 'object': {
      const fields = Object.entries(def.shape ?? {}).map(([name, field]) => [name, inner(field)] as const);
      const count = Math.max(1, ...fields.map(([, values]) => values.length));
      return Array.from({ length: count }, (_, n) => Object.fromEntries(fields.map(([name, values]) => [name, values[n % values.length]])));
    }
    case 'array':
      return [inner(def.element)];
    case 'record':
      return [{ c1: inner(def.valueType)[0] }];
    case 'union':
      return (def.options ?? []).flatMap(inner);
    case 'nullable':
    case 'optional':
    case 'default':
    case 'readonly':
      return inner(def.innerType);
    case 'boolean':
      return [true];
    case 'enum':
      return [accepted(schema, Object.values(def.entries ?? {}))];
    case 'literal':
      return [def.values?.[0]];
    case 'number':
      return [accepted(schema, text ? [word.number, ...numbers] : numbers)];
    default:
      return [accepted(schema, text ? [word.text, `https://example.org/${word.text}`, `${word.text} 1`] : [...prefixes.map(id), ...plain])];
  }
};

/** Valid data of every event type, with the word in every text field. */
export const samples = (word: Word): { type: string; data: object }[] =>
  Object.entries(eventSchemas).flatMap(([type, schema]) => valuesOf(schema, word, false).map((data) => ({ type, data: data as object })));
