import { readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import {
  type Change,
  catalogue,
  changeKinds,
  changeOf,
  type DomainEvent,
  evolveIncident,
  type Incident,
  initialIncident,
  initialReview,
  keysOf,
  kindOf,
  onlySets,
  storedChange,
} from '../src/index.ts';
import { seeds, sessionOf } from './arbitrary-session.ts';
import { structureOf } from './stream.ts';

/** What holds of every kind of change, whichever there are. */

const root = new URL('../../../', import.meta.url);
const sources = ['packages', 'services'].flatMap((place) =>
  readdirSync(new URL(place, root), { recursive: true, encoding: 'utf8' })
    .filter((path) => /^(?!samples\/)[^/]+\/src\/.*\.ts$/.test(path))
    .map((path) => `${place}/${path}`)
    // The rules that there were are data: they name what they are about.
    .filter((path) => path !== 'packages/domain/src/policy/versions.ts')
    // What asks the published API has its words, as every client of it.
    .filter((path) => !/^(?:packages\/client|services\/desk)\//.test(path)),
);

t.test('a kind is told in a file of its own: elsewhere its name stands in two files at most', async (t) => {
  const texts = sources.map((path) => ({ path, text: readFileSync(new URL(path, root), 'utf8') }));
  for (const { kind, event } of changeKinds) {
    const own = `packages/domain/src/incident/changes/${kind.replaceAll('_', '-')}.ts`;
    const naming = texts.filter(({ text }) => new RegExp(`\\b${kind}\\b`).test(text)).map(({ path }) => path);
    t.ok(naming.includes(own), `${own} tells ${kind}`);
    t.ok(naming.length <= 3, `${kind}: ${naming.join(', ')}`);
    t.match(texts.find(({ path }) => path === own)?.text, event);
  }
  const told = texts.filter(({ path, text }) => path.includes('/incident/changes/') && text.includes('= changeKind({'));
  t.equal(told.length, changeKinds.length, 'each that is told is in the table');
});

t.test('kinds and their events are told apart, and older forms are numbered without gaps', async (t) => {
  t.equal(new Set(changeKinds.map(({ kind }) => kind)).size, changeKinds.length);
  t.equal(new Set(changeKinds.map(({ event }) => event)).size, changeKinds.length);
  for (const { event, older } of changeKinds) {
    t.same(
      older.map(({ schema }) => schema),
      older.map((_, index) => index + 1),
      event,
    );
    t.equal(catalogue[event]?.schema, older.length + 1, event);
  }
});

const recorded = (events: readonly DomainEvent[]) => events.flatMap((event) => ({ event, change: changeOf(event) ?? [] }));
/** Asks of each change that sessions bring into the record, and fails unless all kinds are among them. */
const everyChange = (t: Test, asked: (change: Change, event: DomainEvent) => void) => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(seeds, (given) => {
      for (const event of sessionOf(given).scene.events) {
        const change = changeOf(event);
        if (change === null) continue;
        seen.add(change.kind);
        asked(change, event);
      }
    }),
    { numRuns: 600, seed: 7 },
  );
  t.same([...seen].sort(), changeKinds.map(({ kind }) => kind).sort(), 'every kind was asked');
};

const idsIn = (value: unknown, found: Set<string> = new Set()): Set<string> => {
  if (typeof value === 'string' && /^[a-z]+_[0-9a-hjkmnp-tv-z]{26}$/.test(value)) found.add(value);
  if (value !== null && typeof value === 'object') for (const child of Object.values(value)) idsIn(child, found);
  return found;
};

t.test('a change and its event say the same', async (t) => {
  everyChange(t, (change, { edit, data, type }) => {
    const parsed = storedChange.safeParse(change);
    if (!parsed.success || !isDeepStrictEqual(parsed.data, change)) throw new Error(`${change.kind} is changed by its schema`);
    if (!isDeepStrictEqual(kindOf(change).toEvent(edit ?? 0, change), { type, edit, data })) throw new Error(`${type} says something else`);
  });
});

