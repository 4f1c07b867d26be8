import fc from 'fast-check';
import t from 'tap';
import { models } from './models.ts';
import { type Body, createWorld, Refused, text, type World } from './world.ts';

/** What grows when it is searched: U+3316 becomes six letters, U+FDFA eighteen with spaces between them, U+1D160 three signs. */
const letters = ['a', 'A', 'é', 'e\u0301', 'İ', 'ß', 'ﬃ', '\u3316', '\ufdfa', '\u{1d160}', '字', '\u{20000}', '😀', '9', '½'];
const signs = [' ', '-', '/', '.', '@', ':', '"', "'", '\\', '&', '<', '%', '|', '~', '_', '(', '’', '\u00a0'];

/** The word of a number in letters, so that no two are the same. */
const wordOf = (number: number): string => number.toString(36).replaceAll(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? digit);

/** Texts of at most so many characters, most of that length: one sign over and over, words that are all different, or anything. */
const filled = (max: number): fc.Arbitrary<string> => {
  const cut = (sign: string, between: string) =>
    [...sign.repeat(max)]
      .flatMap((each, index) => (between === '' || index % 7 !== 6 ? [each] : [between, each]))
      .slice(0, max)
      .join('');
  return fc.oneof(
    fc.constantFrom(...letters).map((letter) => cut(letter, '')),
    fc.tuple(fc.constantFrom(...letters), fc.constantFrom(...signs)).map(([letter, sign]) => cut(letter, sign)),
    fc
      .constantFrom(...signs)
      .map((sign) => [...Array.from({ length: max }, (_, index) => wordOf(index + 1295)).join(sign)].slice(0, max).join('')),
    fc
      .array(fc.constantFrom(...letters, ...signs), { minLength: 1, maxLength: Math.min(max, 40) })
      .map((units) => [...units.join('')].slice(0, max).join('')),
  );
};

const dates = fc.constantFrom(
  '2026-01-14',
  '0000',
  'XXXX',
  '9999-12-31',
  '0000-01-01/..',
  '../9999-12',
  '2026-24',
  '9999-24',
  '2026-XX',
  '1~/2',
  '[..9999]',
  '[0000..]',
  '[2026-01-07,2026-01-09]',
);
const point = fc.constantFrom(null, { lat: 90, lon: -180 }, { lat: Number.MIN_VALUE, lon: -0 }, { lat: -89.99999999999999, lon: 1e-300 });
const address = filled(1900).map((path) => `https://example.org/${path}`);

const described = fc.record({
  party: fc.record({
    name: filled(300),
    aliases: fc.array(filled(300), { maxLength: 50 }),
    publicRole: fc.option(filled(300)),
  }),
  source: fc.record({
    url: fc.option(address),
    publisher: fc.option(filled(300)),
    title: filled(500),
    authors: fc.array(filled(300), { maxLength: 100 }),
    publishedAt: fc.option(dates),
  }),
  incident: fc.record({
    title: filled(300),
    occurred: fc.record({ date: fc.option(dates), dateText: fc.option(filled(200)), time: fc.constantFrom(null, '23:59', '23:00/02:00') }),
    place: fc.option(
      fc.record({
        text: filled(500),
        locality: fc.option(filled(200)),
        region: fc.constantFrom(null, 'US-MN'),
        country: fc.constantFrom(null, 'US'),
        point,
        precision: fc.constant('exact'),
      }),
    ),
    rationale: filled(5000),
  }),
  statements: fc.array(filled(1000), { minLength: 1, maxLength: 99 }),
  value: filled(1000),
  grounds: filled(2000),
});
type Described = typeof described extends fc.Arbitrary<infer T> ? T : never;

/** Whether it was accepted. What is refused, by its shape or by a rule, is no matter here. */
const accepted = async (deed: () => Promise<unknown>): Promise<boolean> => {
  try {
    await deed();
    return true;
  } catch (error) {
    if (error instanceof Refused || (error instanceof Error && error.name === 'ZodError')) return false;
    throw error;
  }
};

const enter = async (world: World, { party, source, incident, statements, value, grounds }: Described): Promise<number> => {
  const claims = statements.map((statement) =>
    world.claim({ statement, citations: [{ source: world.id('source', 'article'), quote: { exact: 'the car moved' } }] }),
  );
  const first: Body = world.claim({ aspect: 'activity', value: { kind: 'text', value, alternatives: Array(20).fill(value) } });
  const deeds = [
    () => world.party('odd', party),
    ...party.aliases.map((name, index) => () => world.party(`odd ${index}`, { name })),
    () => world.source('odd', { ...source, text }),
    () => world.propose('odd', { ...incident, claims: [first, ...claims.slice(0, 98)] }),
    () => world.approve('odd', 1),
    () => world.propose('plain', incident),
    () => world.approve('plain', 1),
    () => world.submit('plain', [{ kind: 'add_claim', claim: { ...first, ref: 'c1', speaker: world.id('party', 'odd') } }]),
    () =>
      world.apply('plain', [
        {
          kind: 'add_claim',
          claim: {
            ...first,
            ref: 'c1',
            speaker: world.id('party', 'odd'),
            citations: [{ source: world.id('source', 'odd'), quote: { exact: 'the car moved' } }],
          },
        },
      ]),
    () =>
      world.apply('plain', [
        {
          kind: 'correct_incident',
          set: { title: incident.title, place: incident.place },
          reason: `It was wrong: ${[...grounds].slice(0, 1900).join('')}`,
          citations: first.citations,
        },
      ]),
  ];
  let entered = 0;
  for (const deed of deeds) if (await accepted(deed)) entered += 1;
  return entered;
};

t.test('whatever is accepted, every model can take', async (t) => {
  let entered = 0;
  await fc.assert(
    fc.asyncProperty(described, async (one) => {
      const undo: (() => Promise<void> | void)[] = [];
      const world = createWorld();
      await world.cast();
      const { advance, rebuild, runner } = await models({ teardown: (run) => void undo.push(run) }, world);
      try {
        entered += await enter(world, one);
        await advance();
        t.same(
          (await runner().parked()).map(({ type, error }) => ({ type, error })),
          [],
        );
        await rebuild();
        t.same(await runner().parked(), []);
        return t.passing();
      } finally {
        for (const each of undo) await each();
      }
    }),
    { numRuns: 12, endOnFailure: true },
  );
  t.ok(entered > 50, `${entered} commands were accepted`);
});

t.test('a name without a space that grows in the search is accepted, and found by its beginning', async (t) => {
  const world = createWorld();
  await world.party('odd', {
    name: '\u3316'.repeat(300),
    aliases: Array.from({ length: 50 }, (_, index) => `${wordOf(index + 1295)}\ufdfa`.repeat(60)),
  });
  await world.source('odd', {
    title: '\u3316'.repeat(500),
    authors: Array.from({ length: 100 }, (_, index) => `${wordOf(index + 1295)}\ufdfa `.repeat(50)),
  });
  const { advance, runner, queries } = await models(t, world);
  await advance();
  t.same(await runner().parked(), []);
  const [page, viewer] = [{ limit: 9, cursor: null }, { role: 'contributor', subject: 'author' } as const];
  for (const q of ['キロメートル', '\u3316'.repeat(250)]) {
    t.match((await queries.parties({ q }, page, viewer)).items, [{ id: world.id('party', 'odd') }], 'the party');
    t.match((await queries.sources({ q }, page, viewer)).items, [{ id: world.id('source', 'odd') }], 'the source');
  }
});
