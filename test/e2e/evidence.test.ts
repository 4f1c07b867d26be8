import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Anchored, enter, erase, importBoth, mergeParties, protect, revise } from './evidence.ts';
import { type Article, articlesBeside, nothingEntered, standIns } from './model.ts';
import { startServer } from './server.ts';

/** What becomes of the evidence of each text once it is recorded. docs/evidence.md tells it, with these figures. */

const server = await startServer(t, { SAMPLES: 'off' });
const entered = nothingEntered();
const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'evidence.md'), 'utf8');

const rowOf = ({ name }: Article, { quotations, stand, changed, gone, edits }: Anchored): string =>
  `| ${name} | ${[quotations, stand, changed, gone, edits].join(' | ')} |`;

const tell = async (t: Test, article: Article): Promise<void> => {
  const story = await enter(article, server, entered);
  const anchored = await revise(story);
  t.same(anchored.kept, [], 'no quotation says what its text has not, and none of the past is moved');
  const row = rowOf(article, anchored);
  t.ok(page.includes(row), `docs/evidence.md has the row ${row}`);

  t.strictSame(await importBoth(story), [
    { page: 2, from: null, to: null },
    { page: null, from: 1, to: 4.5 },
  ]);
  t.strictSame(await mergeParties(story), [2, 1, 2]);

  const { refused, open, whole, withheld } = await protect(story);
  t.strictSame(refused, { status: 422, type: '/problems/private-name' });
  t.equal(withheld, `What became of [name withheld], after the ${article.name}`);
  t.notMatch(open, /Vane/);
  t.match(whole, /Vane/);

  const erased = await erase(story);
  t.equal(erased.refused, 'refused');
  t.ok(erased.places > 2, 'it was found wherever it stood');
  t.ok(erased.before.length > 4, 'the words were read there');
  t.strictSame(erased.after, [], 'and are nowhere any more');
};

const beside = articlesBeside();
if (beside.length === 0) t.comment('skipped: the articles are not beside this checkout; their stand-ins take their place');
for (const article of beside.length === 0 ? standIns().slice(0, 5) : beside) await t.test(article.name, (t) => tell(t, article));
