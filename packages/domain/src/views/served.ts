const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);

const withoutCase = (change: unknown): unknown => {
  if (!isObject(change)) return change;
  const held = ['proceeding', 'ruling', 'set'].find((name) => isObject(change[name]) && 'case' in change[name]);
  if (held === undefined) return change;
  const { case: _, ...shown } = change[held] as Record<string, unknown>;
  return { ...change, [held]: shown };
};

/**
 * An event's data as they are served: without the tags of cases, by which a number that was erased could be known again, and without the numbers that forms
 * of before have in their place, which may be concealed; and without the bytes of an original, which has a path of its own.
 */
export const servedData = (data: object): object =>
  'bytes' in data
    ? { ...data, bytes: undefined }
    : 'changes' in data && Array.isArray(data.changes)
      ? { ...data, changes: data.changes.map(withoutCase) }
      : (withoutCase(data) as object);
