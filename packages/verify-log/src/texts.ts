import { hash } from 'node:crypto';

/** Which text of which event; `digest` is that of its disclosure (RFC 9901). */
type Text = { stream: string; revision: number; digest: string };

const keyOf = ({ stream, revision, digest }: Text): string => `${stream} ${revision} ${digest}`;

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object';

/** The digests that stand in `_sd` (RFC 9901), wherever. */
export const digestsIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(digestsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === '_sd' && Array.isArray(member) ? member.map(String) : digestsIn(member),
  );
};

/** An event's own words about what it erases. */
const erasedBy = ({ type, stream, data }: Record<string, unknown>): Text[] => {
  if (type !== 'TextErased' || !isObject(data) || !Array.isArray(data.items)) return [];
  return data.items.map(({ revision, digest }) => ({ stream: String(stream), revision, digest }));
};

/** Where a text is not as the event has it. */
export type TextFault<Place> = { what: 'text_changed' | 'text_gone'; place: Place; detail: string };

/**
 * Takes events in the order of the log, and tells whose texts are neither disclosed nor erased. It remembers those that are missing, since what erases
 * them stands further on.
 */
export const createTexts = <Place>() => {
  const missing = new Map<string, { place: Place; digest: string }>();
  const faults: TextFault<Place>[] = [];
  return {
    /** `canonical` is the JSON of the event; what is not JSON has no texts. */
    add: (canonical: string, disclosures: readonly string[], place: Place): void => {
      let event: unknown;
      try {
        event = JSON.parse(canonical);
      } catch {
        return;
      }
      if (!isObject(event)) return;
      for (const text of erasedBy(event)) missing.delete(keyOf(text));
      const given = new Set(disclosures.map((disclosure) => hash('sha256', disclosure, 'base64url')));
      const [stream, revision] = [String(event.stream), Number(event.revision)];
      const gone = digestsIn(event.data).filter((digest) => !given.delete(digest));
      // A disclosure that belongs to nothing stands where another one did.
      const changed = gone.splice(0, given.size);
      for (const digest of changed)
        faults.push({ what: 'text_changed', place, detail: `what is disclosed has not the digest ${digest}, or none at all` });
      if (given.size > changed.length)
        faults.push({ what: 'text_changed', place, detail: `${given.size - changed.length} disclosures do not belong to the event` });
      for (const digest of gone) missing.set(keyOf({ stream, revision, digest }), { place, digest });
    },
    /** What was found since it was last asked for. */
    taken: (): TextFault<Place>[] => faults.splice(0),
    /** Asked once all of the log was taken. */
    rest: (): TextFault<Place>[] =>
      [...missing.values()].map(({ place, digest }) => ({
        what: 'text_gone' as const,
        place,
        detail: `nothing is disclosed for ${digest}, and no event erases it`,
      })),
  };
};
