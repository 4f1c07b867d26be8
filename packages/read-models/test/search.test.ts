import { execFileSync } from 'node:child_process';
import { testServer } from '@averment/platform/testing';
import t from 'tap';
import type { IncidentFilters } from '../src/index.ts';
import { type Models, models, unsafe } from './models.ts';
import { type Body, createWorld } from './world.ts';

const page = { limit: 50, cursor: null, position: null };
const contributor = { role: 'contributor', subject: 'contributor' } as const;

/** What a person would type, and the statement that it has to find. */
const asked: [question: string, found: string[]][] = [
  ['sheriff', ['sheriff']],
  ["sheriff's", ['sheriff']],
  ['sheriffs', ['sheriff']],
  ['halt', ['halt']],
  ['“halt”', ['halt']],
  ['lopez', ['lopez']],
  ['Garcia-Lopez', ['lopez']],
  ['"Maria Garcia"', ['lopez']],
  ['"Garcia Lopez"', ['lopez']],
  ['garcialopez', ['lopez']],
  ['"Lopez Garcia"', []],
  ['Jose', ['jose']],
  ['josé', ['jose']],
  ['JOSÉ', ['jose']],
  ['Don Will', ['will']],
  ['"Don Will"', ['will']],
  ['Don', ['will']],
  ['will', ['will']],
  ['Will Halt', []],
  ['the Sheriff', ['sheriff']],
  ['US Marshals', ['marshals']],
  ['U.S. Marshals', ['marshals']],
  ['"U.S. Marshals"', ['marshals']],
  ['"the US Marshals"', ['marshals']],
  ['1490', ['docket']],
  ['14-1490', ['docket']],
  ['141490', ['docket']],
  ['"No. 14-1490"', ['docket']],
  ['driver', ['driver']],
  ['officer', ['driver']],
  ['officer/driver', ['driver']],
  ['later', ['later']],
  ['twice', ['later']],
  ["O'Brien", ['brien']],
  ['O’Brien', ['brien']],
  ['OBrien', ['brien']],
  ['brien', ['brien']],
  ['J.R. Smith', ['smith']],
  ['"JR Smith"', ['smith']],
  ['j smith', ['smith']],
  ['3000', ['thousands']],
  ['3,000', ['thousands']],
  ['AR15', ['rifle']],
  ['"AR-15"', ['rifle']],
  ['ecole', ['school']],
  ['École', ['school']],
  ['полиция', ['cyrillic']],
  ['ПОЛИЦИЯ', ['cyrillic']],
  ['الشرطة', ['arabic']],
  ['警察开枪', ['chinese']],
  ['开枪', ['chinese']],
  ['枪开', []],
  ['पुलिस', ['hindi']],
  ['shooting', ['rifle']],
  ['halt or jose', ['jose', 'halt']],
  ['halt OR jose -jose', ['halt']],
  ['!?', []],
];
const statements: Record<string, string> = {
  sheriff: 'The Sheriff’s deputies came.',
  halt: 'A neighbour heard “Halt”.',
  lopez: 'The man was Maria Garcia–Lopez’s brother.',
  jose: 'A man named José spoke.',
  will: 'The mayor, Don Will, spoke.',
  marshals: 'It was the U.S. Marshals Service.',
  docket: 'The case is No. 14-1490.',
  driver: 'The officer/driver got out.',
  later: 'He fell twice.Later he stood.',
  brien: 'A man named O’Brien spoke.',
  smith: 'A man named J. R. Smith spoke.',
  thousands: 'Some 3,000 people came.',
  rifle: 'They were shooting with an AR-15.',
  school: 'It was near an ÉCOLE.',
  cyrillic: 'Полиция стреляла.',
  arabic: 'أطلقت الشُّرطة النار',
  chinese: '今天警察开枪了。',
  hindi: 'पुलिस ने गोली चलाई',
};
const names: [question: string, found: string][] = [
  ['lukasz', 'Łukasz'],
  ['ŁUKASZ', 'Łukasz'],
  ['dang', 'Đặng'],
  ['oystein', 'Øystein'],
  ['strasse', 'Straße'],
  ['straße', 'Straße'],
  ['aesir', 'Æsir'],
  ['thor', 'Þór'],
  ['aliyev', 'Əliyev'],
  ['isik', 'Işık'],
  ['ferry countys sheriffs', 'Ferry County Sheriff’s Office'],
  ['ferry county sheriff', 'Ferry County Sheriff’s Office'],
  ["county sheriff's o", 'Ferry County Sheriff’s Office'],
];

