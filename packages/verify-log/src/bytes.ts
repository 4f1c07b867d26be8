import { Malformed } from './malformed.ts';

/** Strict base64 (RFC 4648, section 4): what decodes to the same bytes from another text is refused. Throws `Malformed`. */
export const fromBase64 = (text: string, what: string): Buffer => {
  const bytes = Buffer.from(text, 'base64');
  if (text === '' || bytes.toString('base64') !== text) throw new Malformed(`${what} is not base64: ${JSON.stringify(text.slice(0, 80))}`);
  return bytes;
};

/** A hash in base64. Throws `Malformed`. */
export const hashFromBase64 = (text: string, what: string): Buffer => {
  const bytes = fromBase64(text, what);
  if (bytes.length !== 32) throw new Malformed(`${what} has ${bytes.length} bytes and not 32`);
  return bytes;
};

/** A count or index in decimal, without leading zeroes, up to 2⁵³ − 1. Throws `Malformed`. */
export const fromDecimal = (text: string, what: string): number => {
  const number = Number(text);
  if (!/^(0|[1-9]\d*)$/.test(text) || !Number.isSafeInteger(number))
    throw new Malformed(`${what} is no whole number: ${JSON.stringify(text.slice(0, 80))}`);
  return number;
};
