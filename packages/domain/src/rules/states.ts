import type { ClaimEntry } from '../incident/state.ts';
import type { Claim } from '../incident/things/claim.ts';
import type { Parties } from '../party/shapes.ts';
import { type AspectDefinition, uncountedFlags, uncountedStances, type Vocabulary } from '../values/vocabulary.ts';
import { type Comparable, clash, comparable, supports } from './compare.ts';
import type { ClaimStanding, Mark } from './standing.ts';
import { partyBehind, survivorOf, topmost, voiceKind } from './voices.ts';

/** What the record says of an aspect, the first that holds (docs/rules.md, state 9). */
const aspectStateNames = [
  'not_compared',
  'decided',
  'not_established',
  'disputed',
  'inconsistent',
  'agreed',
  'single_account',
  'unknown',
] as const;
export type AspectState = (typeof aspectStateNames)[number];

/** A claim on record with its standing: what a row of aspects is derived from. Claims of several streams may stand in one list. */
type ClaimWithStanding = { entry: ClaimEntry; standing: ClaimStanding };

type AspectRow = {
  aspect: string;
  about: string | null;
  state: AspectState;
  /** How many voices the counted claims have. */
  voices: number;
  /** The claims that are listed, by rank, then in the order of the record. */
  claims: string[];
  /** The voice that each claim of the row has in it, listed or not; null for those that are no voice here. */
  voiceOf: ReadonlyMap<string, string | null>;
};

/** Whether what a claim says is clear and firm enough to count (docs/rules.md, state 7). Its marks are not looked at. */
export const saysSomething = ({ stance, flags }: Pick<Claim, 'stance' | 'flags'>): boolean =>
  !uncountedStances.has(stance) && !flags.some((flag) => uncountedFlags.has(flag));

const unlistedMarks: readonly Mark[] = ['retracted', 'superseded', 'deprecated'];
const isUnlisted = ({ marks }: ClaimStanding): boolean => unlistedMarks.some((mark) => marks.includes(mark));
const isDecided = ({ marks }: ClaimStanding): boolean => marks.includes('upheld') || marks.includes('contradicted');
/** Rulings count for every claim not retracted, so a claim that one decided is shown even where it is left out. */
const isListed = (standing: ClaimStanding): boolean =>
  !standing.marks.includes('retracted') &&
  (!isUnlisted(standing) || isDecided(standing) || standing.marks.includes('not_established') || standing.casesDiffer);

/** Claims that are compared alike, with the voices that make them (null: no voice). `only`: the one voice, where they have one. */
type Group = { claim: Comparable; voices: Set<string | null>; only: string | null | undefined };

/** Claims that say the same of the same time are compared once. The texts of text claims play no part. */
const groupKey = ({ denies, value, validAt }: Comparable): string =>
  value.kind === 'measured'
    ? `${denies}|${value.scale}|${value.stated}|${value.vague}|${validAt?.stated}`
    : `${denies}|${value.kind}|${'value' in value ? value.value : ''}|${validAt?.stated}`;

/** Whether a voice of the one and another voice of the other satisfy the condition. */
const somePair = (one: Group['voices'], other: Group['voices'], holds: (mine: string, its: string) => boolean): boolean => {
  for (const mine of one) {
    if (mine === null) continue;
    for (const its of other) if (its !== null && its !== mine && holds(mine, its)) return true;
  }
  return false;
};

/** Whether the two have two different voices between them. Most groups have one, so that case is looked at first. */
const areTwoVoices = (one: Group, other: Group): boolean =>
  one.only !== undefined && other.only !== undefined
    ? one.only !== other.only && one.only !== null && other.only !== null
    : somePair(one.voices, other.voices, () => true);

type Counted = { claim: Comparable; voice: string | null };
type Found = { voicesClash: boolean; otherClash: boolean; support: boolean };

/** Notes what two groups are to each other, if it can still change the state: a clash of voices ends the search, and any clash makes support idle. */
const compareGroups = (one: Group, other: Group, found: Found, aspect: AspectDefinition, needed: string | null) => {
  const twoVoices = areTwoVoices(one, other);
  if (!twoVoices && found.otherClash) return;
  if (clash(one.claim, other.claim, aspect)) {
    if (twoVoices) found.voicesClash = true;
    else found.otherClash = true;
  } else if (twoVoices && !found.support && !found.otherClash && supports(one.claim, other.claim, aspect)) {
    found.support = somePair(one.voices, other.voices, (mine, its) => !aspect.accusatory || mine === needed || its === needed);
  }
};

/** Claims that say the same in one group each, and each text claim by itself. */
const groupsOf = (counted: Counted[]): { groups: Group[]; texts: Map<string, Group> } => {
  const groups = new Map<string, Group>();
  const texts = new Map<string, Group>();
  for (const { claim, voice } of counted) {
    if (claim.value.kind === 'text') texts.set(claim.id, { claim, voices: new Set([voice]), only: voice });
    const key = groupKey(claim);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { claim, voices: new Set([voice]), only: voice });
    else if (!group.voices.has(voice)) {
      group.voices.add(voice);
      group.only = undefined;
    }
  }
  return { groups: [...groups.values()], texts };
};

