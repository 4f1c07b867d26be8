import fc from 'fast-check';
import t from 'tap';
import { isInsideWord, plain } from '../src/source/plain.ts';
import { findQuote, quotedText, searchQuotes } from '../src/source/quote.ts';
import { quoteKey, searchTyped } from '../src/source/typed.ts';

const quote = (exact: string, prefix: string | null = null, suffix: string | null = null) => ({ exact, prefix, suffix });
const find = (text: string, exact: string, prefix: string | null = null, suffix: string | null = null) =>
  findQuote(searchQuotes(quotedText(text), [quote(exact, prefix, suffix)]), quote(exact, prefix, suffix), null);
/** What of the text a quote is found to be; else its code. */
const found = (text: string, ...sent: [string, (string | null)?, (string | null)?]): string => {
  const it = find(text, ...sent);
  if (!it.ok) return it.code;
  const { start, end } = it.position;
  return [...text].slice(start, end).join('') === it.quote.exact ? it.quote.exact : 'another place';
};

t.test('a quote in plain typing is found and answered as the text has it', async (t) => {
  const cases: [string, string, string][] = [
    ['curly apostrophe', 'He took the officer’s badge away.', "the officer's badge"],
    ['curly quotes', 'She said: “Halt!” and ran.', 'said: "Halt!" and'],
    ['guillemets', 'Il dit «Halte» puis partit.', 'dit "Halte" puis'],
    ['a no-break space', 'at 18\u00a0feet from him', 'at 18 feet from'],
    ['a line break', 'The car\nmoved toward\r\n   them.', 'The car moved toward them.'],
    ['several spaces', 'The  car   moved.', 'The car moved.'],
    ['one space for many and back', 'The car moved.', 'The  car \n moved.'],
    ['a soft hyphen', 'The of\u00adficer fired.', 'The officer fired'],
    ['a zero-width space', 'The\u200b car moved', 'The car moved'],
    ['a ligature', 'The o\ufb03cer \ufb01red at it.', 'officer fired'],
    ['NFD in the text', 'Jose\u0301 Garci\u0301a drove.', 'José García drove'],
    ['NFD in the quote', 'José García drove.', 'Jose\u0301 Garci\u0301a drove'],
    ['Hangul in parts', '경찰이 총을 쏘았다.'.normalize('NFD'), '경찰이 총을 쏘았다'],
    ['a word over a line end', 'The offi-\ncer fired.', 'The officer fired.'],
    ['a word over a line end, with an indent', 'The offi- \n   cer fired.', 'officer fired'],
    ['a soft hyphen at a line end', 'The offi\u00ad\ncer fired.', 'officer fired'],
    ['its own hyphen at a line end', 'A well-\nknown driver.', 'A well-known driver'],
    ['both in one quote', 'The well-\nknown offi-\ncer fired.', 'well-known officer fired'],
    ['typed with its line end', 'The officer fired.', 'The offi-\ncer fired.'],
    ['a name over a line end', 'Ana Garcia-\nLopez drove.', 'Ana Garcia-Lopez drove'],
    ['an em dash', 'The car — a van — moved.', 'The car - a van -- moved.'],
    ['a dash without blanks', 'The car—a van—moved.', 'The car - a van - moved'],
    ['an en dash in numbers', 'fired 3–4 rounds', 'fired 3-4 rounds'],
    ['a minus', 'at −5 degrees', 'at -5 degrees'],
    ['an ellipsis that the text has', 'He said “I … I ran”.', 'said "I ... I ran"'],
    ['a prime', 'He is 6′2″ tall.', 'is 6\'2" tall'],
    ['beyond the first plane', '😀 The driver’s 😀 car', "driver's 😀 car"],
  ];
  for (const [what, text, sent] of cases) {
    const it = find(text, sent);
    t.ok(it.ok && plain(it.quote.exact) !== '' && text.includes(it.quote.exact), what);
    t.not(it.ok && it.quote.exact, sent, `${what}: the text's own signs`);
  }
  t.equal(found('The o\ufb03cer’s\ncar – “it” – moved.', 'The officer\'s car - "it" - moved.'), 'The o\ufb03cer’s\ncar – “it” – moved.');
});

