/**
 * PostgreSQL's binary form of one-dimensional arrays without nulls (`array_recv` in its source). As text, bytes would be sent as escaped hex inside a
 * quoted array literal, twice as long and slow to read. Each is written into one piece of memory.
 */

const oids = { int4: 23, text: 25, uuid: 2950, bytea: 17 };

const headerLength = 20;

/** `write` puts a value's bytes, of which there are `lengthOf(value)`, at an offset. */
const arrayOf = <T>(
  oid: number,
  values: readonly T[],
  lengthOf: (value: T) => number,
  write: (bytes: Buffer, value: T, at: number) => void,
): Buffer => {
  const count = values.length;
  const lengths = values.map(lengthOf);
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, headerLength));
  // Dimensions, whether there are nulls, type; of the one dimension: length and lower bound.
  for (const [index, word] of [count === 0 ? 0 : 1, 0, oid, count, 1].entries()) bytes.writeInt32BE(word, index * 4);
  let at = headerLength;
  for (let index = 0; index < count; index += 1) {
    const length = lengths[index] as number;
    at = bytes.writeInt32BE(length, at);
    write(bytes, values[index] as T, at);
    at += length;
  }
  return count === 0 ? bytes.subarray(0, 12) : bytes;
};

/** `int4[]` */
export const integers = (values: readonly number[]): Buffer =>
  arrayOf(
    oids.int4,
    values,
    () => 4,
    (bytes, value, at) => bytes.writeInt32BE(value, at),
  );

/** `text[]` */
export const texts = (values: readonly string[]): Buffer =>
  arrayOf(
    oids.text,
    values,
    (value) => Buffer.byteLength(value),
    (bytes, value, at) => bytes.write(value, at),
  );

/** `uuid[]` */
export const uuids = (values: readonly string[]): Buffer =>
  arrayOf(
    oids.uuid,
    values,
    () => 16,
    (bytes, value, at) => bytes.write(value.replaceAll('-', ''), at, 'hex'),
  );

/** `bytea[]` */
export const byteStrings = (values: readonly Uint8Array[]): Buffer =>
  arrayOf(
    oids.bytea,
    values,
    ({ length }) => length,
    (bytes, value, at) => bytes.set(value, at),
  );
