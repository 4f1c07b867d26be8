import { commandId, derivedId, partyBody, type SourceBody, sourceBody } from '@averment/domain';

/** Who and what every incident of the bench is about: made up, the same for every seed. */

/** Who registers it. The name of each is its key, from which its id follows. */
export const registrar = 'author';
const idOf = (prefix: 'party' | 'source', path: string, key: string) =>
  derivedId(prefix, commandId({ subject: registrar, method: 'POST', path, key }), prefix);
export const partyOf = (name: string): string => idOf('party', '/v1/parties', name);
export const sourceOf = (name: string): string => idOf('source', '/v1/sources', name);

const regions = ['US-WA', 'US-OR', 'US-CA', 'US-NV', 'US-AZ', 'US-NM', 'US-TX', 'US-LA', 'US-MS', 'US-AL'];
const towns = [
  'Northport',
  'Elmfield',
  'Ashgrove',
  'Millbrook',
  'Stonebridge',
  'Fairhaven',
  'Clearwater',
  'Redcliff',
  'Oakmont',
  'Lakeside',
];
export const placeOf = (index: number) => {
  const region = regions[index % regions.length] ?? '';
  const town = `${towns[Math.floor(index / regions.length) % towns.length]} ${region.slice(3)}`;
  return { region, town, agency: partyOf(`agency ${index % agencies}`) };
};
const agencies = 40;

export const sentences = [
  'The police department said that the car moved toward its officers before the first shot was heard.',
  'A witness at the crossing said that the car stood still and that nobody gave an order.',
  'The city said that three shots were fired and that one person was taken to a hospital.',
  'A lawyer for the driver said that the officers did not identify themselves at any time.',
];
const padding = 'Neighbours described a quiet street with parked cars on both sides and a school at its end. ';

export const sources: ReadonlyMap<string, SourceBody> = new Map(
  Array.from({ length: 20 }, (_, index) => [
    `article ${index}`,
    sourceBody.parse({
      kind: 'article',
      url: `https://news.example/${index}`,
      publisher: 'The Crossing',
      title: `Shots at a crossing, part ${index}`,
      language: 'en',
      text: `${sentences.join(' ')} ${padding.repeat(40)}`,
    }),
  ]),
);

const body = (kind: string, name: string, more: object = {}) => partyBody.parse({ kind, name, ...more });
export const parties = new Map([
  ...Array.from({ length: agencies }, (_, index) => [`agency ${index}`, body('agency', `Police department ${index}`)] as const),
  ['city', body('agency', 'City of the crossing')] as const,
  ['driver', body('described_role', 'the driver of the stopped car')] as const,
  ['witness', body('described_role', 'a witness at the crossing')] as const,
  ['lawyer', body('described_role', 'the lawyer of the driver', { private: false, publicRole: 'counsel' })] as const,
]);
