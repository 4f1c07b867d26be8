import type { Claim } from '../incident/things/claim.ts';
import type { Parties } from '../party/shapes.ts';
import { type DateTimeRange, dateTimeRange, onOneAxis, timeRange } from '../values/time.ts';
import type { AspectDefinition } from '../values/vocabulary.ts';
import { ancestorsOf, survivorOf } from './voices.ts';

/** Both ends included, `-Infinity` and `Infinity` where nothing bounds it. */
type Range = { lower: number | bigint; upper: number | bigint };

/**
 * A value as the rules on clashes and support read it (docs/rules.md, state 8 and 9). Quantities and times are `measured`: they lie in one of some boxes, each
 * a range on each of two axes (a time has days and minutes of the day, a quantity the first alone), boundless where nothing is said; `axes` has bit 1 and 2
 * for those of which something is said. `vague` ones ("about", an approximate time) say nothing of how wide they are.
 */
type ComparableValue =
  | { kind: 'none' | 'text' }
  /** What the speaker holds: a denied "true" is false. */
  | { kind: 'boolean'; value: boolean }
  | { kind: 'term' | 'incident'; value: string }
  | { kind: 'party'; value: string; ancestors: ReadonlySet<string> }
  | Measured;
type Box = { first: Range; second: Range };
type Measured = { kind: 'measured'; scale: string; stated: string; boxes: Box[]; axes: number; vague: boolean };

const boundless: Range = { lower: -Infinity, upper: Infinity };

/** What two claims of one aspect and about are compared by, worked out once for each. No text is among it. */
export type Comparable = {
  id: string;
  denies: boolean;
  value: ComparableValue;
  /** `stated` is the same for the same time. */
  validAt: (DateTimeRange & { stated: string }) | null;
  relatesTo: Claim['relatesTo'];
};

/**
 * A decimal in half millionths, so that an open bound is the next half step: "more than 2" begins just above 2. A number where it is exact as one,
 * since rows can hold thousands of them and a bigint compares slowly.
 */
const halfMillionths = (decimal: string, steps = 0): number | bigint => {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const size = 2n * BigInt(whole + fraction.padEnd(6, '0'));
  const at = (decimal.startsWith('-') ? -size : size) + BigInt(steps);
  return Number.isSafeInteger(Number(at)) ? Number(at) : at;
};

type QuantityValue = Extract<Claim['value'], { kind: 'quantity' }>;

const statedNumber = ({ comparator, value, upper }: Pick<QuantityValue, 'comparator' | 'value' | 'upper'>): string =>
  JSON.stringify([comparator, value, upper]);
const zeroStated = statedNumber({ comparator: 'exact', value: '0', upper: null });

const quantityRange = ({ value, comparator, upper }: QuantityValue): Range => {
  const at = halfMillionths(value);
  switch (comparator) {
    case 'exact':
    case 'about':
      return { lower: at, upper: at };
    case 'at_least':
      return { lower: at, upper: Infinity };
    case 'more_than':
      return { lower: halfMillionths(value, 1), upper: Infinity };
    case 'at_most':
      return { lower: -Infinity, upper: at };
    case 'less_than':
      return { lower: -Infinity, upper: halfMillionths(value, -1) };
    case 'range':
      return { lower: at, upper: upper === null ? Infinity : halfMillionths(upper) };
  }
};

const partyValue = (value: string, parties: Parties): ComparableValue => ({
  kind: 'party',
  value,
  ancestors: new Set(ancestorsOf(value, parties)),
});

