import type { Snapshot } from '@averment/read-models';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { CellType, Column } from '../columns.ts';

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];

/** Batches in a row group: what is made at once, while nobody else is served. */
const batchesInGroup = 4;
/** Digits behind the point of a decimal, and in all. */
const decimals = { scale: 6, precision: 21 };

const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;

/** How a column is stored, each with its type written out: by itself the library takes an instant for a local time, and guesses from the first rows. */
const elements: Record<CellType, (name: string) => SchemaElement[]> = {
  text: (name) => [{ name, repetition_type: 'OPTIONAL', ...text }],
  list: (name) => [
    { name, repetition_type: 'OPTIONAL', converted_type: 'LIST', logical_type: { type: 'LIST' }, num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'OPTIONAL', ...text },
  ],
  integer: (name) => [{ name, repetition_type: 'OPTIONAL', type: 'INT32' }],
  number: (name) => [{ name, repetition_type: 'OPTIONAL', type: 'DOUBLE' }],
  decimal: (name) => [
    { name, repetition_type: 'OPTIONAL', type: 'FIXED_LEN_BYTE_ARRAY', type_length: 9, converted_type: 'DECIMAL', ...decimals },
  ],
  boolean: (name) => [{ name, repetition_type: 'OPTIONAL', type: 'BOOLEAN' }],
  day: (name) => [{ name, repetition_type: 'OPTIONAL', type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } }],
  instant: (name) => [
    { name, repetition_type: 'OPTIONAL', type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } },
  ],
  position: (name) => [{ name, repetition_type: 'OPTIONAL', type: 'INT64' }],
};

/** Days and microseconds since 1970, and millionths. */
const stored: Partial<Record<CellType, (value: string) => number | bigint>> = {
  decimal: (value) => {
    const [, sign = '', whole = '0', part = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value) ?? [];
    return BigInt(`${sign}${whole}${part.padEnd(decimals.scale, '0')}`);
  },
  day: (value) => Math.floor(Date.parse(`${value}T00:00:00Z`) / 86_400_000),
  instant: (value) => {
    const [, part = ''] = /\.(\d+)Z$/.exec(value) ?? [];
    return BigInt(Math.floor(Date.parse(value) / 1000)) * 1_000_000n + BigInt(part.padEnd(6, '0').slice(0, 6) || 0);
  },
};

/** Apache Parquet, packed by Snappy; what the whole file is of stands in its metadata. */
export const parquetOf = async function* <Row>(
  columns: readonly Column<Row>[],
  batches: AsyncIterable<Row[]>,
  { position, log, parked }: Pick<Snapshot, 'position' | 'log' | 'parked'>,
): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.flatMap(({ name, type }) => elements[type](name))],
    kvMetadata: Object.entries({ position: String(position), log, incomplete: String(parked.length) }).map(([key, value]) => ({
      key: `averment.${key}`,
      value,
    })),
    createdBy: 'Averment',
  });
  const taken = (): Uint8Array => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  };
  let group: Row[] = [];
  const write = (): Uint8Array => {
    const columnData = columns.map(({ name, type, of }) => {
      const form = stored[type];
      return {
        name,
        data: group.map((row) => {
          const value = of(row, position);
          return form === undefined || typeof value !== 'string' ? value : form(value);
        }),
      };
    });
    file.write({ columnData, rowGroupSize: group.length });
    group = [];
    return taken();
  };
  let held = 0;
  for await (const rows of batches) {
    for (const row of rows) group.push(row);
    held += 1;
    if (held < batchesInGroup) continue;
    held = 0;
    yield write();
  }
  if (group.length > 0) yield write();
  file.finish();
  yield taken();
};
