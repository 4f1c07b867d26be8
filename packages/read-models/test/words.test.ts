import { folded } from '@averment/domain';
import fc from 'fast-check';
import t from 'tap';
import { beginningsOf, questionOf } from '../src/search/question.ts';
import { namesVector, textsVector, unitsOf } from '../src/search/words.ts';

t.test('a text is folded to what is typed for it', async (t) => {
  for (const [written, typed] of [
    ['Łukasz Đặng Øystein Æsir Œuvre', 'lukasz dang oystein aesir oeuvre'],
    ['Straße STRASSE GROẞ ﬁsh', 'strasse strasse gross fish'],
    ['İstanbul ısı', 'istanbul isi'],
    ['Ёлка ЙОД', 'елка иод'],
    ['أحمد مُحَمَّد مـحـمـد', 'احمد محمد محمد'],
    ['हिन्दी ガラス が 한국', 'हिन्दी ガラス が 한국'],
    ['ΣΟΦΟΣ σοφός', 'σοφοσ σοφοσ'],
    ['soft\u00adhyphen ｗｉｄｅ', 'softhyphen wide'],
  ] as const)
    t.equal(folded(written), typed);
});

t.test('signs split words, and what they hold together is one too', async (t) => {
  const units = (text: string) =>
    unitsOf(text).map(({ parts, joined }) => [...parts, ...(joined === null ? [] : [`(${joined})`])].join(' '));
  t.same(units('Garcia–Lopez O’Brien AT&T'), ['garcia lopez (garcialopez)', 'o brien (obrien)', 'at t (att)']);
  t.same(units('officer/driver twice.Later —well'), ['officer', 'driver', 'twice later (twicelater)', 'well']);
  t.same(units('the U.S. and J. R. Smith’s 7 p.m.'), ['the', 'us', 'and', 'jr', 'smith', '7', 'pm']);
  t.same(units('No. 14-1490, 3,000 or 1.5'), ['no', '14 1490 (141490)', '3000', 'or', '1 5']);
  t.same(units('3:20-cv-00021 19SMCV00123'), ['3', '20 cv 00021 (20cv00021)', '19smcv00123']);
  t.same(units('王小明 ไทย'), ['王', '小', '明', 'ไ', 'ท', 'ย']);
});

t.test('no phrase goes from one text into the next', async (t) => {
  t.equal(textsVector(['Maria', 'Garcia']), "'maria':2 'garcia':4");
  t.equal(textsVector(['Maria\nGarcia']), "'maria':2 'garcia':3");
});

t.test('a question says what is asked, and never more than words', async (t) => {
  for (const [asked, query] of [
    ['shots in Chicago', "('shot') & ('chicago')"],
    ['Will Smith', "('will') & ('smith')"],
    ['will smith', "('smith')"],
    ['Don Will', "('don') & ('will')"],
    ['the of', "('the') & ('of')"],
    ['the "of"', "('of')"],
    ['halt or', "('halt')"],
    ['or halt', "('halt')"],
    ['or', "('or')"],
    ['-halt', "!('halt')"],
    ['- !', null],
    ['"unended row', "('unend' <-> 'row')"],
  ] as const)
    t.equal(questionOf(asked), query === null ? null : `(${query})`, asked);
  t.equal(questionOf('a b or -"c d"'), "(('b')) | (!('c' <-> 'd'))");
  t.equal(beginningsOf('Łuk & Garcia-L'), "'luk':* & (('garcia':* & 'l':*) | 'garcial':*)");
});

t.test('a possessive that is typed in one is found', async (t) => {
  t.equal(beginningsOf('Sheriffs Dep'), "('sheriffs':* | 'sheriff') & 'dep':*");
  t.equal(beginningsOf("Sheriff's"), "'sheriff':*");
  t.equal(beginningsOf('OBriens'), "('obriens':* | 'obrien')");
  t.equal(beginningsOf('Garcia-Lopezs'), "(('garcia':* & ('lopezs':* | 'lopez')) | ('garcialopezs':* | 'garcialopez'))");
  t.equal(beginningsOf('US Los'), "'us':* & 'los':*", 'no short word');
});

t.test('whatever is written, every word of it finds it, and no sign gets into a query', async (t) => {
  const text = fc.string({ unit: 'binary', maxLength: 60 });
  fc.assert(
    fc.property(text, (written) => {
      const quoted = /^(?:'[\p{L}\p{N}\p{M}]+'(?::\*)?|<->|[()|&!])*$/u;
      t.match((questionOf(written) ?? '').replaceAll(' ', ''), quoted);
      t.match((beginningsOf(written) ?? '').replaceAll(' ', ''), quoted);
      const words = new Set(
        textsVector([written])
          .split(' ')
          .map((word) => word.replace(/:.*/, '')),
      );
      for (const unit of unitsOf(written)) for (const part of unit.parts) t.ok(words.has(textsVector([part]).replace(/:.*/, '')));
      return t.passing();
    }),
    { numRuns: 300, endOnFailure: true },
  );
  const most = textsVector(Array(10).fill('\ufdfa '.repeat(20_000)));
  t.ok(most.length < 1_000_000 && namesVector([Array.from({ length: 5000 }, (_, n) => `n${n}`).join(' ')]).split(' ').length === 2000);
});
