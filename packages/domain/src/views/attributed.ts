import type { Claim } from '../incident/things/claim.ts';
import type { ClaimValue } from '../incident/things/value.ts';
import type { Parties } from '../party/shapes.ts';
import { type AspectDefinition, type Says, stanceRules, type Vocabulary } from '../values/vocabulary.ts';

/**
 * The sentence that says who said what, from a claim's structure: its statement is no part of it. It tells what somebody said and never that it is so; so its
 * verbs imply nothing ("vouched for an account", not "confirmed"), and its questions leave open whether there is anything ("if any"). All of it is in the past
 * tense, where one form fits one speaker and several. docs/attributed.md has every combination.
 */

type Tense = 'past' | 'future';
const words = (name: string): string => name.replaceAll('_', ' ');
const capital = (text: string): string => text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());

const nameOf = (id: string, parties: Parties): string => {
  const party = parties(id);
  return party?.name ?? (party?.withheld ? '(name withheld)' : '(name erased)');
};

/** The record's words for a value, in brackets as an editor's: they are no quotation of the speaker, and end where the bracket does. */
const bracketed = (text: string): string => `[${text.replace(/\s+/g, ' ').replaceAll('[', '(').replaceAll(']', ')').trim()}]`;

const grouped = (decimal: string): string => decimal.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(?:\d{3})+$)/g, ','));
const comparators = {
  exact: '',
  about: 'about ',
  at_least: 'at least ',
  more_than: 'more than ',
  at_most: 'at most ',
  less_than: 'less than ',
  range: '',
} as const;
type Quantity = Extract<ClaimValue, { kind: 'quantity' }>;
const numberWords = ({ value, upper, comparator }: Quantity): string =>
  `${comparators[comparator]}${grouped(value)}${upper === null ? '' : ` to ${grouped(upper)}`}`;
const quantityWords = (value: Quantity, { units }: Vocabulary): string => {
  const [one, several] = units.get(value.unit) ?? [words(value.unit), words(value.unit)];
  const unit = value.value === '1' && value.upper === null ? one : several;
  return `${numberWords(value)}${unit === '' ? '' : ` ${unit}`}`;
};

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const month = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });
/** A year, a month or a day, with the preposition that goes before it; null for any other date. */
const dateWords = (date: string): [string, string] | null => {
  if (/^\d{4}$/.test(date)) return ['in', date];
  if (/^\d{4}-(?:0\d|1[0-2])$/.test(date)) return ['in', month.format(new Date(`${date}-01`))];
  return /^\d{4}-\d\d-\d\d$/.test(date) ? ['on', day.format(new Date(date))] : null;
};
const onDate = (text: string, or: string): string | null => {
  const [from, to] = text.split('/', 2).map(dateWords);
  if (!from || to === null) return null;
  return to === undefined ? `${from[0]}${or} ${from[1]}` : `${or === '' ? '' : 'at about the time '}between ${from[1]} and ${to[1]}`;
};
const clockWords = (text: string): string | null => {
  const [, date, clock] = /^(?:(\d{4}-\d\d-\d\d)?T)?(\d\d:\d\d)$/.exec(text) ?? [];
  return clock === undefined ? null : `${clock}${date === undefined ? '' : ` ${dateWords(date)?.join(' ')}`}`;
};
/** A span of hours; a short end is of the day on which it begins. */
const spanWords = (text: string): string | null => {
  const [start = '', end = ''] = text.split('/');
  const [, date, from = start] = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d)$/.exec(/^\d\d:\d\d$/.test(end) ? start : '') ?? [];
  const [first, last] = [clockWords(from), clockWords(end)];
  if (first === null || last === null) return null;
  return `between ${first} and ${last}${date === undefined ? '' : ` ${dateWords(date)?.join(' ')}`}`;
};
/** One of several days, months or years that are listed one by one. */
const oneOfWords = (text: string): string | null => {
  const members = /^\[(.+)\]$/.exec(text)?.[1]?.split(',').map(dateWords) ?? [];
  return members.length === 0 || members.includes(null) ? null : members.map((each) => each?.join(' ')).join(' or ');
};
/** A year, month or day, an interval of them, one of several, a time of day, a day with one, or a span of hours, in words; of all else what the record has. */
const timeWords = ({ value, approximate }: Extract<ClaimValue, { kind: 'time' }>): string => {
  const several = spanWords(value) ?? oneOfWords(value);
  if (several !== null) return approximate ? `at about the time ${several}` : several;
  const [, date = '', clock] = /^(.*?)T?(\d\d:\d\d)$/.exec(value) ?? [value, value];
  const on = date === '' ? '' : onDate(date, approximate && clock === undefined ? ' or about' : '');
  const about = approximate ? 'about ' : '';
  if (on === null) return `at ${about}the time written as “${value}”`;
  return [clock === undefined ? '' : `at ${about}${clock}`, on].filter(Boolean).join(' ');
};

