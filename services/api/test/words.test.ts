import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { expect, furnish, publish, text } from './support/story.ts';

const harness = await harnessFor(t);

t.test('a name that was sent letter and accent apart is kept, found and repeated as one', async (t) => {
  const own = await harness(t);
  const body = { kind: 'agency', name: 'Zu\u0308rich Police', aliases: ['Police de Zu\u0308rich'] };
  const asked = { key: 'contributor', headers: { 'idempotency-key': 'zurich' }, body } as const;
  const { body: first } = expect(await own.ask('POST', '/v1/parties', asked), 201);
  t.same(expect(await own.ask('POST', '/v1/parties', asked), 201).body, first, 'the same request is answered as the first time');
  const composed = { ...asked, body: { ...body, name: 'Zürich Police' } };
  t.match(await own.ask('POST', '/v1/parties', composed), { status: 422, body: { type: '/problems/idempotency-key-reused' } });
  t.match((await own.read(`/v1/parties/${first.id}`, { key: 'contributor' })).body, {
    name: 'Zürich Police',
    aliases: ['Police de Zürich'],
  });
});

t.test('a locality is found in whichever form it is asked for', async (t) => {
  const own = await harness(t);
  const place = { text: 'The lake', locality: 'Zu\u0308rich', country: 'CH', precision: 'locality' };
  const { incident } = await publish(own, await furnish(own), { title: 'Police stop a car in Zu\u0308rich', place });
  const queries: Record<string, string>[] = [{ locality: 'zürich' }, { locality: 'zu\u0308rich' }, { q: 'Zürich' }, { q: 'Zu\u0308rich' }];
  for (const query of queries) t.match((await own.read('/v1/incidents', { query })).body.items, [{ id: incident }], JSON.stringify(query));
});

t.test('a text with something hidden is refused with its place and the character', async (t) => {
  const own = await harness(t);
  const refused = await own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'agency', name: 'Harbour\u200b Police' } });
  t.match(refused, {
    status: 422,
    body: {
      type: '/problems/invalid-body',
      errors: [{ pointer: '/name', message: 'must not hold U+200B, which is a control character or cannot be seen' }],
    },
  });
  const url = 'https://example.org@evil.example/';
  const source = await own.ask('POST', '/v1/sources', {
    key: 'contributor',
    body: { kind: 'article', language: 'en', text: 'A text.', url },
  });
  t.match(source, { status: 422, body: { errors: [{ pointer: '/url' }] } });
  const kept = 'One \u202eside\u202c said so.';
  const made = expect(
    await own.ask('POST', '/v1/sources', { key: 'contributor', body: { kind: 'article', language: 'en', text: kept } }),
    201,
  );
  t.equal((await own.read(`/v1/sources/${text(made, 'id')}/text`, { key: 'contributor' })).body.text, kept, 'a document is kept as it is');
});
