import { type Profile, profileOf, standardVocabulary } from '@averment/domain';

/** What made-up incidents of ten years are compared by: one death each, in fifty regions and fifteen thousand towns, two of one source. */

const letters = (index: number, count: number): string =>
  Array.from({ length: count }, (_, place) => String.fromCharCode(97 + (Math.floor(index / 26 ** place) % 26))).join('');
const pick = (random: () => number, among: number): number => Math.floor(random() * among);

const regions = Array.from({ length: 50 }, (_, index) => `US-${letters(index, 2).toUpperCase()}`);
const firstDay = Date.UTC(2015, 0, 1);

/** The profile of the incident of that number. */
export const profileAt = (index: number, random: () => number): Profile => {
  const region = regions[pick(random, regions.length)] ?? '';
  const town = `Town ${Math.floor(random() ** 2 * 300)}`;
  const date = new Date(firstDay + pick(random, 3650) * 86_400_000).toISOString().slice(0, 10);
  const [id, person, agency] = [`incident_${String(index).padStart(8, '0')}`, `party_p${index}`, `party_a ${town} ${region}`];
  const name = `Given${letters(pick(random, 400), 2)}o Sur${letters(pick(random, 5000), 3)}man`;
  return profileOf(
    {
      id,
      fields: {
        title: '',
        occurred: { date, dateText: null, time: null, approximate: false, timeZone: 'America/Los_Angeles', fold: null },
        place: {
          text: town,
          locality: town,
          region,
          country: 'US',
          point: { lat: 30 + random() * 18, lon: -120 + random() * 45 },
          precision: 'street',
        },
        agencies: [agency],
        externalId: null,
      },
      claims: [
        {
          aspect: 'death',
          about: person,
          value: { kind: 'boolean', value: true },
          citations: [
            {
              source: `source_${Math.floor(index / 2)}`,
              revision: 1,
              quote: null,
              position: null,
              part: 'body',
              page: null,
              from: null,
              to: null,
              scene: null,
            },
          ],
        },
      ],
      members: [id],
      distinct: [],
    },
    {
      vocabulary: standardVocabulary,
      parties: (party) =>
        party === person
          ? { kind: 'person', private: true, names: [name], survivor: null }
          : { kind: 'agency', private: false, names: [`${party.slice(8)} Police Department`], survivor: null },
      sources: (source) => ({ url: `https://example.org/${source}` }),
    },
  );
};
