import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { points } from '../../src/candidates/score.ts';
import { likelySame, meetingKeys, type Profile, type ProfileParty, plainUrl, profileOf, standardVocabulary } from '../../src/index.ts';
import { twoLists } from './lists.ts';

const page = readFileSync(new URL('../../../../docs/candidates.md', import.meta.url), 'utf8');
const doMeet = (one: Profile, other: Profile): boolean => {
  const keys = new Set(meetingKeys(other));
  return meetingKeys(one).some((key) => keys.has(key));
};

t.test('the page has all reasons, with what they count', async (t) => {
  const told = new Map([...page.matchAll(/^\| `(\w+)` \| (-?\d+) \|/gm)].map(([, code, count]) => [code, Number(count)]));
  t.same(Object.fromEntries(told), points);
});

t.test('two lists of the same events are matched, and the page has the figures', async (t) => {
  for (const [name, file] of [
    ['tuned on', 'lists-first.txt'],
    ['tuned on', 'lists-second.txt'],
    ['tuned on', 'lists-third.txt'],
    ['written after', 'lists-after.txt'],
  ] as const) {
    const [first, second] = twoLists(file);
    const figures = { same: 0, found: 0, right: 0 };
    for (const [number, one] of first) {
      const found = [...second].filter(([, other]) => doMeet(one, other) && likelySame(one, other).whole !== null);
      const scored = found.map(([n, other]) => ({ n, score: likelySame(one, other).whole?.score ?? 0 })).sort((a, b) => b.score - a.score);
      figures.found += found.length;
      if (!second.has(number)) continue;
      figures.same += 1;
      const isFound = scored.some(({ n }) => n === number);
      if (isFound) figures.right += 1;
      if (!isFound || scored[0]?.n !== number)
        t.comment(`${file} ${number}: ${JSON.stringify(scored)} ${isFound ? '' : JSON.stringify([one, second.get(number)])}`);
    }
    const { same, found, right } = figures;
    const row = `| \`${file}\`, ${name} | ${first.size} and ${second.size} | ${same} | ${(right / found).toFixed(2)} | ${(right / same).toFixed(2)} |`;
    t.ok(page.includes(row), row);
  }
});

/** Under another id, the same: merged into it. */
const merged: Record<string, string> = { party_former: 'party_department', party_robby: 'party_robert', party_man: 'party_robert' };

const facts = {
  vocabulary: standardVocabulary,
  parties: (id: string): ProfileParty | undefined => {
    const into = merged[id];
    const survivor = into === undefined ? undefined : facts.parties(into);
    if (into !== undefined && survivor !== undefined) {
      const own = id === 'party_man' ? { kind: 'described_role', names: ['a man'] } : { kind: survivor.kind, names: ['Another Name'] };
      return { ...own, private: survivor.private, survivor: { ...survivor, id: into } };
    }
    if (id === 'party_office') return { kind: 'agency' as const, private: false, names: ['Mesa County Sheriff’s Office'], survivor: null };
    if (id === 'party_department')
      return { kind: 'agency' as const, private: false, names: ["Mesa Co. Sheriff's Department"], survivor: null };
    if (id === 'party_driver') return { kind: 'described_role' as const, private: true, names: ['the driver'], survivor: null };
    const names: Record<string, string> = { party_robert: 'Robert Salas', party_bob: 'Bob Salas', party_other: 'Lee Wong' };
    return names[id] === undefined ? undefined : { kind: 'person' as const, private: true, names: [names[id]], survivor: null };
  },
  sources: (id: string) => ({ url: `https://www.example.org/${id.slice(7, 8)}?utm_source=x` }),
};
type Given = {
  id?: string;
  date?: string | null;
  person?: string;
  agency?: string;
  place?: object | null;
  source?: string;
  distinct?: string[];
  members?: string[];
};
const given = ({
  id = 'incident_a',
  date = '2025-03-01',
  person,
  agency = 'party_office',
  place,
  source,
  distinct = [],
  members = [id],
}: Given) =>
  profileOf(
    {
      id,
      fields: {
        title: 'A §',
        occurred: { date },
        place:
          place === undefined ? { text: 'x', locality: 'Mesa', region: 'US-CO', country: 'US', point: null, precision: 'locality' } : place,
        agencies: [agency],
        externalId: null,
      } as never,
      claims: [
        { aspect: 'death', about: person ?? null, value: { kind: 'boolean', value: true }, citations: source ? [{ source } as never] : [] },
      ],
      members,
      distinct,
    },
    facts,
  );
const codes = (one: Profile, other: Profile, who: 'whole' | 'open' = 'whole') =>
  likelySame(one, other)[who]?.reasons.map(({ code }) => code) ?? null;
const b = (of: Given): Profile => given({ id: 'incident_b', ...of });

