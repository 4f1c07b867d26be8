import { type Likeness, nameLikeness } from './people.ts';
import { type Profile, type ProfilePerson, publicProfile } from './profile.ts';
import { isLikeBody, isMistyped } from './words.ts';

/** Whether two incidents may be one: points for what they share, and against it for what they differ in (docs/candidates.md). */

/** What a reason counts, out of a hundred. */
export const points = {
  same_day: 30,
  next_day: 24,
  within_three_days: 15,
  dates_overlap: 10,
  within_three_km: 30,
  same_locality: 25,
  like_locality: 20,
  same_region: 5,
  same_agency: 20,
  like_agency: 15,
  same_person: 35,
  like_person: 25,
  same_surname: 5,
  like_age: 8,
  same_source: 10,
  other_days: -30,
  other_month: -70,
  other_locality: -10,
  other_region: -50,
  other_country: -100,
  far_away: -30,
  other_person: -45,
  other_age: -25,
} as const;
export type ReasonCode = keyof typeof points;
export type Reason = { code: ReasonCode; points: number };
/** `score` is from 0 to 100. */
export type Likely = { score: number; reasons: Reason[] };

/** From which score on a pair is a candidate. */
export const leastScore = 50;

const daysBetween = ({ from, to }: { from: number; to: number }, other: { from: number; to: number }): number =>
  Math.max(0, from - other.to, other.from - to);
const isOneDay = ({ from, to }: { from: number; to: number }): boolean => from === to;

const compareDays = ({ days: one }: Profile, { days: other }: Profile): ReasonCode | null => {
  if (one === null || other === null) return null;
  const apart = daysBetween(one, other);
  if (apart > 31) return 'other_month';
  if (apart > 3) return 'other_days';
  if (apart > 1) return 'within_three_days';
  if (apart === 1) return 'next_day';
  return isOneDay(one) && isOneDay(other) ? 'same_day' : 'dates_overlap';
};

const earthKm = 6371;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;
/** Kilometres between two points on a globe (haversine). */
const kmBetween = (one: { lat: number; lon: number }, other: { lat: number; lon: number }): number => {
  const [lat, lon] = [radians(other.lat - one.lat), radians(other.lon - one.lon)];
  const chord = Math.sin(lat / 2) ** 2 + Math.cos(radians(one.lat)) * Math.cos(radians(other.lat)) * Math.sin(lon / 2) ** 2;
  return 2 * earthKm * Math.asin(Math.min(1, Math.sqrt(chord)));
};

const compareLocalities = ({ locality: one }: Profile, { locality: other }: Profile): ReasonCode | null => {
  if (one === null || other === null) return null;
  if (one.name === other.name) return one.isWide === other.isWide ? 'same_locality' : 'like_locality';
  if (isMistyped(one.name, other.name)) return 'like_locality';
  // A county has many towns, and West Salem may be in Salem.
  const isPart = [one, other].some(({ name }, index) =>
    name.split(' ').every((word) => [other, one][index]?.name.split(' ').includes(word)),
  );
  return one.isWide || other.isWide || isPart ? null : 'other_locality';
};

const comparePlaces = (one: Profile, other: Profile): ReasonCode[] => {
  if (one.country !== null && other.country !== null && one.country !== other.country) return ['other_country'];
  const km = one.point && other.point && kmBetween(one.point, other.point);
  const isFine = one.point?.isFine === true && other.point?.isFine === true;
  if (km !== null && isFine && km <= 3) return ['within_three_km'];
  if (one.region !== null && other.region !== null && one.region !== other.region) return ['other_region'];
  const far: ReasonCode[] = km !== null && km > 50 ? ['far_away'] : [];
  const locality = compareLocalities(one, other);
  const inRegion: ReasonCode[] = one.region !== null && one.region === other.region ? ['same_region'] : [];
  if (locality === null) return [...inRegion, ...far];
  return [...(locality === 'other_locality' ? inRegion : []), locality, ...far];
};

