import t from 'tap';
import { writtenPdf } from '../src/testing.ts';
import { articles, drawnPdf, isQuotable, paragraphsOf, readBytes, sliceOf, typedOn } from './given.ts';

const left =
  'The harbour office said on Tuesday that two of its guards had stopped the boat and that one of them fired twice at it before the boat turned away. ';
const right =
  'A fisherman on the bank said that the boat was drifting away from the guards all the time and that nobody on board had done anything to them. ';

/** What the fonts that every PDF has can show. */
const shown = (text: string): string => text.replace(/[^\u0000-\u00ff‘’“”–—…]/g, '?');

t.test('given an article in two columns over pages, every paragraph can be quoted as one types it, with its page', async (t) => {
  for (const { name, text } of articles()) {
    const paragraphs = paragraphsOf(shown(text));
    // So low that it takes several.
    const pdf = await drawnPdf(
      (document) => {
        document
          .fontSize(18)
          .text(paragraphs[0] ?? '')
          .moveDown();
        document.fontSize(10).text(paragraphs.slice(1).join('\n\n'), { columns: 2, columnGap: 24, width: 468, align: 'justify' });
      },
      { size: [612, 400] },
    );
    const read = await readBytes(pdf, 'application/pdf');
    const missing = paragraphs.filter((paragraph) => !isQuotable(read.text, typedOn(paragraph.trim()).slice(0, 1900)));
    t.strictSame(missing, [], name);
    t.strictSame(
      read.pages?.map(({ page }) => page),
      read.pages?.map((_, index) => index + 1),
    );
    t.equal(read.pages?.at(-1)?.end, [...read.text].length);
  }
});

t.test('columns that a program draws line by line, across both, are read one after the other', async (t) => {
  const pdf = await drawnPdf((document) => {
    const width = 220;
    const linesOf = (text: string) => {
      const lines: string[] = [];
      for (const word of text.repeat(3).trim().split(' ')) {
        const line = `${lines.at(-1) ?? ''} ${word}`.trim();
        if (lines.length > 0 && document.widthOfString(line) < width) lines[lines.length - 1] = line;
        else lines.push(word);
      }
      return lines;
    };
    document.fontSize(10);
    const [one, other] = [linesOf(left), linesOf(right)];
    document.text('A heading over both columns, which is wide enough to cross the gap between them, as headings do', 72, 72, {
      lineBreak: false,
    });
    for (let row = 0; row < Math.max(one.length, other.length); row += 1) {
      document.text(one[row] ?? '', 72, 100 + row * 13, { lineBreak: false });
      document.text(other[row] ?? '', 312, 100 + row * 13, { lineBreak: false });
    }
  });
  const { text } = await readBytes(pdf, 'application/pdf');
  t.ok(isQuotable(text, left.repeat(3).trim()), text);
  t.ok(isQuotable(text, right.repeat(3).trim()));
  t.ok(text.startsWith('A heading over'));
});

t.test('a table is read row by row', async (t) => {
  const pdf = await drawnPdf((document) => {
    for (const [row, cells] of [
      ['Shots', '2'],
      ['Hurt', 'nobody'],
      ['Guards', '2'],
      ['Boats', '1'],
      ['Witnesses', '3'],
      ['Hearings', '1'],
    ].entries())
      for (const [column, cell] of cells.entries()) document.text(cell, 72 + column * 240, 100 + row * 16, { lineBreak: false });
  });
  t.match((await readBytes(pdf, 'application/pdf')).text, /^Shots 2\nHurt nobody\nGuards 2\n/);
});

t.test('numbers of lines in the margin of a pleading are no part of its text', async (t) => {
  const words = left.repeat(4).trim().split(' ');
  const pdf = await drawnPdf((document) => {
    for (let row = 0; row < 20; row += 1) {
      document.text(String(row + 1), row < 9 ? 54 : 48, 100 + row * 24, { lineBreak: false });
      document.text(words.slice(row * 6, row * 6 + 6).join(' '), 90, 100 + row * 24, { lineBreak: false });
    }
  });
  t.ok(isQuotable((await readBytes(pdf, 'application/pdf')).text, words.slice(0, 110).join(' ')));
});