const everything = async () => {
  const world = createWorld();
  await world.cast();
  const said = (statement: string) => world.claim({ aspect: 'order_given', about: null, statement });
  for (const [, name] of names)
    if (world.parties.get(world.id('party', name)) === undefined) await world.party(name, { kind: 'organisation', name });
  for (const [name, statement] of Object.entries(statements))
    await world.publish(name, {
      title: 'Title',
      place: { text: 'Road', country: 'US', precision: 'road' },
      claims: [said(statement)],
    });
  await world.publish('zurich', {
    title: 'Title',
    place: { text: 'See', locality: 'ZÜRICH', country: 'CH', precision: 'locality' },
    claims: [said('Nothing.')],
  });
  return world;
};

/** What each question finds. */
const answers = async ({ queries }: Models, world: Awaited<ReturnType<typeof everything>>) => {
  const short = new Map([...Object.keys(statements), 'zurich'].map((name) => [world.id('incident', name), name]));
  const found: Record<string, unknown> = {};
  for (const [q] of asked) found[q] = (await queries.incidents({ q }, page, null)).items.map(({ id }) => short.get(id));
  for (const [q] of names) found[`party ${q}`] = (await queries.parties({ q }, page, contributor)).items.map(({ name }) => name);
  found.locality = (await queries.incidents({ locality: 'zurich' }, page, null)).items.map(({ id }) => short.get(id));
  found['all parties'] = (await queries.parties({}, page, contributor)).items.map(({ name }) => name);
  return found;
};

const hasUtf8 = (() => {
  try {
    return /^C\.utf-?8$/im.test(execFileSync('locale', ['-a'], { encoding: 'utf8' }));
  } catch {
    return false;
  }
})();

t.test('names and words are found in plain letters, the same on every server', async (t) => {
  const world = await everything();
  const embedded = await models(t, world);
  await embedded.advance();
  const found = await answers(embedded, world);
  for (const [q, expected] of asked) t.same(found[q], expected, q);
  for (const [q, expected] of names) t.same(found[`party ${q}`], [expected], q);
  t.same(found.locality, ['zurich']);
  const sorted = (found['all parties'] as string[]).filter((name) => names.some(([, each]) => each === name));
  t.same(
    sorted,
    ['Æsir', 'Əliyev', 'Đặng', 'Ferry County Sheriff’s Office', 'Işık', 'Łukasz', 'Øystein', 'Straße', 'Þór'],
    'in the order of plain letters',
  );

  for (const [locale, skip] of [
    [['--locale=C', '--locale-provider=libc'], false],
    [['--locale=C', '--lc-ctype=C.UTF-8', '--locale-provider=libc'], !hasUtf8 && 'there is no locale C.UTF-8'],
  ] as const) {
    await t.test(locale.join(' '), { skip }, async (t) => {
      const other = await models(t, world, undefined, undefined, undefined, await testServer(t, { extra: unsafe, locale }));
      await other.advance();
      t.same(await answers(other, world), found);
    });
  }
});

