import type { Choice } from '../../parts/form.ts';
import type { Vocabulary } from '../../vocabulary.ts';

/** A kind of thing of the record that a field may name. */
export type Thing = 'claim' | 'dispute' | 'proceeding' | 'ruling';

/** A field that holds one thing. `path` is where that stands in the request, with dots: `occurred.date`. */
export type Leaf = { path: string; label: string; help?: string } & (
  | { as: 'line' | 'area' | 'number' | 'yes' | 'party' | 'incident' }
  /** Something at a revision: a text that is quoted, an update of a proceeding. One choice says both, and `revision` stands beside `path`. */
  | { as: 'source' | 'update' }
  | { as: 'thing'; of: readonly Thing[] }
  /** `none` says what it means to choose nothing. */
  | { as: 'choice'; choices: readonly Choice[] | ((words: Vocabulary) => Choice[]); none?: string }
  | { as: 'truth'; none?: string }
);

/**
 * What a form asks for, and how that stands in a request. The same list makes the form, reads it, and fills it from what is on record.
 */
export type Spec =
  | Leaf
  /** Any of several. */
  | { as: 'boxes'; path: string; label: string; choices: readonly Choice[] }
  /** Texts, one in each line. */
  | { as: 'lines'; path: string; label: string; help?: string }
  /** One leaf several times: `via.0`, `via.1`. One more than are filled in is shown. */
  | { as: 'each'; path: string; leaf: Leaf }
  /** Several fields several times. `least` rows are shown; a row in which nothing was written is none. */
  | { as: 'list'; path: string; one: string; least: 0 | 1; inside: readonly Spec[] }
  /** What a claim says, of the kinds that its aspect takes. */
  | { as: 'value'; path: string }
  /** Fields of which most edits need none; they stand in a part that is opened. */
  | { as: 'more'; label: string; inside: readonly Spec[] }
  /** What a correction sets anew: all fields of its target, of which those that were changed are sent. */
  | { as: 'set'; path: string; target: string }
  | { as: 'set'; path: string; target: null; inside: readonly Spec[] };

/** Whether a spec has a place of its own in a request. */
export const hasPath = (spec: Spec): spec is Exclude<Spec, { as: 'more' }> => spec.as !== 'more';

/** All specs, also those in parts that are opened. */
export const flat = (specs: readonly Spec[]): Exclude<Spec, { as: 'more' }>[] =>
  specs.flatMap((spec) => (hasPath(spec) ? [spec] : flat(spec.inside)));

/** The label of the field at a path, null where the specs have none there. */
export const labelIn = (specs: readonly Spec[], path: string): string | null => {
  for (const spec of flat(specs)) {
    if (path !== spec.path && !path.startsWith(`${spec.path}.`)) continue;
    const [row, ...within] = path.slice(spec.path.length + 1).split('.');
    if (spec.as === 'value') return 'Value';
    if (spec.as === 'each') return spec.leaf.label;
    if (spec.as === 'list')
      return labelIn(spec.inside, within.join('.')) ?? `${spec.one[0]?.toUpperCase()}${spec.one.slice(1)} ${Number(row) + 1}`;
    if (spec.as !== 'set') return spec.label;
    return spec.target === null ? labelIn(spec.inside, [row, ...within].join('.')) : null;
  }
  return null;
};
