/** Reads by id that arrive in the same turn of the event loop become one read (architecture.md, decision 18). */
export const createBatch = <T>(load: (ids: string[]) => Promise<Map<string, T>>): ((id: string) => Promise<T | undefined>) => {
  let next: { ids: Set<string>; loaded: Promise<Map<string, T>> } | undefined;
  const begin = () => {
    const ids = new Set<string>();
    const turn = new Promise<void>((resolve) => setImmediate(resolve));
    const loaded = turn.then(() => {
      next = undefined;
      return load([...ids]);
    });
    return { ids, loaded };
  };
  return async (id) => {
    next ??= begin();
    next.ids.add(id);
    return (await next.loaded).get(id);
  };
};
