/** A JSON text in each line, and nothing else: every reader of such files takes each line for a record. */
export const ndjsonOf = async function* <Row>(batches: AsyncIterable<Row[]>, textOf: (row: Row) => string): AsyncGenerator<string> {
  for await (const rows of batches) yield rows.map((row) => `${textOf(row)}\n`).join('');
};
