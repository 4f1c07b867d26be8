import { decoded } from '@averment/event-log';
import t, { type Test } from 'tap';
import { createCopy } from './copy.ts';
import { everyRow, models, poisoned } from './models.ts';
import { createWorld } from './world.ts';

const auditor = { role: 'auditor', subject: 'auditor' } as const;
const reason = 'So it is.';

/** Two incidents of the cast, and a copy of what the public reads that has them. */
const begun = async (test: Test, poison: ReadonlySet<string> = new Set()) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  await world.publish('market');
  const all = await models(test, world, poisoned(poison));
  const id = (name: string) => world.id('incident', name);
  const copy = createCopy(all, null, false);
  const told = async (): Promise<string[]> => {
    await all.advance();
    await copy.catchUp();
    test.same(copy.has(), await copy.served());
    return copy.fetched.splice(0);
  };
  await told();
  return { world, all, id, copy, told };
};

t.test('an incident comes when it changed, and no other; its document is fetched where its tag is another one', async (t) => {
  const { world, all, id, copy, told } = await begun(t);
  t.same(await told(), []);
  await world.submit('bridge', [{ kind: 'add_claim', claim: world.claim({ aspect: 'fled' }) }]);
  await world.party('nobody');
  await world.propose('harbour');
  t.same(await told(), [], 'what is proposed changes nothing');
  t.equal(String(copy.position()), String(await world.log.head()), 'and one goes on from behind it');
  const position = await world.approve('bridge', 2);
  t.same(await told(), [id('bridge')]);
  t.equal(copy.items.get(id('bridge'))?.changedAt, String(position));
  t.equal(copy.items.get(id('bridge'))?.etag, (await all.queries.incident(id('bridge'), null))?.etag);
  await world.approve('harbour', 1);
  t.same(await told(), [id('harbour')]);
});

t.test('parties and sources that change bring all that use them, in the order of their last change', async (t) => {
  const { world, all, id, copy, told } = await begun(t);
  await world.publish('pier', { claims: [world.claim({ speaker: world.id('party', 'witness'), capacity: 'eyewitness' })] });
  await told();
  const position = await world.correctParty('department', { name: 'The renamed department' });
  t.same((await told()).sort(), [id('bridge'), id('market'), id('pier')].sort(), 'it is above the agency');
  await world.correctParty('witness', { private: false, publicRole: 'a holder of public office' });
  t.same(await told(), [id('pier')]);
  await world.changeSource('article', { kind: 'withdraw' });
  await world.correctParty('city', { name: 'Nobody names it' });
  await told();
  const { items } = await all.queries.changedIncidents({ after: position, all: false }, { limit: 9, cursor: null }, null);
  t.equal(items.length, 3);
  t.ok(items.every(({ changedAt }) => BigInt(changedAt) > position));
  t.same(
    items.map(({ changedAt, id }) => `${changedAt.padStart(20, '0')} ${id}`),
    items.map(({ changedAt, id }) => `${changedAt.padStart(20, '0')} ${id}`).sort(),
  );
  t.equal(copy.gone.size, 0);
});

t.test('a merge takes one out and brings the other, and its end brings both', async (t) => {
  const { world, id, copy, told } = await begun(t);
  await world.apply('market', [{ kind: 'merge_incident', into: id('bridge'), reason }]);
  t.same(await told(), [id('bridge')]);
  t.match(copy.gone.get(id('market')), { gone: 'merged', into: id('bridge') });
  await world.followMerges();
  t.same(await told(), [id('bridge')]);
  const claim = [...world.stateOf('bridge').claims.keys()][0];
  await world.apply('bridge', [{ kind: 'retract_claim', claim, reason }]);
  t.same(await told(), [id('bridge')]);
  await world.apply('market', [{ kind: 'unmerge_incident', reason }]);
  await world.followMerges();
  t.same((await told()).sort(), [id('bridge'), id('market')].sort());
  t.equal(copy.gone.size, 0);
});

t.test('a retracted incident leaves the list of published ones; who keeps all of them keeps it', async (t) => {
  const { world, all, id, copy, told } = await begun(t);
  const every = createCopy(all, null, true);
  await world.apply('market', [{ kind: 'retract_incident', citations: [], reason }]);
  await told();
  t.match(copy.gone.get(id('market')), { gone: 'retracted', into: undefined });
  await every.catchUp();
  t.equal(every.items.get(id('market'))?.status, 'retracted');
  await world.apply('market', [{ kind: 'reinstate_incident', reason }]);
  t.same(await told(), [id('market')]);
});

