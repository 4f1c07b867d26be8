import { eventId } from '@averment/domain';
import { eraseTexts } from '@averment/event-log';
import { systemClock, systemRandom } from '@averment/platform';
import t from 'tap';
import { harnessFor, type Person } from './support/harness.ts';
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

t.test('a party that looks like another is refused, and registered by a reviewer who says that it is distinct', async (t) => {
  const own = await harness(t);
  const register = async (body: object, key: Person = 'contributor') => {
    await own.read('/v1/parties', { key: 'contributor' });
    return own.ask('POST', '/v1/parties', { key, body: { kind: 'agency', ...body } });
  };
  const police = text(expect(await register({ name: 'Fairville Police Department', aliases: ['FPD'] }), 201), 'id');
  const name = 'Fairville Pоlice Department';

  const refused = await register({ name, aliases: ['The Guard', 'FРD'] });
  t.match(refused, { status: 409, body: { type: '/problems/looks-alike', existing: police } });
  t.same(refused.body.errors, [
    { pointer: '/name', message: `looks like a name of ${police}, and is written in other characters: «Fairville Police Department»` },
    { pointer: '/aliases/1', message: `looks like a name of ${police}, and is written in other characters: «FPD»` },
  ]);
  for (const other of ['Fairville  Police Department', 'Fairville Police Department\u2003', 'FРD'])
    t.equal((await register({ name: other })).status, 409, JSON.stringify(other));
  t.equal((await register({ name: 'Some body', aliases: [name] })).status, 409, 'an alias that looks like a name');
  expect(await register({ name: 'Fairville Police Department' }), 201);
  expect(await register({ name: 'Fairville police department' }), 201);

  const distinct = { name, distinctFrom: [police] };
  t.match(await register(distinct), { status: 403, body: { type: '/problems/forbidden' } }, 'a contributor may not say so');
  t.equal((await register({ name, distinctFrom: [] })).status, 409);
  const unknown = police.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  t.match(await register({ name, distinctFrom: [unknown] }, 'reviewer'), {
    status: 422,
    body: { errors: [{ pointer: '/distinctFrom/0' }] },
  });
  t.match(await register(distinct, 'reviewer'), { status: 409 }, 'the second of the same name is not named');
  const all = (await own.read('/v1/parties', { key: 'contributor', query: { q: 'Fairville Police' } })).body.items as {
    id: string;
    name: string;
  }[];
  const alike = all.filter((each) => each.name === 'Fairville Police Department').map(({ id }) => id);
  const made = expect(await register({ name, distinctFrom: alike }, 'reviewer'), 201);
  const [event] = await own.log.readStream(text(made, 'id'), 0);
  t.match(event, { type: 'PartyRegistered', schema: 5, data: { distinctFrom: alike } });
});

t.test('an erased name looks like no other', async (t) => {
  const own = await harness(t);
  const post = (name: string) => own.ask('POST', '/v1/parties', { key: 'contributor', body: { kind: 'described_role', name } });
  const id = text(expect(await post('the driver'), 201), 'id');
  await own.read(`/v1/parties/${id}`, { key: 'contributor' });
  t.equal((await post('the drivеr')).status, 409);
  const command = systemRandom.uuid();
  const at = systemClock.now().toISOString();
  await eraseTexts(own.log, {
    stream: id,
    fields: [{ revision: 0, pointer: '/name' }],
    reasonCode: 'personal_data',
    actor: 'admin',
    command,
    at,
    idOf: (index) => eventId(command, index),
  });
  await own.read(`/v1/parties/${id}`, { key: 'contributor' });
  expect(await post('the drivеr'), 201);
});
