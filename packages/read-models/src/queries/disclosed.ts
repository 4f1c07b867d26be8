import { isDeepStrictEqual } from 'node:util';
import { seesReview, type Viewer } from '@averment/access';
import { digestOf, restore, type StoredEvent, structure } from '@averment/event-log';
import type { Disclosed, EventItem } from './types.ts';

/**
 * Of a stored event what the viewer reads of it whole, as the item shows: each text that stands in it as it was written, and the structure, which holds tags
 * and what was concealed beside what everybody reads, only where all of it does. Auditors and reviewers read all of the structure.
 */
export const disclosedOf = ({ canonical, disclosures }: StoredEvent, { data }: EventItem, viewer: Viewer): Disclosed => {
  const parsed = () => (JSON.parse(canonical) as { data: unknown }).data;
  const { texts } = restore(parsed(), disclosures);
  const read = new Set(texts.filter(({ path, value }) => isDeepStrictEqual(at(data, path), value)).map(({ digest }) => digest));
  return {
    canonical: seesReview(viewer) || isWithin(structure(parsed()), data) ? canonical : null,
    disclosures: disclosures.filter((disclosure) => read.has(digestOf(disclosure))),
  };
};

const at = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((inside, step) => (inside as Record<string | number, unknown> | null | undefined)?.[step], value);

/** Whether the other value has all that this one has. */
const isWithin = (one: unknown, other: unknown): boolean => {
  if (one === null || typeof one !== 'object') return one === other;
  if (other === null || typeof other !== 'object' || Array.isArray(one) !== Array.isArray(other)) return false;
  if (Array.isArray(one) && one.length !== (other as unknown[]).length) return false;
  return Object.entries(one).every(([name, member]) => isWithin(member, (other as Record<string, unknown>)[name]));
};
