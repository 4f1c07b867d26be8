import fc from 'fast-check';
import t from 'tap';
import type { z } from 'zod';
import type { Answered } from './support/checker.ts';
import { type Harness, harnessFor } from './support/harness.ts';
import { expect, furnish, publish, stoodClaim, submit, text, type World } from './support/story.ts';

const harness = await harnessFor(t);

const models = ['record', 'reviews', 'erasure_requests', 'times'] as const;
type Step =
  | { what: 'write' }
  | { what: 'advance'; model: (typeof models)[number] }
  | { what: 'ask'; route: number; parameter: number; key: 'contributor' | null };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Step>({ what: 'write' }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('advance' as const), model: fc.constantFrom(...models) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('ask' as const),
      route: fc.nat(),
      parameter: fc.nat(),
      key: fc.constantFrom('contributor' as const, null),
    }),
  },
);

/** Corrects the source and a party, so that they have another version. */
const correct = async (own: Harness, { source, police }: World, version: number) => {
  for (const [path, change] of [
    [`/v1/sources/${source}`, { kind: 'correct_source', set: { title: `Title ${version}` } }],
    [`/v1/parties/${police}`, { kind: 'correct_party', set: { name: `Police ${version}` } }],
  ] as const) {
    const body = { baseRevision: version - 1, rationale: 'So.', changes: [{ ...change, reason: 'As it is written there.' }] };
    const sent = expect(await own.ask('POST', `${path}/edits`, { key: 'contributor', body }), 201);
    const headers = { 'if-match': text(sent, 'etag') };
    const decision = { decision: 'approve', reason: 'Checked.' };
    expect(await own.ask('POST', `${path}/edits/${sent.body.edit}/decision`, { key: 'reviewer', headers, body: decision }), 200);
  }
};

/** An incident to which claims are added without a look at any model. */
const written = async (own: Harness) => {
  const world: World = await furnish(own);
  const { incident, revision: first } = await publish(own, world);
  let edit = 1;
  let last = { version: 1, revision: first, position: await own.log.head() };
  let version = 1;
  return {
    incident,
    world,
    first,
    last: () => last,
    write: async () => {
      edit += 1;
      const claim = stoodClaim(world, { statement: `A witness says that the car stood still (${edit}).` });
      const sent = expect(await submit(own, incident, last.revision, [{ kind: 'add_claim', claim }]), 201);
      const path = `/v1/incidents/${incident}/edits/${edit}/decision`;
      const headers = { 'if-match': text(sent, 'etag') };
      version += 1;
      await correct(own, world, version);
      const decided = expect(
        await own.ask('POST', path, { key: 'reviewer', headers, body: { decision: 'approve', reason: 'Checked.' } }),
        200,
      );
      last = { version, revision: Number(decided.body.appliedRevision), position: BigInt(text(decided, 'position')) };
    },
  };
};

const shapeOf = (query: z.ZodType | undefined): string[] => Object.keys((query as z.ZodObject | undefined)?.shape ?? {});
const moments = ['asOf', 'asOfPosition', 'asOfRevision', 'asOfVersion'];
/** The routes that answer about the past, with the parameters that say of when. */
const pastRoutes = ({ app }: Harness): { path: string; isForAll: boolean; parameters: string[] }[] =>
  app.routes
    .filter(({ method }) => method === 'GET')
    .map(({ path, roles, query }) => ({
      path,
      isForAll: roles.includes('none'),
      parameters: path.endsWith('/diff') ? ['to'] : shapeOf(query).filter((name) => moments.includes(name)),
    }))
    .filter(({ parameters }) => parameters.length > 0);

t.test(
  'an answer about the past is the same before its models are there as after, or is refused, whichever model is held back',
  async (t) => {
    const own = await harness(t, { wait: 25 });
    const story = await written(own);
    const routes = pastRoutes(own);
    t.strictSame(routes.map(({ path }) => path).sort(), [
      '/v1/claims',
      '/v1/incidents',
      '/v1/incidents/{id}',
      '/v1/incidents/{id}/comparison',
      '/v1/incidents/{id}/diff',
      '/v1/parties/{id}',
      '/v1/policy',
      '/v1/reviews/stats',
      '/v1/sources/{id}',
    ]);
    const stamp = async () => String((await own.log.readAll(story.last().position - 1n, 1))[0]?.recordedAt);
    const momentIn = async (parameter: string): Promise<Record<string, string>> => {
      const { version, revision, position } = story.last();
      if (parameter === 'asOf') return { asOf: await stamp() };
      if (parameter === 'asOfVersion') return { asOfVersion: String(version) };
      if (parameter === 'asOfPosition') return { asOfPosition: String(position) };
      return parameter === 'to' ? { from: String(story.first), to: String(revision) } : { asOfRevision: String(revision) };
    };
    const pathOf = (path: string): string => {
      const { source, police } = story.world;
      return path.replace('{id}', path.includes('/sources/') ? source : path.includes('/parties/') ? police : story.incident);
    };
    const seen = ({ status, text: body, headers }: Answered) => ({ status, body, asOf: headers['averment-as-of'], etag: headers.etag });
    // Whatever else is drawn, this one is answered at once.
    const allAdvanced = models.map((model) => ({ what: 'advance' as const, model }));
    let answered = 0;

    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 12 }), async (steps) => {
        const told: { path: string; asked: Parameters<Harness['ask']>[2]; answer: ReturnType<typeof seen> }[] = [];
        await story.write();
        for (const each of steps) {
          if (each.what === 'write') await story.write();
          else if (each.what === 'advance') await own.runner.advance(each.model);
          else {
            const route = routes[each.route % routes.length] ?? { path: '', isForAll: true, parameters: [] };
            const query = await momentIn(route.parameters[each.parameter % route.parameters.length] ?? '');
            const [path, asked] = [pathOf(route.path), { key: route.isForAll ? each.key : ('reviewer' as const), query }];
            const answer = await own.ask('GET', path, asked);
            if (answer.status === 503) {
              t.match(answer.body, { type: '/problems/not-reached' });
              continue;
            }
            told.push({ path, asked, answer: seen(answer) });
            if (answer.headers['averment-as-of'] !== undefined)
              t.ok(
                Number(answer.headers['averment-position']) >= Number(answer.headers['averment-as-of']),
                'no model stood before the moment',
              );
          }
        }
        for (const model of models) await own.runner.advance(model);
        for (const { path, asked, answer } of told) {
          t.strictSame(seen(await own.ask('GET', path, asked)), answer, `${path} ${JSON.stringify(asked)}`);
          answered += 1;
        }
        return t.passing();
      }),
      { numRuns: 10, endOnFailure: true, examples: [[[...allAdvanced, { what: 'ask', route: 0, parameter: 0, key: null }]]] },
    );
    t.ok(answered > 0, 'some could be answered');
  },
);

t.test('what is asked for at once after it was written is in the answer, as soon as there is one', async (t) => {
  const own = await harness(t, { wait: 60_000 });
  const story = await written(own);
  await story.write();
  const asked = own.ask('GET', '/v1/incidents', { query: { asOf: new Date().toISOString() } });
  for (const model of ['times', 'reviews', 'record']) await own.runner.advance(model);
  const answer = expect(await asked, 200);
  t.match(answer.body, { items: [{ id: story.incident, revision: story.last().revision }] });
});