const comparableValue = (claim: Claim, parties: Parties): ComparableValue | null => {
  const { value } = claim;
  switch (value.kind) {
    case 'boolean':
      return { kind: 'boolean', value: value.value !== (claim.stance === 'denies') };
    case 'term':
    case 'incident':
      return { kind: value.kind, value: value.value };
    case 'party':
      return partyValue(survivorOf(value.value, parties), parties);
    case 'quantity': {
      const stated = statedNumber(value);
      return {
        kind: 'measured',
        scale: value.unit,
        stated,
        boxes: [{ first: quantityRange(value), second: boundless }],
        axes: 1,
        vague: value.comparator === 'about',
      };
    }
    case 'time': {
      const { boxes, approximate } = timeRange(value.value);
      return {
        kind: 'measured',
        scale: 'time',
        stated: value.value,
        boxes: boxes.map(({ days, minutes }) => ({ first: days ?? boundless, second: minutes ?? boundless })),
        axes: (boxes.some(({ days }) => days) ? 1 : 0) + (boxes.some(({ minutes }) => minutes) ? 2 : 0),
        vague: value.approximate || approximate,
      };
    }
    case 'text':
    case 'none':
      return { kind: value.kind };
    default:
      return null;
  }
};

const statedTime = (value: string): NonNullable<Comparable['validAt']> => {
  const range = dateTimeRange(value);
  return { ...range, stated: range.inUtc ? `${range.lower} to ${range.upper} in UTC` : value };
};

/** What a claim is compared by; null where its value gives nothing to compare (`unknown`, `withheld`, `sealed`). */
export const comparable = (claim: Claim, parties: Parties): Comparable | null => {
  const value = comparableValue(claim, parties);
  const validAt = claim.validAt === null ? null : statedTime(claim.validAt);
  return value && { id: claim.id, denies: claim.stance === 'denies', value, validAt, relatesTo: claim.relatesTo };
};

const meet = (one: Range, other: Range): boolean => one.lower <= other.upper && other.lower <= one.upper;

/** On every axis the ranges of two boxes meet: both can be true. */
const overlap = (one: Measured, other: Measured): boolean =>
  one.boxes.some((mine) => other.boxes.some((its) => meet(mine.first, its.first) && meet(mine.second, its.second)));

/** Whether both speak of at least one axis: a day and a time of day do not contradict each other and do not say the same. */
const shareAxis = (one: Measured, other: Measured): boolean => (one.axes & other.axes) !== 0;

const contains = (outer: Range, inner: Range): boolean => inner.lower >= outer.lower && inner.upper <= outer.upper;
const within = (inner: Measured, outer: Measured): boolean =>
  inner.boxes.every((mine) => outer.boxes.some((its) => contains(its.first, mine.first) && contains(its.second, mine.second)));

const sameLine = (
  one: { value: string; ancestors: ReadonlySet<string> },
  other: { value: string; ancestors: ReadonlySet<string> },
): boolean => one.value === other.value || one.ancestors.has(other.value) || other.ancestors.has(one.value);

/** Whether what the one affirms makes true what the other denies: the same value, or one inside of it. */
const affirmsWhatIsDenied = (affirmed: ComparableValue, denied: ComparableValue): boolean => {
  if (affirmed.kind === 'party' && denied.kind === 'party') return affirmed.value === denied.value || affirmed.ancestors.has(denied.value);
  if (affirmed.kind === 'measured' && denied.kind === 'measured') {
    if (affirmed.scale !== denied.scale) return false;
    return affirmed.stated === denied.stated || (!affirmed.vague && !denied.vague && within(affirmed, denied));
  }
  if (affirmed.kind === 'boolean' && denied.kind === 'boolean') return affirmed.value !== denied.value;
  if (affirmed.kind === 'none') return denied.kind === 'none';
  return 'value' in affirmed && 'value' in denied && affirmed.kind === denied.kind && affirmed.value === denied.value;
};

/** A value beside one that is counted, or is so or not: there `none` is 0 or false, and else what it is. */
const beside = ({ denies, value }: Comparable, { value: other }: Comparable): ComparableValue => {
  if (value.kind !== 'none') return value;
  if (other.kind === 'boolean') return { kind: 'boolean', value: denies };
  if (other.kind !== 'measured' || other.scale === 'time') return value;
  const zero: Range = { lower: 0, upper: 0 };
  return { ...other, stated: zeroStated, boxes: [{ first: zero, second: boundless }], vague: false };
};

