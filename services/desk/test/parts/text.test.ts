import t from 'tap';
import { inContext, plainText, quotation, safeText } from '../../src/parts/text.ts';

const of = async (piece: ReturnType<typeof safeText>): Promise<string> => String(await piece);
const bare = (markup: string): string => markup.replaceAll(/<[^>]*>/g, '');

t.test('a text that nobody meddled with is only kept to itself', async (t) => {
  for (const text of ['An officer said no.', 'Zürich, 14–16 h', 'شرطة', 'می‌خواهم', 'क्‍ष', 'क्\u200d', '👩‍👩‍👧 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ☎︎', 'a\tb\r\nc'])
    t.equal(await of(safeText(text)), `<bdi>${text}</bdi>`);
  t.equal(await of(safeText('<b> & "c"')), '<bdi>&lt;b&gt; &amp; &quot;c&quot;</bdi>');
});

t.test('what nobody would see is written out with its name', async (t) => {
  t.equal(await of(safeText('a\u202eb')), '<bdi>a<span class="unseen" title="U+202E RIGHT-TO-LEFT OVERRIDE">[U+202E]</span>b</bdi>');
  const written: Record<string, string> = {
    '\u200e\u200f': '[U+200E][U+200F]',
    'of\u200bficer': 'of[U+200B]ficer',
    '\ufeff\0\u0085\x7f': '[U+FEFF][U+0000][U+0085][U+007F]',
    'x\ufe0f': 'x[U+FE0F]',
    'x\u{e0041}\u{e01ef}': 'x[U+E0041][U+E01EF]',
    '\ud800x\udfff': '[U+D800]x[U+DFFF]',
    '\u2066a\u2069': '[U+2066]a[U+2069]',
    'no\u200dpe': 'no[U+200D]pe',
  };
  for (const [text, expected] of Object.entries(written)) t.equal(bare(await of(safeText(text))), expected);
  t.equal(plainText('a\u202e<b'), 'a[U+202E]<b');
  t.match(await of(safeText('\u{e0041}')), 'title="U+E0041 TAG A"');
  t.match(await of(safeText('\u{e01ef}')), 'VARIATION SELECTOR-256');
});

t.test('a row of the same is told once', async (t) => {
  t.equal(bare(await of(safeText('a'.concat('\u200b'.repeat(5000), 'b')))), 'a[U+200B × 5000]b');
  t.equal(bare(await of(safeText('\u{e0041}\u{e0041}'))), '[U+E0041 × 2]');
});

t.test('a word of letters of two scripts is marked, two words of one each are not', async (t) => {
  t.equal(bare(await of(safeText('from P\u0430ul to Анна'))), 'from P\u0430ul [letters of two scripts: Latin, Cyrillic] to Анна');
  t.equal(bare(await of(safeText('Ηouse'))), 'Ηouse [letters of two scripts: Latin, Greek]');
  t.equal(await of(safeText('Анна spoke, 5 µm')), '<bdi>Анна spoke, 5 µm</bdi>');
});

t.test('a quotation says its language and finds its direction', async (t) => {
  t.equal(await of(quotation('Nein.', 'de')), '<blockquote class="quotation" dir="auto" lang="de">Nein.</blockquote>');
  t.equal(await of(quotation('a"b', null, { inline: true })), '<q dir="auto">a&quot;b</q>');
  t.equal(
    await of(quotation('x', '"><script>')),
    '<blockquote class="quotation" dir="auto" lang="&quot;&gt;&lt;script&gt;">x</blockquote>',
  );
});

t.test('a passage is marked where its code points stand', async (t) => {
  const plain = async (...args: Parameters<typeof inContext>) => {
    const markup = await of(inContext(...args));
    return bare(
      markup
        .replaceAll(/<span class="ds-sr-only">[^<]*<\/span>/g, '')
        .replace('<mark>', '|')
        .replace('</mark>', '|'),
    );
  };
  t.equal(await plain('One. Two. Three.', 5, 9), 'One. |Two.| Three.');
  t.equal(await plain('One. Two. Three.', 5, 9, { around: 2 }), '… . |Two.| T …');
  t.equal(await plain('😀😀ab😀', 2, 4, { around: 1 }), '… 😀|ab|😀');
  t.equal(await plain('😀😀ab😀😀', 1, 3, { around: 0 }), '… |😀a| …');
  t.equal(await plain('\ud83d😀x', 1, 2), '[U+D83D]|😀|x', 'a half is a code point of its own');
  t.equal(await plain('a<b>c', 1, 4), 'a|&lt;b&gt;|c');
  t.throws(() => inContext('short', 9, 12), RangeError);
  t.throws(() => inContext('short', -1, 2), RangeError);
  t.throws(() => inContext('short', 3, 3), RangeError);
});
