import t from 'tap';
import { articles, isQuotable, paragraphsOf, readBytes, typedOn } from './given.ts';

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const long =
  'The harbour office said on Tuesday that two of its guards had stopped the boat, and that one of them fired twice at it before it turned away.';
const page = (article: string, head = ''): string =>
  `<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>The tour</title>${head}</head><body><nav><a href="/">Home</a> <a href="/news">News</a></nav>${article}<footer>All rights reserved.</footer></body></html>`;

t.test('given an article as a page of a newspaper, every sentence of it can be quoted as one types it', async (t) => {
  for (const { name, text } of articles()) {
    const [headline = '', ...paragraphs] = paragraphsOf(text);
    // Minified, with soft hyphens in long words and the blanks that editors set.
    const set = (paragraph: string) =>
      escaped(paragraph)
        .replace(/(\p{L}{5})(\p{L}{5})/gu, '$1&shy;$2')
        .replace(/(\d) /g, '$1&nbsp;');
    const html = page(`<article><h1>${escaped(headline)}</h1>${paragraphs.map((each) => `<p>${set(each)}</p>`).join('')}</article>`);
    const { text: read, title } = await readBytes(html, 'text/html');
    t.equal(title, headline.replace(/\s+/g, ' ').trim(), `${name}: the headline is whole`);
    const missing = [headline, ...paragraphs].filter((paragraph) => !isQuotable(read, typedOn(paragraph.trim()).slice(0, 1900)));
    t.strictSame(missing, [], `${name}: each paragraph is found`);
  }
});

t.test('what a newsroom sets apart stays in the text', async (t) => {
  const kept = {
    'an aside with the answer of the other side':
      '<aside><p>The owner of the boat answered on Friday: he had not been told to stop by anybody at all.</p></aside>',
    'a correction in a footer':
      '<footer class="correction"><p>Correction: an earlier version of this report said that three shots had been fired at the boat.</p></footer>',
    'a remark':
      '<div class="remark"><p>The office later remarked that the guards had acted as they were taught to act in such a case.</p></div>',
    'a comment of the office':
      '<div class="agency-comment"><p>“We comment on nothing that is under investigation,” wrote the office in its answer to the paper.</p></div>',
    'a banner':
      '<section class="banner-note"><p>The court closed the hearing to the public at the wish of both sides on Monday morning.</p></section>',
    'a sentence of the authorities': '<p class="authorities">Authorities: the man was not armed.</p>',
    'the byline': '<p class="byline">By A. Writer, at the harbour</p>',
    'a table': '<table><tr><td>Shots</td><td>2</td></tr><tr><td>Hurt</td><td>nobody</td></tr></table>',
  };
  for (const [what, html] of Object.entries(kept)) {
    const { text } = await readBytes(
      page(`<article><h1>Shots at a boat</h1><p>${long}</p>${html}<p>${long.replace('Tuesday', 'Friday')}</p></article>`),
      'text/html',
    );
    const words = html
      .replace(/<\/t[dr]>/g, ' ')
      .replace(/<[^>]+>/g, '')
      .trim()
      .replace(/\s+/g, ' ');
    t.ok(text.replace(/\s+/g, ' ').includes(words), `${what}: ${words}`);
  }
});

t.test('what is beside the article, struck out or not shown is no part of it', async (t) => {
  const { text } = await readBytes(
    page(
      `<article><h1>Shots</h1><p>${long} <del>Three men were hurt.</del> <ins>Two men were hurt.</ins></p><p>${long}</p><script>var x = 'script';</script><p style="display:none">Hidden words of a template that nobody sees on the page.</p></article><div id="comments"><p>A reader wrote that all of this was made up by the office, as always.</p></div>`,
    ),
    'text/html',
  );
  for (const left of ['Three men', 'script', 'Hidden words', 'A reader wrote', 'All rights reserved', 'Home'])
    t.notOk(text.includes(left), left);
  t.ok(text.includes('Two men were hurt.'));
});

t.test('blocks, lines and blanks are as a page shows them', async (t) => {
  const { text } = await readBytes(
    page(
      `<article><h1>Shots</h1><p>One<br>two  and\n three</p><ul><li>first</li><li>second</li></ul><blockquote><p>He said <q>stop</q>.</p></blockquote><p>${long}</p><p>${long}</p></article>`,
    ),
    'text/html',
  );
  t.equal(text, `Shots\n\nOne\ntwo and three\n\nfirst\n\nsecond\n\nHe said “stop”.\n\n${long}\n\n${long}`);
});

