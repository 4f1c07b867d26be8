export type Json = Record<string, unknown>;

/** The bytes as JSON; undefined where they are none, or not UTF-8. */
export const json = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
};