t.test('its document names all that the change names', async (t) => {
  everyChange(t, (change) => {
    const document = kindOf(change).document(change, () => null);
    const shown = idsIn(document);
    const missing = [...idsIn(change)].filter((id) => !shown.has(id));
    if (document.kind !== change.kind || missing.length > 0) throw new Error(`${change.kind} does not show ${missing.join(', ')}`);
  });
});

/** The keys whose things differ between two states of a record: what the fold changed. What names a claim is found through the thing that names it. */
const changedKeys = (before: Incident, after: Incident): string[] => {
  const entries = (prefix: string, was: ReadonlyMap<string, object>, is: ReadonlyMap<string, object>) =>
    [...is].filter(([id, entry]) => !isDeepStrictEqual(was.get(id), entry)).map(([id]) => `${prefix}:${id}`);
  const claims = [...after.claims].flatMap(([id, { rank, ranking, retracted, claim, correctedFields }]) => {
    const content = { claim, correctedFields };
    const was = before.claims.get(id);
    const told = was && { claim: was.claim, correctedFields: was.correctedFields };
    return [
      ...(isDeepStrictEqual(told, content) ? [] : [`claim:${id}:content`]),
      ...(was && (was.rank !== rank || was.ranking?.revision !== ranking?.revision) ? [`claim:${id}:rank`] : []),
      ...(was && was.retracted !== retracted ? [`claim:${id}:standing`] : []),
    ];
  });
  const fields = Object.entries(after.fields ?? {})
    .filter(([field, value]) => !isDeepStrictEqual((before.fields as Record<string, unknown> | null)?.[field], value))
    .map(([field]) => `incident:${field}`);
  const own = [...after.own]
    .filter(([key, { fields }]) => before.own.has(key) && !isDeepStrictEqual(before.own.get(key)?.fields, fields))
    .map(([key]) => `change:${key.split(' ')[1]}`);
  return [
    ...own,
    ...(before.status !== after.status ? ['status'] : []),
    ...entries('distinct', before.distinctFrom, after.distinctFrom),
    ...fields,
    ...claims,
    ...entries('dispute', before.disputes, after.disputes),
    ...entries('proceeding', before.proceedings, after.proceedings),
    ...entries('ruling', before.rulings, after.rulings),
  ];
};

t.test('what the fold changes is what the change says that it writes', async (t) => {
  fc.assert(
    fc.property(seeds, (given) => {
      const state = initialIncident();
      for (const { event, change } of recorded(sessionOf(given).scene.events.map(structureOf))) {
        const before = 'kind' in change ? structuredClone(state) : state;
        evolveIncident(state, event);
        if (!('kind' in change)) continue;
        const writes = new Set(keysOf(change).writes);
        const silent = changedKeys(before, state).filter((key) => !writes.has(key));
        if (silent.length > 0) throw new Error(`${change.kind} writes ${silent.join(', ')} and does not say so`);
      }
    }),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('a change whose place another one has taken leaves nothing of itself in the record', async (t) => {
  const recordOf = (events: readonly DomainEvent[]) => {
    const state = events.reduce(evolveIncident, initialIncident());
    const { id: _, streamRevision: __, ...record } = { ...state, ...initialReview() };
    return record;
  };
  const taken = new Set<string>();
  fc.assert(
    fc.property(seeds, (given) => {
      const events = sessionOf(given).scene.events.filter((event) => changeOf(event) !== null);
      const last = new Map(events.map((event) => [onlySets(event), event]));
      const counting = events.filter((event) => {
        const set = onlySets(event);
        return set === null || last.get(set) === event;
      });
      for (const { type } of events.filter((event) => !counting.includes(event))) taken.add(type);
      if (!isDeepStrictEqual(recordOf(counting), recordOf(events))) throw new Error('another record');
    }),
    { numRuns: 400, seed: 7 },
  );
  t.ok(taken.has('ClaimRanked') && taken.has('ClaimRetracted'), 'some were taken');
});