t.test('letters, digits, their marks and case, and other signs are never taken for one another', async (t) => {
  const cases: [string, string, string][] = [
    ['a negation', 'No shots’ were fired by the officer', "shots' were not fired"],
    ['a number', 'He’s fired three times', "He's fired two times"],
    ['digits over a line end', 'a house at 14-\n16 Elm', 'a house at 1416 Elm'],
    ['a range', 'aged 14–16', 'aged 1416'],
    ['a decimal point', 'It’s 1.5 metres', "It's 15 metres"],
    ['a name', 'José’s car', "Jose's car"],
    ['case', 'He’s a Turk', "He's a turk"],
    ['a hyphen inside a line', 'They re-signed, he’s sure', "They resigned, he's sure"],
    ['no hyphen', 'They resigned, he’s sure', "They re-signed, he's sure"],
    ['a comma', 'No, shots’ were fired', "No shots' were fired"],
    ['a question', 'He’s armed?', "He's armed."],
    ['a currency', 'It’s $5', "It's €5"],
    ['a sign', 'It’s +5', "It's -5"],
    ['a percent sign', 'It’s 5 %', "It's 5"],
  ];
  for (const [what, text, sent] of cases.slice(0, -1)) t.match(find(text, sent), { ok: false, code: 'QuoteNotFound' }, what);
});

t.test('a quote begins and ends where words do, unless it says what stands before or after', async (t) => {
  const inside: [string, string][] = [
    ['She had a gun.', 'he had a gun'],
    ['He was unarmed.', 'armed'],
    ['He was un\u00adarmed.', 'armed'],
    ['It was non-lethal force.', 'lethal force'],
    ['It was non-\nlethal force.', 'lethal force'],
    ['He fired 120 rounds.', 'fired 12'],
    ['He fired 1,300 rounds.', 'fired 1'],
    ['He fired 1,300 rounds.', '300 rounds'],
    ['at 18:50', 'at 18'],
    ['pages 14–16', 'pages 14'],
    ["He can't drive.", 'He can'],
    ['He can’t drive.', 'He can'],
    ['the drivers', 'the driver'],
    ['Ana Garcia-Lopez', 'Ana Garcia'],
  ];
  for (const [text, sent] of inside) t.match(find(text, sent), { ok: false, code: 'QuoteNotFound' }, `${sent} of ${text}`);
  t.match(find('She had a gun.', 'he had a gun', 'S'), { ok: true }, 'told by its prefix');
  t.match(find('He was unarmed.', 'un', null, 'armed'), { ok: true }, 'or suffix');
  t.match(
    findQuote(searchQuotes(quotedText('He was unarmed.'), []), quote('armed'), { start: 9, end: 14 }),
    { ok: true },
    'or its position',
  );
  t.equal(found('The car scared the boy.', 'car'), 'car', 'what stands inside a word is no second place');
  const bounded: [string, string][] = [
    ["the driver's car", 'the driver'],
    ['“Halt!” he said', 'Halt!'],
    ['the car—it moved', 'it moved'],
    ['3, 2, 1', '3'],
    ['l’homme est là', 'homme'],
    ['警察が発砲した', '発砲'],
    ['경찰이 쏘았다', '경찰'],
    ['pre- and post-war', 'pre-'],
  ];
  for (const [text, sent] of bounded) t.match(find(text, sent), { ok: true }, `${sent} of ${text}`);
});

t.test('an exact quote wins, and what fits more than once is told with its places', async (t) => {
  const text = "The driver’s car. Then: the driver's car. And “the driver's car”.";
  t.match(find(text, "the driver's car"), { ok: false, code: 'QuoteAmbiguous', offsets: [24, 47] }, 'where exact ones are, only they');
  t.match(find("The driver’s car, the driver's car, the driver’s\ncar", "the driver's car"), { ok: true, position: { start: 18 } });
  const twice = 'It’s so. Is it? It‘s so.';
  t.match(find(twice, "It's so."), {
    ok: false,
    code: 'QuoteAmbiguous',
    field: 'quote',
    offsets: [0, 16],
    message: /2 times, at 0 to 8, 16 to 24/,
  });
  t.equal(found(twice, "It's so.", 'it? '), 'It‘s so.');
  t.equal(found(twice, "It's so.", null, ' Is'), 'It’s so.');
  const often = find('It’s so. '.repeat(60), "It's so.");
  t.ok(!often.ok && often.code === 'QuoteAmbiguous' && often.offsets?.length === 50 && /more than 50 times/.test(often.message));
});

