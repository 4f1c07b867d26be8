import t from 'tap';
import { client, expectStatus, type Json } from '../e2e/client.ts';
import { startServer } from '../e2e/server.ts';
import { visitor } from './visitor.ts';

/** The pages of auditors and admins, by HTTP as a browser without JavaScript uses them. */

t.test('audit and operations', async (t) => {
  const { url, keys } = await startServer(t);
  const [{ id: incident, title }] = (await client(url, null).get('/v1/incidents?hasRuling=true')).body.items as [
    { id: string; title: string },
  ];
  const as = async (key: string) => {
    const one = visitor(url);
    await one.signIn(key);
    return one;
  };
  const readable = async (one: ReturnType<typeof visitor>, path: string, status = 200) => {
    const { status: answered, text } = await one.get(path);
    t.equal(answered, status, path);
    t.equal(text.match(/<h1/g)?.length, 1, `${path} has one heading of the first rank`);
    t.notMatch(text, /<[^>]+ (?:style|on\w+)=/, `${path} has nothing that the policy forbids`);
    return text;
  };

  await t.test('nobody is let in who has not signed in, and who may not is told so', async (t) => {
    const rooms = [
      '/desk/admin',
      '/desk/admin/keys',
      '/desk/admin/parked',
      '/desk/admin/policy',
      '/desk/admin/people',
      '/desk/audit',
      '/desk/erasures',
    ];
    for (const path of rooms) t.match((await visitor(url).get(path)).path, '/sign-in', path);
    const contributor = await as(keys.contributor);
    for (const path of rooms.slice(0, 3)) await readable(contributor, path, 403);
  });

  await t.test('an auditor replays a record event by event', async (t) => {
    const auditor = await as(keys.auditor);
    t.match(await readable(auditor, '/desk/audit?q=Washington'), `/desk/audit/${incident}`);
    t.match(await readable(auditor, '/desk/audit'), '/v1/claims?limit=500');
    const replay = await readable(auditor, `/desk/audit/${incident}`);
    t.match(replay, title);
    for (const words of ['Edit submitted', 'Court ruling recorded', 'approved by', 'Review record', `/desk/edits/${incident}/1`])
      t.match(replay, words);
    const revision = Number(/\/desk\/audit\/incident_\w+\/(\d+)">\d+<\/a><\/th><td><strong>Court ruling recorded/.exec(replay)?.[1]);
    const event = await readable(auditor, `/desk/audit/${incident}/${revision}`);
    t.match(event, `/desk/audit/${incident}/${revision - 1}`);
    t.match(event, `/incidents/${incident}?revision=`);
    t.match(event, 'As it is stored');
    await readable(auditor, `/desk/audit/${incident}/99999`, 404);
    t.notMatch(await readable(auditor, `/incidents/${incident}`), 'Edit submitted', 'the review is no step of the record');
    t.match(
      await readable(auditor, `/incidents/${incident}/history`),
      /Edit approved[\s\S]*?by reviewer/,
      'an approval is told of who gave it',
    );
  });

  await t.test('an admin makes a key, which is shown once, and revokes it', async (t) => {
    const admin = await as(keys.admin);
    for (const words of ['Parked events', 'Keys', 'Rules of the review', 'Erasures']) t.match(await readable(admin, '/desk/admin'), words);
    const refused = await admin.send('/desk/admin/keys', '/desk/admin/keys', { subject: 'Not a <subject>', role: 'reviewer' });
    t.equal(refused.status, 422);
    t.match(refused.text, 'f-subject-wrong');
    t.match(refused.text, 'Not a &lt;subject&gt;', 'what was written is kept');
    const made = await admin.send('/desk/admin/keys', '/desk/admin/keys', {
      subject: 'newcomer',
      role: 'reviewer',
      kind: 'person',
      name: 'Her laptop',
    });
    t.equal(made.status, 200, made.text);
    const key = /<code id="key">(avk_[\w-]+)<\/code>/.exec(made.text)?.[1] ?? '';
    t.match(expectStatus(await client(url, key).get('/v1/me'), 200), { subject: 'newcomer', role: 'reviewer' });
    const listed = await readable(admin, '/desk/admin/keys');
    t.match(listed, 'Her laptop');
    t.notMatch(listed, key);
    const [found] = ((await client(url, keys.admin).get('/v1/keys')).body.items as { id: string; subject: string }[]).filter(
      ({ subject }) => subject === 'newcomer',
    );
    const id = found?.id ?? '';
    const rotated = await admin.send('/desk/admin/keys', `/desk/admin/keys/${id}/rotate`, {});
    t.match(rotated.text, '<code id="key">avk_');
    t.equal((await client(url, key).get('/v1/me')).status, 401);
    t.match((await admin.send('/desk/admin/keys', `/desk/admin/keys/${id}/revoke`, {})).text, 'is revoked');
  });

  await t.test('an admin proposes rules, sees what they would do, and another one brings them into force', async (t) => {
    const admin = await as(keys.admin);
    const form = '/desk/admin/policy/proposals';
    const { rules } = (await client(url, keys.admin).get('/v1/policy')).body as { rules: { dueHours: Json } };
    const json = JSON.stringify({ ...rules, dueHours: { ...rules.dueHours, normal: 48 } });
    const tried = await admin.send('/desk/admin/policy', form, { act: 'try', json, why: '' });
    t.match(tried.text, 'What these rules would do');
    t.match((await admin.send('/desk/admin/policy', form, { act: 'propose', json: '{', why: 'No' })).text, 'This is not JSON.');
    t.match((await admin.send('/desk/admin/policy', form, { act: 'propose', json, why: 'Sooner.' })).text, 'It is done.');
    t.notMatch((await admin.get('/desk/admin/policy')).text, 'Bring it into force', 'nobody approves their own');
    const other = await as(keys.admin2);
    const shown = (await other.get('/desk/admin/policy')).text;
    const approve = /action="(\/desk\/admin\/policy\/policy_\w+\/approve)"/.exec(shown)?.[1] ?? '';
    t.match((await other.send('/desk/admin/policy', approve, {})).text, 'It is done.');
    t.match((await client(url, keys.admin).get('/v1/policy')).body, { rules: { dueHours: { normal: 48 } } });
  });

  await t.test('by its fields, a wrong number is told at the number', async (t) => {
    const admin = await as(keys.admin);
    const { rules } = (await client(url, keys.admin).get('/v1/policy')).body as { rules: Json };
    const flat = (value: unknown, path: string): [string, string][] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([name, inside]) => flat(inside, `${path}.${name}`))
        : [[path, value === null ? '' : String(value)]];
    const fields = Object.fromEntries(flat(rules, 'rules'));
    const refused = await admin.send('/desk/admin/policy', '/desk/admin/policy/proposals', {
      ...fields,
      'rules.dueHours.high': 'soon',
      reason: 'x',
      act: 'propose',
    });
    t.equal(refused.status, 422);
    t.match(refused.text, 'id="f-rules-dueHours-high-wrong"');
    t.match(refused.text, 'value="soon"');
    const sent = await admin.send('/desk/admin/policy', '/desk/admin/policy/proposals', {
      ...fields,
      'rules.dueHours.high': '24',
      reason: 'Sooner.',
      act: 'propose',
    });
    t.match(sent.text, 'It is done.');
    const [open] = ((await client(url, keys.admin).get('/v1/policy/proposals')).body.items as { state: string; rules: Json }[]).filter(
      ({ state }) => state === 'open',
    );
    t.same(open?.rules, { ...rules, dueHours: { ...(rules.dueHours as Json), high: 24 } });
  });

  await t.test('nothing is parked, and an admin says whose a subject is', async (t) => {
    const admin = await as(keys.admin);
    t.match(await readable(admin, '/desk/admin/parked'), 'every model has taken every event');
    t.match(await readable(admin, '/desk/admin/people?subject=reviewer'), 'nobody said');
    const set = await admin.send('/desk/admin/people?subject=reviewer', '/desk/admin/people', { person: 'The first editor' });
    t.match(set.text, 'It is noted.');
    t.match(set.text, 'The first editor');
  });

  await t.test('an erasure is asked for, and decided by a reviewer and an admin', async (t) => {
    const contributor = await as(keys.contributor);
    const wrong = await contributor.send('/desk/erasures', '/desk/erasures', {
      kind: 'erase',
      targets: 'party_00000000000000000000000000 /nam',
      ground: 'error',
      reason: 'It is wrong.',
    });
    t.equal(wrong.status, 422);
    t.match(wrong.text, 'f-targets-wrong');
    const asked = await contributor.send('/desk/erasures', '/desk/erasures', {
      kind: 'restrict',
      targets: `${incident} 3 /title\n`,
      ground: 'safety',
      reason: 'It may harm somebody.',
    });
    const path = /\/desk\/erasures\/erasure_\w+/.exec(asked.path)?.[0] ?? '';
    t.match(asked.text, 'It may harm somebody.');
    t.notMatch(asked.text, 'Your decision', 'nobody decides their own');
    for (const key of [keys.reviewer, keys.admin]) {
      const one = await as(key);
      t.match((await one.get(path)).text, 'Where the texts stand');
      t.match((await one.send(path, `${path}/decision`, { decision: 'approve', reason: 'Yes.' })).text, 'It is noted.');
    }
    t.match((await client(url, keys.auditor).get(path.replace('/desk', '/v1'))).body.votes, [
      { decision: 'approve' },
      { decision: 'approve' },
    ]);
  });
});
