import { pointOf, quotedText, unitOf } from '../source/quote.ts';
import { loosely, type Script, type Token, tokensOf } from './name-tokens.ts';
import { isPlace, words } from './name-words.ts';

/**
 * Finds the names of private persons in texts. Names are looked up by their surname in an index that is made once, and what stands around a surname tells whether
 * it is the person's: "Miller" may be a county, a street, a brewery or somebody else. In doubt nothing is found, for what is found is blacked out.
 */

/** A private person: the name as registered (in either order), and other names. */
export type PrivatePerson = { party: string; name: string; aliases: readonly string[] };
/**
 * `name`: given name and surname, in either order; `initials`: initials and surname; `part`: the surname alone, or the given name in a text that has the
 * whole name too.
 */
export type NameFound = { party: string; start: number; end: number; how: 'name' | 'initials' | 'part' };

/** A name's words: `surname` has its particles; a name of one word is its surname. `needsGiven`: of two surnames the first, which says nothing alone. */
export type Form = { party: string; given: Token[]; surname: Token[]; suffix: string | null; needsGiven: boolean };
/** `scripts`: in which the names are written. */
export type PrivateNames = {
  bySurname: ReadonlyMap<string, readonly Form[]>;
  byRoman: ReadonlyMap<string, readonly Form[]>;
  joined: ReadonlyMap<string, readonly Form[]>;
  scripts: ReadonlySet<Script>;
};

const keyOf = (token: Token | undefined): string => token?.keys[0] ?? '';
const is = (list: ReadonlySet<string>, token: Token | undefined): boolean => token?.keys.some((key) => list.has(key)) ?? false;

const withoutTitles = (tokens: Token[]): Token[] => {
  let from = 0;
  while (from < tokens.length - 1 && (is(words.titles, tokens[from]) || is(words.offices, tokens[from])) && tokens.length - from > 2)
    from += 1;
  return tokens.slice(from);
};

/** The words of a registered name in its parts. With a comma the surname comes first. */
export const formsOf = (party: string, name: string): Form[] => {
  const [before = '', ...behind] = name.split(',');
  const parts = [before, ...behind].map((part) => tokensOf(part.normalize('NFC')));
  const isSuffix = (tokens: Token[] | undefined) => tokens?.length === 1 && is(words.suffixes, tokens[0]);
  const suffix = parts.flat().find((token, index) => index > 0 && is(words.suffixes, token));
  const [first = [], behindComma] = parts.filter((tokens) => tokens.length > 0 && !isSuffix(tokens));
  const without = (tokens: Token[]) => tokens.filter((token) => token !== suffix);
  const of = (given: Token[], surname: Token[]): Form[] =>
    surname.length === 0 ? [] : [{ party, given, surname, suffix: suffix ? keyOf(suffix) : null, needsGiven: false }];
  if (behindComma !== undefined) return of(without(behindComma), without(first));
  const tokens = withoutTitles(without(first));
  if (tokens.length < 2) return of([], tokens);
  if (tokens.every(({ script }) => script === 'unspaced')) return of([], tokens);
  let from = tokens.length - 1;
  // A hyphen holds two surnames together, and particles go with what comes behind them.
  while (
    from > 1 &&
    (before.slice(tokens[from - 1]?.end, tokens[from]?.start).match(/^[-\u2010\u2011]$/) || is(words.particles, tokens[from - 1]))
  )
    from -= 1;
  const whole = of(tokens.slice(0, from), tokens.slice(from));
  const second = tokens[from - 1];
  // Gabriel García Márquez is also Gabriel García.
  const isSecond = from > 1 && !is(words.particles, tokens[from - 2]) && second !== undefined && [...keyOf(second)].length > 2;
  return isSecond ? [...whole, ...of(tokens.slice(0, from - 1), [second]).map((form) => ({ ...form, needsGiven: true }))] : whole;
};

const add = (map: Map<string, Form[]>, key: string, form: Form): void => {
  const known = map.get(key);
  if (known === undefined) map.set(key, [form]);
  else if (!known.includes(form)) known.push(form);
};

