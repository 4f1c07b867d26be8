import { externalIdWord, type IncidentDocument, saidBy, type Vocabulary } from '@averment/domain';
import { type ClaimFacts, type Facet, facetOf, hidden } from '../../search/facets.ts';
import type { Documents } from './render.ts';

/** What an incident is found by in the list: what its claims say, and its texts. */

type Claim = IncidentDocument['claims'][number];

/** The claims that stand: those that are listed in the row of their aspect (docs/rules.md, state 7). */
export const listedClaims = ({ aspects, claims }: IncidentDocument): Claim[] => {
  const listed = new Set(aspects.flatMap(({ claims: ids }) => ids));
  return claims.filter(({ id }) => listed.has(id));
};

const isPersonal = (vocabulary: Vocabulary, { aspect }: Claim): boolean => vocabulary.aspects.get(aspect)?.personal ?? false;

/** What disputes, proceedings and rulings there are that nobody took back. */
const entriesOf = ({ disputes, proceedings, rulings }: IncidentDocument) => ({
  disputes: disputes.filter(({ withdrawn, retracted }) => !withdrawn && !retracted),
  proceedings: proceedings.filter(({ retracted }) => !retracted),
  rulings: rulings.filter(({ retracted }) => !retracted),
});

const sourcesOf = (...cited: { citations: { source: string }[] }[]): string[] => [
  ...new Set(cited.flatMap(({ citations }) => citations.map(({ source }) => source))),
];

/** A party with those that it is merged into, nearest first: what is said of the one is found by the others. */
export const withSurvivors = ({ parties }: Pick<IncidentDocument, 'parties'>): ((id: string) => string[]) => {
  const next = new Map(parties.map(({ id, mergedInto }) => [id, mergedInto]));
  return (id) => {
    const found = new Set<string>();
    for (let at: string | null = id; at !== null && !found.has(at); at = next.get(at) ?? null) found.add(at);
    return [...found];
  };
};

/** One word, or several where a party is merged. */
const oneOrAll = (words: string[]): string | string[] => (words.length === 1 ? (words[0] ?? words) : words);

/** What is asked of one claim, of each claim. What describes a person is asked of nobody. The last one stands for what is cited beside claims. */
export const factsOf = (document: IncidentDocument, vocabulary: Vocabulary): ClaimFacts[] => {
  const listed = new Set(listedClaims(document));
  const survivors = withSurvivors(document);
  const namesOf = (id: string) => oneOrAll(survivors(id));
  const { disputes, proceedings, rulings } = entriesOf(document);
  const beside = sourcesOf(
    ...disputes,
    ...proceedings.flatMap((one) => [one, ...one.updates]),
    ...rulings.flatMap((one) => [one, ...one.effects]),
  );
  const claims = document.claims.map((claim): ClaimFacts => {
    const { aspect, about, speaker, standing } = claim;
    const said = saidBy(claim);
    return {
      ...(!isPersonal(vocabulary, claim) && { aspect, ...(said !== null && ('word' in said ? { value: namesOf(said.word) } : said)) }),
      ...(about !== null && { about: namesOf(about) }),
      speaker: namesOf(speaker),
      sources: sourcesOf(claim),
      standing,
      stands: listed.has(claim),
    };
  });
  return beside.length === 0 ? claims : [...claims, { sources: beside, stands: true }];
};

/** The same in single words, for an index: agencies, what it is called elsewhere, what claims that stand say, what others say, and which standings there are. */
export const facetsOf = (document: IncidentDocument, claims: readonly ClaimFacts[]): string[] => {
  const { agencies, externalId } = document;
  const found = new Set<string>(agencies.flatMap(({ id }) => withSurvivors(document)(id)).map((id) => facetOf('agency', id)));
  const called = externalId && externalIdWord(externalId);
  if (called !== null) found.add(facetOf('externalId', called));
  for (const { aspect, about, speaker, sources, standing, stands, value } of claims) {
    const note = (facet: Facet, words: string | string[] = [], of = '') => {
      for (const word of [words].flat()) found.add(stands ? facetOf(facet, `${of}${word}`) : hidden(facetOf(facet, `${of}${word}`)));
    };
    note('aspect', aspect);
    note('about', about);
    note('speaker', speaker);
    for (const source of sources) note('source', source);
    if (aspect !== undefined) note('value', value, `${aspect} `);
    if (standing !== undefined) found.add(facetOf('standing', standing));
  }
  return [...found].sort();
};

/**
 * Texts, each by itself. `all_search` has those of claims that do not stand too; what begins with public_ is searched without a key. Null where it is the same as
 * without.
 */
export type Searched = {
  search: string[];
  all_search: string[] | null;
  public_search: string[] | null;
  public_all_search: string[] | null;
};

/** Parties with those above them, and with their survivors. */
const withParents = (ids: readonly (string | null)[], { parties }: IncidentDocument): Set<string> => {
  const parentOf = new Map(parties.map(({ id, parent, mergedInto }) => [id, mergedInto ?? parent]));
  const found = new Set<string>();
  for (const id of ids) for (let at = id; at !== null && !found.has(at); at = parentOf.get(at) ?? null) found.add(at);
  return found;
};

const namedBy = ({ speaker, onBehalfOf, about, via, value }: Claim): (string | null)[] => [
  speaker,
  onBehalfOf,
  about,
  ...via,
  value.kind === 'party' ? value.value : null,
];

const textsOf = (document: IncidentDocument, claims: readonly Claim[], vocabulary: Vocabulary): string[] => {
  const { title, place, parties, agencies } = document;
  const { disputes, proceedings, rulings } = entriesOf(document);
  const ids = [
    ...agencies.map(({ id }) => id),
    ...claims.flatMap(namedBy),
    ...disputes.map(({ by }) => by),
    ...proceedings.flatMap(({ by, against, forum }) => [by, against, forum]),
    ...rulings.flatMap(({ court, judge }) => [court, judge]),
  ];
  const named = withParents(ids, document);
  const texts = [
    title,
    place?.text,
    place?.locality,
    ...parties.filter(({ id }) => named.has(id)).map(({ name }) => name),
    ...claims.filter((claim) => !isPersonal(vocabulary, claim)).map(({ statement }) => statement),
    ...disputes.map(({ grounds }) => grounds),
    ...proceedings.flatMap(({ title: called, caseNumber }) => [called, caseNumber]),
    ...rulings.flatMap(({ caseNumber, summary }) => [caseNumber, summary]),
  ];
  return texts.filter((text) => typeof text === 'string');
};

/** The texts by which an incident is found, and those by which it is found where all claims are asked for. */
export const searchedOf = ({ open, document }: Pick<Documents, 'open' | 'document'>, vocabulary: Vocabulary): Searched => {
  const both = (of: IncidentDocument) => {
    const standing = listedClaims(of);
    const search = textsOf(of, standing, vocabulary);
    return { search, all: standing.length === of.claims.length ? search : textsOf(of, of.claims, vocabulary) };
  };
  const mine = both(document);
  const theirs = open === document ? mine : both(open);
  const unless = (same: string[], texts: string[]) =>
    texts.length === same.length && texts.every((text, at) => text === same[at]) ? null : texts;
  return {
    search: mine.search,
    all_search: unless(mine.search, mine.all),
    public_search: unless(mine.search, theirs.search),
    public_all_search: unless(mine.all, theirs.all),
  };
};
