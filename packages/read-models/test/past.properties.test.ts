import { decoded } from '@averment/event-log';
import fc from 'fast-check';
import t from 'tap';
import { changesPast } from '../src/projections/concealed.ts';
import { type Models, models } from './models.ts';
import { begin, story, take } from './story.ts';
import { createWorld, type World } from './world.ts';

const auditor = { role: 'auditor', subject: 'auditor' } as const;
const options = { limit: 500, cursor: null };

/** What is served of everything at this moment. */
const shownNow = async ({ queries }: Models, world: World) => {
  const documents: Record<string, unknown> = {};
  for (const id of world.incidents.keys()) {
    documents[id] = [await queries.incident(id, auditor), await queries.incident(id, null), await queries.comparison(id, auditor)].map(
      (each) => each?.body ?? null,
    );
  }
  const list = await queries.incidents({}, { ...options, position: null }, auditor);
  const named = await queries.incidents({ q: 'city' }, { ...options, position: null, sort: 'occurred' }, auditor);
  return { position: BigInt(list.position), documents, list: list.items, named: named.items };
};

/** The same, asked for later. */
const shownThen = async ({ queries }: Models, world: World, position: bigint): Promise<Awaited<ReturnType<typeof shownNow>>> => {
  const documents: Record<string, unknown> = {};
  for (const id of world.incidents.keys()) {
    const moment = { position };
    const past = [
      await queries.incidentAt(id, moment, auditor),
      await queries.incidentAt(id, moment, null),
      await queries.comparisonAt(id, moment, auditor),
    ];
    if (past[0] !== null) documents[id] = past.map((each) => each?.body ?? null);
  }
  const list = await queries.incidents({}, { ...options, position }, auditor);
  const named = await queries.incidents({ q: 'city' }, { ...options, position, sort: 'occurred' }, auditor);
  return { position, documents, list: list.items, named: named.items };
};

/** Whether a correction conceals anything or says who is private: then others than reviewers and auditors read the past as it is protected now. */
const protecting = async (world: World): Promise<boolean> => decoded(await world.log.readAll(0n, 10_000)).some(changesPast);
const toAuditors = ({ documents, ...rest }: Awaited<ReturnType<typeof shownNow>>) => ({
  ...rest,
  documents: Object.fromEntries(Object.entries(documents).map(([id, served]) => [id, (served as unknown[]).toSpliced(1, 1)])),
});

type Named = { id: string; name: string | null; kind: string };
/** The persons in what the public gets. */
const publicPersons = ({ documents }: Awaited<ReturnType<typeof shownNow>>): Named[] =>
  Object.values(documents)
    .flatMap((served) => (served as (string | null)[])[1] ?? [])
    .flatMap((served) => (JSON.parse(served) as { parties: Named[] }).parties)
    .filter(({ kind }) => kind === 'person');
const isPrivateNow = (world: World, id: string): boolean | undefined => world.parties.get(id)?.fields?.private;

t.test('an answer about a past moment is what was answered then, whatever has happened since (P5)', async (t) => {
  await fc.assert(
    fc.asyncProperty(story, async (steps) => {
      const undo: (() => Promise<void> | void)[] = [];
      const world = createWorld();
      await begin(world);
      const all = await models({ teardown: (run) => void undo.push(run) }, world);
      try {
        const moments = [];
        for (const step of steps) {
          if (step.what === 'erase' || step.what === 'keepFromSight' || !(await take(world, step))) continue;
          await all.advance();
          moments.push(await shownNow(all, world));
        }
        for (const then of moments) {
          const now = await shownThen(all, world, then.position);
          const [is, was] = (await protecting(world)) ? [toAuditors(now), toAuditors(then)] : [now, then];
          t.same(is, was, `at ${then.position}`);
          for (const named of publicPersons(now))
            t.equal(named.name !== null, !isPrivateNow(world, named.id), 'a name is public or not, whenever');
        }
        return t.passing();
      } finally {
        for (const each of undo) await each();
      }
    }),
    { numRuns: 2, endOnFailure: true },
  );
});