/** Particles may be left out, and written together: the word by which a surname is found is its first other one. */
const anchorsOf = ({ surname }: Form): Token[] => {
  const main = surname.filter((token) => !is(words.particles, token));
  return main.length > 0 ? main.slice(0, 1) : surname.slice(0, 1);
};
const joinedOf = (tokens: readonly Token[]): string => tokens.map(keyOf).join('');

/** By what a name is found across scripts. The consonants of one script without vowels are those of any other. */
const romanKeysOf = (anchor: Token): string[] => {
  if (anchor.script === 'unspaced') return [];
  const { romans, bones } = anchor.roman();
  return [...romans, ...bones.map((each) => (anchor.script === 'abjad' ? each : `${each}|`))];
};

/** Makes the index. Takes some ten microseconds a name. */
export const indexPrivateNames = (people: readonly PrivatePerson[]): PrivateNames => {
  const [bySurname, byRoman, joined] = [new Map<string, Form[]>(), new Map<string, Form[]>(), new Map<string, Form[]>()];
  const scripts = new Set<Script>();
  for (const form of people.flatMap(({ party, name, aliases }) => [name, ...aliases].flatMap((written) => formsOf(party, written)))) {
    const anchors = anchorsOf(form);
    for (const { script } of anchors) scripts.add(script);
    for (const key of anchors.flatMap(({ keys }) => keys)) add(bySurname, key, form);
    for (const key of anchors.flatMap(romanKeysOf)) add(byRoman, key, form);
    if (form.surname.length > 1) add(bySurname, joinedOf(form.surname), form);
    for (const key of romanWholes(form)) add(joined, key, form);
  }
  return { bySurname, byRoman, joined, scripts };
};

/** A name in letters of which each is a syllable, as it is written in Latin ones: Wang Xiaoming, Xiaoming Wang. */
const romanWholes = ({ given, surname }: Form): string[] => {
  const tokens = [...given, ...surname];
  const whole = (all: readonly Token[]) => loosely(all.map((each) => each.roman().latin).join(''));
  if (tokens.every(({ script }) => script === 'unspaced'))
    return tokens.length < 2 ? [] : [whole(tokens), whole([...tokens.slice(1), ...tokens.slice(0, 1)])];
  return tokens.every(({ script }) => script === 'latin') && tokens.length > 1 ? [whole(tokens), whole([...surname, ...given])] : [];
};

/** How much two words must have in common that are in two scripts: letters. */
const leastRoman = 3;
const isSame = (one: Token, other: Token): boolean => {
  if (one.script === other.script) return one.keys.some((key) => other.keys.includes(key));
  const [roman, written] = [one.roman(), other.roman()];
  if (one.script === 'abjad' || other.script === 'abjad') return roman.bones.some((bones) => written.bones.includes(bones));
  return roman.romans.some((each) => each.length >= leastRoman && written.romans.includes(each));
};
const isInitial = (token: Token, of: Token): boolean => {
  const key = keyOf(token);
  if ([...key].length !== 1 || !token.isCapital) return false;
  if (token.script === of.script) return keyOf(of).startsWith(key);
  const [roman] = token.roman().romans.length > 0 ? token.roman().romans : [key];
  return of.roman().romans.some((each) => each.startsWith((roman ?? key).slice(0, 1)));
};

/** A text that is looked through: `isLoud`: all of it is in capital letters, or each of its words begins with one, as in headlines. */
type Looked = { text: string; tokens: Token[]; isLoud: boolean };
const gap = ({ text, tokens }: Looked, index: number): string =>
  text.slice(tokens[index]?.end ?? text.length, tokens[index + 1]?.start ?? text.length);
const blank = /^[\s\u00a0]{1,3}$/;
const afterInitial = /^\.?[\s\u00a0]{0,2}$/;
const hyphen = /^[-\u2010\u2011\u2013](?:[ \t]*\n\s*)?$/;

const isBeside = (of: Looked, index: number): boolean => {
  const between = gap(of, index);
  const isShort = [...keyOf(of.tokens[index])].length === 1;
  return blank.test(between) || (isShort && afterInitial.test(between));
};

