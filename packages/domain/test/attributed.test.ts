import t from 'tap';
import { attributed, type Claim, type IncidentDocument, loadVocabulary, standardVocabulary } from '../src/index.ts';
import { bool, type ClaimWords, claim, documentOf, type Given, given, id, number, parties, term, text, unplaced } from './given.ts';

const document = (...events: Given[]) => documentOf(given(...events).state);
const claimOf = (of: IncidentDocument, name: string) => of.claims.find((it) => it.id === id('claim', name));
const alleged: ClaimWords = { by: 'bureau', aspect: 'fled', about: 'driver', stance: 'alleges' };

t.test('the sentence that attributes a claim', async (t) => {
  const sentenceOf = (words: ClaimWords) => claimOf(document(claim('c1', words)), 'c1')?.attributed;
  const sentence = (words: Partial<ClaimWords>) => sentenceOf({ ...alleged, ...words });
  const general: ClaimWords = { by: 'bureau', stance: 'alleges' };
  t.equal(sentence({}), 'Bureau (spokesperson) alleged that driver fled.');
  t.equal(sentence({ stance: 'denies' }), 'Bureau (spokesperson) denied that driver fled.', 'a denial denies');
  t.equal(
    sentence({ by: 'lawyer', capacity: 'lawyer', onBehalfOf: 'driver', stance: 'denies' }),
    'Lawyer (lawyer; on behalf of driver) denied that driver fled.',
  );
  t.equal(
    sentence({ by: 'officer', capacity: 'officer_involved', value: bool(false) }),
    'Officer (officer involved) alleged that driver did not flee.',
  );
  t.equal(sentence({ by: 'city', stance: 'cannot_confirm' }), 'City (spokesperson) did not confirm a report that driver fled.');
  t.equal(
    sentenceOf({ by: 'city', stance: 'no_response', aspect: 'response', value: text('no answer') }),
    'City (spokesperson) did not answer when asked what the response was, if any.',
  );
  t.equal(
    sentenceOf({ ...general, stance: 'announces', aspect: 'recording', value: term('released') }),
    'Bureau (spokesperson) announced that a recording of the event would be released.',
  );
  t.equal(
    sentence({ stance: 'opines', aspect: 'intent', value: text('to hide') }),
    'Bureau (spokesperson) gave the opinion that an intent of driver was [to hide].',
  );
  t.equal(
    sentence({ flags: ['negation_unclear'] }),
    'Bureau (spokesperson; unclear in the source whether said or denied) alleged that driver fled.',
  );
  t.equal(sentenceOf({ ...general, aspect: 'fled', value: bool(false) }), 'Bureau (spokesperson) alleged that nobody fled.');
  t.equal(sentence({ stance: 'asserts', value: { kind: 'none' } }), 'Bureau (spokesperson) said that driver did not flee.', 'none is no');
});

t.test('a denial is of what the person did or was, never of its being alleged or reported', async (t) => {
  const sentence = (words: Partial<ClaimWords>) =>
    claimOf(document(claim('c1', { by: 'lawyer', capacity: 'lawyer', about: 'driver', stance: 'denies', ...words })), 'c1')?.attributed;
  t.equal(
    sentence({ aspect: 'offence_alleged', value: text('arson') }),
    'Lawyer (lawyer) denied that driver committed the offence [arson].',
  );
  t.equal(
    sentence({ aspect: 'offence_alleged', stance: 'asserts', value: { kind: 'none' } }),
    'Lawyer (lawyer) said that driver did not commit an offence.',
  );
  t.equal(
    sentence({ aspect: 'mental_condition', value: text('hearing voices') }),
    'Lawyer (lawyer) denied that a mental condition of driver was [hearing voices].',
  );
  t.equal(
    sentence({ aspect: 'mental_condition', stance: 'asserts', value: { kind: 'none' } }),
    'Lawyer (lawyer) said that driver did not have a mental condition.',
  );
  t.equal(
    sentence({ aspect: 'race_or_ethnicity', value: text('Hispanic') }),
    'Lawyer (lawyer) denied that the race or ethnicity of driver was [Hispanic].',
  );
});