t.test('a running head, foot and page number stand on the first page alone, so that a quotation goes on over the page', async (t) => {
  const pdf = await drawnPdf(
    (document) => {
      for (let page = 0; page < 4; page += 1) {
        if (page > 0) document.addPage();
        document
          .fontSize(9)
          .text('Case 2:26-cv-00012 Document 4', 72, 30, { lineBreak: false })
          .text(`Page ${page + 1} of 4`, 400, 30, { lineBreak: false });
        document
          .fontSize(11)
          .text(`${page === 0 ? 'The guards said that' : 'the boat and that'} the boat had turned toward`, 72, 100, { lineBreak: false });
        document.text(`them at ${page} knots`, 72, 120, { lineBreak: false }).text('and that they saw', 72, 140, { lineBreak: false });
        document
          .text('nobody else at all on', 72, 160, { lineBreak: false })
          .fontSize(9)
          .text(String(page + 1), 300, 700, { lineBreak: false });
      }
    },
    { margin: 20 },
  );
  const { text, pages } = await readBytes(pdf, 'application/pdf');
  t.equal(text.split('Case 2:26-cv-00012').length, 2);
  t.ok(isQuotable(text, 'nobody else at all on the boat and that the boat had turned toward them at 3 knots'), text);
  t.match(sliceOf(text, pages?.[3] ?? { start: 0, end: 0 }), /^the boat and that the boat had turned toward\nthem at 3 knots/);
});

t.test('ligatures, soft hyphens, words that a line ends in, and text that is drawn twice read as one types them', async (t) => {
  const line = (y: number, hexadecimal: string) => `BT /F 12 Tf 72 ${y} Td <${hexadecimal}> Tj ET`;
  const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex');
  const letters = Object.fromEntries([...'abcdefghijklmnopqrstuvwxyzTO -.14673'].map((letter) => [hex(letter), `00${hex(letter)}`]));
  const unicode = { ...letters, E1: 'FB01', E2: 'FB03', E3: '00AD', E4: '00A0' };
  const content = [
    line(700, `${hex('The o')}E2${hex('cer')}E4${hex('was')}`),
    line(684, `${hex('un')}E3${hex('armed and the ')}E1${hex('rst wit-')}`),
    line(668, hex('ness a 16-')),
    line(652, hex('year-old.')),
    line(600, hex('Twice')),
    'BT /F 12 Tf 72.4 600 Td (Twice) Tj ET',
  ].join('\n');
  const { text } = await readBytes(writtenPdf(content, unicode), 'application/pdf');
  t.ok(isQuotable(text, 'The officer was unarmed and the first witness a 16-year-old.'), text);
  t.notOk(isQuotable(text, '16year'), 'a hyphen between digits and letters stays');
  t.equal(text.split('Twice').length, 2);
});

t.test('what a PDF says of itself is told; the name of a file is no title', async (t) => {
  const draw = (document: PDFKit.PDFDocument) => document.text(left);
  t.match(await readBytes(await drawnPdf(draw, { info: { Title: 'A filing', Author: 'The office' }, lang: 'en-US' }), 'application/pdf'), {
    title: 'A filing',
    authors: ['The office'],
    language: 'en-US',
    publishedAt: null,
    response: null,
    original: { mediaType: 'application/pdf' },
  });
  t.equal((await readBytes(await drawnPdf(draw, { info: { Title: 'Microsoft Word - filing2.docx' } }), 'application/pdf')).title, null);
});

t.test('a scan, a locked, a broken and too long a PDF are refused', async (t) => {
  await t.rejects(readBytes(await drawnPdf((document) => document.rect(10, 10, 100, 100).fill()), 'application/pdf'), { code: 'no_text' });
  const locked = await drawnPdf((document) => document.text(left), { userPassword: 'secret' });
  await t.rejects(readBytes(locked, 'application/pdf'), { code: 'locked' });
  await t.rejects(readBytes('%PDF-1.7\nnothing of the kind', 'application/pdf'), { code: 'broken' });
  await t.rejects(readBytes('<p>no PDF</p>', 'application/pdf'), { code: 'broken' });
  const pages = await drawnPdf((document) => document.text(left).addPage().text(left).addPage().text(left));
  await t.rejects(readBytes(pages, 'application/pdf', { pages: 2 }), { code: 'too_many_pages' });
  await t.rejects(readBytes(pages, 'application/pdf', { text: 200 }), { code: 'too_large' });
});