/** How many words from an index on are the surname, with or without its particles, apart, by a hyphen, or together; 0 where they are not. */
const surnameAt = (of: Looked, index: number, { surname }: Form): { from: number; to: number } | null => {
  const token = of.tokens[index];
  if (token === undefined) return null;
  if (surname.length > 1 && token.keys.includes(joinedOf(surname))) return { from: index, to: index + 1 };
  const main = surname.filter((each) => !is(words.particles, each));
  const sought = main.length > 0 ? main : surname;
  let at = index;
  for (const [place, each] of sought.entries()) {
    const here = of.tokens[at];
    if (here === undefined || !isSame(here, each)) return null;
    if (place < sought.length - 1) {
      const between = gap(of, at);
      // Letters that are syllables stand side by side.
      if (!(blank.test(between) || hyphen.test(between) || (between === '' && each.script === 'unspaced') || /^[·・]$/.test(between)))
        return null;
    }
    at += 1;
    while (
      place < sought.length - 1 &&
      is(words.particles, of.tokens[at]) &&
      blank.test(gap(of, at)) &&
      !isSame(of.tokens[at] as Token, sought[place + 1] as Token)
    )
      at += 1;
  }
  let from = index;
  while (from > 0 && surname.length > main.length && is(words.particles, of.tokens[from - 1]) && isBeside(of, from - 1)) from -= 1;
  return { from, to: at };
};

