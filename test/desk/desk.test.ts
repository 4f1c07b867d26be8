import t from 'tap';
import { client, expectStatus, type Json } from '../e2e/client.ts';
import { startServer } from '../e2e/server.ts';
import { signedIn } from './visitor.ts';

const { url, keys } = await startServer(t);
const [incident] = expectStatus(await client(url, null).get('/v1/incidents?q=Brooklyn'), 200).items as Json[];

t.test('each role finds at its desk what waits for it', async (t) => {
  const reviewer = await signedIn(url, keys.reviewer);
  const desk = await reviewer.get('/desk');
  t.match(desk.text, 'Next for me');
  t.match(desk.text, 'so your vote no longer counts', 'notices stand there');
  t.match((await reviewer.fill('/desk/next')).path, /^\/desk\/edits\//);
  t.match((await reviewer.get('/desk')).text, 'What I hold');

  const contributor = await signedIn(url, keys.contributor);
  const own = (await contributor.get('/desk')).text;
  t.match(own, 'My open edits');
  t.notMatch(own, 'Next for me');
  t.match((await (await signedIn(url, keys.auditor)).get('/desk')).text, '/desk/audit');
  t.match((await (await signedIn(url, keys.admin)).get('/desk')).text, '/desk/admin');
  t.match((await (await signedIn(url, keys.app)).get('/desk')).text, 'the record is read');
});

t.test('who one is, what one may do, what one submitted, and the way out', async (t) => {
  const contributor = await signedIn(url, keys.contributor);
  const me = await contributor.get('/desk/me?state=applied');
  t.match(me.text, 'submit edits');
  t.match(me.text, /<option value="applied" selected>/);
  t.notMatch(me.text, 'waits for reviewer');
  await contributor.fill('/sign-out');
  t.match((await contributor.get('/desk/me')).path, '/sign-in?back=');
});

t.test('a tip is looked into, and its sender is told what became of it', async (t) => {
  const said = { about: { incident: incident?.id }, text: 'The street is <b>another</b> one.', contact: 'me@example.org' };
  const { id, secret } = expectStatus(await client(url, null).send('POST', '/v1/tips', said), 201);
  const reviewer = await signedIn(url, keys.reviewer);
  const tips = await reviewer.get('/desk/tips');
  t.match(tips.text, 'The street is &lt;b&gt;another&lt;/b&gt; one.');
  t.notMatch(tips.text, 'me@example.org', 'who looks into it learns how its sender can be asked');
  const taken = await reviewer.fill('/desk/tips/take');
  t.match(taken.text, 'me@example.org');
  const note = 'It is the same street. '.repeat(400);
  const refused = await reviewer.fill('/desk/tips/close', { [`outcome-${id}`]: 'declined', [`note-${id}`]: note });
  t.equal(refused.status, 422);
  t.match(refused.text, note.trim(), 'what was written stands there still');
  t.match(refused.text, `<a class="ds-link" href="#f-note-${id}">`);
  await reviewer.fill('/desk/tips/close', { [`note-${id}`]: 'It is the same street.' });
  const told = expectStatus(await client(url, null).get(`/v1/tips/${id}`, { 'tip-secret': String(secret) }), 200);
  t.match(told, { state: 'closed', outcome: 'declined', note: 'It is the same street.' });
});

t.test('the figures of the review, now and of a day', async (t) => {
  const auditor = await signedIn(url, keys.auditor);
  const queue = await auditor.get('/desk/queue');
  t.match([queue.status, queue.text], [200, 'Filters'], 'an auditor reads the queue');
  t.notMatch(queue.text, 'Saved views', 'and saves no views of it');
  const now = await auditor.get('/desk/statistics');
  t.match(now.text, /Open edits<\/dt><dd>2</);
  t.match(now.text, '<svg');
  t.match((await auditor.get('/desk/statistics?asOf=2020-01-01')).text, 'Nobody has voted.');
  const ahead = await auditor.get('/desk/statistics?asOf=2999-01-01');
  t.equal(ahead.status, 400);
  t.match(ahead.text, 'ds-error-summary');
});
