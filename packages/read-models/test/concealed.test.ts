import t from 'tap';
import { everyRow, models } from './models.ts';
import { createWorld } from './world.ts';

const contributor = { role: 'contributor', subject: 'contributor' } as const;
const auditor = { role: 'auditor', subject: 'auditor' } as const;
const first = 'Officers stop a car near the bridge';

/** A title that was corrected once, and once more with `conceal`, before the model has taken that. */
const told = async (t: Parameters<typeof models>[0]) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  const correct = (title: string, conceal: boolean) =>
    world.apply('bridge', [
      { kind: 'correct_incident', set: { title }, conceal, reason: 'It was wrong.', citations: world.claim().citations },
    ]);
  await correct('A second title', false);
  const waited: bigint[] = [];
  let catchUp = async (): Promise<void> => {
    throw new Error('not reached');
  };
  const all = await models(t, world, undefined, undefined, (position) => {
    waited.push(position);
    return catchUp();
  });
  await all.advance();
  const { position } = await correct('A third title', true);
  return { ...all, world, position, waited, mayCatchUp: () => void (catchUp = all.advance) };
};

t.test('an event that conceals is shown once the model has taken it, and then nothing shows what it conceals', async (t) => {
  const { queries, position, waited, mayCatchUp, world } = await told(t);
  const all = async () => {
    const items = [];
    for (let after = 0n, page = await queries.feed(after, 500, contributor); ; page = await queries.feed(after, 500, contributor)) {
      items.push(...page.items);
      if (BigInt(page.next) === after) return items;
      after = BigInt(page.next);
    }
  };
  const behind = await queries.feed(0n, 500, contributor);
  t.equal(behind.items.at(-1)?.type, 'IncidentCorrected');
  t.ok(BigInt(behind.next) < position, 'the page ends before it');
  t.same(waited.at(-1), position);
  await t.rejects(queries.feed(BigInt(behind.next), 500, contributor), /not reached/, 'and there is no page that begins with it');
  await t.rejects(queries.incidentEvents(world.id('incident', 'bridge'), { limit: 50, cursor: null }, contributor), /not reached/);
  t.match((await queries.feed(0n, 500, auditor)).items.at(-1), { type: 'IncidentCorrected' }, 'who sees all waits for nothing');

  mayCatchUp();
  const items = await all();
  t.equal(BigInt(items.at(-1)?.position ?? 0), position);
  t.notMatch(JSON.stringify(items), first);
  t.notMatch(JSON.stringify(items), 'A second title');
  t.match(JSON.stringify((await queries.feed(0n, 500, auditor)).items), first);
});

t.test('the model knows what is concealed, whatever came first: the batch, the process or an erasure', async (t) => {
  const { advance, restart, rebuild, pool, queries, world } = await told(t);
  await advance();
  const id = world.id('incident', 'bridge');
  await restart(1);
  await world.apply('bridge', [{ kind: 'add_claim', claim: world.claim({ aspect: 'fled' }) }]);
  await advance();
  const shown = async (viewer: typeof contributor | typeof auditor) => (await queries.incident(id, viewer))?.body ?? '';
  t.notMatch(await shown(contributor), first, 'also after a later edit');
  t.match(await shown(auditor), first);
  await world.erase(id, 3, '/title');
  await advance();
  t.notMatch(await shown(auditor), first, 'an erased text is gone for all');
  t.match(await shown(auditor), 'A second title');
  t.notMatch(await shown(contributor), 'A second title');
  const live = await everyRow(pool);
  await rebuild();
  t.same(await everyRow(pool), live);
});

t.test(
  'an incident that was retracted says why, in its document, its past and its events, and to none but reviewers once that is concealed',
  async (t) => {
    const world = createWorld();
    await world.cast();
    await world.publish('bridge');
    const { advance, queries } = await models(t, world);
    const id = world.id('incident', 'bridge');
    const why = 'The driver’s brother says that it was another day.';
    await world.apply('bridge', [{ kind: 'retract_incident', reason: why, citations: world.claim().citations }]);
    const revision = world.stateOf('bridge').recordRevision ?? 0;
    await advance();
    const shown = async (viewer: Parameters<typeof queries.incident>[1]) => JSON.parse((await queries.incident(id, viewer))?.body ?? '{}');
    const events = async (viewer: Parameters<typeof queries.incident>[1]) =>
      JSON.stringify((await queries.incidentEvents(id, { limit: 50, cursor: null }, viewer))?.items);
    t.match((await shown(null)).retraction, { reason: why, replacedBy: null, citations: [{ part: null }], revision });

    await world.apply('bridge', [
      {
        kind: 'correct_change',
        target: id,
        revision,
        set: { reason: 'It was another day.' },
        conceal: true,
        reason: 'It named a relative.',
      },
    ]);
    await advance();
    const open = await shown(null);
    t.match(open.retraction, { reason: 'It was another day.' });
    t.match(open.corrections, [{ target: id, ofRevision: revision, changes: [{ field: 'reason', from: null, concealed: true }] }]);
    for (const told of [JSON.stringify(open), await events(null), await events(contributor)]) t.notMatch(told, 'brother');
    t.match((await shown(auditor)).corrections[0].changes, [{ from: why, to: 'It was another day.' }]);
    t.match(await events(auditor), 'brother');

    await world.apply('bridge', [{ kind: 'reinstate_incident', reason: 'It was that day after all.' }]);
    await advance();
    t.match(await shown(null), { status: 'published', retraction: null, corrections: [] });
    t.match((await queries.incidents({ status: 'published' }, { limit: 5, cursor: null, position: null }, null)).items, [
      { id, firstRecordedAt: open.firstRecordedAt },
    ]);
  },
);

t.test('what a decision keeps of sources and parties is the same in a rebuilt model, and in one that took it late', async (t) => {
  const world = createWorld();
  await world.cast();
  await world.source('second', { url: 'https://example.org/second', text: 'The agency says that it rolled on.' });
  const quoted = world.claim({ aspect: 'fled', citations: [{ source: world.id('source', 'second'), quote: { exact: 'it rolled on' } }] });
  await world.publish('bridge');
  await world.publish('market');
  const { advance, rebuild, restart, pool, queries } = await models(t, world);
  await advance();
  const second = world.id('source', 'second');
  await world.restrict('TextRestricted', second, 0, ['/title', '/text']);
  await world.restrict('TextRestricted', world.id('party', 'bureau'), 0, ['/name', '/aliases']);
  await advance();
  await restart();
  // Quoted only once it was restricted, as the command that quotes it may have read the source before.
  const late = { kind: 'add_claim', claim: quoted };
  await world.restrict('TextReleased', second, 0, ['/text']);
  await world.submit('bridge', [late]);
  await world.restrict('TextRestricted', second, 0, ['/text']);
  await world.approve('bridge', 2);
  await advance();
  const shown = async (viewer: typeof contributor | typeof auditor) =>
    (await queries.incident(world.id('incident', 'bridge'), viewer))?.body ?? '';
  t.notMatch(await shown(contributor), /it rolled on|About the second|The bureau|The office/);
  t.match(await shown(auditor), 'it rolled on');
  t.match(await shown(auditor), 'About the second');
  const live = await everyRow(pool);
  t.ok((live['record_v21.concealed'] ?? []).length >= 6, 'title, text, name, aliases, and the quote where it was proposed and applied');
  await rebuild();
  t.same(await everyRow(pool), live);
});