t.test('a claim that rests on a machine translation says so by itself, with a link to the original', async (t) => {
  const cited = (source: string) => [
    {
      source: id('source', source),
      revision: 1,
      part: null,
      quote: { exact: 'x', prefix: null, suffix: null },
      position: { start: 0, end: 1 },
      ...unplaced,
    },
  ];
  const shown = (source: string, words: Partial<ClaimWords> = {}) => {
    const of = document(claim('c1', { ...alleged, ...words, citations: cited(source) }));
    return { claim: claimOf(of, 'c1'), sources: of.sources };
  };
  const translated = { translation: 'machine', translatedFrom: 'es', originalUrl: 'https://example.org/nota' };
  const byMachine = shown('translated', { flags: ['sense_unclear'] });
  t.match(byMachine.claim, {
    flags: ['sense_unclear', 'machine_translated'],
    translations: [{ source: id('source', 'translated'), ...translated }],
    attributed: 'Bureau (spokesperson; unclear in the source; from a machine translation) alleged that driver fled.',
  });
  t.match(byMachine.sources, [translated]);
  t.same(shown('translated', { flags: ['machine_translated'] }).claim?.flags, ['machine_translated'], 'once, where an editor said it too');
  t.match(shown('by-hand').claim, { flags: [], translations: [{ translation: 'human' }] });
  t.match(shown('article').claim, { flags: [], translations: [] });
});

t.test('a text in a sentence stays between its brackets, and one that was erased leaves no sentence', async (t) => {
  const { claim: it } = claim('c1', { ...alleged, aspect: 'intent', value: text('to hide]. He did [so.\nIt is true') }).data as {
    claim: Claim;
  };
  t.equal(
    attributed(it, parties, standardVocabulary),
    'Bureau (spokesperson) alleged that an intent of driver was [to hide). He did (so. It is true].',
  );
  t.equal(attributed({ ...it, value: { kind: 'text' } as Claim['value'] }, parties, standardVocabulary), null);
});

t.test('an aspect of an installation has its own words in sentences, or is named', async (t) => {
  const vocabulary = loadVocabulary({
    aspects: [
      { name: 'drone_used', group: 'force', kinds: ['boolean'], says: { clause: 'officers [used|use] a drone{against about}' } },
      { name: 'shields', group: 'force', kinds: ['quantity'], units: ['shield'] },
    ],
    units: ['shield'],
    terms: { weapon: ['bottle', { name: 'brick', says: 'a brick' }] },
  });
  const sentence = (words: Partial<ClaimWords>) =>
    attributed((claim('c1', { ...alleged, ...words }).data as { claim: Claim }).claim, parties, vocabulary);
  t.equal(sentence({ aspect: 'drone_used', stance: 'denies' }), 'Bureau (spokesperson) denied that officers used a drone against driver.');
  t.equal(
    sentence({ aspect: 'drone_used', value: bool(false) }),
    'Bureau (spokesperson) alleged that officers did not use a drone against driver.',
  );
  t.equal(
    sentence({ aspect: 'shields', value: number('3', 'exact', 'shield') }),
    'Bureau (spokesperson) alleged that the answer to “shields” was 3 shield (as to driver).',
  );
  t.equal(sentence({ aspect: 'weapon', value: term('brick') }), 'Bureau (spokesperson) alleged that driver had a brick.');
  t.equal(
    sentence({ aspect: 'weapon', value: term('bottle') }),
    'Bureau (spokesperson) alleged that the answer to “weapon” was “bottle” (as to driver).',
  );
  t.equal(sentence({ aspect: 'gone' }), 'Bureau (spokesperson) alleged that the answer to “gone” was “yes” (as to driver).');
});
