import { catalogue, type DomainEvent, eventId } from '@averment/domain';
import { eraseTexts } from '@averment/event-log';
import { createMemoryLog, createMemoryStore } from '@averment/event-log/testing';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { type Harness, harnessFor } from './support/harness.ts';
import { decide, expect, furnish, publish, quoting, submit, text, type World } from './support/story.ts';

const harness = await harnessFor(t);

type Court = World & { court: string; otherCourt: string };
const furnishCourts = async (own: Harness): Promise<Court> => {
  const party = async (name: string) =>
    text(expect(await own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'court', name } }), 201), 'id');
  return { ...(await furnish(own)), court: await party('Harbour District Court'), otherCourt: await party('Upland District Court') };
};

/** A ruling on the first claim, as it is sent. */
const ruling = (world: Court, claim: string, effect: 'upholds' | 'contradicts', more: object) => ({
  kind: 'record_ruling',
  court: world.court,
  decidedOn: '2026-02-01',
  finality: 'final',
  basis: 'report',
  summary: 'The court found how the car moved.',
  citations: [quoting(world.source, 'the car stood still')],
  effects: [{ claim, effect, citations: [quoting(world.source, 'the car stood still')] }],
  ...more,
});

/** A published incident, and a function that applies an edit of it. */
const begin = async (own: Harness) => {
  const world = await furnishCourts(own);
  const published = await publish(own, world);
  let base = published.revision;
  const send = (...changes: object[]) => submit(own, published.incident, base, changes);
  const apply = async (...changes: object[]) => {
    const number = Number(expect(await send(...changes), 201).body.edit);
    for (const reviewer of ['reviewer', 'reviewer2'] as const) {
      const decided = expect(await decide(own, published.incident, number, 'approve', reviewer), 200);
      if (decided.body.state !== 'applied') continue;
      base = Number(decided.body.appliedRevision);
      return base;
    }
    throw new Error('two approvals did not apply it');
  };
  const read = async () => expect(await own.read(`/v1/incidents/${published.incident}`), 200);
  type Read = { claims: { standing: string }[]; rulings: { id: string; caseNumber: string | null }[] };
  const now = async () => {
    const { claims, rulings } = (await read()).body as unknown as Read;
    return { standing: claims[0]?.standing, numbers: rulings.map(({ caseNumber }) => caseNumber), ids: rulings.map(({ id }) => id) };
  };
  return { world, incident: published.incident, claim: published.refs.c1 ?? '', send, apply, now };
};

t.test('a case number is a text, and rulings are of one case by what it means', async (t) => {
  const own = await harness(t);
  const { world, incident, claim, send, apply, now } = await begin(own);
  const numbers = [
    'SCMF-12-0000538',
    '3:20-cv-00021-GFVT-EBA',
    '4:25-crcor-00029',
    '2:20-mc-00021-JES-M_M',
    '19SMCV00123',
    '[2023] UKSC 12',
  ];
  for (const number of numbers) t.equal((await send(ruling(world, claim, 'upholds', { caseNumber: number }))).status, 201, number);
  t.match(await send(ruling(world, claim, 'upholds', { caseNumber: 'under seal' })), {
    status: 422,
    body: { errors: [{ pointer: '/changes/0/caseNumber', message: /must hold a digit/ }] },
  });

  const written = ['3:20-cv-00021-GFVT-EBA', 'Case No. 3:20-CV-21'];
  await apply(ruling(world, claim, 'upholds', { caseNumber: written[0] }));
  const revision = await apply(ruling(world, claim, 'contradicts', { decidedOn: '2026-03-01', caseNumber: written[1] }));
  t.match(
    await now(),
    { standing: 'contradicted', numbers: written },
    'one case, of which the later ruling counts, each number as it was written',
  );

  const stored = await own.log.readStored(incident, 0);
  for (const { canonical } of stored) for (const number of [...numbers, ...written]) t.notOk(canonical.includes(number), number);
  const tags = new Set(stored.flatMap(({ canonical }) => canonical.match(/"case":"[\w-]{43}"/g) ?? []));
  t.equal(tags.size, numbers.length, 'one tag for each number, however it is spelled');
  for (const key of ['auditor', 'reviewer', 'app'] as const) {
    const { text: events } = expect(await own.read(`/v1/incidents/${incident}/events`, { key, query: { limit: '500' } }), 200);
    const { text: feed } = expect(await own.read('/v1/events', { key, query: { limit: '500' } }), 200);
    for (const answer of [events, feed]) t.notOk(answer.includes('"case":'), `${key}: tags are served to nobody`);
    t.ok(events.includes(written[0] ?? ''));
  }

  const command = systemRandom.uuid();
  await eraseTexts(own.log, {
    stream: incident,
    fields: [{ revision, pointer: '/ruling/caseNumber' }],
    reasonCode: 'court_order',
    actor: 'admin',
    command,
    at: new Date().toISOString(),
    idOf: (index) => eventId(command, index),
  });
  t.match(await now(), { standing: 'contradicted', numbers: [written[0], null] }, 'what was erased still groups');
  const third = await apply(ruling(world, claim, 'upholds', { decidedOn: '2026-04-01', caseNumber: '3:20-cv-21 GFVT' }));
  t.ok(third);
  t.match(await now(), { standing: 'upheld' });

  const { ids } = await now();
  const correct = (target: string | undefined, caseNumber: string) => ({
    kind: 'correct_entry',
    target,
    set: { caseNumber },
    reason: 'Misread in the source.',
    citations: [quoting(world.source, 'the car stood still')],
  });
  await apply(correct(ids[2], '3:20-cv-00022'));
  t.match(await now(), { standing: 'disputed', numbers: [written[0], null, '3:20-cv-00022'] }, 'now it is of another case');
  await apply(correct(ids[2], '3:20-CV-00021'));
  t.match(await now(), { standing: 'upheld' });
});

