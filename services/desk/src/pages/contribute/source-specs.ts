import type { Leaf, Spec } from './spec.ts';
import * as words from './words.ts';

/** What a source is, apart from its kind, language and text. */
export const described: readonly Spec[] = [
  { as: 'line', path: 'title', label: 'Title', help: 'As it was published.' },
  { as: 'line', path: 'publisher', label: 'Publisher' },
  { as: 'lines', path: 'authors', label: 'Authors, one in each line', help: 'As they are named there.' },
  { as: 'line', path: 'publishedAt', label: 'Published', help: 'A date as 2026-01-14, with a time of day as 2026-01-14T18:50.' },
  { as: 'line', path: 'url', label: 'Address', help: 'Where it stands, from https:// on.' },
];

export const language: Leaf = { as: 'line', path: 'language', label: 'Language', help: 'A tag as en, es or pt-BR.' };

export const translation: Spec = {
  as: 'more',
  label: 'Translation, archive and when it was read',
  inside: [
    { as: 'choice', path: 'translation', label: 'Translated', choices: words.translations, none: 'It is no translation' },
    { as: 'line', path: 'translatedFrom', label: 'Translated from the language' },
    { as: 'line', path: 'originalUrl', label: 'Address of the original' },
    { as: 'line', path: 'translationOf', label: 'The registered source that it translates', help: 'Its id: source_…' },
    { as: 'line', path: 'archiveUrl', label: 'Address of an archived copy' },
    { as: 'line', path: 'accessedAt', label: 'Read on' },
  ],
};
