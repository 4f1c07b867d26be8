/**
 * Calls for the same name in one turn of the event loop share one answer. What they ask for is read after the last of them asked, so that each sees what
 * was there when it asked.
 */
export const sharing = <T>(read: (name: string) => Promise<T>): ((name: string) => Promise<T>) => {
  const asked = new Map<string, Promise<T>>();
  return (name) => {
    const known = asked.get(name);
    if (known) return known;
    const answer = new Promise<void>((turn) => setImmediate(turn)).then(() => {
      asked.delete(name);
      return read(name);
    });
    asked.set(name, answer);
    return answer;
  };
};
