import { isDeepStrictEqual } from 'node:util';
import type { Schemas } from '@averment/client';
import { encode } from './encode.ts';
import { incidentSpecs, isKind, kinds, partySpecs, settable } from './kinds.ts';
import { flat, type Leaf, type Spec } from './spec.ts';
import { groupsOf, rowsOf, type State, stateOf, textAt } from './state.ts';

export type Tree = Record<string, unknown>;
/** What is on record of the thing with an id; of the incident for null. A correction sends what is otherwise. */
export type Originals = (target: string | null) => Tree | undefined;
/** A body for the API, and which field has what stands at a JSON Pointer of it; null where none has. */
export type Decoded<Body> = { body: Body; fieldAt(pointer: string): string | null };

const given = (text: string): string | undefined => (text === '' ? undefined : text);
const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const put = (tree: Tree, path: string, value: unknown): void => {
  if (value === undefined) return;
  const [first = '', ...rest] = path.split('.');
  if (rest.length === 0) tree[first] = value;
  else put((tree[first] ??= {}) as Tree, rest.join('.'), value);
};

/** What a leaf says. What is no number stays as it was written: the API says what is wrong with it. */
const leafOf = (spec: Leaf, text: string): unknown => {
  if (text === '') return undefined;
  switch (spec.as) {
    case 'yes':
      return true;
    case 'truth':
      return text === 'true';
    case 'number':
      return Number.isNaN(Number(text)) ? text : Number(text);
    default:
      return text;
  }
};

/** A change that is carried along as it was read. */
const parsed = (json: string): Tree => {
  try {
    return JSON.parse(json) as Tree;
  } catch {
    return {};
  }
};

/** What a member is where nothing is said of it, for a correction that takes away what was said. */
const nothing = (specs: readonly Spec[], member: string): unknown => {
  const spec = flat(specs).find(({ path }) => path === member);
  if (spec === undefined) return null;
  if (spec.as === 'yes') return false;
  return ['boxes', 'lines', 'each', 'list'].includes(spec.as) ? [] : null;
};

/** Reads fields by what they were asked for, and notes where in the request each of them stands. */
const reading = (state: State, originals: Originals) => {
  const places = new Map<string, string>();
  const text = (name: string) => textAt(state, name);

  const saidOf = (name: string, pointer: string): Tree | undefined => {
    const kind = text(`${name}.kind`);
    places.set(`${pointer}/kind`, `${name}.kind`);
    if (kind === '') return undefined;
    const value = given(text(`${name}.${kind}`));
    const at = (member: string, field = member) => {
      places.set(`${pointer}/${member}`, `${name}.${field}`);
      return given(text(`${name}.${field}`));
    };
    places.set(`${pointer}/value`, `${name}.${kind}`);
    const told: Tree = { kind };
    if (value !== undefined) told.value = kind === 'boolean' ? value === 'true' : value;
    if (kind === 'quantity') Object.assign(told, { unit: at('unit'), comparator: at('comparator'), upper: at('upper') ?? null });
    if (kind === 'time' && at('approximate') !== undefined) told.approximate = true;
    if (kind === 'text' && at('alternatives') !== undefined) told.alternatives = linesOf(text(`${name}.alternatives`));
    return told;
  };

  /** Where each quote is from is chosen, and of itself says nothing. */
  const isWritten = (specs: readonly Spec[], name: string): boolean =>
    flat(specs).some((spec) => {
      const at = `${name}.${spec.path}`;
      if (spec.as === 'source') return false;
      if (spec.as !== 'list') return text(at) !== '';
      return Array.from({ length: rowsOf(state, at) }).some((_, row) => isWritten(spec.inside, `${at}.${row}`));
    });

  const setOf = (set: Spec & { as: 'set' }, target: string | null, name: string, pointer: string): Tree => {
    const specs = settable(set, target);
    const now = treeOf(specs, name, pointer);
    const then = reading(stateOf(encode(specs, originals(target) ?? {}, 'was', originals)), originals).treeOf(specs, 'was', '');
    const members = new Set([...Object.keys(then), ...Object.keys(now)]);
    const changed = [...members].filter((member) => !isDeepStrictEqual(now[member], then[member]));
    return Object.fromEntries(changed.map((member) => [member, now[member] ?? nothing(specs, member)]));
  };

  const putRevised = (tree: Tree, path: string, field: string, pointer: string): void => {
    const [id = '', revision = '0'] = text(field).split('@');
    places.set(`${pointer}/revision`, field);
    put(tree, path, given(id));
    if (revision !== '0') put(tree, 'revision', Number(revision));
  };

  const plainOf = (spec: Leaf | (Spec & { as: 'boxes' | 'lines' }), field: string): unknown => {
    if (spec.as === 'boxes') return state.get(field);
    if (spec.as === 'lines') return text(field) === '' ? undefined : linesOf(text(field));
    return leafOf(spec, text(field));
  };

  const treeOf = (specs: readonly Spec[], name: string, pointer: string): Tree => {
    const tree: Tree = {};
    for (const spec of flat(specs)) {
      const field = `${name}.${spec.path}`;
      const at = `${pointer}/${spec.path.replaceAll('.', '/')}`;
      if (spec.as === 'value') put(tree, spec.path, saidOf(field, at));
      else if (spec.as === 'set')
        put(tree, spec.path, setOf(spec, spec.target === null ? null : text(`${name}.${spec.target}`), field, at));
      else if (spec.as === 'list' || spec.as === 'each') put(tree, spec.path, listOf(spec, field, at));
      else {
        places.set(at, field);
        if (spec.as === 'source' || spec.as === 'update') putRevised(tree, spec.path, field, pointer);
        else put(tree, spec.path, plainOf(spec, field));
      }
    }
    return tree;
  };

  const listOf = (spec: Spec & { as: 'list' | 'each' }, field: string, at: string): unknown[] | undefined => {
    const items: unknown[] = [];
    const first = spec.as === 'each' ? '' : `.${flat(spec.inside)[0]?.path}`;
    places.set(at, `${field}.0${first}`);
    for (let row = 0; row < rowsOf(state, field); row++) {
      const name = `${field}.${row}`;
      if (spec.as === 'each' ? text(name) === '' : !isWritten(spec.inside, name)) continue;
      if (spec.as === 'each') places.set(`${at}/${items.length}`, name);
      items.push(spec.as === 'each' ? leafOf(spec.leaf, text(name)) : treeOf(spec.inside, name, `${at}/${items.length}`));
    }
    return items.length === 0 && !(spec.as === 'list' && spec.least === 1) ? undefined : items;
  };

  const changeOf = (group: string, pointer: string): { kind: string; change: Tree } => {
    const kind = text(`${group}.kind`);
    places.set(pointer, `${group}.kind`);
    if (!isKind(kind)) return { kind, change: parsed(text(`${group}.json`)) };
    const { specs, makes } = kinds[kind];
    const tree = treeOf(specs, group, pointer);
    if (makes === undefined) return { kind, change: tree };
    const id = given(text(`${group}.id`));
    return { kind, change: { ...tree, ref: given(text(`${group}.ref`)) ?? group, ...(id !== undefined && { id }) } };
  };

  const fieldAt = (pointer: string): string | null => {
    for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const inside = places.get(at) ?? [...places].find(([one]) => one.startsWith(`${at}/`))?.[1];
      if (inside !== undefined) return inside;
    }
    return null;
  };

  const parties = () => groupsOf(state, 'p').map((group, index) => ({ ...treeOf(partySpecs, group, `/parties/${index}`), ref: group }));
  const rationale = () => {
    places.set('/rationale', 'rationale');
    return text('rationale');
  };
  return { treeOf, changeOf, fieldAt, parties, rationale };
};