/** A value in words; null for a text that is not there. */
const valueWords = (value: ClaimValue, parties: Parties, vocabulary: Vocabulary): string | null => {
  switch (value.kind) {
    case 'boolean':
      return value.value ? '“yes”' : '“no”';
    case 'text': {
      const texts = [value.value, ...(value.alternatives ?? [])];
      return value.value ? texts.map(bracketed).join(' or ') : null;
    }
    case 'time':
      return timeWords(value);
    case 'party':
      return nameOf(value.value, parties);
    case 'incident':
      return `another incident on record (${value.value})`;
    case 'quantity':
      return quantityWords(value, vocabulary);
    case 'term':
      return `“${words(value.value)}”`;
    default:
      return `“${value.kind}”`;
  }
};

/** What fills the places of a piece. */
type Filling = { about: string | null; value: string; number: string; somebody?: string };

const verb = /\[(was|were|([a-z]+)\|([a-z]+))\]/g;
const inflected = (piece: string, tense: Tense, negated: boolean): string =>
  piece.replace(verb, (_, one: string, past = one, infinitive = 'be') => {
    if (tense === 'future') return `would ${negated ? 'not ' : ''}${infinitive}`;
    if (!negated) return past;
    return infinitive === 'be' ? `${past} not` : `did not ${infinitive}`;
  });

/** What is told of nobody in particular is denied of everybody. */
const said = (piece: string, { about, value, number, somebody = 'somebody' }: Filling, tense: Tense = 'past', negated = false): string => {
  const nobody = negated && about === null && piece.includes('{about}');
  const text = inflected(piece, tense, negated && !nobody);
  const placed = /\{(?:[a-z]+ )?about(?::[^{}]+)?\}/.test(piece);
  const filled = text.replace(
    /\{(?:(value|number)|(?:([a-z]+) )?about(?::([^{}]+))?)\}/g,
    (_, of?: string, preposition?: string, else_?: string) => {
      if (of !== undefined) return of === 'value' ? value : number;
      if (preposition !== undefined) return about === null ? '' : ` ${preposition} ${about}`;
      return about ?? else_ ?? (nobody ? 'nobody' : somebody);
    },
  );
  return placed || about === null ? filled : `${filled} (as to ${about})`;
};

const plain = (aspect: string): Says => ({
  clause: `the answer to “${words(aspect)}” [was] {value}`,
  asked: `what the answer to “${words(aspect)}” was`,
  none: `the answer to “${words(aspect)}” [was] “none”`,
  terms: {},
});

/** The pieces for this value: the aspect's, or those that name aspect and value where it has none for it. */
const piecesFor = (value: ClaimValue, aspect: string, definition: AspectDefinition | undefined): Says => {
  const says = definition?.says;
  if (!says) return plain(aspect);
  if (value.kind === 'boolean' && /\{(?:value|number)\}/.test(says.clause)) return plain(aspect);
  if (value.kind === 'term') {
    const term = says.terms[value.value];
    return term === undefined ? plain(aspect) : { ...says, clause: says.clause.replace('{value}', () => term) };
  }
  const needed = value.kind === 'quantity' ? /\{(?:value|number)\}/ : /\{value\}/;
  const told = value.kind === 'boolean' || value.kind in withoutContent || needed.test(says.clause);
  return told ? says : plain(aspect);
};

