import type { Locator, Page } from 'playwright-core';
import type { Keys } from '../e2e/client.ts';

/** The story of one article, told by clicking: from its text to the record, disputed, judged, corrected, and its past. Both the tour and its test walk it. */

/** What was done, with the page on which it is seen: `name` is that of its picture. */
export type Scene = { name: string; title: string; page: Page };

export type Stage = {
  keys: Keys;
  /** Opens the start page in a browser of somebody's own. */
  open(): Promise<Page>;
  scene(scene: Scene): Promise<void>;
};

export const article = {
  title: 'Shots on the river',
  text: 'Two officers of the river police stopped a boat on Tuesday evening. The river police said that the boat drove at the officers before one of them fired twice. A fisherman on the bank said that the boat was drifting away. On Friday the district court found that the boat had been drifting away from the officers.',
};
const incident = 'River police fire at a boat in Ferryhill';

const main = (page: Page): Locator => page.getByRole('main');
const field = (page: Page, name: string): Locator => main(page).locator(`[name="${name}"]`);
const press = (page: Page, name: string | RegExp): Promise<void> => main(page).getByRole('button', { name, exact: true }).first().click();
const follow = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('link', { name, exact: true }).first().click();

const write = async (page: Page, fields: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, value] of Object.entries(fields)) await field(page, name).fill(value);
};
const choose = async (page: Page, fields: Readonly<Record<string, string | { label: string }>>): Promise<void> => {
  for (const [name, value] of Object.entries(fields)) await field(page, name).selectOption(value);
};

const sees = (page: Page, words: string): Promise<void> => main(page).getByText(words).first().waitFor();

/** Marks a passage in the source's text with the keyboard, as somebody without a mouse does; it goes to the quote that was gone into last. */
const quote = async (page: Page, name: string, words: string): Promise<void> => {
  await field(page, name).waitFor();
  // The scripts of the page run before it has loaded.
  await page.waitForLoadState();
  await field(page, name).focus();
  const text = main(page).locator('#source-text');
  await text.evaluate((area: HTMLTextAreaElement, words) => {
    const at = area.value.indexOf(words);
    area.focus();
    area.setSelectionRange(at, at + words.length);
  }, words);
  await text.press('Shift+ArrowRight');
  await text.press('Shift+ArrowLeft');
  await page.waitForFunction(
    ([name, words]) => document.querySelector<HTMLTextAreaElement>(`[name="${name}"]`)?.value === words,
    [name, words],
  );
};

/** From the printed link on: nothing is known but one's key. */
export const signIn = async (page: Page, key: string): Promise<void> => {
  await follow(page, 'Sign in');
  await page.getByLabel('Your key').fill(key);
  await press(page, 'Sign in');
  await page.waitForURL((url) => url.pathname !== '/sign-in');
};

const decide = async (page: Page, decision: string, reason: string): Promise<void> => {
  await main(page).getByLabel(decision, { exact: true }).check();
  await main(page).locator('textarea[name="decision-reason"]').fill(reason);
  await press(page, 'Send the decision');
};

/** Opens an edit of the story from the queue. */
const fromQueue = async (page: Page, edit: number): Promise<void> => {
  await follow(page, 'Queue');
  await follow(page, `${incident}, edit ${edit}`);
  await sees(page, 'History of the review');
};

const ofIncident = async (page: Page): Promise<void> => {
  await follow(page, 'Incidents');
  await follow(page, incident);
};

