import { markConcealed } from './concealed.ts';
import { diffDocuments } from './diff.ts';
import type { Difference, EditDocument } from './documents.ts';

/** What differs between two versions of an edit. */

type Version = EditDocument['versions'][number];
type Change = Version['changes'][number] & Record<string, unknown>;

/** In which members a change names, or makes, what it is about. */
const subjects = ['claim', 'dispute', 'proceeding', 'ruling', 'target', 'into', 'from', 'revision'];
const idIn = (value: unknown): unknown => (value !== null && typeof value === 'object' && 'id' in value ? value.id : value);

/** Each change by its kind and what it is about, which stay when an edit is revised; the second of the same counts as such. */
const byWhatTheyAre = (changes: readonly Change[]): Map<string, number> => {
  const found = new Map<string, number>();
  for (const [index, change] of changes.entries()) {
    const about = JSON.stringify([change.kind, ...subjects.map((name) => idIn(change[name]) ?? null)]);
    let nth = 0;
    while (found.has(`${about} ${nth}`)) nth += 1;
    found.set(`${about} ${nth}`, index);
  }
  return found;
};

/** A correction is another one in each version, and its id says nothing. */
const isOwnId = ({ pointer }: Difference): boolean => /^\/changes\/\d+\/id$/.test(pointer);

const differencesOf = (before: Version, after: Version): Difference[] => {
  const [was, is] = [before.changes as Change[], after.changes as Change[]];
  const [old, now] = [byWhatTheyAre(was), byWhatTheyAre(is)];
  const gone = [...old].filter(([key]) => !now.has(key)).map(([, index]) => ({ pointer: `/changes/${index}`, from: was[index], to: null }));
  const others = [...now].flatMap(([key, index]): Difference[] => {
    const at = old.get(key);
    if (at === undefined) return [{ pointer: `/changes/${index}`, from: null, to: is[index] }];
    return diffDocuments(was[at], is[index]).map((one) => ({ ...one, pointer: `/changes/${index}${one.pointer}` }));
  });
  const rationale = diffDocuments({ rationale: before.rationale }, { rationale: after.rationale });
  return [...rationale, ...gone, ...others].filter((one) => !isOwnId(one));
};

/**
 * What the later of two versions says otherwise than the earlier: of the rationale and of the changes, which are followed by what they are about, wherever they
 * stand. A pointer leads into version `to`, of a change that is gone into version `from`. Null where the edit has no such version.
 */
export const versionsDiff = ({ versions }: Pick<EditDocument, 'versions'>, from: number, to: number): Difference[] | null => {
  const [before, after] = [from, to].map((number) => versions.find(({ version }) => version === number));
  return before === undefined || after === undefined ? null : markConcealed(differencesOf(before, after));
};
