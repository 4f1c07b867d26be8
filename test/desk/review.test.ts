import { randomUUID } from 'node:crypto';
import t from 'tap';
import { client } from '../e2e/client.ts';
import { startServer } from '../e2e/server.ts';
import { formOf } from './forms.ts';
import { proposeIncident } from './proposing.ts';
import { signedIn, visitor } from './visitor.ts';

const { url, keys } = await startServer(t);
const contributor = client(url, keys.contributor);
/** The page of a proposal. */
const propose = async (title: string, hidden = ''): Promise<string> => `/desk/edits/${await proposeIncident(contributor, title, hidden)}/1`;

t.test('an edit is found in the queue, commented on, and approved by two, by forms alone', async (t) => {
  const path = await propose('Shot at the lock');
  const reviewer = await signedIn(url, keys.reviewer);

  const queue = await reviewer.get('/desk/queue?q=lock&state=submitted&priority=high');
  t.equal(queue.status, 200);
  t.match(queue.text, `href="${path}"`);
  t.match(queue.text, '0 of 2');

  const edit = await reviewer.get(path);
  t.match(edit.text, /<mark>.*its owner is 40 years old.*<\/mark>/, 'the quotation is marked in its text');
  t.match(edit.text, 'A fisherman says that the owner is 40 years old.');
  await reviewer.fill(`${path}/lease`);
  const commented = await reviewer.fill(`${path}/comments`, { 'comment-0-text': 'Who says so?', form: 'comment-0', change: '0' });
  t.match(commented.text, 'Who says so?');
  t.match(commented.text, '1 open of 1');

  const refused = await reviewer.fill(`${path}/decision`, { 'decision-decision': 'approve', 'decision-reason': 'It stands there.' });
  t.equal(refused.status, 409, 'a comment is open');
  t.match(refused.text, 'It stands there.');
  t.match(refused.text, 'href="#f-decision-despiteComments"', 'and the field for it is named');
  const approved = await reviewer.fill(`${path}/decision`, {
    'decision-decision': 'approve',
    'decision-reason': 'It stands there.',
    'decision-despiteComments': 'The note says who.',
  });
  t.match(approved.text, 'You approved it.');
  t.match(approved.text, '1 of 2');

  const other = await signedIn(url, keys.reviewer2);
  await other.get(path);
  const applied = await other.fill(`${path}/decision`, {
    'decision-decision': 'approve',
    'decision-reason': 'So I read it.',
    'decision-despiteComments': 'The note says who.',
  });
  t.match(applied.text, 'the edit is in the record now');
  t.match(applied.text, 'approved version 1');
});

t.test('who decides on what has changed is told what, and keeps what they wrote', async (t) => {
  const path = await propose('Shot at the weir');
  const [reviewer, other] = [await signedIn(url, keys.reviewer), await signedIn(url, keys.reviewer2)];
  await reviewer.get(path);
  await other.get(path);
  await other.fill(`${path}/decision`, { 'decision-decision': 'approve', 'decision-reason': 'Compared with the note.' });

  const late = await reviewer.fill(`${path}/decision`, {
    'decision-decision': 'reject',
    'decision-reason': 'A long reason that is not to be lost.',
  });
  t.equal(late.status, 412);
  t.match(late.text, 'What happened meanwhile');
  t.match(late.text, 'Compared with the note.');
  t.match(late.text, /<textarea[^>]*>\nA long reason that is not to be lost\.<\/textarea>/);
  t.match(late.text, /value="reject" checked/);
  const again = await reviewer.fill(`${path}/decision`);
  t.match(again.text, 'You rejected it.', 'what was kept can be sent as it is');
  t.equal((await reviewer.get(`${path}/decision`)).path, path, 'the address at which it was shown again leads back');
});