t.test('prefix and suffix are answered as the text has them too', async (t) => {
  const it = find('He said: “the  driver’s car” moved', "driver's car", '"the ', '" moved');
  t.match(it, { ok: true, quote: quote('driver’s car', '“the  ', '” moved') });
  const far = find(`a ${' '.repeat(500)} “b” c`, 'b', 'a "', '" c');
  t.ok(far.ok && [...(far.quote.prefix ?? '')].length <= 200, 'and no longer than one may be');
});

t.test('of what an ellipsis leaves out all is answered', async (t) => {
  const text = 'The officer, who did not see the boy, fired twice at the car. He then left.';
  for (const dots of ['...', '…', ' ... ', '[...]', ' […] ', '. . .', ' (...) '])
    t.equal(found(text, `The officer${dots}fired twice`), 'The officer, who did not see the boy, fired twice', dots);
  t.equal(found(text, '...fired twice at the car...'), 'fired twice at the car', 'nothing is left out at its ends');
  t.equal(found(text, 'The officer ... the boy ... the car.'), 'The officer, who did not see the boy, fired twice at the car.');
  t.equal(found(text, 'fired twice ... The officer'), 'QuoteNotFound', 'the parts in their order');
  t.equal(found(text, 'The officer ... red twice'), 'QuoteNotFound', 'whole words');
  t.equal(found(text, 'The officer ... fired once'), 'QuoteNotFound');
  t.equal(found('The driver’s … car', "The driver's ... car"), 'The driver’s … car');
  t.match(find('He ran. He fell. He fired.', 'He ... fired'), { ok: false, code: 'QuoteAmbiguous', offsets: [0, 8, 17] });
  t.match(find('He ran and fired, and fired.', 'He ... fired'), {
    ok: false,
    code: 'QuoteAmbiguous',
    offsets: [0],
    message: /0 to 16, 0 to 27/,
  });
  const long = (words: number) => `He said ${'word '.repeat(words)}and left.`;
  t.equal(found(long(56), 'He said ... and left'), long(56).slice(0, -1), 'up to 300 characters');
  t.equal([...long(56).slice(0, -1)].length <= 300, true);
  t.equal(found(long(60), 'He said ... and left'), 'QuoteNotFound', 'and no more');
  t.match(find(long(60), 'He said ... and left'), { message: /at most 300 characters with all that the ellipsis leaves out/ });
  t.match(find(long(60), 'He said ... and left', 'Then '), { message: /at most 300 characters .*, with this prefix and suffix,/ });
  t.notMatch(find(long(60), 'He said word and left...'), { message: /300/ }, 'nothing is left out at its end');
  const whole = findQuote(searchQuotes(quotedText(long(60)), []), quote('He said ... and left'), { start: 0, end: 316 });
  t.match(whole, { ok: false, code: 'QuoteNotFound', message: /leaves something out of 316 characters, .* at most 300/ });
  t.equal(found(long(60), `He  said ${'word '.repeat(60)}and left`), long(60).slice(0, -1), 'one that leaves nothing out may be longer');
  t.equal(found(text, '...'), 'QuoteNotFound');
  t.equal(found(text, '… [...] …'), 'QuoteNotFound');
  t.equal(found(text, 'who did ... fired twice', 'The officer, '), 'who did not see the boy, fired twice');
  t.equal(found(text, 'who did ... fired twice', 'Another officer, '), 'QuoteNotFound');
});

t.test('quote and position agree also in plain typing', async (t) => {
  const text = 'The driver’s “car”, which did not stop, moved.';
  const at = (start: number, end: number, sent: ReturnType<typeof quote>) =>
    findQuote(searchQuotes(quotedText(text), []), sent, { start, end });
  t.match(at(0, 18, quote('The driver\'s "car"')), { ok: true, quote: quote('The driver’s “car”'), position: { start: 0, end: 18 } });
  t.match(at(4, 45, quote("driver's ... moved")), { ok: true, quote: quote('driver’s “car”, which did not stop, moved') });
  t.match(at(14, 17, quote('car', '"', '", which')), { ok: true, quote: quote('car', '“', '”, which') });
  t.match(at(0, 12, quote('The driver\'s "car"')), {
    ok: false,
    code: 'QuoteNotFound',
    nearest: { start: 0, end: 12, exact: 'The driver’s' },
  });
  t.match(at(14, 17, quote('car', 'The ')), { ok: false, code: 'QuoteNotFound', message: /prefix or suffix/ });
});