t.test('what the list asks of a claim is true of one claim that stands, now and in the past', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.source('report', { url: 'https://example.org/report' });
  const weapon = (word: string, more: Body = {}) =>
    world.claim({ aspect: 'weapon', value: { kind: 'term', value: word }, statement: `The bureau speaks of a ${word}.`, ...more });
  const shots = (value: Body, more: Body = {}) =>
    world.claim({
      aspect: 'shots_fired',
      about: null,
      value: { kind: 'quantity', unit: 'shot', comparator: 'exact', ...value },
      statement: 'Shots were counted.',
      ...more,
    });
  const city = { speaker: world.id('party', 'city'), capacity: 'official' };
  await world.publish('armed', {
    claims: [weapon('firearm', { ref: 'c1' }), shots({ value: '3' }, city)],
    place: { text: 'A', country: 'CA', precision: 'road' },
  });
  await world.publish('unarmed', {
    claims: [
      weapon('blade', { stance: 'denies' }),
      world.claim({ aspect: 'weapon', value: { kind: 'none' }, ...city }),
      shots({ value: '2', comparator: 'at_least' }),
    ],
  });
  await world.publish('denied', {
    claims: [
      world.claim({
        stance: 'denies',
        statement: 'The bureau denies it.',
        citations: [{ source: world.id('source', 'report'), quote: { exact: 'the car moved' } }],
      }),
      shots({ value: '2', comparator: 'more_than' }),
    ],
  });
  const all = await models(t, world);
  const { queries, advance, rebuild } = all;
  const names = new Map(['armed', 'unarmed', 'denied'].map((name) => [world.id('incident', name), name]));
  const before = (await world.log.head()) as bigint;
  const found = async (filters: IncidentFilters, position: bigint | null = null, viewer: typeof contributor | null = null) =>
    (await queries.incidents(filters, { ...page, position }, viewer)).items.map(({ id }) => names.get(id)).sort();
  const firearm = { aspect: 'weapon', value: { word: 'firearm' } };

  const whole = async (position: bigint | null) => {
    t.same(await found({ aspect: 'weapon' }, position), ['armed', 'unarmed']);
    t.same(await found(firearm, position), ['armed']);
    t.same(await found({ aspect: 'weapon', value: { word: 'blade' } }, position), [], 'a denial does not say so');
    t.same(await found({ aspect: 'weapon', value: { word: 'none' } }, position), ['unarmed']);
    t.same(await found({ aspect: 'vehicle_motion', value: { word: 'false' } }, position), ['denied'], 'a denied true is false');
    t.same(await found({ aspect: 'vehicle_motion', value: { word: 'true' } }, position), []);
    const number = (value: number) => found({ aspect: 'shots_fired', value: { unit: 'shot', number: value } }, position);
    t.same([await number(2), await number(3), await number(1)], [['unarmed'], ['armed', 'denied', 'unarmed'], []]);
    t.same(await found({ aspect: 'weapon', speaker: world.id('party', 'city') }, position), ['unarmed'], 'one claim has both');
    t.same(await found({ aspect: 'shots_fired', about: world.id('party', 'driver') }, position), []);
    t.same(await found({ about: world.id('party', 'driver'), speaker: world.id('party', 'bureau') }, position), [
      'armed',
      'denied',
      'unarmed',
    ]);
    t.same(await found({ source: world.id('source', 'report') }, position), ['denied']);
    t.same(await found({ source: world.id('source', 'report'), aspect: 'shots_fired' }, position), []);
    t.same(await found({ country: 'CA' }, position), ['armed']);
    t.same(await found({ q: 'firearm' }, position), ['armed']);
    t.same(await found({ standing: 'retracted' }, position), []);
  };
  await advance();
  await whole(null);

  const [claim = ''] = [...world.stateOf('armed').claims.keys()];
  await world.apply('armed', [{ kind: 'retract_claim', claim, reason: 'It was another incident.' }]);
  const check = async () => {
    await whole(before);
    t.same(await found({ aspect: 'weapon' }), ['unarmed']);
    t.same(await found(firearm), []);
    t.same(await found({ q: 'firearm' }), []);
    t.same(await found({ q: 'shots' }), ['armed', 'denied', 'unarmed']);
    for (const standing of ['retracted', 'any']) {
      t.same(await found({ ...firearm, standing }), ['armed'], standing);
      for (const viewer of [null, contributor]) t.same(await found({ q: 'firearm', standing }, null, viewer), ['armed'], standing);
    }
    t.same(await found({ aspect: 'shots_fired', standing: 'retracted' }), [], 'the standing is that of the claim which is asked for');
    t.same(await found({ aspect: 'weapon', standing: 'standing' }), ['unarmed']);
    t.same(await found({ aspect: 'weapon', standing: 'any' }), ['armed', 'unarmed']);
    const [row] = (await queries.incidents({ country: 'CA' }, page, null)).items;
    const document = JSON.parse((await queries.incident(world.id('incident', 'armed'), null))?.body ?? '{}');
    t.match(row?.counts, { claims: 1, retractedClaims: 1 });
    t.equal(document.claims.length, 2, 'the counts together are the claims of the document');
  };
  await advance();
  await check();
  await rebuild();
  await check();
});

t.test('claims are found by whom they are about, by value and by country', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge', {
    claims: [
      world.claim({ aspect: 'weapon', value: { kind: 'term', value: 'blade' } }),
      world.claim({ aspect: 'weapon', value: { kind: 'term', value: 'firearm' }, stance: 'denies' }),
      world.claim({
        aspect: 'shots_fired',
        about: null,
        value: { kind: 'quantity', value: '2', upper: '4', unit: 'shot', comparator: 'range' },
      }),
    ],
  });
  const { queries, advance } = await models(t, world);
  await advance();
  const found = async (filters: Parameters<typeof queries.claims>[0]) =>
    (await queries.claims(filters, { limit: 50, cursor: null }, null)).items.map(({ value }) =>
      'value' in value ? value.value : value.kind,
    );
  t.same(await found({ about: world.id('party', 'driver') }), ['firearm', 'blade']);
  t.same(await found({ aspect: 'weapon', value: { word: 'blade' } }), ['blade']);
  t.same(await found({ aspect: 'weapon', value: { word: 'firearm' } }), [], 'that one denies it');
  for (const [number, expected] of [
    [1, []],
    [2, ['2']],
    [4, ['2']],
    [5, []],
  ] as const)
    t.same(await found({ aspect: 'shots_fired', value: { unit: 'shot', number } }), expected, String(number));
  t.same([await found({ country: 'US', aspect: 'shots_fired' }), await found({ country: 'GB' })], [['2'], []]);
});

