import type { DomainEvent } from '@averment/domain';
import t from 'tap';
import { pageBytes } from '../src/queries/cursors.ts';
import { models, noting } from './models.ts';
import { createWorld, type World } from './world.ts';

const contributor = { role: 'contributor', subject: 'contributor' } as const;
const reviewer = { role: 'reviewer', subject: 'reviewer' } as const;
const client = { name: 'test', signal: new AbortController().signal };

/** Changes of some 1.3 megabytes. */
const longChanges = (world: World, word: string) =>
  Array.from({ length: 60 }, (_, claim) => ({
    kind: 'add_claim',
    claim: world.claim({
      aspect: 'place',
      about: null,
      value: {
        kind: 'text',
        value: `${word} ${claim}`,
        alternatives: Array.from({ length: 20 }, (_, index) => `${index} ${'a'.repeat(990)}`),
      },
    }),
  }));

type Page<T> = { items: T[]; next: string | null } | null;
/** All pages of the longest that may be asked for. */
const pagesOf = async <T>(read: (page: { limit: number; cursor: string | null }) => Promise<Page<T>>): Promise<T[][]> => {
  const pages: T[][] = [];
  for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
    const page = await read({ limit: 500, cursor });
    pages.push(page?.items ?? []);
    cursor = page?.next ?? null;
  }
  return pages;
};

/** An incident with a short edit and so many long ones. */
const longEdits = async (count: number) => {
  const world = createWorld();
  await world.cast();
  await world.publish('bridge');
  for (let edit = 0; edit < count; edit += 1) await world.submit('bridge', longChanges(world, `Place ${edit}`));
  await world.submit('bridge', [{ kind: 'add_claim', claim: world.claim({ statement: 'The agency says it again.' }) }]);
  return { world, id: world.id('incident', 'bridge') };
};

t.test('a page ends with the item that fills it, however many are asked for, and the next one goes on there', async (t) => {
  const { world, id } = await longEdits(8);
  const authors = Array.from({ length: 100 }, (_, index) => `${index} ${'n'.repeat(290)}`);
  for (let source = 0; source < 160; source += 1) await world.source(`source ${source}`, { authors });
  const { queries, advance } = await models(t, world);
  await advance();

  const pages: Record<string, unknown[][]> = {
    edits: await pagesOf((page) => queries.edits(id, page, reviewer)),
    events: await pagesOf((page) =>
      queries.incidentEvents(id, page, reviewer, { held: undefined, noteFreshness: () => undefined, client }),
    ),
    sources: await pagesOf((page) => queries.sources({}, page, contributor)),
  };
  for (const [name, all] of Object.entries(pages)) {
    t.ok(all.length > 1, `${name} are several pages`);
    for (const page of all) {
      const lengths = page.map((item) => JSON.stringify(item).length);
      const before = lengths.slice(0, -1).reduce((sum, length) => sum + length, 0);
      t.ok(lengths.length > 0, `no page of ${name} is empty`);
      t.ok(before < 1.1 * pageBytes, `a page of ${name} has ${before} characters before its last item`);
    }
  }
  t.same(
    pages.edits?.flat().map((edit) => (edit as { edit: number }).edit),
    Array.from({ length: 10 }, (_, index) => index + 1),
  );
  t.same(
    pages.events?.flat().map((event) => (event as { revision: number }).revision),
    Array.from({ length: world.stateOf('bridge').streamRevision + 1 }, (_, revision) => revision),
  );
  t.equal(new Set(pages.sources?.flat().map((source) => (source as { id: string }).id)).size, 161);
});

t.test('a preview reads of edits the texts of its own and of the first alone', async (t) => {
  const { world, id } = await longEdits(2);
  const read: DomainEvent[] = [];
  const { queries, advance } = await models(t, world, undefined, noting(world.log, read));
  await advance();
  read.length = 0;
  const preview = await queries.preview(id, 4, reviewer, { held: undefined, noteFreshness: () => undefined, client });
  t.equal(preview?.after?.claims.at(-1)?.statement, 'The agency says it again.');
  t.ok(read.length > 0);
  const submitted = new Set(read.filter(({ type }) => type === 'EditSubmitted').map(({ edit }) => edit));
  t.same([...submitted].sort(), [1, 4]);
});
