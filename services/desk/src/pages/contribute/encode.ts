import type { Originals, Tree } from './decode.ts';
import { incidentSpecs, isKind, kinds, settable } from './kinds.ts';
import { flat, type Spec } from './spec.ts';
import { type Fields, nextGroup } from './state.ts';

type Field = readonly [string, string];

const at = (tree: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((inside, member) => (typeof inside === 'object' && inside !== null ? (inside as Tree)[member] : undefined), tree);

const isGiven = (value: unknown): boolean => value !== null && value !== undefined;

const valueFields = (value: Tree, name: string): Field[] => {
  const kind = String(value.kind);
  const further = Object.entries(value).filter(([member, one]) => !['kind', 'value'].includes(member) && isGiven(one) && one !== false);
  return [
    [`${name}.kind`, kind],
    ...(isGiven(value.value) ? [[`${name}.${kind}`, String(value.value)] as const] : []),
    ...further.map(([member, one]) => [`${name}.${member}`, Array.isArray(one) ? one.join('\n') : String(one)] as const),
  ];
};

/** The fields of a form in which something on record, or of an edit, is written: what `decode.ts` reads the same from. */
export const encode = (specs: readonly Spec[], tree: Tree, name: string, originals: Originals): Field[] =>
  flat(specs).flatMap((spec): Field[] => {
    const field = `${name}.${spec.path}`;
    const value = at(tree, spec.path);
    if (spec.as === 'set') {
      const target = spec.target === null ? null : String(tree[spec.target]);
      return encode(settable(spec, target), { ...originals(target), ...(value as Tree) }, field, originals);
    }
    if (!isGiven(value)) return [];
    const rows = Array.isArray(value) ? value : [];
    switch (spec.as) {
      case 'yes':
        return value === true ? [[field, 'yes']] : [];
      case 'boxes':
        return rows.map((one) => [field, String(one)]);
      case 'lines':
        return [[field, rows.join('\n')]];
      case 'each':
        return rows.map((one, row) => [`${field}.${row}`, String(one)]);
      case 'list':
        return rows.flatMap((one: Tree, row) => encode(spec.inside, one, `${field}.${row}`, originals));
      case 'value':
        return valueFields(value as Tree, field);
      case 'source':
      case 'update':
        return [[field, `${value}@${tree.revision ?? 0}`]];
      default:
        return [[field, String(value)]];
    }
  });

/** The fields of an edit, as it is read. A kind of change for which there is no form stays as it is. */
export const encodeChanges = (changes: readonly Tree[], originals: Originals, refs: readonly string[]): Fields => {
  const free = Number(nextGroup(new Map(), 'c', refs).slice(1));
  return changes.flatMap((change, index): Fields => {
    const kind = String(change.kind);
    if (kind === 'report_incident') return encode(incidentSpecs, change, 'incident', originals);
    const spec = isKind(kind) ? kinds[kind] : undefined;
    const inside = (spec?.in === undefined ? change : change[spec.in]) as Tree;
    const group = `c${free + index}`;
    if (spec === undefined) {
      return [
        [`${group}.kind`, kind],
        [`${group}.json`, JSON.stringify(Object.fromEntries(Object.entries(change).filter(([member]) => member !== 'kind')))],
      ];
    }
    const own = spec.makes === undefined ? [] : (['id', 'ref'] as const).filter((member) => isGiven(inside[member]));
    return [
      [`${group}.kind`, kind],
      ...own.map((member) => [`${group}.${member}`, String(inside[member])] as const),
      ...encode(spec.specs, inside, group, originals),
    ];
  });
};