t.test('none and 0, and none and false, find each other', async (t) => {
  const world = createWorld();
  await world.cast();
  const shots = (value: Body) => world.claim({ aspect: 'shots_fired', about: null, value });
  const zero = { kind: 'quantity', value: '0', upper: null, unit: 'shot', comparator: 'exact' };
  const died = (value: Body, more: Body = {}) => world.claim({ aspect: 'death', value, ...more });
  await world.publish('zero', { claims: [shots(zero), died({ kind: 'boolean', value: false })] });
  await world.publish('none', { claims: [shots({ kind: 'none' }), died({ kind: 'none' })] });
  await world.publish('other', {
    claims: [shots({ ...zero, value: '1', comparator: 'at_least' }), died({ kind: 'boolean', value: true }), died({ kind: 'unknown' })],
  });
  const { queries, advance } = await models(t, world);
  await advance();
  const nothing: Pick<IncidentFilters, 'aspect' | 'value'>[] = [
    { aspect: 'shots_fired', value: { unit: 'shot', number: 0 } },
    { aspect: 'shots_fired', value: { unit: null, number: 0 } },
    { aspect: 'death', value: { word: 'false', or: 'none' } },
    { aspect: 'death', value: { word: 'none', or: 'false' } },
  ];
  const driver = world.id('party', 'driver');
  const both = [world.id('incident', 'none'), world.id('incident', 'zero')].sort();
  for (const asked of nothing)
    for (const more of [{}, { standing: 'standing' }, asked.aspect === 'death' ? { about: driver } : {}]) {
      const found = await queries.incidents({ ...asked, ...more }, page, null);
      t.same(found.items.map(({ id }) => id).sort(), both, JSON.stringify({ ...asked, ...more }));
      const claims = await queries.claims({ ...asked, ...more }, { limit: 50, cursor: null }, null);
      t.same(claims.items.map(({ incidentId }) => incidentId).sort(), both, 'claims too');
    }
});

t.test('rulings that were retracted, and marks of claims that do not stand, list nothing', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.source('judgment', { url: 'https://example.org/judgment' });
  await world.publish('bridge', { claims: [world.claim({ ref: 'c1' }), world.claim({ aspect: 'order_given', about: null })] });
  const [claim = ''] = [...world.stateOf('bridge').claims.keys()];
  const citations = [{ source: world.id('source', 'article'), quote: { exact: 'stood still' } }];
  const { ids } = await world.apply('bridge', [
    {
      kind: 'record_ruling',
      ref: 'r1',
      court: world.id('party', 'court'),
      finality: 'final',
      basis: 'report',
      summary: 'The court spoke of a lighthouse.',
      caseNumber: '14-1490',
      citations: [{ source: world.id('source', 'judgment'), quote: { exact: 'The court found nothing' } }],
      effects: [{ claim, effect: 'not_established', citations }],
    },
    {
      kind: 'dispute_claim',
      claim,
      basis: 'stated',
      by: world.id('party', 'city'),
      capacity: 'official',
      grounds: 'It says not.',
      citations,
    },
  ]);
  const { queries, advance } = await models(t, world);
  const found = async (filters: IncidentFilters) => (await queries.incidents(filters, page, null)).items.length;
  const questions: IncidentFilters[] = [
    { hasRuling: true },
    { q: 'lighthouse' },
    { q: '1490' },
    { q: 'court' },
    { source: world.id('source', 'judgment') },
    { disputed: true },
  ];
  const all = async () => Promise.all(questions.map(found));
  await advance();
  t.same(await all(), [1, 1, 1, 1, 1, 1]);
  await world.apply('bridge', [{ kind: 'retract_entry', target: ids.r1 ?? '', reason: 'It was of another case.' }]);
  await advance();
  t.same(await all(), [0, 0, 0, 0, 0, 1]);
  await world.apply('bridge', [{ kind: 'retract_claim', claim, reason: 'It was another incident.' }]);
  await advance();
  t.same(await all(), [0, 0, 0, 0, 0, 0]);
});
