import type { Schemas } from '@averment/client';
import type { Choice } from '../../parts/form.ts';
import { inWords, type Vocabulary } from '../../vocabulary.ts';

type SentClaim = Schemas['SentClaim'];
type SentSource = Schemas['SentSource'];
type Ruling = Schemas['RecordRuling'];
type Words<K extends string> = Readonly<Record<K, string>>;

/** A list to choose from, of a table that has words for each word of the API. */
const of = <K extends string>(words: Words<K>): Choice[] => Object.entries<string>(words).map(([value, text]) => ({ value, text }));

export const sourceKinds = of<SentSource['kind']>({
  article: 'Article',
  agency_statement: 'Statement of an agency',
  court_filing: 'Court filing',
  transcript: 'Transcript',
  video: 'Video',
  post: 'Post',
  other: 'Something else',
});

export const translations = of<NonNullable<SentSource['translation']>>({ human: 'By people', machine: 'By a machine' });

export const partyKinds = of<Schemas['SentParty']['kind']>({
  agency: 'Agency',
  court: 'Court',
  outlet: 'Outlet: a paper, a station',
  organisation: 'Organisation',
  person: 'Person',
  described_role: 'Somebody of whom only a role is told',
});

export const capacities = of<SentClaim['capacity']>({
  spokesperson: 'Spokesperson: speaks for a body that named them to do so',
  official: 'Official: holds an office and speaks from it',
  officer_involved: 'Officer involved: took part as an officer',
  person_concerned: 'Person concerned: the incident happened to them',
  eyewitness: 'Eyewitness: saw or heard it',
  relative: 'Relative of somebody concerned',
  lawyer: 'Lawyer: speaks as counsel',
  prosecutor: 'Prosecutor',
  judge: 'Judge: from the bench, outside a ruling',
  medical: 'Medical: treated or examined somebody concerned',
  expert: 'Expert: judges from special knowledge',
  analyst: 'Analyst: counted or compared published data',
  organisation: 'Organisation: speaks as one',
  anonymous: 'Anonymous: not named by the outlet',
  reporter: 'Reporter: tells what others said, or own reporting',
});

export const stances = of<SentClaim['stance']>({
  asserts: 'Asserts: says it is so',
  alleges: 'Alleges: says that somebody did something punishable or discreditable that no court has found',
  denies: 'Denies: says the value is not so',
  confirms: 'Confirms: vouches from own knowledge for another voice',
  admits: 'Admits: confirms against own interest',
  cannot_confirm: 'Cannot confirm: speaks of a report without vouching',
  no_response: 'No response: was asked and did not answer',
  opines: 'Opines: judges or blames',
  announces: 'Announces: speaks of the future',
  retracts: 'Retracts: takes back an own claim',
});

export const renderings = of<NonNullable<SentClaim['rendering']>>({
  direct: 'In the speaker’s words',
  paraphrase: 'In the source’s words',
  mixed: 'In both',
  unattributed: 'Without saying who said it',
});

export const flags = of<NonNullable<SentClaim['flags']>[number]>({
  machine_translated: 'The quote is a machine translation',
  negation_unclear: 'It is unclear whether the text says or denies it',
  sense_unclear: 'It is unclear what the text says',
  attribution_unclear: 'It is unclear who said it',
  quote_gone: 'A later revision of the source no longer has the quote',
  source_withdrawn: 'The publisher withdrew the source',
});

export const relations = of<NonNullable<SentClaim['relatesTo']>[number]['as']>({
  supports: 'Supports it',
  answers: 'Answers it',
  about: 'Is about it',
});

export const comparators = of<Schemas['SentQuantityValue']['comparator']>({
  exact: 'Exactly',
  about: 'About',
  at_least: 'At least',
  more_than: 'More than',
  at_most: 'At most',
  less_than: 'Less than',
  range: 'From … to …',
});

export const valueKinds: Words<Schemas['SentValue']['kind']> = {
  boolean: 'Yes or no',
  term: 'One of a list',
  text: 'In words',
  time: 'A time',
  party: 'A person or body',
  incident: 'Another incident of the record',
  quantity: 'A number',
  unknown: 'The speaker says that nobody knows',
  none: 'The speaker says that there was none',
  withheld: 'The speaker does not tell it',
  sealed: 'It is sealed',
};

export const precisions = of<NonNullable<Schemas['SentPlace']>['precision']>({
  exact: 'To the spot',
  street: 'To the street',
  road: 'To the road',
  neighbourhood: 'To the neighbourhood',
  locality: 'To the town',
  county: 'To the county',
  region: 'To the region',
  country: 'To the country',
});

export const parts = of<NonNullable<Schemas['SentCitation']['part']>>({
  headline: 'Headline',
  lead: 'Lead',
  body: 'Body',
  caption: 'Caption',
});

export const disputeBases = of<Schemas['DisputeClaim']['basis']>({
  stated: 'Somebody contests it',
  inferred: 'Two claims are read as conflicting, and nobody said so',
});

export const rulingBases = of<Ruling['basis']>({
  court_document: 'The decision itself was read',
  report: 'Somebody tells of it',
});

export const finalities = of<Ruling['finality']>({
  final: 'Final: no longer open to appeal',
  appealable: 'Appealable: binding, though an appeal is possible or pending',
  provisional: 'Provisional: is listed and changes nothing',
});

export const effects = of<NonNullable<Ruling['effects'][number]['effect']>>({
  upholds: 'Upholds the claim: the court found it so',
  contradicts: 'Contradicts the claim: the court found the opposite',
  moots: 'Moots the claim: it need not be decided',
  not_established: 'Found the claim not established',
  affirms: 'Affirms the ruling',
  reverses: 'Reverses the ruling',
  vacates: 'Vacates the ruling',
  stays: 'Stays the ruling',
  lifts_stay: 'Lifts the stay',
});

export const bases = of<Exclude<NonNullable<Schemas['CorrectClaim']['basis']>, 'reversal'>>({
  source: 'A source says otherwise, and is quoted',
  editorial: 'A typing error in words of the record’s own',
  revision: 'A source has another text, or was withdrawn',
});

export const revisions = of<Schemas['ReviseText']['why']>({
  corrected_by_publisher: 'The publisher changed it',
  better_extraction: 'It is read better now',
  translation: 'It is translated better now',
});

export const ranks = of<Schemas['RankClaim']['rank']>({
  preferred: 'Before the others',
  normal: 'With the others',
  deprecated: 'After the others',
});

export const aspects = (words: Vocabulary): Choice[] =>
  words.aspects.map(({ name, group }) => ({ value: name, text: inWords(name), group: inWords(group) }));

const meant = ({ name, meaning }: { name: string; meaning: string | null }): Choice => ({
  value: name,
  text: meaning === null ? inWords(name) : `${inWords(name)}: ${meaning}`,
});
export const proceedingTypes = (words: Vocabulary): Choice[] => words.proceedingTypes.map(meant);
export const proceedingStatuses = (words: Vocabulary): Choice[] => words.proceedingStatuses.map(meant);