t.test('the same number of another court is another case', async (t) => {
  const own = await harness(t);
  const { world, claim, apply, now } = await begin(own);
  await apply(ruling(world, claim, 'upholds', { caseNumber: 'No. 14-1490' }));
  await apply(ruling(world, claim, 'contradicts', { caseNumber: '14-1490', court: world.otherCourt, decidedOn: '2026-03-01' }));
  t.match(await now(), { standing: 'disputed' });
});

t.test('a number can be concealed, and what is served of events then has it neither as a text nor as a case', async (t) => {
  const own = await harness(t);
  const { world, incident, claim, apply, now } = await begin(own);
  const named = '25-CR-117 (State v. Quillfeather)';
  await apply(ruling(world, claim, 'upholds', { caseNumber: named }));
  const [target] = (await now()).ids;
  const set = { caseNumber: '25-CR-117' };
  const citations = [quoting(world.source, 'the car stood still')];
  await apply({ kind: 'correct_entry', target, set, conceal: true, reason: 'It named somebody.', citations });
  for (const path of [`/v1/incidents/${incident}`, `/v1/incidents/${incident}/events`, '/v1/events']) {
    t.notMatch((await own.read(path, { key: 'app' })).text, 'Quillfeather', path);
    t.match((await own.read(path, { key: 'app' })).text, '25-CR-117', path);
  }
  t.match((await own.read(`/v1/incidents/${incident}`, { key: 'reviewer' })).text, 'Quillfeather');
});

/** Each with how many schema numbers ago it was. */
const ago: Record<string, number> = { ProceedingOpened: 2, CourtRulingRecorded: 2, EntryCorrected: 2, EditSubmitted: 3 };
const numbered = Object.keys(ago);
/** The catalogue of before case numbers were texts. */
const older = Object.fromEntries(
  Object.entries(catalogue).map(([type, entry]) => {
    const before = ago[type];
    if (before === undefined) return [type, entry];
    return [
      type,
      {
        ...entry,
        schema: entry.schema - before,
        texts: (data: unknown) => entry.texts(data).filter((path) => path.at(-1) !== 'caseNumber'),
      },
    ];
  }),
);
const withoutCases = (data: object) => JSON.parse(JSON.stringify(data, (name, value) => (name === 'case' ? undefined : value))) as object;

t.test('what was recorded before is of the same case, and can be concealed', async (t) => {
  const store = createMemoryStore();
  const logOf = (known: typeof catalogue) =>
    createMemoryLog<DomainEvent>({ catalogue: known, clock: systemClock, random: systemRandom, store });
  const [before, now] = [logOf(older), logOf(catalogue)];
  let isOlder = true;
  const append: typeof now.append = (stream, expected, events) =>
    isOlder
      ? before.append(
          stream,
          expected,
          events.map((event) => ({ ...event, data: withoutCases(event.data) })),
        )
      : now.append(stream, expected, events);
  const own = await harness(t, { log: { ...now, append } });
  const { world, incident, claim, apply, now: read } = await begin(own);
  await apply(ruling(world, claim, 'upholds', { caseNumber: '25-CR-00117' }));
  isOlder = false;
  const stored = (await own.log.readStored(incident, 0)).filter(({ type }) => numbered.includes(type));
  t.equal(
    stored.filter(({ canonical }) => canonical.includes('"caseNumber":"25-CR-00117"')).length,
    2,
    'as structure, in the edit and in the record',
  );
  t.match(await read(), { standing: 'upheld', numbers: ['25-CR-00117'] });

  await apply(ruling(world, claim, 'contradicts', { decidedOn: '2026-03-01', caseNumber: 'No. 25-cr-117' }));
  t.match(await read(), { standing: 'contradicted', numbers: ['25-CR-00117', 'No. 25-cr-117'] });
  const [target] = (await read()).ids;
  const citations = [quoting(world.source, 'the car stood still')];
  await apply({ kind: 'correct_entry', target, set: { caseNumber: null }, conceal: true, reason: 'It was expunged.', citations });
  t.match(await read(), { standing: 'disputed', numbers: [null, 'No. 25-cr-117'] });
  for (const path of [`/v1/incidents/${incident}`, `/v1/incidents/${incident}/events`, '/v1/events'])
    t.notMatch((await own.read(path, { key: 'app' })).text, '25-CR-00117', path);
});
