import { type Options, stringify } from 'csv-stringify/sync';
import type { Column } from '../columns.ts';

/** What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection), also in its wide forms. */
const formula = /^'*[=+\-@\t\r\n＝＋－＠]/;

/** A text that a spreadsheet shows and does not compute. Whoever takes one ' off a cell that the expression above fits with one or more has the text again. */
export const harmless = (text: string): string => (formula.test(text) ? `'${text}` : text);

/** In the place of a number, so that it is no text. */
type Decimal = { decimal: string };

/** RFC 4180. All texts are quoted and no number is, so that "" and nothing are two things. */
const options: Options = {
  record_delimiter: 'windows',
  quoted_string: true,
  cast: {
    string: harmless,
    boolean: (value) => (value ? 'true' : 'false'),
    object: (value) => (value as unknown as Decimal).decimal,
  },
};

const cellOf = <Row>(column: Column<Row>, row: Row, position: bigint): string | number | bigint | boolean | Decimal | null => {
  const value = column.of(row, position);
  if (value === null) return null;
  if (typeof value === 'object') return JSON.stringify(value);
  return typeof value === 'string' && column.type !== 'text' ? { decimal: value } : value;
};

/** A table with a row of names first. */
export const csvOf = async function* <Row>(
  columns: readonly Column<Row>[],
  batches: AsyncIterable<Row[]>,
  position: bigint,
): AsyncGenerator<string> {
  yield stringify([columns.map(({ name }) => name)], { record_delimiter: 'windows' });
  for await (const rows of batches)
    yield stringify(
      rows.map((row) => columns.map((column) => cellOf(column, row, position))),
      options,
    );
};
