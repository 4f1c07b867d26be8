const kib = 1024;

/** A limit of bytes in words: whole MiB or KiB, with the number of bytes. */
export const sizeOf = (bytes: number): string => {
  const inBytes = `${bytes.toLocaleString('en')} bytes`;
  if (bytes % (kib * kib) === 0) return `${bytes / (kib * kib)} MiB (${inBytes})`;
  return bytes % kib === 0 ? `${bytes / kib} KiB (${inBytes})` : inBytes;
};
