import { readFileSync } from 'node:fs';
import { type Profile, profileOf, standardVocabulary } from '../../src/index.ts';

/** The profile of a row as an import would make it: bodies and people are registered anew for each list, and who has no name by a role. */
const profileFrom = (list: string, row: string): Profile => {
  const [number = '', date = '', locality = '', region = '', agencies = '', name = '', age = ''] = row
    .split('|')
    .map((cell) => cell.trim());
  const named = !/^(?:unknown|unidentified|name withheld)/i.test(name);
  const bodies = agencies.split(',').map((each) => each.trim());
  const person = `party_${list}${number}`;
  const claim = (aspect: string, value: object) => ({ aspect, about: person, value, citations: [] }) as never;
  const claims = [
    claim('death', { kind: 'boolean', value: true }),
    ...(age === '' ? [] : [claim('age', { kind: 'quantity', value: age, unit: 'year', comparator: 'exact', upper: null })]),
  ];
  const place = { text: locality, locality, region, country: 'US', point: null, precision: 'locality' };
  const fields = { title: '', occurred: { date }, place, agencies: bodies.map((body) => `party_${list} ${body}`), externalId: null };
  const id = `incident_${list}${number}`;
  return profileOf(
    { id, fields: fields as never, claims, members: [id], distinct: [] },
    {
      vocabulary: standardVocabulary,
      parties: (party) =>
        party === person
          ? { kind: named ? 'person' : 'described_role', private: true, names: [name], survivor: null }
          : { kind: 'agency', private: false, names: [party.slice(`party_${list} `.length)], survivor: null },
      sources: () => undefined,
    },
  );
};

/** Two lists of profiles, by the numbers of their rows: rows of one number are one incident. */
export const twoLists = (file: string): [Map<string, Profile>, Map<string, Profile>] => {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  const [, first = '', second = ''] = text.split(/^## \w+$/m);
  const list = (name: string, rows: string) =>
    new Map(
      rows
        .split('\n')
        .filter((row) => row.includes('|'))
        .map((row) => [row.slice(0, row.indexOf('|')).trim(), profileFrom(name, row)] as const),
    );
  return [list('a', first), list('b', second)];
};
