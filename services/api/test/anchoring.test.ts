import { createAnchoring } from '@averment/commands';
import { systemClock } from '@averment/platform';
import { incidentsUsing } from '@averment/read-models';
import t from 'tap';
import { type Harness, harnessFor } from './support/harness.ts';
import { articleText, decide, expect, furnish, movedClaim, propose, publish, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);

/** Looks for the quotations of what was revised or withdrawn, as the worker does. */
const follow = async ({ log, pool, runner, commands, read }: Harness): Promise<void> => {
  await read('/v1/incidents');
  const anchoring = createAnchoring({
    log,
    clock: systemClock,
    submitEdit: commands.submitEdit,
    incidentsUsing: (source) => incidentsUsing(pool, runner.projections, source),
  });
  for (const { type, stream, revision } of await log.readAll(0n, 10_000, { texts: false }))
    if (type === 'SourceTextRevised' || type === 'SourceWithdrawn') await anchoring.follow({ stream, revision });
};

/** An edit of the source is submitted and approved by as many as it takes. */
const change = async (own: Harness, source: string, changes: object[]): Promise<void> => {
  const path = `/v1/sources/${source}`;
  const { version } = expect(await own.read(path, { key: 'contributor' }), 200).body;
  const body = { baseRevision: version, rationale: 'As the newspaper says.', changes };
  const edit = text(expect(await own.ask('POST', `${path}/edits`, { key: 'contributor', body }), 201), 'edit');
  for (const key of ['reviewer', 'reviewer2'] as const) {
    const now = expect(await own.read(`${path}/edits/${edit}`, { key }), 200);
    if (now.body.state !== 'submitted') break;
    const vote = { key, headers: { 'if-match': text(now, 'etag') }, body: { decision: 'approve', reason: 'Compared with the page.' } };
    expect(await own.ask('POST', `${path}/edits/${edit}/decision`, vote), 200);
  }
};
const revise = (own: Harness, source: string, to: string) =>
  change(own, source, [{ kind: 'revise_text', text: to, why: 'corrected_by_publisher' }]);

const worded = 'the car moved toward its officers before the very first shot';
const machine = 'averment:anchoring';
const proposedIn = async (own: Harness, incident: string) => {
  const { items } = expect(await own.read('/v1/reviews', { key: 'reviewer', query: { author: machine, incident } }), 200).body as {
    items: { edit: number; rationale: string; kinds: string[]; nextActor: string }[];
  };
  return items;
};

/** What a newspaper makes of it: one quotation moves, one is worded otherwise, what is quoted nowhere goes. */
const corrected = articleText
  .replace('The Harbour Police', 'In a statement of Thursday the Harbour Police')
  .replace('before the first shot', 'before the very first shot')
  .replace('The city has not confirmed either account.', 'The city did not answer.');

t.test('a new text proposes where each quotation stands in it, and changes nothing by itself', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, refs, position } = await publish(own, world, { claims: [movedClaim(world), stoodClaim(world)] });
  const { claims, revision } = expect(await own.read(`/v1/incidents/${incident}`), 200).body;
  await revise(own, world.source, corrected);
  await follow(own);
  await follow(own);
  t.match((await own.read(`/v1/incidents/${incident}`)).body, { claims, revision }, 'the record is as it was');

  const [item, ...others] = await proposedIn(own, incident);
  t.same(others, [], 'one edit, however often it is followed');
  t.match(item, { kinds: ['correct_claim'], nextActor: 'reviewer' });
  t.match(item?.rationale, /before the first shot” now reads “the car moved toward its officers before the very first shot”/);
  const edit = expect(await own.read(`/v1/incidents/${incident}/edits/${item?.edit}`, { key: 'reviewer' }), 200).body;
  t.match(edit, {
    author: machine,
    outdated: null,
    versions: [
      {
        changes: [
          { kind: 'correct_claim', claim: refs.c1, set: { citations: [{ revision: 2, quote: { exact: worded } }] } },
          { kind: 'correct_claim', claim: refs.c2, set: { citations: [{ revision: 2, quote: { exact: 'the car stood still' } }] } },
        ],
      },
    ],
  });
  expect(await decide(own, incident, Number(item?.edit), 'approve'), 200);
  const quoted = async (query = {}) => {
    const { claims } = expect(await own.read(`/v1/incidents/${incident}`, { query }), 200).body as {
      claims: { id: string; citations: object[] }[];
    };
    return claims.find(({ id }) => id === refs.c1)?.citations;
  };
  t.match(await quoted(), [{ revision: 2, quote: { exact: worded } }]);
  t.match(
    await quoted({ asOfPosition: position }),
    [{ revision: 1, quote: { exact: worded.replace('very ', '') } }],
    'as it was quoted then',
  );
});