t.test('the headline is not cut at its colon, and stands in the text once', async (t) => {
  const head = '<meta property="og:title" content="Driver aimed at guards">';
  const headline = 'Police: driver aimed at guards';
  const { text, title } = await readBytes(
    page(`<article><header><h1>${headline}</h1></header><p>${long}</p><p>${long}</p></article>`, head),
    'text/html',
  );
  t.equal(title, headline);
  t.equal(text.split(headline).length, 2);
});

t.test('what a page says of itself is told, and only dates that it writes as dates', async (t) => {
  const data = {
    '@context': 'https://schema.org',
    '@graph': [
      {
        '@type': 'NewsArticle',
        headline: 'Shots',
        datePublished: '2026-01-14T18:50:00.000+0100',
        author: [{ name: 'A. Writer' }, { name: 'B. Writer' }],
        publisher: { name: 'The tour' },
      },
    ],
  };
  const article = `<article><h1>Shots</h1><p>${long}</p><p>${long}</p></article>`;
  t.match(await readBytes(page(article, `<script type="application/ld+json">${JSON.stringify(data)}</script>`), 'text/html'), {
    authors: ['A. Writer', 'B. Writer'],
    publisher: 'The tour',
    publishedAt: '2026-01-14T18:50:00+01:00',
    language: 'en-GB',
  });
  const timed = article.replace('<p>', '<time datetime="2026-01-15">Yesterday</time><p>');
  t.equal((await readBytes(page(timed), 'text/html')).publishedAt, '2026-01-15');
  t.match(await readBytes(page(article, '<meta name="date" content="last Thursday">'), 'text/html'), {
    publishedAt: null,
    authors: [],
    publisher: null,
  });
});

t.test('a page is decoded as its bytes, its media type or it itself says', async (t) => {
  const html = (charset: string) => page(`<article><p>${long} Müller’s café.</p><p>${long}</p></article>`).replace('utf-8', charset);
  const latin = (text: string) => Buffer.from(text.replaceAll('’', '\u0092'), 'latin1');
  for (const [bytes, type] of [
    [Buffer.from(html('utf-8')), 'text/html'],
    [latin(html('windows-1252')), 'text/html'],
    [latin(html('none-such').replace('charset', 'x')), 'text/html'],
    [latin(html('utf-8')), 'text/html; charset=windows-1252'],
    [Buffer.from(`\ufeff${html('utf-8')}`, 'utf16le'), 'text/html'],
  ] as const)
    t.match((await readBytes(bytes, type)).text, /Müller’s café/, type);
});

t.test('a piece of a page is read whole', async (t) => {
  const { text } = await readBytes(`<p>${long}</p><p>Second. ${long}</p><p>Third. ${long}</p>`, 'text/html');
  t.strictSame(text.split('\n\n'), [long, `Second. ${long}`, `Third. ${long}`]);
});

t.test('a page is read that leaves out the tags of its head and its body, as it may', async (t) => {
  for (const html of [
    `<!doctype html><html lang="en-GB"><title>The tour</title><article><p>${long}</p></article>`,
    `<html lang="en-GB"><head><title>The tour</title></head><p>${long}</p>`,
    `<!doctype html><html lang="en-GB">\n<!-- a note -->\n<meta charset="utf-8"><title>The tour</title><h2>Harbour</h2><p>${long}</p></html>`,
    `<title>The tour</title><p>${long}</p>`,
  ]) {
    const { text, title, language } = await readBytes(html, 'text/html');
    t.ok(text.includes(long), html.slice(0, 60));
    t.equal(title, 'The tour');
    t.equal(language, html.includes('lang=') ? 'en-GB' : null);
  }
});

t.test('a page without an article, and one with too long a text, are refused', async (t) => {
  await t.rejects(readBytes(page('<img src="x.png">').replace('All rights reserved.', ''), 'text/html'), { code: 'no_text' });
  await t.rejects(readBytes(page(`<article><p>${long}</p><p>${long}</p></article>`), 'text/html', { text: 100 }), { code: 'too_large' });
});
