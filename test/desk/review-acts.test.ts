import t from 'tap';
import { client, expectStatus, type Json } from '../e2e/client.ts';
import { startServer } from '../e2e/server.ts';
import { proposeIncident, submit } from './proposing.ts';
import { signedIn, type Visitor } from './visitor.ts';

const { url, keys } = await startServer(t);
const api = { contributor: client(url, keys.contributor), contributor2: client(url, keys.contributor2) };
const as = {
  author: await signedIn(url, keys.contributor),
  reviewer: await signedIn(url, keys.reviewer),
  reviewer2: await signedIn(url, keys.reviewer2),
};

/** Opens an edit and sends its form for the decision. */
const decide = async (who: Visitor, path: string, decision: string, reason: string) => {
  await who.get(path);
  return who.fill(`${path}/decision`, { 'decision-decision': decision, 'decision-reason': reason });
};
/** Opens an edit and sends one of its other forms. */
const act = async (who: Visitor, path: string, name: string, written: Record<string, string> = {}) => {
  await who.get(path);
  return who.fill(`${path}/${name}`, written);
};

t.test('a question is answered and resolved by the author', async (t) => {
  const path = `/desk/edits/${await proposeIncident(api.contributor, 'Shot at the ford')}/1`;
  await act(as.reviewer, path, 'comments', { form: 'comment-1', change: '1', 'comment-1-text': 'Since when?' });
  const own = await as.author.get(path);
  t.match(own.text, /1 open of 1/);
  const [, comment = ''] = /name="inReplyTo" value="([^"]+)"/.exec(own.text) ?? [];
  const answer = { form: `answer-${comment}`, inReplyTo: comment, change: '', [`answer-${comment}-text`]: 'The note does not say.' };
  const answered = await as.author.fill(`${path}/comments`, answer);
  t.match(answered.text, 'The note does not say.');
  const resolved = await as.author.fill(`${path}/resolve`);
  t.match(resolved.text, '0 open of 2');
  t.match((await decide(as.reviewer, path, 'approve', 'So it says.')).text, 'You approved it.');
});

t.test('a vote is taken back, an edit is rejected and reopened, held and taken over', async (t) => {
  const path = `/desk/edits/${await proposeIncident(api.contributor, 'Shot at the pier')}/1`;
  await decide(as.reviewer, path, 'approve', 'So it says.');
  const back = await act(as.reviewer, path, 'take-back', { 'take-back-reason': 'I misread it.' });
  t.match(back.text, 'Your vote is taken back.');
  t.match(back.text, 'I misread it.', 'and the history says why');
  await act(as.reviewer, path, 'lease');
  const held = await as.reviewer2.get(path);
  t.match(held.text, /<strong><bdi>reviewer<\/bdi><\/strong> holds it until/);
  const unsaid = await as.reviewer2.fill(`${path}/lease`, { 'break-reason': '' });
  t.match([unsaid.status, unsaid.text], [422, 'href="#f-break-reason"'], 'to take it over needs a reason');
  t.match((await as.reviewer2.fill(`${path}/lease`, { 'break-reason': 'Gone for today.' })).text, 'You hold it until');
  t.match((await decide(as.reviewer2, path, 'reject', 'It is no incident.')).text, 'You rejected it.');
  const open = await act(as.reviewer, path, 'reopen', { 'reopen-reason': 'It is one.' });
  t.match(open.text, 'It is open again.');
  t.match(open.text, 'Nothing differs.', 'the new version says the same');
});

t.test('changes leave an edit, and an edit gets another author', async (t) => {
  const path = `/desk/edits/${await proposeIncident(api.contributor, 'Shot at the sluice')}/1`;
  const split = await act(as.reviewer, path, 'split', { 'split-changes': '2', 'split-reason': 'The age can wait.' });
  t.match(split.text, 'It is split.');
  t.match(split.text, `href="${path.replace(/1$/, '2')}"`);
  const to = { 'handover-to': 'nobody', 'handover-reason': 'Its author is gone.' };
  const unknown = await act(as.reviewer, path, 'handover', to);
  t.match(unknown.text, 'value="nobody"', 'what was written stands there still');
  t.not(unknown.status, 200);
  t.match((await as.reviewer.fill(`${path}/handover`, { 'handover-to': 'contributor2' })).text, 'It is handed over.');
  t.notMatch((await as.author.get(path)).text, 'Withdraw it', 'it is no longer of who submitted it');
});

t.test('what the record overtook is told, rebased, withdrawn and undone', async (t) => {
  const incident = await proposeIncident(api.contributor, 'Shot at the jetty');
  const proposal = `/desk/edits/${incident}/1`;
  await decide(as.reviewer, proposal, 'approve', 'So it says.');
  await decide(as.reviewer2, proposal, 'approve', 'So it says.');
  const { revision, claims } = expectStatus(await api.contributor.get(`/v1/incidents/${incident}`), 200) as Json & { claims: Json[] };
  const claim = claims.find(({ aspect }) => aspect === 'vehicle_motion')?.id;
  const correct = async (who: 'contributor' | 'contributor2', statement: string) => {
    const changes = [{ kind: 'correct_claim', claim, set: { statement }, basis: 'editorial', reason: 'The wording was not ours.' }];
    const sent = { baseRevision: revision, rationale: 'In other words.', changes };
    const { edit } = await submit(api[who], `/v1/incidents/${incident}/edits`, sent);
    return `/desk/edits/${incident}/${edit}`;
  };
  const one = await correct('contributor2', 'A fisherman says that the boat drifted away.');
  const two = await correct('contributor', 'A fisherman says that the boat was drifting off.');
  t.match((await as.reviewer.get(one)).text, /<del>.*was drifting.*<\/del>/s, 'the words that differ are marked');
  await as.reviewer.get(two);
  await decide(as.reviewer2, one, 'approve', 'Shorter.');
  const outdated = await as.reviewer.fill(`${two}/decision`, { 'decision-decision': 'approve', 'decision-reason': 'So is this.' });
  t.equal(outdated.status, 409);
  t.match(outdated.text, 'Claim corrected');
  t.match(outdated.text, 'So is this.');
  t.match(outdated.text, 'It cannot be approved as it is.');

  t.equal((await act(as.author, two, 'rebase')).status, 409, 'it rests on what was corrected');
  t.match((await act(as.author, two, 'withdraw', { 'withdraw-reason': 'The other one says it.' })).text, 'It is withdrawn.');
  const undo = await act(as.reviewer2, one, 'revert', { 'revert-reason': 'It lost that it was going on.' });
  t.match(undo.path, `/desk/edits/${incident}/4?did=revert`);
  t.match(undo.text, 'It undoes');
});

t.test('an edit of a source has the same page', async (t) => {
  const { items } = expectStatus(await api.contributor.get('/v1/sources?limit=1'), 200) as Json & { items: Json[] };
  const [source] = items;
  const changes = [{ kind: 'correct_source', set: { title: 'Another title of it' }, reason: 'The title was cut off.' }];
  const sent = { baseRevision: source?.version, rationale: 'The title was cut off.', changes };
  await submit(api.contributor, `/v1/sources/${source?.id}/edits`, sent);
  const path = `/desk/edits/${source?.id}/1`;
  t.match((await as.reviewer.get(path)).text, /<ins>.*Another title.*<\/ins>/s);
  t.match((await decide(as.reviewer, path, 'approve', 'So it is called.')).text, 'the edit is in the record now');
  t.equal((await as.reviewer.get('/desk/edits/nothing_1/1')).status, 404);
  t.equal((await as.reviewer.get(`/desk/edits/${source?.id}/99`)).status, 404);
});