t.test('hostile text is shown as it is', async (t) => {
  const path = await propose('Shot at the <script>alert(1)</script> of Р\u0430ypal', '\u202egnol si eman sti');
  const reviewer = await signedIn(url, keys.reviewer);
  const { text } = await reviewer.get(path);
  t.notMatch(text, '<script>alert');
  t.match(text, '[U+202E]', 'the text that is quoted turns the direction of reading');
  t.notMatch(text, '\u202e');
  t.match(text, 'letters of two scripts');
});

t.test('a form without its token is refused', async (t) => {
  const path = await propose('Shot at the mill');
  const reviewer = await signedIn(url, keys.reviewer);
  await reviewer.get(path);
  const decision = { form: 'decision', 'decision-decision': 'approve', idempotencyKey: randomUUID() };
  const refused = await reviewer.post(`${path}/decision`, Object.entries(decision));
  t.equal(refused.status, 403);
  const { body } = await client(url, keys.reviewer).get(path.replace('/desk/edits/', '/v1/incidents/').replace(/\/1$/, '/edits/1'));
  t.same(body.votes, []);
});

t.test('a contributor reads own edits alone, and has no form to decide', async (t) => {
  const path = await propose('Shot at the dam');
  const author = await signedIn(url, keys.contributor);
  const own = await author.get(path);
  t.equal(own.status, 200);
  t.notMatch(own.text, 'Send the decision');
  t.match(own.text, 'Withdraw it');
  const stranger = await signedIn(url, keys.contributor2);
  t.equal((await stranger.get(path)).status, 404);
  const { fields } = formOf((await author.get(path)).text, `${path}/withdraw`);
  const decision = { form: 'decision', 'decision-decision': 'approve', 'decision-reason': 'Mine.' };
  const decided = await author.post(`${path}/decision`, [...fields, ...Object.entries(decision)]);
  t.equal(decided.status, 403);
  const tried = await author.fill(`${path}/comments`, { 'comment-text': 'I wonder.', form: 'comment' });
  t.match(tried.text, 'I wonder.');
  t.equal((await author.fill(`${path}/withdraw`, { form: 'withdraw' })).status, 200);
});

t.test('a session that ends while somebody writes loses nothing of it', async (t) => {
  const path = await propose('Shot at the quay');
  const reviewer = await signedIn(url, keys.reviewer);
  await reviewer.get(path);
  reviewer.cookies.delete('averment_session');
  const asked = await reviewer.fill(`${path}/decision`, {
    'decision-decision': 'request_changes',
    'decision-reason': 'Say who the owner is.',
  });
  t.equal(asked.status, 401);
  const kept = await reviewer.fill('/sign-in', { key: keys.reviewer });
  t.match(kept.text, 'Say who the owner is.');
  const sent = await reviewer.fill(`${path}/decision`);
  t.match(sent.text, 'You requested changes.');
});

t.test('filters are saved under a name and opened by it', async (t) => {
  const reviewer = await signedIn(url, keys.reviewer2);
  await reviewer.get('/desk/queue?priority=high&decidable=true');
  const saved = await reviewer.fill('/desk/queue/views', { 'view-name': 'urgent' });
  t.equal(saved.path, '/desk/queue?view=urgent');
  t.match(saved.text, /<option value="high" selected>/);
  const without = await reviewer.fill('/desk/queue/views/delete');
  t.notMatch(without.text, 'view=urgent');
});

t.test('the next edit is taken by a button, and is held then', async (t) => {
  const reviewer = await signedIn(url, keys.reviewer2);
  await reviewer.get('/desk/queue');
  const taken = await reviewer.fill('/desk/next');
  t.match(taken.path, /^\/desk\/edits\//);
  t.match(taken.text, 'You hold it');
  t.match((await reviewer.fill(`${taken.path}/give-back`)).text, 'Nobody holds it.');
});

t.test('a page without a session asks to sign in', async (t) => {
  const nobody = visitor(url);
  const { path: at } = await nobody.get('/desk/queue?priority=high');
  t.equal(at, `/sign-in?back=${encodeURIComponent('/desk/queue?priority=high')}`);
});
