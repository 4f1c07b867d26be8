import { z } from 'zod';
import { partyBody } from '../party/shapes.ts';
import { isFilmOrText, sourceMembers } from '../source/shapes.ts';
import { accept, type Problem, type Result, refuseFor } from '../values/errors.ts';
import type { Prefix } from '../values/ids.ts';
import { idOrRef, ref } from '../values/shapes.ts';

/** Sources and parties that come with an edit or a proposal, which names them by their refs. */

const ofRef = 'What it is called elsewhere in this request';

/** A party as it comes with others: above it may stand one of those. */
const broughtParty = partyBody.extend({
  parent: idOrRef('party')
    .nullable()
    .default(null)
    .describe('The body that it belongs to: an id, or the ref of another party of this request'),
});
/** A source likewise: it may be a translation of one of those. */
const broughtSource = sourceMembers.extend({
  translationOf: idOrRef('source')
    .nullable()
    .default(null)
    .describe('The source that this is a translation of: an id, or the ref of another source of this request'),
});
/** Several parties as `POST /v1/parties` takes them. */
export const partyBodies = z
  .array(broughtParty.extend({ ref: ref.nullable().default(null).describe(ofRef) }))
  .min(1)
  .max(100);
export type BroughtParty = z.output<typeof partyBodies>[number];
export const broughtFields = {
  sources: z
    .array(broughtSource.extend({ ref: ref.describe(ofRef) }).refine(...isFilmOrText))
    .max(50)
    .default([])
    .describe(
      'Sources that are registered with it, as `POST /v1/sources` takes them, each with a `ref` that may stand wherever the id of a source may. One that is registered already with the same URL and text, or the same `externalId`, is taken as it is, and `reused` of the answer says so',
    ),
  parties: z
    .array(broughtParty.extend({ ref: ref.describe(ofRef) }))
    .max(100)
    .default([])
    .describe(
      'Parties that are registered with it, as `POST /v1/parties` takes them, each with a `ref` that may stand wherever the id of a party may. One that is registered already with the same `externalId` is taken as it is, and `reused` of the answer says so',
    ),
};

/** Members of which the value is the id of a party, or several. */
const ofParties: ReadonlySet<string> = new Set([
  'about',
  'against',
  'agencies',
  'by',
  'court',
  'forum',
  'judge',
  'onBehalfOf',
  'parent',
  'speaker',
  'via',
]);
const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);

/** What the value of a member is the id of; null where it is none. */
const namesIn = (member: string, within: Record<string, unknown>): 'party' | 'source' | null => {
  if (ofParties.has(member) || (member === 'value' && within.kind === 'party')) return 'party';
  return member === 'source' || member === 'translationOf' ? 'source' : null;
};

/** The ids that refs stand for, with what they name. */
export type Named = ReadonlyMap<string, { id: string; prefix: Prefix }>;

/** A body, or a part of it, in which the refs of sources and parties have become ids. What comes with it is left out, and its things keep their refs. Refusal: `InvalidChange`. */
export const withIds = <T>(body: T, named: Named, pointer = ''): Result<T> => {
  const problems: Problem[] = [];
  const idOf = (value: string, prefix: Prefix, at: string): string => {
    if (value.includes('_')) return value;
    const found = named.get(value);
    if (found?.prefix === prefix) return found.id;
    const message =
      found === undefined
        ? `no ${prefix} of this request has the ref ${value}: give it to the ${prefix} that is meant, or send an id`
        : `the ref ${value} is that of a ${found.prefix}, but a ${prefix} is needed here`;
    problems.push({ code: 'InvalidChange', pointer: at, message });
    return value;
  };
  const walk = (value: unknown, names: Prefix | null, at: string): unknown => {
    if (typeof value === 'string') return names === null ? value : idOf(value, names, at);
    if (Array.isArray(value)) return value.map((each, index) => walk(each, names, `${at}/${index}`));
    if (!isObject(value)) return value;
    const isWhole = at === pointer && 'sources' in value;
    return Object.fromEntries(
      Object.entries(value).map(([member, each]) =>
        isWhole && (member === 'sources' || member === 'parties')
          ? [member, each]
          : [member, walk(each, namesIn(member, value), `${at}/${member}`)],
      ),
    );
  };
  const walked = walk(body, null, pointer) as T;
  const [problem, ...others] = problems;
  return problem ? refuseFor([problem, ...others]) : accept(walked);
};
