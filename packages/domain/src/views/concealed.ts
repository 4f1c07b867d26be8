import type { Difference } from './documents.ts';

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);

const shown = (whole: unknown, left: unknown): unknown => {
  if (Array.isArray(whole) && Array.isArray(left)) return whole.map((item, index) => shown(item, left[index]));
  if (!isObject(whole) || !isObject(left)) return left ?? null;
  let concealed = false;
  const entries = Object.entries(whole).map(([name, value]) => {
    if (value === null || (left[name] ?? null) !== null) return [name, shown(value, left[name])];
    concealed = true;
    return [name, null];
  });
  return Object.fromEntries(concealed ? [...entries, ['concealed', true]] : entries);
};

/**
 * What is shown to those who may not see all: `left` is the same JSON, made without the concealed texts. Where one stood is null, and the object that it
 * stood in says `concealed: true`; what is null without that was erased, or never there.
 */
export const withConcealed = <T>(whole: T, left: T): T => shown(whole, left) as T;

const mark = '/concealed';
const parentOf = (pointer: string): string => pointer.slice(0, pointer.lastIndexOf('/'));

/** Differences between documents with such marks: in place of the difference between the marks, that between the texts says that one is concealed. */
export const markConcealed = (differences: readonly Difference[]): Difference[] => {
  const marked = new Set(differences.filter(({ pointer }) => pointer.endsWith(mark)).map(({ pointer }) => parentOf(pointer)));
  if (marked.size === 0) return [...differences];
  return differences
    .filter(({ pointer }) => !pointer.endsWith(mark))
    .map((difference) => {
      const lacksOne = difference.from === null || difference.to === null;
      return lacksOne && marked.has(parentOf(difference.pointer)) ? { ...difference, concealed: true } : difference;
    });
};
