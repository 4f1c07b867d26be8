import type { Profile } from './profile.ts';

/**
 * The keys by which incidents find one another: two are compared where they share one. Days are in spans, of which an incident has those that its days and
 * the days up to `reach` later touch: so two that are at most `reach` days apart share a span, whatever the borders.
 */
type Spans = { width: number; reach: number; most: number };
const days: Spans = { width: 4, reach: 3, most: 64 };
const weeks: Spans = { width: 32, reach: 31, most: 400 };

const spansOf = ({ days: range }: Profile, { width, reach, most }: Spans): number[] => {
  if (range === null || range.to - range.from > most) return [];
  const [first, last] = [Math.floor(range.from / width), Math.floor((range.to + reach) / width)];
  return Array.from({ length: last - first + 1 }, (_, step) => first + step);
};

/** Degrees. Cells overlap as spans do, by some five kilometres. */
const cell = { width: 0.1, reach: 0.05 };
const cellsOf = (degrees: number): number[] => [
  ...new Set([Math.floor(degrees / cell.width), Math.floor((degrees + cell.reach) / cell.width)]),
];

/** A key that more incidents have says too little: nothing is compared because of it alone. */
export const mostOfKey = 200;

export const meetingKeys = (profile: Profile): string[] => {
  const { country, region, locality, point, agencies, people, sources } = profile;
  const names = people.flatMap((person) => person.names);
  const places = [
    ...(region === null ? [] : [`region ${region}`]),
    ...(locality === null ? [] : [`locality ${country} ${locality.name}`]),
    ...(point === null ? [] : cellsOf(point.lat).flatMap((lat) => cellsOf(point.lon).map((lon) => `cell ${lat} ${lon}`))),
    ...agencies.flatMap((agency) => [`party ${agency.id}`, ...agency.names.map(({ name }) => `body ${name}`)]),
  ];
  const surnames = names.map(({ given, surname }) => `name ${surname.join('')} ${given[0]?.[0] ?? ''}`);
  return [
    ...new Set([
      ...spansOf(profile, days).flatMap((span) => places.map((place) => `days ${span} ${place}`)),
      ...spansOf(profile, weeks).flatMap((span) => surnames.map((name) => `weeks ${span} ${name}`)),
      ...people.filter((person) => person.names.length > 0).map(({ id }) => `person ${id}`),
      ...names.filter(({ given }) => given.length > 0).map(({ given, surname }) => `name ${[given[0], ...surname].sort().join(' ')}`),
      ...sources.flatMap(({ id, url }) => [`source ${id}`, ...(url === null ? [] : [`url ${url}`])]),
    ]),
  ];
};