const compareAgencies = ({ agencies: some }: Profile, { agencies: others }: Profile): ReasonCode | null => {
  if (some.some(({ id }) => others.some((other) => other.id === id))) return 'same_agency';
  const names = others.flatMap((other) => other.names);
  return some.some((agency) => agency.names.some((name) => names.some((other) => isLikeBody(name, other)))) ? 'like_agency' : null;
};

const isNamed = ({ names }: ProfilePerson): boolean => names.length > 0;
const degrees: readonly Likeness[] = ['same', 'like', 'kin'];
const likenessOf = (one: ProfilePerson, other: ProfilePerson): Likeness | null => {
  // A role may be registered once, and used of many people.
  if (one.id === other.id) return isNamed(one) ? 'same' : null;
  const found = new Set(one.names.flatMap((name) => other.names.map((theirs) => nameLikeness(name, theirs))));
  return degrees.find((degree) => found.has(degree)) ?? null;
};

/** Years that two ages may be apart where one was told a year earlier or by guess. */
const compareAges = ({ age: one }: ProfilePerson, { age: other }: ProfilePerson): ReasonCode | null => {
  if (one === null || other === null) return null;
  const apart = Math.max(0, one.low - other.high, other.low - one.high);
  return apart <= 1 ? 'like_age' : apart > 5 ? 'other_age' : null;
};

/** People who were harmed are compared with such, unless an incident has none. */
const soughtIn = ({ people }: Profile): ProfilePerson[] => {
  const harmed = people.filter(({ role }) => role === 'harmed');
  return harmed.length > 0 ? harmed : people;
};

const byLikeness: Readonly<Record<Likeness, ReasonCode>> = { same: 'same_person', like: 'like_person', kin: 'same_surname' };

const comparePeople = (one: Profile, other: Profile): ReasonCode[] => {
  const pairs = soughtIn(one).flatMap((person) => soughtIn(other).map((theirs) => ({ person, theirs, how: likenessOf(person, theirs) })));
  const best = degrees.flatMap((degree) => pairs.find(({ how }) => how === degree) ?? [])[0];
  if (best?.how) return [byLikeness[best.how], compareAges(best.person, best.theirs)].filter((code) => code !== null);
  const ages = pairs.map(({ person, theirs }) => compareAges(person, theirs));
  const named: ReasonCode[] = pairs.some(({ person, theirs }) => isNamed(person) && isNamed(theirs)) ? ['other_person'] : [];
  return [...named, ...(['like_age', 'other_age'] as const).filter((code) => ages.includes(code)).slice(0, 1)];
};

const compareSources = ({ sources: some }: Profile, { sources: others }: Profile): ReasonCode | null =>
  some.some(({ id, url }) => others.some((other) => other.id === id || (url !== null && other.url === url))) ? 'same_source' : null;

const compare = (one: Profile, other: Profile): Likely | null => {
  const found = [
    compareDays(one, other),
    ...comparePlaces(one, other),
    compareAgencies(one, other),
    ...comparePeople(one, other),
    compareSources(one, other),
  ].filter((code) => code !== null);
  const reasons = found.map((code) => ({ code, points: points[code] }));
  const sum = reasons.reduce((all, reason) => all + reason.points, 0);
  return sum < leastScore ? null : { score: Math.min(100, sum), reasons };
};

/** Whether it was decided that the two are not the same, of them or of incidents that are merged into them. */
const isDecided = (one: Profile, other: Profile): boolean =>
  one.distinct.some((id) => other.members.includes(id)) || other.distinct.some((id) => one.members.includes(id));

/**
 * Whether two incidents may be one, and why: `whole` for those who may read the names of private people, `open` for the public, which is found from nothing that
 * the public may not read. Each is null where they are no candidates. It is the same both ways.
 */
export const likelySame = (one: Profile, other: Profile): { whole: Likely | null; open: Likely | null } => {
  if (one.id === other.id || isDecided(one, other)) return { whole: null, open: null };
  return { whole: compare(one, other), open: compare(publicProfile(one), publicProfile(other)) };
};
