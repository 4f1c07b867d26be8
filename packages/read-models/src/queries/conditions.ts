/** The conditions of one statement, with their values numbered as they come. */
export type Conditions = {
  /** Adds a condition; each `?` in it stands for the next of the values. */
  add(sql: string, ...values: unknown[]): void;
  /** The place of a value that stands outside of the conditions. */
  value(value: unknown): string;
  /** All conditions, joined; `true` where there is none. */
  sql(): string;
  values: unknown[];
};

/** Collects the conditions of a statement that is put together from filters. */
export const createConditions = (): Conditions => {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const value = (each: unknown): string => `$${values.push(each)}`;
  return {
    values,
    value,
    add: (sql, ...given) => {
      const places = given.map(value);
      conditions.push(sql.replaceAll('?', () => places.shift() ?? '?'));
    },
    sql: () => (conditions.length === 0 ? 'true' : conditions.map((each) => `(${each})`).join(' AND ')),
  };
};
