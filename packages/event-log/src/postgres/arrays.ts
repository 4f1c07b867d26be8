/**
 * PostgreSQL's binary form of one-dimensional arrays without nulls (`array_recv` in its source). As text, bytes would be sent as escaped hex inside a
 * quoted array literal, twice as long and slow to read.
 */

const oids = { int4: 23, text: 25, uuid: 2950, bytea: 17 };

const header = (oid: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length === 0 ? 12 : 20);
  bytes.writeInt32BE(length === 0 ? 0 : 1, 0);
  bytes.writeInt32BE(oid, 8);
  if (length > 0) {
    bytes.writeInt32BE(length, 12);
    bytes.writeInt32BE(1, 16);
  }
  return bytes;
};

const variable = (oid: number, elements: readonly Uint8Array[]): Buffer => {
  const parts: Uint8Array[] = [header(oid, elements.length)];
  for (const element of elements) {
    const size = Buffer.allocUnsafe(4);
    size.writeInt32BE(element.length);
    parts.push(size, element);
  }
  return Buffer.concat(parts);
};

/** `int4[]` */
export const integers = (values: readonly number[]): Buffer => {
  const elements = Buffer.allocUnsafe(values.length * 8);
  values.forEach((value, index) => {
    elements.writeInt32BE(4, index * 8);
    elements.writeInt32BE(value, index * 8 + 4);
  });
  return Buffer.concat([header(oids.int4, values.length), elements]);
};

/** `text[]` */
export const texts = (values: readonly string[]): Buffer =>
  variable(
    oids.text,
    values.map((value) => Buffer.from(value)),
  );

/** `uuid[]` */
export const uuids = (values: readonly string[]): Buffer =>
  variable(
    oids.uuid,
    values.map((value) => Buffer.from(value.replaceAll('-', ''), 'hex')),
  );

/** `bytea[]` */
export const byteStrings = (values: readonly Uint8Array[]): Buffer => variable(oids.bytea, values);