/** Tells the story. Rejects at the first thing that is not as it says. */
export const tellStory = async ({ keys, open, scene: show }: Stage): Promise<void> => {
  const scene = async (one: Scene): Promise<void> => {
    await one.page.waitForLoadState();
    await show(one);
  };
  const contributor = await open();
  await scene({ name: 'story-1-start', title: 'The start page, which the printed link opens', page: contributor });
  await signIn(contributor, keys.contributor);

  await follow(contributor, 'Contribute');
  await follow(contributor, 'Paste or upload a source');
  await choose(contributor, { 's.kind': 'article' });
  await write(contributor, { 's.title': article.title, 's.publisher': 'The Ferryhill Post', 's.language': 'en', 's.text': article.text });
  await scene({ name: 'story-2-source', title: 'An article is pasted', page: contributor });
  await press(contributor, /Register/);
  await follow(contributor, 'Start an incident from it');

  await choose(contributor, { 'c1.aspect': 'vehicle_motion' });
  await press(contributor, 'Add somebody new');
  await write(contributor, { 'p1.name': 'River police' });
  await choose(contributor, { 'p1.kind': 'agency' });
  await press(contributor, 'Show what this aspect takes');
  await choose(contributor, { 'c1.speaker': 'p1', 'c1.capacity': 'spokesperson', 'c1.stance': 'alleges', 'c1.value.boolean': 'true' });
  await write(contributor, { 'c1.statement': 'The river police say that the boat drove at the officers before the shots.' });
  await quote(contributor, 'c1.citations.0.quote.exact', 'the boat drove at the officers');
  await scene({ name: 'story-3-claim', title: 'A claim is built, and a passage of the text marked for it', page: contributor });
  await press(contributor, 'Add');
  await choose(contributor, { 'c2.aspect': 'shots_fired' });
  await press(contributor, 'Show what this aspect takes');
  await choose(contributor, {
    'c2.speaker': 'p1',
    'c2.capacity': 'spokesperson',
    'c2.stance': 'asserts',
    'incident.agencies.0': 'p1',
    'incident.place.precision': 'locality',
  });
  await write(contributor, {
    'c2.value.quantity': '3',
    'c2.statement': 'The river police say that an officer fired three times.',
    'incident.title': incident,
    'incident.occurred.date': '2026-03-03',
    'incident.occurred.timeZone': 'Europe/London',
    'incident.place.text': 'the river bank',
    'incident.place.locality': 'Ferryhill',
    'incident.place.country': 'GB',
    rationale: 'The first article on the shots on the river.',
  });
  await quote(contributor, 'c2.citations.0.quote.exact', 'one of them fired twice');
  await press(contributor, 'Propose this incident');
  await sees(contributor, 'It was sent to review');
  await scene({ name: 'story-4-sent', title: 'It was sent to review, and what is odd about it is told', page: contributor });

  const reviewer = await open();
  await signIn(reviewer, keys.reviewer);
  await fromQueue(reviewer, 1);
  await scene({ name: 'story-5-edit', title: 'The edit, as who reviews it sees it', page: reviewer });
  await main(reviewer).getByText('Comment on change 1').click();
  await main(reviewer).locator('textarea[name="comment-0-text"]').fill('Is the bank in Ferryhill? The article does not name the town.');
  await main(reviewer).locator('details[open]').getByRole('button', { name: 'Comment on this change' }).click();
  await sees(reviewer, '1 open of 1');
  await scene({ name: 'story-6-comment', title: 'A question about one of its changes', page: reviewer });

  await follow(contributor, 'Desk');
  await sees(contributor, 'What happened');
  await scene({ name: 'story-7-desk', title: 'Its author is told at the desk', page: contributor });
  await contributor.goto(reviewer.url());
  await main(contributor).getByText('Answer', { exact: true }).first().click();
  await main(contributor)
    .locator('details[open] textarea')
    .first()
    .fill('The post is that of Ferryhill, and the river has one bank in the town.');
  await press(contributor, 'Answer');
  await sees(contributor, 'one bank in the town');

  await reviewer.goto(contributor.url());
  await press(reviewer, 'Resolve');
  await sees(reviewer, '0 open of');
  await decide(reviewer, 'Approve', 'Both claims stand in the article.');
  await sees(reviewer, 'the edit is in the record now');
  await scene({ name: 'story-8-approved', title: 'Approved: it is in the record', page: reviewer });

  const other = await open();
  await signIn(other, keys.contributor2);
  await ofIncident(other);
  await follow(other, 'Dispute this: The river police say that the boat drove at the officers before the shots.');
  await press(other, 'Add somebody new');
  await write(other, { 'p1.name': 'a fisherman on the bank' });
  await choose(other, { 'p1.kind': 'described_role' });
  await choose(other, { 'c1.by': 'p1', 'c1.capacity': 'eyewitness', 'c1.basis': 'stated' });
  await write(other, { 'c1.grounds': 'He saw the boat drift away from the officers.', rationale: 'A witness tells it otherwise.' });
  await quote(other, 'c1.citations.0.quote.exact', 'the boat was drifting away');
  await press(other, 'Add');
  await choose(other, { 'c2.aspect': 'vehicle_motion' });
  await press(other, 'Show what this aspect takes');
  await choose(other, {
    'c2.speaker': 'p1',
    'c2.capacity': 'eyewitness',
    'c2.stance': 'denies',
    'c2.value.boolean': 'true',
    'c1.counterClaim': 'c2',
  });
  await write(other, { 'c2.statement': 'A fisherman says that the boat was drifting away.' });
  await quote(other, 'c2.citations.0.quote.exact', 'the boat was drifting away');
  await scene({ name: 'story-9-dispute', title: 'A claim is disputed', page: other });
  await press(other, 'Send this to review');
  await sees(other, 'It was sent to review');
  await fromQueue(reviewer, 2);
  await decide(reviewer, 'Approve', 'So the fisherman says.');
  await sees(reviewer, 'the edit is in the record now');

  await ofIncident(other);
  await follow(other, 'Record a ruling');
  await press(other, 'Add somebody new');
  await write(other, { 'p1.name': 'Ferryhill District Court' });
  await choose(other, { 'p1.kind': 'court' });
  const summary = 'The court found that the boat had been drifting away from the officers.';
  await choose(other, { 'c1.court': 'p1', 'c1.finality': 'final', 'c1.basis': 'report', 'c1.effects.0.effect': 'contradicts' });
  await field(other, 'c1.effects.0.claim').selectOption({
    label: 'The river police say that the boat drove at the officers before the shots.',
  });
  await write(other, { 'c1.decidedOn': '2026-03-06', 'c1.summary': summary, rationale: 'The court decided.' });
  const found = 'the district court found that the boat had been drifting away from the officers';
  await quote(other, 'c1.effects.0.citations.0.quote.exact', found);
  await quote(other, 'c1.citations.0.quote.exact', found);
  await scene({ name: 'story-10-ruling', title: 'What the court found is entered', page: other });
  await press(other, 'Send this to review');
  await sees(other, 'It was sent to review');
  await fromQueue(reviewer, 3);
  await decide(reviewer, 'Approve', 'The article says so.');
  await sees(reviewer, '1 of 2');
  const second = await open();
  await signIn(second, keys.reviewer2);
  await fromQueue(second, 3);
  await scene({ name: 'story-11-second', title: 'A ruling takes two: the first vote is seen by the second reviewer', page: second });
  await decide(second, 'Approve', 'Compared with the article.');
  await sees(second, 'the edit is in the record now');

  await ofIncident(other);
  await follow(other, 'Correct this: The river police say that an officer fired three times.');
  await write(other, {
    'c1.set.value.quantity': '2',
    'c1.set.statement': 'The river police say that an officer fired twice.',
    'c1.reason': 'Misread by the first editor.',
    rationale: 'The article says twice.',
  });
  await quote(other, 'c1.citations.0.quote.exact', 'one of them fired twice');
  await scene({ name: 'story-12-correction', title: 'A slip is corrected', page: other });
  await press(other, 'Send this to review');
  await sees(other, 'It was sent to review');
  await fromQueue(second, 4);
  await decide(second, 'Approve', 'The article says twice.');
  await sees(second, 'the edit is in the record now');

  const reader = await open();
  await ofIncident(reader);
  for (const words of ['contradicted by a court', 'He saw the boat drift away from the officers.', summary, 'Misread by the first editor.'])
    await sees(reader, words);
  await scene({ name: 'story-13-record', title: 'What a reader sees in the end', page: reader });
  await follow(reader, 'Its past, step by step');
  await sees(reader, 'Step 4 of 4');
  await scene({ name: 'story-14-past', title: 'The last step of its past, with what it changed marked', page: reader });
  for (const step of [3, 2, 1]) {
    await follow(reader, 'Earlier');
    await sees(reader, `Step ${step} of 4`);
  }
  await sees(reader, 'The river police say that an officer fired three times.');
};