/** Whether two affirmed values of an aspect that has one value cannot both be true. */
const valuesDiffer = (one: ComparableValue, other: ComparableValue, aspect: AspectDefinition): boolean => {
  if (one.kind === 'boolean' && other.kind === 'boolean') return one.value !== other.value;
  if (one.kind === 'party' && other.kind === 'party') return !sameLine(one, other);
  if (one.kind === 'measured' && other.kind === 'measured') {
    return one.scale === other.scale && !one.vague && !other.vague && !overlap(one, other);
  }
  if (one.kind !== 'term' || other.kind !== 'term') return false;
  return aspect.opposites.some((pair) => pair.includes(one.value) && pair.includes(other.value) && one.value !== other.value);
};

/**
 * Whether two counted claims of one aspect and about clash (docs/rules.md, state 8). Symmetric, and no claim clashes with itself.
 * A text is never read: a denial with one clashes with the claims that its `relatesTo` names.
 */
export const clash = (one: Comparable, other: Comparable, aspect: AspectDefinition): boolean => {
  if (aspect.varies && (one.validAt === null || one.validAt.stated !== other.validAt?.stated)) return false;
  const [mine, its] = [beside(one, other), beside(other, one)];
  if ((one.value.kind === 'none') !== (other.value.kind === 'none')) {
    if (mine.kind === 'boolean' && its.kind === 'boolean') return mine.value !== its.value;
    // Nothing is no "about" three, but it may be an "about" none.
    if (!one.denies && !other.denies) return !(mine.kind === 'measured' && its.kind === 'measured' && overlap(mine, its));
  }
  if (mine.kind !== its.kind) return false;
  if (one.denies !== other.denies) {
    const [denying, affirming] = one.denies ? [one, other] : [other, one];
    const [denied, affirmed] = one.denies ? [mine, its] : [its, mine];
    if (denied.kind === 'text') return denying.relatesTo.some(({ claim }) => claim === affirming.id);
    return affirmsWhatIsDenied(affirmed, denied);
  }
  return !one.denies && !aspect.multiple && valuesDiffer(mine, its, aspect);
};

/** Whether one of two times in which something was true is stated to be another than the other's. */
const ofAnotherTime = (one: Comparable, other: Comparable): boolean => {
  if (one.validAt === null || other.validAt === null) return false;
  const [mine, its] = onOneAxis([one.validAt, other.validAt]);
  return mine !== undefined && its !== undefined && !meet(mine, its);
};

/**
 * Whether two counted claims of one aspect and about support one value (docs/rules.md, state 9: `agreed`). Symmetric. Two denials of the same value
 * support each other; a text is never read, so one text claim has to name the other as `supports`.
 */
export const supports = (one: Comparable, other: Comparable, aspect: AspectDefinition): boolean => {
  const [mine, its] = [beside(one, other), beside(other, one)];
  if (mine.kind !== its.kind || (aspect.varies && ofAnotherTime(one, other))) return false;
  if (mine.kind === 'boolean' && its.kind === 'boolean') return mine.value === its.value;
  if (one.denies !== other.denies) return false;
  if (mine.kind === 'text') return names(one, other.id) || names(other, one.id);
  if (mine.kind === 'measured' && its.kind === 'measured') {
    if (mine.scale !== its.scale) return false;
    return mine.stated === its.stated || (!one.denies && shareAxis(mine, its) && overlap(mine, its));
  }
  if (mine.kind === 'party' && its.kind === 'party') return one.denies ? mine.value === its.value : sameLine(mine, its);
  return !('value' in mine) || !('value' in its) || mine.value === its.value;
};

const names = (claim: Comparable, other: string): boolean =>
  claim.relatesTo.some((relation) => relation.as === 'supports' && relation.claim === other);
