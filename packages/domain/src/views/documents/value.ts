import { z } from 'zod';
import { type ValueKind, valuesWithoutContent } from '../../values/vocabulary.ts';
import { concealed, idOf, oneOf, text } from './parts.ts';

/** The value of a claim: what it says of the aspect, told apart by `kind`. */

export const comparators = ['exact', 'about', 'at_least', 'more_than', 'at_most', 'less_than', 'range'] as const;

/** What a value of a kind is, and what its members mean, as it is sent and as it is read. */
export const said = {
  ofKind: {
    boolean: 'Whether the aspect was so',
    term: 'One of the terms of the aspect',
    text: 'A value in words',
    time: 'When it was',
    party: 'Who it was',
    incident: 'Which incident it was',
    quantity: 'How many or how much it was',
  } satisfies Record<ValueKind, string>,
  empty: 'No value: the kind alone says it',
  kind: 'What kind of value it is. `unknown`: the speaker does not know; `none`: there was none; `withheld`, `sealed`: it is not told',
  boolean: 'Whether the aspect was so. In a denial it is always true: what is denied is that it was so',
  term: 'A term of the aspect: `/v1/vocabulary` lists them',
  text: 'In words',
  alternatives: 'Where the speaker named several: the others',
  approximate: 'Whether the time is told as about so',
  party: 'Who it was',
  incident: 'Which incident it was',
  quantity: 'A decimal number as a string: up to 15 digits before the point and 6 after it. Of a range the lower end',
  unit: 'A unit of the aspect: `/v1/vocabulary` lists them',
  comparator: 'How the number is meant: `range` is from `value` to `upper`',
  upper: 'The upper end of a range; null otherwise',
};

const kindOf = <K extends ValueKind>(kind: K) => z.literal(kind).describe(said.kind);

export const valueShape = z.discriminatedUnion('kind', [
  z.object({ kind: kindOf('boolean'), value: z.boolean().describe(said.boolean) }).describe(said.ofKind.boolean),
  z.object({ kind: kindOf('term'), value: z.string().describe(said.term) }).describe(said.ofKind.term),
  z
    .object({
      kind: kindOf('text'),
      value: text.describe(`${said.text}; null once it was erased`),
      alternatives: z.array(z.string()).nullable().describe(`${said.alternatives}; null once they were erased`),
      concealed,
    })
    .describe(said.ofKind.text),
  z
    .object({
      kind: kindOf('time'),
      value: z.string().describe('A date (EDTF), a date and local time, a time of day, or a span of hours'),
      approximate: z.boolean().describe(said.approximate),
    })
    .describe(said.ofKind.time),
  z.object({ kind: kindOf('party'), value: idOf('party').describe(said.party) }).describe(said.ofKind.party),
  z.object({ kind: kindOf('incident'), value: idOf('incident').describe(said.incident) }).describe(said.ofKind.incident),
  z
    .object({
      kind: kindOf('quantity'),
      value: z.string().describe(said.quantity),
      unit: z.string().describe(said.unit),
      comparator: oneOf<(typeof comparators)[number]>().describe(said.comparator),
      upper: z.string().nullable().describe(said.upper),
    })
    .describe(said.ofKind.quantity),
  z.object({ kind: z.enum(valuesWithoutContent).describe(said.kind) }).describe(said.empty),
]);

export type ValueDocument = z.output<typeof valueShape>;
