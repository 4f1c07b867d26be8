import t from 'tap';
import { textDiff, wordDiff } from '../../src/parts/diff.ts';

/** `[-removed-]`, `{+added+}`. */
const marks = async (piece: ReturnType<typeof wordDiff>): Promise<string> =>
  String(await piece)
    .replaceAll(/<span class="ds-sr-only">[^<]*<\/span>/g, '')
    .replaceAll('<del>', '[-')
    .replaceAll('</del>', '-]')
    .replaceAll('<ins>', '{+')
    .replaceAll('</ins>', '+}')
    .replaceAll('</p>', '¶')
    .replaceAll(/<[^>]*>/g, '');

t.test('words that changed are told, whole', async (t) => {
  const cases: [before: string, after: string, expected: string][] = [
    ['She had no gun.', 'She had a gun.', 'She had [-no-]{+a+} gun.'],
    ['shots were fired', 'no shots were fired', '{+no +}shots were fired'],
    ['The officer’s car', 'The officers’ car', 'The [-officer’s-]{+officers’+} car'],
    ['один два три', 'один четыре три', 'один [-два-]{+четыре+} три'],
    ['أطلق الشرطي النار', 'أطلق الرجل النار', 'أطلق [-الشرطي-]{+الرجل+} النار'],
    ['same', 'same', 'same'],
    ['', 'new', '{+new+}'],
    ['old', '', '[-old-]'],
    ['a b', 'a', 'a[- b-]'],
    ['a x b y c', 'a p b q c', 'a [-x-]{+p+} b [-y-]{+q+} c'],
  ];
  for (const [before, after, expected] of cases) t.equal(await marks(wordDiff(before, after, 'en')), expected);
});

t.test('a change is said in words too', async (t) => {
  t.equal(
    String(await wordDiff('one <b>', 'two <b>', 'en')),
    '<span class="diff" lang="en" dir="auto"><del><span class="ds-sr-only">removed: </span>one</del><ins><span class="ds-sr-only">added: </span>two</ins> &lt;b&gt;</span>',
  );
  t.notMatch(String(await wordDiff('a', 'b', null)), 'lang=');
});

t.test('changed white space is seen', async (t) => {
  t.equal(await marks(wordDiff('a b', 'a  b', 'en')), 'a[-␣-]{+␣␣+}b');
  t.equal(await marks(wordDiff('a b', 'a\tb', 'en')), 'a[-␣-]{+⇥+}b');
  t.equal(await marks(wordDiff('a b', 'a\u00a0b', 'en')), 'a[-␣-]{+⍽+}b');
  t.equal(await marks(wordDiff('a b', 'a\nb', 'en')), 'a[-␣-]{+↵\n+}b');
  t.match(String(await wordDiff('a b', 'a  b', 'en')), 'added: </span><span class="diff-space" title="2 times space" aria-hidden="true">');
});

t.test('what nobody sees is written out also where it changed', async (t) => {
  t.equal(await marks(wordDiff('he said', 'he \u202esaid', 'en')), 'he {+[U+202E]+}said');
  t.equal(await marks(wordDiff('said', 'sa\u200bid', 'en')), '[-said-]{+sa[U+200B]id+}');
});

t.test('long texts show what changed, and count the rest', async (t) => {
  const paragraphs = Array.from({ length: 20 }, (_, index) => `Paragraph ${index}.\n\n`);
  const before = paragraphs.join('');
  const after = before.replace('Paragraph 5.', 'Section 5.').replace('Paragraph 15.\n\n', '');
  t.equal(
    (await marks(textDiff(before, after, 'en'))).replaceAll('\n', ''),
    [
      '… 4 paragraphs unchanged¶Paragraph 4.¶',
      '[-Paragraph-]{+Section+} 5.¶',
      'Paragraph 6.¶… 7 paragraphs unchanged¶Paragraph 14.¶',
      '[-Paragraph 15.-]¶',
      'Paragraph 16.¶… 3 paragraphs unchanged¶',
    ].join(''),
  );
  t.equal((await marks(textDiff(before, before, 'en'))).trim(), '… 20 paragraphs unchanged¶');
  t.equal(await marks(textDiff('a\n', 'a', 'en')), 'a[-↵\n-]¶');
  t.equal(await marks(textDiff('a', 'a\n\nb', 'en', { context: 3 })), 'a{+\n\nb+}¶');
});

t.test('texts without a word in common are shown one after the other', async (t) => {
  const words = (letter: string) => Array.from({ length: 6000 }, (_, index) => `${letter}${index}`).join(' ');
  t.equal(await marks(wordDiff(words('a'), words('b'), 'en')), `[-${words('a')}-]{+${words('b')}+}`);
});
