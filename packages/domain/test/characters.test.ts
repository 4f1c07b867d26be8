import t from 'tap';
import type { z } from 'zod';
import {
  derivedId,
  editBody,
  hiddenIn,
  isSeen,
  lineText,
  longText,
  partyBody,
  proposalBody,
  reasonText,
  sourceBody,
  writtenOut,
} from '../src/index.ts';

const command = '00000000-0000-5000-8000-000000000000';
const [source, party, claim, dispute] = (['source', 'party', 'claim', 'dispute'] as const).map((prefix) => derivedId(prefix, command, 'x'));
const citations = [{ source, quote: { exact: '¶', prefix: '¶', suffix: '¶' } }];
const scope = { measure: '§', population: '§', place: '§', period: '§', base: '§' };
const sentClaim = {
  ...{
    aspect: 'activity',
    value: { kind: 'text', value: '§', alternatives: ['§'] },
    statement: '§',
    scope,
    speaker: party,
    capacity: 'official',
  },
  stance: 'asserts',
  citations,
};
const incident = {
  title: '§',
  occurred: { dateText: '§' },
  place: { text: '§', locality: '§', country: 'US', precision: 'road' },
};
const { claims: _, ...ruling } = {
  court: party,
  finality: 'final',
  onMotionOf: '§',
  standard: '§',
  basis: 'report',
  summary: '§',
  citations,
  claims: [],
  effects: [{ claim, effect: 'upholds', citations }],
};
/** Every body with texts, all of them there: `§` where they are written here, `¶` where they stand in a document. */
const bodies: [string, z.ZodType, object | string][] = [
  ['an incident', proposalBody, { ...incident, claims: [sentClaim], rationale: '§' }],
  ['a source', sourceBody, { kind: 'article', publisher: '§', title: '§', authors: ['§'], language: 'en', text: '¶' }],
  ['a party', partyBody, { kind: 'person', name: '§', aliases: ['§'], publicRole: '§' }],
  ['a reason', reasonText, '§'],
  [
    'an edit',
    editBody,
    {
      baseRevision: 1,
      rationale: '§',
      changes: [
        { kind: 'add_claim', claim: sentClaim },
        { kind: 'add_citation', claim, citations },
        { kind: 'dispute_claim', claim, basis: 'inferred', grounds: '§', citations },
        { kind: 'withdraw_dispute', dispute, reason: '§' },
        { kind: 'open_proceeding', ref: 'p1', type: 'charge', title: '§', status: 'open', citations },
        { kind: 'update_proceeding', proceeding: 'p1', status: 'dismissed', note: '§', citations },
        { kind: 'record_ruling', ...ruling },
        { kind: 'correct_incident', set: incident, reason: 'It was wrong.', citations },
        { kind: 'correct_claim', claim, set: { statement: '§', scope, value: sentClaim.value }, reason: 'It was wrong.', citations },
        {
          kind: 'correct_entry',
          target: dispute,
          set: { grounds: '§', title: '§', summary: '§', onMotionOf: '§', standard: '§' },
          reason: 'It was wrong.',
          citations,
        },
        { kind: 'rank_claim', claim, rank: 'normal', reason: '§' },
        { kind: 'retract_claim', claim, reason: '§' },
        { kind: 'reinstate_claim', claim, reason: '§' },
        { kind: 'retract_entry', target: dispute, reason: '§' },
        { kind: 'merge_incident', into: derivedId('incident', command, 'x'), reason: '§' },
        { kind: 'unmerge_incident', reason: '§' },
        { kind: 'distinguish_incident', from: derivedId('incident', command, 'x'), reason: '§' },
        { kind: 'undistinguish_incident', from: derivedId('incident', command, 'x'), reason: '§' },
        { kind: 'retract_incident', reason: '§' },
        { kind: 'correct_change', target: dispute, revision: 1, set: { reason: '§', note: '§' }, reason: 'It was wrong.' },
        { kind: 'reinstate_entry', target: dispute, reason: '§' },
        { kind: 'reinstate_incident', reason: '§' },
      ],
    },
  ],
];

/** The body with its n-th mark in the place of which a text stands, and the others with something harmless. */
const withText = (body: object | string, mark: string, n: number, text: string): unknown => {
  let seen = -1;
  return JSON.parse(
    JSON.stringify(body).replaceAll(/[§¶]/g, (found) => {
      if (found === mark) seen += 1;
      return found === mark && seen === n ? JSON.stringify(text).slice(1, -1) : 'x';
    }),
  );
};
const count = (body: object | string, mark: string): number => JSON.stringify(body).split(mark).length - 1;

const hidden = {
  'a bidirectional override': 'a\u202eb',
  'a left-to-right mark': 'a\u200eb',
  'an isolate': 'a\u2066b\u2069',
  'a C1 control': 'a\u0085b',
  'another C1 control': 'a\u009bb',
  'tag characters': 'a\u{e0041}',
  'a zero-width space': 'a\u200bb',
  'a soft hyphen': 'a\u00adb',
  'a byte order mark': '\ufeffab',
  'a joiner between Latin letters': 'a\u200db',
  'a non-joiner at an end': 'ab\u200c',
  'a variation selector behind a letter': 'a\ufe0f',
  'a Hangul filler': '\u3164',
  'an annotation': 'a\ufff9b\ufffb',
  'no character': 'a\ufdd0',
  'an escape': '\u001b[31m',
  'a word joiner alone': '\u2060',
  'space alone': ' \u3000',
  'the blank of Braille alone': '\u2800',
  'the blank of Braille for a space': 'a\u2800b',
  'the blank of Braille at an end': '⠃\u2800',
  'the place of an object': 'a\ufffc',
  'a note without a head': 'a\u{1d159}',
  'the blank of hieroglyphs': 'a\u{13441}b',
  'a joiner of hieroglyphs': 'a\u{13430}b',
  'the filler of Khitan': 'a\u{16fe4}',
  'marks alone': '\u0301\u0300',
  'many marks': `a${'\u0316\u0301'.repeat(16)}`,
};