t.test('a quotation that the text no longer has, or that it denies now, is flagged and not carried over', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, refs } = await publish(own, world, { claims: [movedClaim(world), stoodClaim(world)] });
  await revise(own, world.source, articleText.replace('the car stood still', 'the car never stood still'));
  await follow(own);
  const [item] = await proposedIn(own, incident);
  t.match(item?.rationale, /“the car stood still” is gone; nearest is “the car never stood still” \(negation\)/);
  t.match((await own.read(`/v1/incidents/${incident}/edits/${item?.edit}`, { key: 'reviewer' })).body, {
    versions: [{ changes: [{ kind: 'correct_claim', claim: refs.c2, set: { flags: ['quote_gone'] } }] }],
  });
  expect(await decide(own, incident, Number(item?.edit), 'approve'), 200);
  const { claims } = (await own.read(`/v1/incidents/${incident}`)).body as {
    claims: { id: string; flags: string[]; citations: object[] }[];
  };
  t.match(
    claims.find(({ id }) => id === refs.c2),
    { flags: ['quote_gone'], citations: [{ revision: 1, quote: { exact: 'the car stood still' } }] },
  );
});

t.test('where every quotation stands as it stood there is nothing to decide', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident } = await publish(own, world);
  await revise(own, world.source, `${articleText} A correction stands at the end.`);
  await follow(own);
  t.same(await proposedIn(own, incident), []);
});

t.test('an open edit that cites the earlier text is outdated until its author sends it again, and so is a proposal', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision } = await publish(own, world);
  const opened = expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: stoodClaim(world) }]), 201);
  const draft = await propose(own, world, { title: 'Another shot at the harbour of Porto Novo' });
  await revise(own, world.source, corrected);
  await follow(own);
  for (const [id, edit] of [
    [incident, 2],
    [draft.incident, 1],
  ] as const) {
    const now = expect(await own.read(`/v1/incidents/${id}/edits/${edit}`, { key: 'contributor' }), 200).body;
    t.match(now, {
      state: 'submitted',
      nextActor: 'author',
      outdated: { problem: 'edit-outdated', detail: /has a text of revision 2/, events: [] },
    });
    t.match(await decide(own, id, edit, 'approve'), { status: 409, body: { type: '/problems/edit-outdated' } });
  }
  t.same(await proposedIn(own, draft.incident), [], 'of a proposal nothing is proposed');

  const { etag } = (await own.read(`/v1/incidents/${incident}/edits/2`, { key: 'contributor' })).body;
  const body = { baseRevision: revision, rationale: 'The first text said so.', changes: [{ kind: 'add_claim', claim: stoodClaim(world) }] };
  const again = await own.ask('PUT', `/v1/incidents/${incident}/edits/2`, {
    key: 'contributor',
    headers: { 'if-match': String(etag) },
    body,
  });
  t.match(expect(again, 200).body, { version: 2 });
  t.match((await own.read(`/v1/incidents/${incident}/edits/2`, { key: 'contributor' })).body, { outdated: null, nextActor: 'reviewer' });
  t.ok(opened.body.edit);
});

t.test('a text that is revised again takes back what was proposed of the one before', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident } = await publish(own, world, { claims: [movedClaim(world), stoodClaim(world)] });
  await revise(own, world.source, corrected);
  await follow(own);
  const [first] = await proposedIn(own, incident);
  await revise(own, world.source, corrected.replace('In a statement of Thursday', 'In a statement'));
  await follow(own);
  const [second, ...others] = await proposedIn(own, incident);
  t.same(others, []);
  t.not(second?.edit, first?.edit);
  t.match((await own.read(`/v1/incidents/${incident}/edits/${first?.edit}`, { key: 'reviewer' })).body, { state: 'withdrawn' });
  t.match(second?.rationale, /revision 3/);
});

t.test('a source that is withdrawn flags the claims that quote it', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, refs } = await publish(own, world);
  await change(own, world.source, [{ kind: 'withdraw_source', reason: 'The newspaper took the article back.' }]);
  await follow(own);
  const [item] = await proposedIn(own, incident);
  t.match((await own.read(`/v1/incidents/${incident}/edits/${item?.edit}`, { key: 'reviewer' })).body, {
    versions: [{ changes: [{ kind: 'correct_claim', claim: refs.c1, set: { flags: ['source_withdrawn'] } }] }],
  });
});

t.test('a merged incident is told of its survivor alone, and a retracted one not at all', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const retracted = await publish(own, world);
  const gone = { kind: 'retract_incident', reason: 'It did not happen as it was told.', replacedBy: null };
  const asked = expect(await submit(own, retracted.incident, retracted.revision, [gone]), 201);
  for (const key of ['reviewer', 'reviewer2'] as const) await decide(own, retracted.incident, Number(asked.body.edit), 'approve', key);
  await revise(own, world.source, corrected);
  await follow(own);
  t.same(await proposedIn(own, retracted.incident), []);
});