t.test('what is not found names the passage that comes nearest', async (t) => {
  const text = 'It rained. 😀 The boat drove at the officers before one of them fired twice. The rest is another matter altogether.';
  const nearest = (sent: string) => {
    const it = find(text, sent);
    return it.ok ? null : it.nearest;
  };
  t.match(nearest('the boat raced at the officers'), { start: 13, end: 43, exact: 'The boat drove at the officers' });
  t.match(nearest('THE BOAT DROVE'), { start: 13, end: 27, exact: 'The boat drove' });
  t.match(find(text, 'one of them did not fire twice'), { ok: false, message: /nearest to it stands at \d+ to \d+: “/ });
  t.match(find(text, 'oat drove'), { ok: false, nearest: { exact: 'boat drove' } }, 'whole words');
  t.equal(nearest('Zwölf Boxkämpfer jagen Viktor'), undefined, 'nothing, where nothing is like it');
  t.match(find(text, 'Zwölf Boxkämpfer jagen Viktor'), { message: /nor is anything near it/ });
  t.ok([...(nearest(`${text} `.repeat(8).slice(0, 700))?.exact ?? '')].length <= 300);
});

t.test('of quotes that take too many comparisons nothing is said, rather than something wrong', async (t) => {
  const text = 'the '.repeat(2000);
  const quotes = Array.from({ length: 200 }, (_, index) =>
    quote(`${'the; '.repeat(1 + (index % 50))}... the ... the${';'.repeat(index + 1)} the`),
  );
  const typed = [...searchTyped(text, quotes, 2_000_000).values()];
  t.match(typed[0], { places: [], left: false });
  t.same(typed.at(-1), { places: [], more: false, nearest: null, left: true });
  const one = quote("It's so.");
  t.equal(searchTyped('It’s so.', [one]).get(quoteKey(one))?.places.length, 1);
  t.equal(searchTyped('It’s so.', [one], 10).get(quoteKey(one))?.left, true, 'nor is one said to be the only one');
});

t.test('plain typing of any passage of words finds it', async () => {
  const typing: [RegExp, string[]][] = [
    [/’/g, ["'", '’']],
    [/[“”]/g, ['"']],
    [/ – /g, [' - ', ' — ', '--']],
    [/\n/g, [' ', '\n', '  ']],
    [/ﬁ/g, ['fi']],
  ];
  const words = ['The', 'o\ufb01cer', 'driver’s', '“car”', 'did', 'not', 'stop', '12', '1,300', 'José', 'offi-\ncer', '😀', 'well-known'];
  const text = fc.array(fc.tuple(fc.nat(words.length - 1), fc.constantFrom(' ', '\n', ' – ', ', ')), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(text, fc.nat(11), fc.nat(11), fc.nat(2), (made, one, other, way) => {
      const joined = (from: number, to: number) =>
        made
          .slice(from, to)
          .map(([word, after], index) => `${words[word]}${from + index + 1 < to ? after : ''}`)
          .join('');
      const [from, to] = [Math.min(one, other) % made.length, (Math.max(one, other) % made.length) + 1];
      if (from >= to) return true;
      const whole = joined(0, made.length);
      const passage = joined(from, to);
      const sent = typing.reduce((left, [set, ways]) => left.replace(set, ways[way % ways.length] ?? ''), passage);
      const it = find(whole, sent);
      // Where it is told as ambiguous, there are places that a reader takes for the same.
      return it.ok ? plain(it.quote.exact) === plain(passage) || it.quote.exact === sent : it.code === 'QuoteAmbiguous';
    }),
    { numRuns: 1000 },
  );
});

t.test('where words part', async (t) => {
  t.equal(isInsideWord('', 0), false);
  t.equal(isInsideWord('word', 0), false);
  t.equal(isInsideWord('word', 4), false);
  t.equal(isInsideWord('word', 2), true);
});
