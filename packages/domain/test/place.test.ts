import t from 'tap';
import { commandId, editBody, placeOf, quotedText, resolveChanges, type SearchedText, searchQuotes, sourcesNeeded } from '../src/index.ts';
import { tagCase } from './given.ts';
import { addClaim, type Body, sourceId } from './scene.ts';

const command = commandId({ subject: 'ann', method: 'POST', path: '/', key: '1' });
const text = 'On the first page. A boat is drifting.\n\nOn the second page. It is drifting away.';
const pages = [
  { page: 1, start: 0, end: 38 },
  { page: 2, start: 40, end: 80 },
];
const cues = [
  { from: 1, to: 2.5, speaker: null, start: 0, end: 18 },
  { from: 4, to: 9, speaker: 'A guard', start: 19, end: 38 },
  { from: 3600, to: 3601, speaker: null, start: 40, end: 80 },
];
const untold = { page: null, from: null, to: null };

t.test('a quotation is on the page where it begins, and as long as the captions that it goes over', async (t) => {
  const told = (start: number, end: number) => placeOf({ pages, cues }, untold, { start, end }).told;
  t.strictSame(told(0, 8), { page: 1, from: 1, to: 2.5 });
  t.strictSame(told(17, 20), { page: 1, from: 1, to: 9 });
  t.strictSame(told(30, 50), { page: 1, from: 4, to: 3601 });
  t.strictSame(told(39, 50), { page: 2, from: 3600, to: 3601 }, 'what begins between two is of the next');
  t.strictSame(told(79, 80), { page: 2, from: 3600, to: 3601 });
  t.strictSame(
    placeOf({}, { page: 7, from: 1, to: 2 }, { start: 0, end: 8 }).told,
    { page: 7, from: 1, to: 2 },
    'who pasted a text says it',
  );
  t.strictSame(placeOf(undefined, untold, { start: 0, end: 8 }).told, untold);
});

t.test('who says it otherwise than the document is told', async (t) => {
  const wrong = (sent: Partial<typeof untold> | object) => placeOf({ pages, cues }, { ...untold, ...sent }, { start: 20, end: 30 }).wrong;
  t.strictSame(wrong({ page: 1, from: 4, to: 9 }), []);
  t.strictSame(wrong({ from: 5.5, to: 6 }), [], 'within a caption one may be more exact');
  t.match(wrong({ page: 2 }), [['page', /that is page 1/]]);
  t.match(wrong({ from: 3, to: 6 }), [['from', /from 4 to 9/]]);
  t.match(wrong({ from: 5, to: 10 }), [['from', /from 4 to 9/]]);
});

const film = sourceId('film');
const resolve = (citation: Body, placed: SearchedText['placed'] = { cues, pages: null }) => {
  const { changes } = editBody.parse({
    baseRevision: 1,
    rationale: '§',
    changes: [addClaim('c1', { citations: [{ source: film, ...citation }] })],
  });
  const quotes = sourcesNeeded(changes).flatMap((needed) => needed.quotes);
  const sourceText = () => ({ ...searchQuotes(quotedText(text), quotes), placed });
  const resolved = resolveChanges(changes, { command, editCommand: command, sourceText, tagCase, pointer: '/changes' });
  if (!resolved.ok) return resolved.error.errors;
  const [change] = resolved.value.changes;
  return change?.kind === 'add_claim' ? change.claim.citations[0] : undefined;
};

t.test('a citation is stored with its page and times, or with the scene that it describes', async (t) => {
  t.match(resolve({ quote: { exact: 'A boat is drifting' } }), { page: null, from: 4, to: 9, scene: null });
  t.match(resolve({ quote: { exact: 'It is drifting away' } }, { pages, cues: null }), { page: 2, from: null, to: null });
  const at = '/changes/0/claim/citations/0';
  t.match(resolve({ quote: { exact: 'A boat is drifting' }, page: 2 }, { pages, cues: null }), [{ pointer: `${at}/page` }]);

  const scene = 'A man on the bank raises both hands.';
  t.match(resolve({ scene, from: 12.25, to: 15 }), { scene, from: 12.25, to: 15, quote: null, position: null, page: null });
  t.match(resolve({ scene }), [{ pointer: `${at}/from`, message: /is needed/ }]);
  t.match(resolve({ scene, from: 12 }), [{ pointer: `${at}/to`, message: /is needed/ }]);
  t.match(resolve({ scene, from: 12, to: 12 }), [{ pointer: `${at}/to`, message: /later/ }]);
  t.match(resolve({ scene, from: 1, to: 2, quote: { exact: 'A boat' } }), [{ pointer: `${at}/scene` }]);
  t.strictSame(sourcesNeeded([{ source: film, revision: 1, quote: null, position: null, scene }]), [], 'no text is read for a scene');
});