/** Where the given name begins that stands before an index, whole or by its initial; null where another name stands there, `from` where none does. */
const givenBefore = (of: Looked, from: number, { given }: Form): { from: number; how: NameFound['how'] } | null => {
  const [first, ...middles] = given;
  if (first === undefined) return null;
  // Of several given names, or surnames, the last may stand alone before it.
  let tail: { from: number; how: 'part' } | null = null;
  let at = from;
  // From the surname back over middle names, or their initials, and a nickname in quotation marks.
  for (let steps = 0; at > 0 && steps <= middles.length + 2; steps += 1) {
    const before = of.tokens[at - 1] as Token;
    const between = gap(of, at - 1);
    const isNext = isBeside(of, at - 1) || (hyphen.test(between) && (given.length > 1 || is(words.particles, before)));
    if (!isNext && /^\s?["“”'‘’«»()]{1,2}\s?$/.test(between) && at > 1 && /^\s?["“”'‘’«»()]{1,2}$/.test(gap(of, at - 2))) {
      at -= 1;
      continue;
    }
    if (!isNext && !/^["“”'‘’»)]?\s["“‘«(]?$/.test(between)) return tail;
    if (isSame(before, first)) return { from: at - 1, how: 'name' };
    if (isInitial(before, first)) return { from: at - 1, how: 'initials' };
    const isMiddle = middles.some((middle) => isSame(before, middle) || isInitial(before, middle));
    const isOfMiddle = [...keyOf(before)].length === 1 && before.isCapital;
    const isParticle = is(words.particles, before) && (!before.isCapital || hyphen.test(between));
    if (!isMiddle && !isOfMiddle && !isParticle) return tail;
    at -= 1;
    if (middles.some((middle) => isSame(before, middle))) tail = { from: at, how: 'part' };
  }
  return tail;
};

/** Where a given name ends that stands behind a surname, after a comma or alone; null where none does. */
const givenAfter = (of: Looked, to: number, { given }: Form): { to: number; how: 'name' | 'initials' } | null => {
  const [first, ...middles] = given;
  const next = of.tokens[to];
  if (first === undefined || next === undefined) return null;
  const between = gap(of, to - 1);
  const isComma = /^,[\s\u00a0]{0,2}$/.test(between);
  if (!isComma && !blank.test(between)) return null;
  const how = isSame(next, first) ? 'name' : isComma && isInitial(next, first) ? 'initials' : null;
  if (how === null) return null;
  let end = to + 1;
  const isMiddle = (token: Token) => middles.some((middle) => isSame(token, middle)) || (token.isCapital && [...keyOf(token)].length === 1);
  for (let token = of.tokens[end]; token && isBeside(of, end - 1) && isMiddle(token); token = of.tokens[end]) end += 1;
  // "Garcia, Luis said" is the one; "to Garcia, Luis Moreno said" is another person's name.
  const beyond = of.tokens[end];
  if (isComma && how === 'name' && beyond?.isCapital && blank.test(gap(of, end - 1)) && !is(words.calendar, beyond)) return null;
  return { to: end, how };
};

/** Jr. and Sr. are two people. */
const isOtherSuffix = (of: Looked, to: number, { suffix }: Form): boolean => {
  if (suffix === null || !/^,?\s$/.test(gap(of, to - 1))) return false;
  const next = of.tokens[to];
  return is(words.suffixes, next) && keyOf(next) !== suffix;
};

const beginsSentence = (of: Looked, index: number): boolean =>
  index === 0 ||
  of.isLoud ||
  /(?:[.!?…:;]["'”’»)\]]*\s+|\n\s*|[–—-]\s+|["“«‘(]\s*)$/u.test(
    of.text.slice(Math.max(0, (of.tokens[index]?.start ?? 0) - 6), of.tokens[index]?.start ?? 0),
  );

/** Whether a word may be part of the name of a thing or of another person: it has a capital letter and is none that only begins a sentence. */
const isNamelike = (of: Looked, index: number): boolean => {
  const token = of.tokens[index];
  return token?.isCapital === true && !of.isLoud;
};

const ofSign = /^\s?&\s?$/;
/** Whether what stands beside a surname makes it part of an address, a longer surname, a firm, or the name of a place, a body or a thing. */
const isOfThing = (of: Looked, from: number, to: number): boolean => {
  const [before, after] = [of.tokens[from - 1], of.tokens[to]];
  const [left, right] = [from > 0 ? gap(of, from - 1) : '\n', gap(of, to - 1)];
  if ([left, right].some((between) => hyphen.test(between) || ofSign.test(between) || /^[@_]$/.test(between)) || /^[/.]$/.test(left))
    return true;
  if (is(words.after, after) && /^(?:\s|['’]s\s)$/.test(right)) return true;
  if (blank.test(right) && after !== undefined && isNamelike(of, to) && !is(words.calendar, after)) return true;
  if (!(blank.test(left) || /^\.\s?$/.test(left)) || is(words.titles, before)) return false;
  if (is(words.before, before) || is(words.placing, before)) return true;
  // City of, County of.
  return is(words.of, before) && is(words.beforeOf, of.tokens[from - 2]);
};

/** Whether somebody else's given name, initial or office stands before a surname. A word that only begins the sentence is none of them. */
const isSomebodyElse = (of: Looked, from: number): boolean => {
  const before = of.tokens[from - 1];
  if (before === undefined) return false;
  const left = gap(of, from - 1);
  const isPoint = /^\.\s?$/.test(left);
  if (!isPoint && !blank.test(left)) return false;
  if (is(words.titles, before)) return false;
  if (is(words.offices, before) || (isPoint && [...keyOf(before)].length === 1)) return true;
  const onlyBegins = beginsSentence(of, from - 1) && is(words.starting, before);
  return !isPoint && before.isCapital && !onlyBegins && !is(words.calendar, before);
};

/**
 * Whether a surname that stands alone is a person's: nothing beside it makes it a place, a body, a thing, or somebody else. `isKnown`: the text has the
 * person's whole name.
 */
const standsAlone = (of: Looked, from: number, to: number, isKnown = false): boolean => {
  const own = of.tokens.slice(from, to);
  if (!own.some(({ isCapital }) => isCapital) || [...joinedOf(own)].length < 3) return false;
  if (isOfThing(of, from, to) || isSomebodyElse(of, from)) return false;
  const [before, after] = [of.tokens[from - 1], of.tokens[to]];
  if (is(words.titles, before) && /^\.?\s?$/.test(gap(of, from - 1))) return true;
  const keys = own.flatMap((token) => token.keys);
  const speaks = is(words.speaking, after) && blank.test(gap(of, to - 1));
  if (keys.some(isPlace)) return isKnown && speaks;
  if (!keys.some((key) => words.common.has(key))) return true;
  // Where a sentence begins, and in German behind an article, it may be the word.
  return beginsSentence(of, from) ? speaks : !(is(words.articles, before) && blank.test(gap(of, from - 1)));
};

/** A headline ends without a point. */
const loudness = (text: string, tokens: readonly Token[]): boolean => {
  const long = tokens.filter((token) => [...keyOf(token)].length > 3);
  return long.length > 3 && !/[.!?…]\W*$/u.test(text) && long.every(({ isCapital, script }) => isCapital && script !== 'unspaced');
};

type Hit = { party: string; from: number; to: number; how: NameFound['how']; form: Form };

const hitAt = (of: Looked, index: number, form: Form, isForeign: boolean): Hit | null => {
  const surname = surnameAt(of, index, form);
  if (surname === null || isOtherSuffix(of, surname.to, form)) return null;
  const { party, given } = form;
  const before = givenBefore(of, surname.from, form);
  if (before !== null && !(form.needsGiven && before.how === 'part'))
    return { party, form, from: before.from, to: surname.to, how: before.how };
  const after = givenAfter(of, surname.to, form);
  if (after !== null) return { party, form, from: surname.from, to: after.to, how: after.how };
  if (of.tokens[surname.from]?.script === 'unspaced')
    return given.length === 0 && surname.to - surname.from > 1 ? { party, form, ...surname, how: 'name' } : null;
  // Across scripts a word may be like many, and without capital letters it may be any.
  if (form.needsGiven) return null;
  const isLong = !isForeign || [...keyOf(of.tokens[surname.from])].length > 4;
  return isLong && standsAlone(of, surname.from, surname.to)
    ? { party, form, ...surname, how: given.length === 0 ? 'name' : 'part' }
    : null;
};

/** Where words begin and end in scripts that set no blanks between them. */
const bordersOf = (text: string): Set<number> => {
  const borders = new Set<number>();
  for (const { index, segment } of new Intl.Segmenter('zh', { granularity: 'word' }).segment(text))
    borders.add(index).add(index + segment.length);
  return borders;
};

/** Korean puts what others put before a noun, or its case, to its end. */
const korean = /^(?:은|는|이|가|을|를|의|에|와|과|도|씨|님|로|측|만|이다|이라|군|양)/u;
const isWhole = (text: string, borders: ReadonlySet<number>, start: number, end: number): boolean =>
  borders.has(start) && (borders.has(end) || (/\p{Script=Hangul}/u.test(text.charAt(end - 1)) && korean.test(text.slice(end, end + 2))));

/** Whether there are names in another script than a word's. */
const hasOthers = ({ scripts }: PrivateNames, { script }: Token): boolean =>
  scripts.size > 1 || (scripts.size === 1 && !scripts.has(script));

const formsFor = (index: PrivateNames, token: Token): { form: Form; isForeign: boolean }[] => {
  const found: { form: Form; isForeign: boolean }[] = [];
  const known = new Set<Form>();
  const note = (forms: readonly Form[] | undefined, isForeign: boolean): void => {
    for (const form of forms ?? []) {
      if (known.has(form) || (isForeign && anchorsOf(form).every(({ script }) => script === token.script))) continue;
      known.add(form);
      found.push({ form, isForeign });
    }
  };
  for (const key of token.keys) note(index.bySurname.get(key), false);
  // Small letters are a name's only where they are written as it is.
  const mayBe = token.isCapital || token.script === 'abjad' || token.script === 'other';
  if (token.script === 'unspaced' || !mayBe || !hasOthers(index, token)) return found;
  const { romans, bones } = token.roman();
  for (const roman of romans) note(index.byRoman.get(roman), true);
  for (const each of bones) note(index.byRoman.get(token.script === 'abjad' ? `${each}|` : each), true);
  return found;
};

/** Names in letters that are syllables where the text has Latin ones, and the other way round: they have no surname by which they are found. */
const wholesAt = (of: Looked, index: number, names: PrivateNames): Hit[] => {
  const hits: Hit[] = [];
  let whole = '';
  const [first] = of.tokens.slice(index, index + 1);
  const script = first?.script;
  const isSought =
    script === 'unspaced' ? names.scripts.has('latin') : script === 'latin' && first?.isCapital && names.scripts.has('unspaced');
  if (!isSought) return hits;
  for (let to = index; to < of.tokens.length && to < index + 5 && of.tokens[to]?.script === script; to += 1) {
    if (to > index && !(script === 'unspaced' ? gap(of, to - 1) === '' : isBeside(of, to - 1) || hyphen.test(gap(of, to - 1)))) break;
    whole += of.tokens[to]?.roman().latin ?? '';
    // Two syllables alone are those of many words.
    if (script === 'unspaced' ? to - index < 2 : to === index) continue;
    for (const form of names.joined.get(loosely(whole)) ?? [])
      if (form.surname[0]?.script !== script) hits.push({ party: form.party, form, from: index, to: to + 1, how: 'name' });
  }
  return hits;
};

/** Given names of those whose whole name stands in the text, where they stand alone. */
const givenAlone = (of: Looked, hits: readonly Hit[]): Hit[] => {
  const forms = new Map<string, Form[]>();
  for (const { form } of hits) {
    const [first] = form.given;
    if (first !== undefined && [...keyOf(first)].length > 2) add(forms, keyOf(first), form);
  }
  if (forms.size === 0) return [];
  const taken = new Set(hits.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, step) => from + step)));
  return of.tokens.flatMap((token, index) => {
    if (taken.has(index)) return [];
    return token.keys
      .flatMap((key) => forms.get(key) ?? [])
      .slice(0, 1)
      .flatMap((form) =>
        standsAlone(of, index, index + 1, true) ? [{ party: form.party, form, from: index, to: index + 1, how: 'part' as const }] : [],
      );
  });
};

const strength = { name: 0, initials: 1, part: 2 } as const;

/**
 * Where names of private persons stand in a text, in order and each once; two people who share the name are both told. Offsets count code points, ends are
 * exclusive. Takes time linear in the text, whatever the number of names, but for how many share a surname.
 */
export const privateNamesIn = (names: PrivateNames, text: string): NameFound[] => {
  const tokens = tokensOf(text);
  const of: Looked = { text, tokens, isLoud: loudness(text, tokens) };
  const hits: Hit[] = [];
  for (const [index, token] of tokens.entries()) {
    for (const { form, isForeign } of formsFor(names, token)) {
      const hit = hitAt(of, index, form, isForeign);
      if (hit !== null) hits.push(hit);
    }
    hits.push(...wholesAt(of, index, names));
  }
  hits.push(
    ...givenAlone(
      of,
      hits.filter(({ how }) => how === 'name'),
    ),
  );
  const borders = hits.some(({ from }) => tokens[from]?.script === 'unspaced') ? bordersOf(text) : null;
  const quoted = quotedText(text);
  const found = new Map<string, NameFound>();
  // What lies within a longer one of the same person says no more.
  const isWithin = (one: Hit) =>
    hits.some(
      (other) =>
        other !== one &&
        other.party === one.party &&
        other.from <= one.from &&
        other.to >= one.to &&
        other.to - other.from > one.to - one.from,
    );
  for (const hit of hits) {
    const [start, end] = [tokens[hit.from]?.start ?? 0, tokens[hit.to - 1]?.end ?? 0];
    if (isWithin(hit) || (borders !== null && tokens[hit.from]?.script === 'unspaced' && !isWhole(text, borders, start, end))) continue;
    const one = { party: hit.party, start: pointOf(quoted, start), end: pointOf(quoted, end), how: hit.how };
    const key = `${one.party} ${start} ${end}`;
    const known = found.get(key);
    if (known === undefined || strength[one.how] < strength[known.how]) found.set(key, one);
  }
  return [...found.values()].sort((one, other) => one.start - other.start || one.end - other.end || (one.party < other.party ? -1 : 1));
};

/** What stands in place of a name. */
export const withheldName = '[name withheld]';

/** The text without the names, and where in it their places are. Names that overlap become one. */
export const withoutNames = (text: string, found: readonly NameFound[]): { text: string; withheld: { start: number; end: number }[] } => {
  const quoted = quotedText(text);
  const withheld: { start: number; end: number }[] = [];
  const stretches: { start: number; end: number }[] = [];
  for (const { start, end } of [...found].sort((one, other) => one.start - other.start)) {
    const last = stretches.at(-1);
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end);
    else stretches.push({ start, end });
  }
  let [masked, at, points] = ['', 0, 0];
  for (const { start, end } of stretches) {
    masked += text.slice(at, unitOf(quoted, start)) + withheldName;
    const place = start + points;
    withheld.push({ start: place, end: place + withheldName.length });
    points += withheldName.length - (end - start);
    at = unitOf(quoted, end);
  }
  return { text: masked + text.slice(at), withheld };
};
