import { ancestorsOf, survivorOf } from '../rules/voices.ts';
import type { Problem } from '../values/errors.ts';
import type { Parties, PartyBody } from './shapes.ts';

/** What holds of every party, with pointers into what says it. */

export type PartyKind = PartyBody['kind'];
export const isPerson = (kind: PartyKind): boolean => kind === 'person' || kind === 'described_role';

/** Of whatever names a party all that stand above it are read, in commands, models and documents. */
const mostAbove = 16;

const wrong = (pointer: string, message: string): Problem => ({ code: 'InvalidChange', pointer, message });

export const checkParent = (own: string | null, kind: PartyKind, parent: string | null | undefined, parties: Parties): Problem[] => {
  if (parent === null || parent === undefined) return [];
  if (isPerson(kind)) return [wrong('/parent', 'must be null: a person or described role speaks for a body only through onBehalfOf')];
  const found = parties(parent);
  if (!found) return [wrong('/parent', `there is no party ${parent}: register it first`)];
  if (isPerson(found.kind)) return [wrong('/parent', 'must be a body, not a person')];
  if (found.mergedInto !== null) return [wrong('/parent', `is merged into ${survivorOf(parent, parties)}: name that one`)];
  const seen = new Set<string | null>([own]);
  for (let above: string | null = parent; above !== null; above = parties(above)?.parent ?? null) {
    if (seen.has(above)) return [wrong('/parent', 'leads back to this party: a body cannot stand above itself')];
    seen.add(above);
  }
  if (seen.size - 1 > mostAbove) return [wrong('/parent', `has too many bodies above it: there can be ${mostAbove}`)];
  return [];
};

export const needsRole = 'must say why this person is public; being arrested, charged, shot, quoted or filmed makes nobody public';

/** `given`: what was sent, null for what the kind says. */
export const checkPrivacy = (kind: PartyKind, given: boolean | null, publicRole: string | null): Problem[] => {
  if (!isPerson(kind)) return given === true ? [wrong('/private', 'must be false: only persons and described roles are private')] : [];
  return given === false && publicRole === null ? [wrong('/publicRole', needsRole)] : [];
};

/** Whose name is to be kept because of their age is a person without a public name. */
export const checkMinor = (kind: PartyKind, isPrivate: boolean, minor: boolean | undefined): Problem[] =>
  minor === true && !(kind === 'person' && isPrivate)
    ? [wrong('/minor', 'must be false: it is said of private persons alone; where this is one, set the privacy first')]
    : [];

/** A second name of somebody private is mostly a real one, which nobody would see before it is public. */
export const checkAliases = (isPrivate: boolean, aliases: readonly string[] | undefined): Problem[] =>
  isPrivate && (aliases?.length ?? 0) > 0
    ? [
        wrong(
          '/aliases',
          'must be empty: a private party has no other names; leave them out, or, if this party is public, send `private` false and say why in `publicRole`',
        ),
      ]
    : [];

export const checkDistinct = (others: readonly string[], parties: Parties): Problem[] =>
  others.flatMap((id, index) => (parties(id) === undefined ? [wrong(`/distinctFrom/${index}`, `there is no party ${id}`)] : []));

type Merging = { id: string | null; kind: PartyKind; private: boolean };

/** Whether a party can be said to be another one. A role is merged into the person, so that who is known counts as such; and no merge tells the name of a private person. */
export const checkSurvivor = ({ id, kind, private: isPrivate }: Merging, into: string, parties: Parties): Problem[] => {
  const found = parties(into);
  if (into === id) return [wrong('/into', 'is this party itself')];
  if (!found) return [wrong('/into', `there is no party ${into}: register it first`)];
  if (found.mergedInto !== null) {
    const message = `is merged itself: merge into ${survivorOf(into, parties)}`;
    return [{ code: 'AggregateState', pointer: '/into', message }];
  }
  if (isPerson(kind) !== isPerson(found.kind)) return [wrong('/into', `must be a ${isPerson(kind) ? 'person' : 'body'} too`)];
  if (kind === 'person' && found.kind !== 'person') return [wrong('/into', 'is a role: merge the role into this person')];
  if (kind === 'person' && found.private !== isPrivate) {
    const [is, other] = isPrivate ? ['public', 'private'] : ['private', 'public'];
    return [wrong('/into', `is ${is}, and this person ${other}: first set the privacy of one of them`)];
  }
  const above = ancestorsOf(into, parties);
  if (id !== null && above.includes(id)) return [wrong('/into', 'belongs to this party: it cannot stand above itself')];
  if (above.length + 1 > mostAbove) return [wrong('/into', `has too many bodies above it: there can be ${mostAbove}`)];
  return [];
};