/** The proposal of an incident that a form says. What is missing in it, the API tells. */
export const proposalOf = (state: State): Decoded<Edited> => {
  const { treeOf, changeOf, fieldAt, parties, rationale } = reading(state, () => undefined);
  const lists: Record<'claims' | 'disputes' | 'proceedings' | 'rulings', Tree[]> = {
    claims: [],
    disputes: [],
    proceedings: [],
    rulings: [],
  };
  for (const group of groupsOf(state, 'c')) {
    const kind = textAt(state, `${group}.kind`);
    const list = isKind(kind) ? kinds[kind].list : undefined;
    if (list !== undefined) lists[list].push(changeOf(group, `/${list}/${lists[list].length}`).change);
  }
  const incident = treeOf(incidentSpecs, 'incident', '');
  const body = { occurred: {}, place: null, ...incident, parties: parties(), ...lists, rationale: rationale() };
  return { body: body as unknown as Edited, fieldAt };
};

/** An edit of an incident, a source or a party: which of them it is of, the path that it is sent to says. */
export type Edited = Schemas['Submission'] & Schemas['SourceSubmission'] & Schemas['PartySubmission'] & Schemas['Proposal'];

/** The edit of what is on record that a form says, made at `baseRevision` of it. */
export const submissionOf = (state: State, baseRevision: number, originals: Originals): Decoded<Edited> => {
  const { changeOf, fieldAt, parties, rationale } = reading(state, originals);
  const changes = groupsOf(state, 'c').map((group, index) => {
    const kind = textAt(state, `${group}.kind`);
    const under = isKind(kind) ? kinds[kind].in : undefined;
    const { change } = changeOf(group, `/changes/${index}${under === undefined ? '' : `/${under}`}`);
    return under === undefined ? { kind, ...change } : { kind, [under]: change };
  });
  const brought = parties();
  const body = { baseRevision, rationale: rationale(), ...(brought.length > 0 && { parties: brought }), changes };
  return { body: body as unknown as Edited, fieldAt };
};

/** What fields of these specs say, for a request that is not an edit. */
export const decodeAll = (specs: readonly Spec[], state: State, name: string): { tree: Tree; fieldAt(pointer: string): string | null } => {
  const { treeOf, fieldAt } = reading(state, () => undefined);
  return { tree: treeOf(specs, name, ''), fieldAt };
};