const withoutContent = { unknown: true, none: true, withheld: true, sealed: true } as const;

/** The sentence's parts: what was asked, and what is said of it in a tense. */
type Told = { asked: string; clause: (tense: Tense) => string };

const told = (claim: Claim, text: string, parties: Parties, vocabulary: Vocabulary): Told => {
  const { aspect, about, value } = claim;
  const pieces = piecesFor(value, aspect, vocabulary.aspects.get(aspect));
  const filling = {
    about: about === null ? null : nameOf(about, parties),
    value: text,
    number: value.kind === 'quantity' ? numberWords(value) : text,
  };
  const asked = said(pieces.asked ?? `whether ${inflected(pieces.clause, 'past', false)}`, { ...filling, somebody: 'anybody' });
  const clause = (tense: Tense): string => {
    const tell = (piece: string) => `${inflected(piece, tense, false)} ${asked}`;
    switch (value.kind) {
      case 'unknown':
        return tell('it [was] unknown');
      case 'withheld':
        return tell('an answer [was] withheld to the question');
      case 'sealed':
        return tell('a court [sealed|seal] information on');
      case 'none':
        if (pieces.any !== undefined) return said(pieces.any, filling, tense, true);
        // Of what is so or not, none is no.
        if (pieces.none === undefined && pieces.asked === undefined) return said(pieces.clause, filling, tense, true);
        return pieces.none === undefined ? tell('“none” [was] the answer to the question') : said(pieces.none, filling, tense);
      case 'boolean':
        return said(pieces.clause, filling, tense, !value.value && !pieces.clause.includes('{value}'));
      default:
        return said(pieces.clause, filling, tense);
    }
  };
  return { asked, clause };
};

/** What a reader has to know beside speaker and words: how they came to the record, and what is unclear of them. */
const notes = (claim: Claim, parties: Parties): string[] => [
  ...(claim.onBehalfOf === null ? [] : [`on behalf of ${nameOf(claim.onBehalfOf, parties)}`]),
  ...(claim.ownReporting ? ['own reporting'] : []),
  ...(claim.via.length === 0 ? [] : [`relayed by ${claim.via.map((id) => nameOf(id, parties)).join(', then ')}`]),
  ...(claim.rendering === 'unattributed' && claim.capacity !== 'reporter' ? ['not attributed in the source'] : []),
  ...claim.flags.flatMap((flag) => (flag in unclear ? [unclear[flag as keyof typeof unclear]] : [])),
];
const unclear = {
  machine_translated: 'from a machine translation',
  negation_unclear: 'unclear in the source whether said or denied',
  sense_unclear: 'unclear in the source',
  attribution_unclear: 'unclear in the source who said it',
} as const;

/** To withhold a value is the speaker's own doing. */
const refusing: Partial<Record<Claim['stance'], string>> = {
  asserts: 'declined to say {asked}',
  cannot_confirm: 'did not confirm a report, and declined to say {asked}',
};

/**
 * "<Speaker> (<capacity>; …) said that ….", made from the claim's stance, value, aspect, about, capacity, `onBehalfOf`, `via`, rendering and flags. Null once
 * the text of its value was erased.
 */
export const attributed = (claim: Claim, parties: Parties, vocabulary: Vocabulary): string | null => {
  const text = valueWords(claim.value, parties, vocabulary);
  if (text === null) return null;
  const { asked, clause } = told(claim, text, parties, vocabulary);
  const places: Record<string, () => string> = { asked: () => asked, clause: () => clause('past'), future: () => clause('future') };
  const says = (claim.value.kind === 'withheld' ? refusing[claim.stance] : undefined) ?? stanceRules[claim.stance].says;
  const predicate = says.replace(/\{(asked|clause|future)\}/g, (_, place: string) => places[place]?.() ?? '');
  return `${capital(nameOf(claim.speaker, parties))} (${[words(claim.capacity), ...notes(claim, parties)].join('; ')}) ${predicate}.`;
};
