import { readFileSync } from 'node:fs';
import t from 'tap';
import { attributedPage } from './attributed.ts';

t.test('the page of sentences is what the code makes: `npm run attributed` writes it', async (t) => {
  t.equal(readFileSync(new URL('../../docs/attributed.md', import.meta.url), 'utf8'), attributedPage());
});
