import fc from 'fast-check';
import t from 'tap';
import { findQuote, quotedText, searchQuotes } from '../src/source/quote.ts';

const quote = (exact: string, prefix: string | null = null, suffix: string | null = null) => ({ exact, prefix, suffix });
const find = (text: string, exact: string, prefix: string | null = null, suffix: string | null = null) =>
  findQuote(searchQuotes(quotedText(text), [quote(exact, prefix, suffix)]), quote(exact, prefix, suffix), null);
const at = (text: string, start: number, end: number, exact?: ReturnType<typeof quote>) =>
  findQuote(searchQuotes(quotedText(text), []), exact ?? null, { start, end });

t.test('a quote alone is found', async (t) => {
  t.match(find('The car moved.', 'car'), { ok: true, position: { start: 4, end: 7 }, quote: quote('car') });
  t.match(find('The car moved.', 'The car moved.'), { ok: true, position: { start: 0, end: 14 } });
  t.match(find('The car moved.', 'bus'), { ok: false, code: 'QuoteNotFound', field: 'quote' });
  t.match(find('The car moved.', 'Car'), { ok: false, code: 'QuoteNotFound' }, 'exactly as it stands there');
  t.match(find('', 'a'), { ok: false, code: 'QuoteNotFound' });
});

t.test('offsets count code points, and the end is exclusive', async (t) => {
  t.match(find('😀a😀b', 'b'), { position: { start: 3, end: 4 } });
  t.match(find('😀a😀b', '😀b'), { position: { start: 2, end: 4 } });
  t.match(at('😀a😀b', 2, 3), { ok: true, quote: { exact: '😀' } });
});

t.test('one that stands twice needs its surroundings or its position', async (t) => {
  const text = 'It moved. It stopped. It moved.';
  t.match(find(text, 'It moved.'), { ok: false, code: 'QuoteAmbiguous', field: 'quote', offsets: [0, 22], message: /2 times, at 0, 22/ });
  t.match(find(text, 'It moved.', null, ' It'), { position: { start: 0, end: 9 } });
  t.match(find(text, 'It moved.', 'stopped. '), { position: { start: 22, end: 31 } });
  t.match(find(text, 'It moved.', '', ''), { code: 'QuoteAmbiguous' }, 'an empty prefix says nothing');
  t.match(find(text, 'It moved.', 'moved. '), { ok: false, code: 'QuoteNotFound', message: /with this prefix and suffix/ });
  t.match(at(text, 22, 31, quote('It moved.')), { ok: true, position: { start: 22, end: 31 } });
  t.match(find('a a a', 'a a'), { code: 'QuoteAmbiguous', offsets: [0, 2] }, 'overlapping places too');
  const often = find('a'.repeat(1000), 'a');
  t.ok(!often.ok && often.offsets?.length === 50 && /more than 50 times/.test(often.message));
});

t.test('quote and position agree', async (t) => {
  const text = 'It moved. It stopped. It moved.';
  t.match(at(text, 0, 8, quote('It moved.')), { ok: false, code: 'QuoteNotFound', field: 'quote', message: /0 to 8/ });
  t.match(at(text, 10, 19, quote('It moved.')), { ok: false, code: 'QuoteNotFound' });
  t.match(at(text, 0, 9, quote('It moved.', 'It stopped. ')), { ok: false, code: 'QuoteNotFound', message: /prefix/ });
  t.match(at(text, 22, 31, quote('It moved.', null, ' It')), { ok: false, code: 'QuoteNotFound', message: /suffix/ });
  t.match(at(text, 22, 31, quote('It moved.', 'stopped. ', '')), { ok: true });
});

t.test('a position alone gives its quote with what stands around it', async (t) => {
  const text = `${'a'.repeat(40)}quote${'b'.repeat(40)}`;
  t.match(at(text, 40, 45), { ok: true, quote: quote('quote', 'a'.repeat(32), 'b'.repeat(32)) });
  t.match(at('quote', 0, 5), { ok: true, quote: quote('quote', '', '') });
  t.match(at(text, 40, 86), { ok: false, code: 'QuoteNotFound', field: 'position', message: /85 characters/ });
  t.match(at(text, 40, 40), { ok: false, code: 'InvalidChange', field: 'position' });
  t.match(at('a    b', 1, 5), { ok: false, code: 'InvalidChange', field: 'position' });
  t.match(at('a'.repeat(2001), 0, 2001), { ok: false, code: 'InvalidChange', field: 'position' });
  t.match(findQuote(searchQuotes(quotedText('text'), []), null, null), { ok: false, code: 'InvalidChange', field: null });
});

t.test('finds what a plain search by code points finds', async () => {
  const letters = fc.constantFrom('a', 'b', '😀', '𝄞');
  const text = fc.array(letters, { maxLength: 30 });
  fc.assert(
    fc.property(
      text,
      fc.array(letters, { minLength: 1, maxLength: 4 }),
      fc.array(letters, { maxLength: 2 }),
      fc.array(letters, { maxLength: 2 }),
      (all, exact, prefix, suffix) => {
        const sought = [...prefix, ...exact, ...suffix];
        // Letters side by side are one word, which a quote does not part unless it says what stands there.
        const parts = (index: number) => /[ab]/.test(all[index - 1] ?? '') && /[ab]/.test(all[index] ?? '');
        const places = all
          .flatMap((_, index) => (sought.every((letter, offset) => all[index + offset] === letter) ? index + prefix.length : []))
          .filter((index) => (prefix.length > 0 || !parts(index)) && (suffix.length > 0 || !parts(index + exact.length)));
        const found = find(all.join(''), exact.join(''), prefix.join(''), suffix.join(''));
        if (found.ok) return places.length === 1 && found.position.start === places[0] && found.position.end === places[0] + exact.length;
        return found.code === 'QuoteNotFound'
          ? places.length === 0
          : places.length > 1 && JSON.stringify(found.offsets) === JSON.stringify(places);
      },
    ),
  );
  fc.assert(
    fc.property(text, fc.nat(30), fc.nat(30), (all, start, end) => {
      const found = at(all.join(''), start, end);
      if (found.ok) return found.quote.exact === all.slice(start, end).join('');
      return end <= start || end > all.length;
    }),
  );
});
