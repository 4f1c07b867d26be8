import { writtenPdf } from '@averment/extraction/testing';
import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { article, expect, furnish, movedClaim, proposal, publish, quoting, stoodClaim, submit, text } from './support/story.ts';

const harness = await harnessFor(t);
const own = await harness(t);
const world = await furnish(own);

const moved = 'The Harbour Police said that the car moved toward its officers before the first shot.';
const stood = 'A witness said that the car stood still.';
const imported = async (body: string | Buffer, mediaType: string) => {
  const asked = { key: 'contributor', query: { language: 'en' }, headers: { 'content-type': mediaType }, body } as const;
  return text(expect(await own.ask('POST', '/v1/sources/import', asked), 201), 'id');
};
const register = async (more: object) => own.ask('POST', '/v1/sources', { key: 'contributor', body: article(more) });
const film = { kind: 'video', title: 'The car at the harbour', url: 'https://pier.example/film', text: null };

t.test('a quote from a PDF has its page, one from captions its times', async (t) => {
  const pdf = writtenPdf([moved, stood].map((words) => `BT /F 10 Tf 50 700 Td (${words}) Tj ET`));
  const paper = await imported(pdf, 'application/pdf');
  const captions = await imported(`WEBVTT\n\n00:01.000 --> 00:02.500\n${moved}\n\n00:02.500 --> 00:04.000\n${stood}\n`, 'text/vtt');
  const { incident, revision } = await publish(own, world, {
    claims: [movedClaim(world, { citations: [quoting(captions, 'moved toward its officers')] })],
  });
  const added = stoodClaim(world, { citations: [quoting(paper, 'the car stood still'), quoting(captions, 'the first shot. A witness')] });
  expect(await submit(own, incident, revision, [{ kind: 'add_claim', claim: added }]), 201);
  const edit = (await own.read(`/v1/incidents/${incident}/edits/2`, { key: 'contributor' })).body;
  const [change] = (edit.versions as { changes: { claim: { citations: unknown[] } }[] }[])[0]?.changes ?? [];
  t.match(change?.claim.citations, [
    { page: 2, from: null, to: null },
    { page: null, from: 1, to: 4 },
  ]);
  const asRead = await submit(own, incident, revision, [change as object], 'reviewer');
  t.equal(asRead.status, 201, 'what is read of an edit can be sent');
  for (const key of [null, 'contributor'] as const)
    t.match((await own.read(`/v1/incidents/${incident}`, { key })).body.claims, [
      { citations: [{ page: null, from: 1, to: 2.5, quote: { exact: 'moved toward its officers' } }] },
    ]);

  const wrong = movedClaim(world, { citations: [{ ...quoting(paper, 'the car stood still'), page: 1 }] });
  t.match(await submit(own, incident, revision, [{ kind: 'add_claim', claim: wrong }]), {
    status: 422,
    body: { errors: [{ pointer: '/changes/0/claim/citations/0/page', message: /page 2/ }] },
  });
});

t.test('a film without a transcript is a source, of which scenes are described', async (t) => {
  const answer = expect(await register(film), 201);
  t.match(answer.body, { textSha256: null, revision: 0 });
  const id = text(answer, 'id');
  await own.read('/v1/sources', { key: 'contributor' });
  t.match(await register(film), { status: 409, body: { existing: id } });
  t.match(await register({ ...film, kind: 'article' }), { status: 422, body: { errors: [{ pointer: '/text', message: /only a film/ }] } });
  t.match((await own.read(`/v1/sources/${id}`, { key: 'contributor' })).body, { kind: 'video', revision: 0, textSha256: null });
  t.equal((await own.read(`/v1/sources/${id}/text`, { key: 'contributor' })).status, 404);

  const scene = 'The car rolls toward two officers; then its brake lights go on.';
  const seen = (more: object) => ({ claims: [movedClaim(world, { citations: [{ source: id, ...more }] })] });
  const { incident } = await publish(own, world, seen({ scene, from: 12.5, to: 15 }));
  for (const key of [null, 'contributor', 'reviewer'] as const)
    t.match((await own.read(`/v1/incidents/${incident}`, { key })).body, {
      claims: [{ citations: [{ source: id, scene, from: 12.5, to: 15, quote: null, position: null, page: null }] }],
      sources: [{ id, revision: 0 }],
    });
  const sources = [{ ...film, language: 'en', ref: 's1', url: 'https://pier.example/another' }];
  const brought = { sources, ...seen({ source: 's1', scene, from: 0, to: 1.5 }) };
  t.match(
    await own.ask('POST', '/v1/incidents', { key: 'contributor', body: proposal(world, brought) }),
    { status: 201 },
    'it may come along',
  );

  for (const path of ['/comparison', '/events']) t.equal((await own.read(`/v1/incidents/${incident}${path}`)).status, 200, path);

  const propose = (more: object) => own.ask('POST', '/v1/incidents', { key: 'contributor', body: proposal(world, seen(more)) });
  const at = '/claims/0/citations/0';
  t.match(await propose({ scene }), { status: 422, body: { errors: [{ pointer: `${at}/from` }] } });
  t.match(await propose({ quote: { exact: 'the car' } }), { status: 422, body: { type: '/problems/source-text-unknown' } });
  t.match(await propose({ source: world.source, scene, from: 1, to: 2 }), {
    status: 422,
    body: { errors: [{ pointer: `${at}/scene`, message: /film alone/ }] },
  });
});
