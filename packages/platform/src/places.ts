/** Places that are taken and left again. */
export type Places = {
  /** Takes a place for a client and answers the way to leave it; null where there is none for it. */
  take(client: string): (() => void) | null;
};

/** Makes so many places in all, of which one client may hold so many at once. */
export const createPlaces = ({ all, each }: { all: number; each: number }): Places => {
  const held = new Map<string, number>();
  let taken = 0;
  return {
    take: (client) => {
      const own = held.get(client) ?? 0;
      if (taken >= all || own >= each) return null;
      taken += 1;
      held.set(client, own + 1);
      return () => {
        taken -= 1;
        const left = (held.get(client) ?? 1) - 1;
        if (left === 0) held.delete(client);
        else held.set(client, left);
      };
    },
  };
};
