/** What stands in a form, by the names of its fields. The whole state of an edit that is being written lies in it, and nowhere else. */
export type State = ReadonlyMap<string, readonly string[]>;
export type Fields = readonly (readonly [string, string])[];

/** The ends of lines that browsers send are CR LF. */
export const stateOf = (fields: Fields): State => {
  const state = new Map<string, string[]>();
  for (const [name, value] of fields) state.set(name, [...(state.get(name) ?? []), value.replaceAll('\r\n', '\n')]);
  return state;
};

/** The first of that name, without the blanks around it; empty where there is none. */
export const textAt = (state: State, name: string): string => state.get(name)?.[0]?.trim() ?? '';

/** Of changes, parties and rows of a list: as many as an edit may have. */
const most = 100;
const tooMany = () => Object.assign(new Error(`A form has at most ${most} of each. Divide the edit.`), { statusCode: 413 });

/** How many rows a list has: `c1.citations.0.…`, `c1.citations.1.…` are two. */
export const rowsOf = (state: State, list: string): number => {
  let rows = 0;
  for (const name of state.keys()) {
    if (!name.startsWith(`${list}.`)) continue;
    const index = Number(name.slice(list.length + 1).split('.')[0]);
    if (Number.isInteger(index)) rows = Math.max(rows, index + 1);
  }
  if (rows > most) throw tooMany();
  return rows;
};

/** The groups of a letter, in the order of the form: `c1`, `c2` are the changes of an edit, `p1` a party that it brings. */
export const groupsOf = (state: State, letter: 'c' | 'p'): string[] => {
  const groups = new Set<string>();
  for (const name of state.keys()) {
    const [group = ''] = name.split('.');
    if (group !== name && group.startsWith(letter) && /^[1-9]\d{0,3}$/.test(group.slice(1))) groups.add(group);
  }
  if (groups.size > most) throw tooMany();
  return [...groups];
};

/** The name of the next group: one that is no group's, and that nothing else of the edit has as its ref. */
export const nextGroup = (state: State, letter: 'c' | 'p', refs: readonly string[] = []): string => {
  const taken = [...groupsOf(state, letter), ...refs.filter((ref) => ref.startsWith(letter))].map((name) => Number(name.slice(1)));
  return `${letter}${Math.max(0, ...taken.filter(Number.isInteger)) + 1}`;
};

/** The state with further fields in the place of those of their names. */
export const withFields = (state: State, fields: Fields): State => new Map([...state, ...stateOf(fields)]);

/** The state without what stands under a name: `c1` takes away `c1.kind` and all other fields of that group. */
export const without = (state: State, name: string): State =>
  new Map([...state].filter(([one]) => one !== name && !one.startsWith(`${name}.`)));
