import type { Rows } from '../projection.ts';

/**
 * Rows in the binary form of COPY, gathered in blocks of about `blockSize` bytes (PostgreSQL's documentation, COPY, File Formats). Throws for a time that is
 * none.
 */
export type Tuples = {
  add(rows: Rows['rows']): void;
  /** So many bytes are gathered. */
  size(): number;
  /** The blocks, whole with header and trailer. */
  end(): Buffer[];
};

const blockSize = 128 * 1024;
const signature = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const textOid = 25;
/** Microseconds from 1970 to 2000, where PostgreSQL's timestamps begin. */
const epoch = BigInt(Date.UTC(2000, 0, 1)) * 1000n;
const instant = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/;

const microsecondsOf = (time: string): bigint => {
  const [, seconds, fraction = ''] = instant.exec(time) ?? [];
  const milliseconds = Date.parse(`${seconds}Z`);
  if (Number.isNaN(milliseconds)) throw new TypeError('a time is written in UTC, to the microsecond at most');
  return BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, '0')) - epoch;
};

/** Begins with no rows. The columns' types are those that `writers` knows. */
export const createTuples = (columns: Rows['columns']): Tuples => {
  const full: Buffer[] = [];
  let gathered = 0;
  let block = Buffer.allocUnsafe(blockSize);
  let at = signature.copy(block);

  const endBlock = (next: number) => {
    full.push(block.subarray(0, at));
    gathered += at;
    block = Buffer.allocUnsafe(next);
    at = 0;
  };
  const reserve = (bytes: number) => {
    if (at + bytes > block.length) endBlock(Math.max(blockSize, bytes));
  };
  const int16 = (value: number) => {
    reserve(2);
    at = block.writeInt16BE(value, at);
  };
  const int32 = (value: number) => {
    reserve(4);
    at = block.writeInt32BE(value, at);
  };
  const text = (value: string) => {
    // A UTF-16 unit takes three bytes at the most.
    reserve(4 + 3 * value.length);
    const length = block.write(value, at + 4);
    block.writeInt32BE(length, at);
    at += 4 + length;
  };
  /** The length of an array is known once its elements are written, so they stand in one block. */
  const texts = (values: readonly string[]) => {
    reserve(24 + values.reduce((sum, value) => sum + 4 + 3 * value.length, 0));
    const begins = at;
    for (const part of [0, values.length === 0 ? 0 : 1, 0, textOid]) int32(part);
    if (values.length > 0) {
      int32(values.length);
      int32(1);
    }
    for (const value of values) text(value);
    block.writeInt32BE(at - begins - 4, begins);
  };
  const int64 = (value: bigint) => {
    int32(8);
    reserve(8);
    at = block.writeBigInt64BE(value, at);
  };
  const writers: Record<string, (value: never) => void> = {
    text,
    json: (value: unknown) => text(JSON.stringify(value)),
    'text[]': texts,
    int: (value: number) => {
      int32(4);
      int32(value);
    },
    bigint: int64,
    float8: (value: number) => {
      int32(8);
      reserve(8);
      // As JSON writes it: without the sign of a zero.
      at = block.writeDoubleBE(value + 0, at);
    },
    boolean: (value: boolean) => {
      int32(1);
      reserve(1);
      at = block.writeUInt8(value ? 1 : 0, at);
    },
    bytea: (value: string) => {
      const hex = value.slice('\\x'.length);
      int32(hex.length / 2);
      reserve(hex.length / 2);
      at += block.write(hex, at, 'hex');
    },
    timestamptz: (value: string) => int64(microsecondsOf(value)),
  };

  const fields = Object.entries(columns).map(([name, type]) => {
    const write = writers[type];
    if (write === undefined) throw new TypeError(`no column is copied as ${type}`);
    return { name, write: write as (value: unknown) => void };
  });

  return {
    add: (rows) => {
      for (const row of rows as readonly Record<string, unknown>[]) {
        int16(fields.length);
        for (const { name, write } of fields) {
          const value = row[name];
          if (value === null || value === undefined) int32(-1);
          else write(value);
        }
      }
    },
    size: () => gathered + at,
    end: () => {
      int16(-1);
      endBlock(0);
      return full;
    },
  };
};
