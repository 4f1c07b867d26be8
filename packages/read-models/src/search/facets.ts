import type { Asked } from '@averment/domain';

/** How what claims say is kept and asked for: by facets, single words for an index, and claim by claim where several things have to be true of one. */

/**
 * What may be asked of a claim; `stands`: it is listed in the row of its aspect. Without a standing it is what is cited beside claims. A party that is merged
 * stands with its survivors: a `jsonpath` compares each of a list.
 */
export type ClaimFacts = {
  aspect?: string;
  about?: string | string[];
  speaker?: string | string[];
  sources: string[];
  standing?: string;
  stands: boolean;
  value?: string | string[];
  unit?: string;
  low?: number | null;
  high?: number | null;
};

/** What is asked. Without `standing` it is asked of claims that stand. */
export type AskedOfClaim = { aspect?: string; about?: string; speaker?: string; source?: string; value?: Asked; standing?: string };

export type Facet = 'agency' | 'externalId' | 'aspect' | 'about' | 'speaker' | 'source' | 'standing' | 'value';
export const facetOf = (facet: Facet, word: string): string => `${facet} ${word}`;
/** A facet of a claim that does not stand. */
export const hidden = (facet: string): string => `not ${facet}`;

/** The words that a value may be kept as. */
export const wordsOf = ({ word, or }: Extract<Asked, { word: string }>): string[] => (or === undefined ? [word] : [word, or]);

/** The facets of which a claim must have one of each, without its standing. That of a value says its aspect too. */
export const facetsAsked = ({ aspect, about, speaker, source, value }: AskedOfClaim): string[][] => [
  ...(value !== undefined && 'word' in value
    ? [wordsOf(value).map((word) => facetOf('value', `${aspect} ${word}`))]
    : aspect === undefined
      ? []
      : [[facetOf('aspect', aspect)]]),
  ...(about === undefined ? [] : [[facetOf('about', about)]]),
  ...(speaker === undefined ? [] : [[facetOf('speaker', speaker)]]),
  ...(source === undefined ? [] : [[facetOf('source', source)]]),
];

const valuePath = (value: Asked): string => {
  if ('word' in value)
    return wordsOf(value)
      .map((word) => `@.value == ${JSON.stringify(word)}`)
      .join(' || ');
  const { unit, number } = value;
  const ofUnit = unit === null ? 'exists(@.unit)' : `@.unit == ${JSON.stringify(unit)}`;
  const fits = `${ofUnit} && !(@.low > ${number}) && !(@.high < ${number})`;
  return number === 0 ? `${fits} || @.value == "none"` : fits;
};

/** The `jsonpath` that finds a claim of which all is true that is asked. */
export const claimPath = ({ aspect, about, speaker, source, value, standing }: AskedOfClaim): string => {
  const member = (name: string, word: string | undefined) => (word === undefined ? [] : [`@.${name} == ${JSON.stringify(word)}`]);
  const conditions = [
    ...member('aspect', aspect),
    ...member('about', about),
    ...member('speaker', speaker),
    ...member('sources[*]', source),
    ...(value === undefined ? [] : [`(${valuePath(value)})`]),
    ...(standing === undefined ? ['@.stands == true'] : standing === 'any' ? [] : member('standing', standing)),
  ];
  return `$[*] ? (${conditions.join(' && ')})`;
};
