/**
 * Waits until all are done. Rejects with what failed first in time: by then nothing of them is under way, and what the others failed with, mostly because of
 * that, is not told.
 */
export const together = async <T extends readonly unknown[]>(working: { [K in keyof T]: Promise<T[K]> }): Promise<T> => {
  let first: { error: unknown } | undefined;
  const noted = (working as readonly Promise<unknown>[]).map((one) =>
    one.catch((error: unknown) => {
      first ??= { error };
    }),
  );
  const done = await Promise.all(noted);
  if (first !== undefined) throw (first as { error: unknown }).error;
  return done as unknown as T;
};