/** Where texts stand of which the incident consists. */
const whole = ['/title', '/statement'];

t.test('what a court withholds and what is erased must be dropped; what is shown again comes again', async (t) => {
  const { world, all, id, copy, told } = await begun(t);
  const events = decoded(await world.log.readStream(id('market'), 0));
  const places = events.flatMap(({ revision, data }) =>
    whole.flatMap((pointer) => {
      const within = pointer === '/statement' ? '/claim/statement' : pointer;
      const found = within
        .split('/')
        .slice(1)
        .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], data);
      return typeof found === 'string' ? [{ revision, pointer: within }] : [];
    }),
  );
  t.ok(places.length >= 2);
  const inspector = createCopy(all, auditor, false);
  for (const { revision, pointer } of places) await world.restrict('TextRestricted', id('market'), revision, [pointer]);
  await told();
  t.equal(copy.gone.get(id('market'))?.gone, 'withheld');
  await inspector.catchUp();
  t.ok(inspector.documents.has(id('market')), 'auditors read it');
  for (const { revision, pointer } of places) await world.restrict('TextReleased', id('market'), revision, [pointer]);
  t.same(await told(), [id('market')]);
  for (const { revision, pointer } of places) await world.erase(id('market'), revision, pointer).catch(() => undefined);
  await told();
  t.equal(copy.gone.get(id('market'))?.gone, 'erased');
  await inspector.catchUp();
  t.equal(inspector.gone.get(id('market'))?.gone, 'erased');
});

t.test('whose privacy is confirmed changes incidents that only speak of them, at that position', async (t) => {
  const { world, id, copy, told } = await begun(t);
  await world.party('child', { kind: 'person', name: 'Ada Quillfeather' });
  await world.publish('pier', { title: 'A car of the Quillfeather family is stopped' });
  await told();
  const position = await world.applyTo(world.id('party', 'child'), [{ kind: 'set_privacy', private: true, reason }]);
  t.same(await told(), [id('pier')]);
  t.equal(copy.items.get(id('pier'))?.changedAt, String(position));
  t.notMatch(copy.documents.get(id('pier'))?.body, 'Quillfeather');
});

t.test('nobody goes on beyond what is parked, so that it is told once it can be taken; and the rows are those of a rebuild', async (t) => {
  const world = createWorld();
  const bad = new Set([`${world.id('party', 'bureau')} 1`]);
  const { world: of, all, id, copy, told } = await begun(t, bad);
  const before = copy.position();
  const waits = await of.correctParty('bureau', { name: 'The renamed bureau' });
  await of.apply('bridge', [{ kind: 'add_claim', claim: of.claim({ aspect: 'fled' }) }]);
  await all.advance();
  await copy.catchUp();
  t.same(copy.fetched.splice(0), [id('bridge')], 'what goes on is told');
  t.ok(copy.position() >= before && copy.position() < waits, 'and told again until the other is there');
  bad.clear();
  for (const one of await all.runner().parked()) await all.runner().retry(one.id, 'admin');
  t.same((await told()).sort(), [id('bridge'), id('market')].sort());
  const live = await everyRow(all.pool);
  await all.rebuild();
  t.same(await everyRow(all.pool), live);
});

t.test('a position that the log has not is of another log, and a cursor goes with its question', async (t) => {
  const { world, all } = await begun(t);
  const { queries } = all;
  const head = await world.log.head();
  const page = { limit: 1, cursor: null };
  t.match(await queries.changedIncidents({ after: head, all: true }, page, null), {
    items: [],
    gone: [],
    next: null,
    position: String(head),
  });
  const { next } = await queries.changedIncidents({ after: 0n, all: true }, page, null);
  t.match(await queries.changedIncidents({ after: 0n, all: true }, { limit: 1, cursor: next }, null), { items: { length: 1 }, next: null });
  await t.rejects(queries.changedIncidents({ after: 1n, all: true }, { limit: 1, cursor: next }, null), { name: 'BadCursor' });
  await t.rejects(queries.changedIncidents({ after: 0n, all: false }, { limit: 1, cursor: next }, null), { name: 'BadCursor' });
});