t.test('what is written here holds nothing hidden, and something to see', async (t) => {
  for (const [what, schema, body] of bodies) {
    for (let n = 0; n < count(body, '§'); n += 1) {
      t.ok(schema.safeParse(withText(body, '§', n, 'x')).success, `${what}, text ${n}`);
      for (const [name, text] of Object.entries(hidden))
        t.notOk(schema.safeParse(withText(body, '§', n, text)).success, `${what}, text ${n}: ${name}`);
    }
  }
});

t.test('what is written here is kept in NFC, however it was sent', async (t) => {
  for (const [what, schema, body] of bodies) {
    for (let n = 0; n < count(body, '§'); n += 1) {
      const parsed = JSON.stringify(schema.parse(withText(body, '§', n, 'Zu\u0308rich')));
      t.ok(parsed.includes('Zürich'), `${what}, text ${n}`);
    }
  }
  t.equal(lineText(3).parse('e\u0301e\u0301e\u0301'), 'ééé', 'its length is that of what is kept');
});

t.test('a text that is too long by far is refused before anything is done with it', async (t) => {
  const calls = t.capture(String.prototype, 'normalize', String.prototype.normalize);
  const { error } = longText(100).safeParse(`a${'\u0316\u0301'.repeat(1000)}`);
  t.same(
    error?.issues.map(({ message }) => message),
    ['must have at most 100 characters'],
  );
  t.equal(calls().length, 0);
  t.ok(longText(100).safeParse('e\u0323\u0302'.repeat(100)).success, 'in NFC it is short enough');
});

t.test('a source’s own text and the quotes from it stay as they are', async (t) => {
  for (const [what, schema, body] of bodies) {
    for (let n = 0; n < count(body, '¶'); n += 1) {
      for (const text of ['Zu\u0308rich', 'a\u202eb', 'a\u200bb', 'a\u0085b', 'a\u00adb']) {
        const parsed = JSON.stringify(schema.parse(withText(body, '¶', n, text)));
        t.ok(parsed.includes(JSON.stringify(text).slice(1, -1)), `${what}, text ${n}`);
      }
    }
  }
});

t.test('what shapes its neighbours is no hidden character', async (t) => {
  const words = [
    'می\u200cخواهم',
    'क्\u200dष',
    'ക്\u200d',
    'ন্\u200c',
    'ᠨ\u180bᠠ',
    '葛\u{e0100}飾',
    '👩\u200d👩\u200d👧',
    '👩🏽\u200d🚒',
    '🏳\ufe0f\u200d🌈',
    '1\ufe0f\u20e3',
    '⚖\ufe0f',
    '⠁\u2800⠃',
    'Straße №\u00a05 – “a” שלום ٣',
  ];
  for (const word of words) {
    t.equal(hiddenIn(word), null, word);
    t.equal(longText(30).parse(word), word.normalize('NFC'));
    t.equal(writtenOut(word), null);
  }
});

t.test('the refusal names the character', async (t) => {
  const messages = longText(9)
    .safeParse('a\u200bb')
    .error?.issues.map(({ message }) => message);
  t.same(messages, ['must not hold U+200B, which is a control character or cannot be seen']);
  t.equal(hiddenIn('a\u{e0041}'), 'U+E0041');
  t.notOk(isSeen('\u200b \u2800\u0301'));
});

t.test('hidden characters are written out, and nothing else', async (t) => {
  t.equal(writtenOut('plain, with\na line and\ta tab'), null);
  t.equal(writtenOut('the \u202eneddih\u202c one\u00ad\u0007'), 'the ⟨U+202E⟩neddih⟨U+202C⟩ one⟨U+00AD⟩⟨U+0007⟩');
  t.equal(writtenOut('می\u200cخواهم\u200c'), 'می\u200cخواهم⟨U+200C⟩');
});

t.test('the address of a source has a host that reads as the one that is asked', async (t) => {
  const takes = (url: string) => sourceBody.safeParse({ kind: 'article', language: 'en', text: 'x', url }).success;
  for (const url of [
    'https://example.org',
    'http://example.org/a?b=c#d',
    'HTTPS://Example.org:8443/é@x',
    'https://example.org?x',
    'https://example.org/a//b',
  ])
    t.ok(takes(url), url);
  const refused = [
    ...['https://user@example.org/', 'https://user:word@example.org/', 'https://@example.org/', 'https://:@example.org/'],
    ...['https://example.com\\@example.org/', 'https:example.org', 'https:/example.org', 'https:///example.org', 'https://', 'https:///'],
    ...['ftp://example.org/', 'javascript:alert(1)', 'example.org', '//example.org/'],
    ...[
      'https://example.org/a\u3000b',
      'https://example.org/\u202ea',
      'https://example.org/a\u200b',
      'https://example.org/\u0085',
      'https://localhost/',
    ],
    ...['https://?x', 'https://#x', 'https://example.org\u00a0/', 'https:\n//user@example.org/'],
  ];
  for (const url of refused) t.notOk(takes(url), JSON.stringify(url));
  const kept = sourceBody.parse({ kind: 'article', language: 'en', text: 'x', url: ' https://exam\nple.org/a\tb\n' }).url;
  t.equal(kept, 'https://example.org/ab', 'line ends and tabs are left out, as every browser does');
});