t.test('what is shared speaks for it, what differs against it', async (t) => {
  t.same(codes(given({}), b({})), ['same_day', 'same_locality', 'same_agency']);
  t.same(codes(given({}), b({ agency: 'party_department', date: '2025-03-02' })), ['next_day', 'same_locality', 'like_agency']);
  t.equal(codes(given({}), b({ date: '2025-03-20' })), null, 'another day');
  t.ok(codes(given({ person: 'party_robert' }), b({ person: 'party_robert' }))?.includes('same_person'));
  t.notOk(
    codes(given({ person: 'party_driver' }), b({ person: 'party_driver' }))?.includes('same_person'),
    'a role is nobody in particular',
  );
  t.equal(codes(given({}), b({ place: { region: 'US-TX', country: 'US', locality: 'Mesa', point: null, precision: 'locality' } })), null);
  t.same(codes(given({ date: '2025-03' }), b({ person: 'party_bob' })), ['dates_overlap', 'same_locality', 'same_agency']);
  t.same(
    codes(given({ date: null, person: 'party_robert', source: 'source_x1' }), b({ date: null, person: 'party_bob', source: 'source_x2' })),
    ['same_locality', 'same_agency', 'like_person', 'same_source'],
  );
  const at = (lat: number) => ({ locality: null, region: 'US-CO', country: 'US', point: { lat, lon: -108.5 }, precision: 'exact' });
  t.same(codes(given({ place: at(39.07) }), b({ place: at(39.09) })), ['same_day', 'within_three_km', 'same_agency']);
  t.equal(codes(given({ place: at(39.07) }), b({ place: at(39.9) })), null, 'far away');
});

t.test('parties that are said to be one count as one', async (t) => {
  t.same(codes(given({ agency: 'party_former' }), b({ agency: 'party_department' })), ['same_day', 'same_locality', 'same_agency']);
  for (const person of ['party_robby', 'party_man']) {
    t.ok(codes(given({ person }), b({ person: 'party_robert' }))?.includes('same_person'), person);
    t.same(
      codes(given({ person }), b({ person: 'party_robert' }), 'open'),
      ['same_day', 'same_locality', 'same_agency'],
      'not to the public',
    );
  }
});

t.test('the public is told nothing that rests on a private person', async (t) => {
  const [one, same, unlike] = [given({ person: 'party_robert' }), b({ person: 'party_bob' }), b({ person: 'party_other' })];
  t.ok(codes(one, same)?.includes('like_person'));
  t.equal(codes(one, unlike), null, 'another name tells them apart');
  const told = ['same_day', 'same_locality', 'same_agency'];
  t.same(codes(one, same, 'open'), told);
  t.same(codes(one, unlike, 'open'), told, 'the public is told the same, whatever the names are');
});

t.test('what was decided is not asked again, in either direction, also by way of a merge', async (t) => {
  const [one, other] = [given({ distinct: ['incident_b'] }), b({})];
  t.same(likelySame(one, other), { whole: null, open: null });
  t.same(likelySame(other, one), { whole: null, open: null });
  const survivor = b({ id: 'incident_c', members: ['incident_b', 'incident_c'] });
  t.equal(codes(one, survivor), null, 'it holds the other one now');
  t.ok(codes(given({}), survivor));
});

t.test('keys meet wherever days are near enough, whatever the borders of their spans', async (t) => {
  const day = fc.integer({ min: 0, max: 40_000 });
  const at = (from: number, to = from): Profile => ({ ...given({}), days: { from, to }, people: [], sources: [] });
  fc.assert(
    fc.property(day, fc.integer({ min: -3, max: 3 }), fc.integer({ min: 0, max: 5 }), (from, apart, length) =>
      doMeet(at(from, from + length), at(from + length + Math.max(0, apart))),
    ),
  );
  t.notOk(doMeet(at(100), at(120)));
  const point = fc.record({ lat: fc.double({ min: -80, max: 80, noNaN: true }), lon: fc.double({ min: -179, max: 179, noNaN: true }) });
  const placed = (lat: number, lon: number): Profile => ({
    ...given({ place: null, agency: 'party_none' }),
    point: { lat, lon, isFine: true },
  });
  fc.assert(
    fc.property(point, fc.double({ min: 0, max: 0.049, noNaN: true }), ({ lat, lon }, off) =>
      doMeet(placed(lat, lon), placed(lat + off, lon + off)),
    ),
  );
});

t.test('it is the same both ways', async () => {
  const [first, second] = twoLists('lists-first.txt');
  const profiles = [...first.values(), ...second.values()];
  fc.assert(
    fc.property(fc.constantFrom(...profiles), fc.constantFrom(...profiles), (one, other) => {
      const [there, back] = [likelySame(one, other), likelySame(other, one)];
      return there.whole?.score === back.whole?.score && there.open?.score === back.open?.score;
    }),
  );
});

t.test('an address is compared without how it is fetched', async (t) => {
  const plain = plainUrl('https://www.example.org/news/1');
  for (const url of [
    'http://example.org/news/1/',
    'https://m.example.org/news/1?utm_source=x&fbclid=y',
    'https://amp.example.org/news/1/amp#top',
  ])
    t.equal(plainUrl(url), plain, url);
  t.not(plainUrl('https://example.org/news?id=1'), plainUrl('https://example.org/news?id=2'));
  t.equal(plainUrl('no address'), 'no address');
});