/**
 * Compares the counted claims of a row: whether two voices clash, whether anything else does, and whether two voices support one value.
 * `needed`: the voice that has to be one of those two, for what is accusatory.
 */
const compareClaims = (counted: Counted[], aspect: AspectDefinition, needed: string | null): Found => {
  const found: Found = { voicesClash: false, otherClash: false, support: false };
  const { groups, texts } = groupsOf(counted);
  for (const text of texts.values()) {
    for (const relation of text.claim.relatesTo) {
      const named = texts.get(relation.claim);
      if (named !== undefined) compareGroups(text, named, found, aspect, needed);
    }
  }
  for (const [index, one] of groups.entries()) {
    const isText = one.claim.value.kind === 'text';
    for (let next = index; next < groups.length; next += 1) {
      const other = groups[next];
      // Two texts are compared only by what they name, and that is done.
      if (other === undefined || (isText && other.claim.value.kind === 'text')) continue;
      if (found.voicesClash) return found;
      compareGroups(one, other, found, aspect, needed);
    }
  }
  return found;
};

/** The voice of each claim of a row: an unnamed one is a voice only where no other voice is counted, and then only the first. */
const voicesOfRow = (claims: ClaimWithStanding[], counted: ReadonlySet<string>, parties: Parties): Map<string, string | null> => {
  const own = claims.map(({ entry: { claim }, standing }) => ({
    id: claim.id,
    kind: voiceKind(claim, parties),
    party: partyBehind(claim, parties),
    listed: isListed(standing),
  }));
  const unnamed = own.filter(({ kind }) => kind === 'unnamed');
  const first = unnamed.find(({ id }) => counted.has(id)) ?? unnamed.find(({ listed }) => listed);
  const only = own.some(({ id, kind }) => kind === 'voice' && counted.has(id)) ? null : (first?.party ?? null);
  return new Map(own.map(({ id, kind, party }) => [id, kind === 'voice' || (kind === 'unnamed' && party === only) ? party : null]));
};

const stateOf = (
  live: ClaimWithStanding[],
  counted: (Counted & ClaimWithStanding)[],
  aspect: AspectDefinition | undefined,
  needed: string | null,
): AspectState => {
  // Of an aspect that the vocabulary has lost nobody knows how its values compare.
  if (aspect === undefined || aspect.neverCompared) return 'not_compared';
  if (live.some(({ standing }) => isDecided(standing))) return 'decided';
  if (live.some(({ standing }) => standing.marks.includes('not_established'))) return 'not_established';
  if (live.some(({ standing }) => standing.casesDiffer) || counted.some(({ standing }) => standing.marks.includes('disputed')))
    return 'disputed';
  const found = compareClaims(counted, aspect, needed);
  if (found.voicesClash) return 'disputed';
  if (found.otherClash) return 'inconsistent';
  if (found.support) return 'agreed';
  return counted.length > 0 ? 'single_account' : 'unknown';
};

const rankOrder = { preferred: 0, normal: 1, deprecated: 2 } as const;

const rowOf = (claims: ClaimWithStanding[], parties: Parties, vocabulary: Vocabulary): AspectRow => {
  const { aspect, about: named } = claims[0]?.entry.claim ?? { aspect: '', about: null };
  const about = named === null ? null : survivorOf(named, parties);
  const live = claims.filter(({ standing }) => !standing.marks.includes('retracted'));
  const listed = live
    .filter(({ standing }) => isListed(standing))
    .sort((one, other) => rankOrder[one.entry.rank] - rankOrder[other.entry.rank]);
  const comparables = live
    .filter(({ entry, standing }) => !isUnlisted(standing) && saysSomething(entry.claim))
    .flatMap((item) => {
      const claim = comparable(item.entry.claim, parties);
      return claim === null ? [] : [{ ...item, claim }];
    });
  const voiceOf = voicesOfRow(claims, new Set(comparables.map(({ claim }) => claim.id)), parties);
  const counted = comparables.map((item) => ({ ...item, voice: voiceOf.get(item.claim.id) ?? null }));
  return {
    aspect,
    about,
    state: stateOf(live, counted, vocabulary.aspects.get(aspect), about === null ? null : topmost(about, parties)),
    voices: new Set(counted.flatMap(({ voice }) => (voice === null ? [] : [voice]))).size,
    claims: listed.map(({ entry }) => entry.claim.id),
    voiceOf,
  };
};

/**
 * The state of every (aspect, about) that a claim is about, in the order of their first claims; with claims that are all retracted it is
 * `unknown`. `claims` are in the order of the record; those of merged incidents follow.
 */
export const aspectStates = (claims: ClaimWithStanding[], parties: Parties, vocabulary: Vocabulary): AspectRow[] => {
  const rows = new Map<string, ClaimWithStanding[]>();
  for (const item of claims) {
    const { aspect, about } = item.entry.claim;
    const key = `${aspect} ${about === null ? '' : survivorOf(about, parties)}`;
    const row = rows.get(key);
    if (row === undefined) rows.set(key, [item]);
    else row.push(item);
  }
  return [...rows.values()].map((row) => rowOf(row, parties, vocabulary));
};
