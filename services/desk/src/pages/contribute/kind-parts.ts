import type { Leaf, Spec, Thing } from './spec.ts';
import * as words from './words.ts';

/** What one kind of change is: how it is called, what its form asks for, and where that stands in a request. */
export type KindSpec = {
  label: string;
  /** What it changes; an incident unless it is said. */
  of?: 'source' | 'party';
  /** Where what the change says lies in it; a claim's under `claim`. */
  in?: 'claim';
  /** Where a proposal has changes of this kind. */
  list?: 'claims' | 'disputes' | 'proceedings' | 'rulings';
  /** It makes a thing, which others of the same edit may mean. */
  makes?: Thing;
  specs: readonly Spec[];
};

export const edtf = 'A date as 2026-01-14, 2026-01 or 2026~, with a time of day as 2026-01-14T18:50.';

export const party = (path: string, label: string, help?: string): Leaf => ({
  as: 'party',
  path,
  label,
  ...(help !== undefined && { help }),
});
export const thing = (path: string, label: string, of: readonly Thing[], help?: string): Leaf => ({
  ...{ as: 'thing', path, label, of },
  ...(help !== undefined && { help }),
});
export const reason: Leaf = { as: 'area', path: 'reason', label: 'Why', help: 'In words, at least three.' };

export const citations = (least: 0 | 1 = 1): Spec => ({
  as: 'list',
  path: 'citations',
  one: 'quotation',
  least,
  inside: [
    { as: 'area', path: 'quote.exact', label: 'Quote', help: 'The words as the source has them. Select them in the text, or paste them.' },
    { as: 'source', path: 'source', label: 'Source of the quote' },
    {
      as: 'more',
      label: 'Where it stands more exactly, or a scene of a film',
      inside: [
        {
          as: 'line',
          path: 'quote.prefix',
          label: 'Words right before it',
          help: 'Where the same words stand in the text more than once.',
        },
        { as: 'line', path: 'quote.suffix', label: 'Words right after it' },
        { as: 'choice', path: 'part', label: 'Part of the document', choices: words.parts, none: 'Not said' },
        { as: 'number', path: 'page', label: 'Page' },
        { as: 'line', path: 'scene', label: 'Scene: what is seen or heard, in place of a quote' },
        { as: 'number', path: 'from', label: 'From, in seconds of the film' },
        { as: 'number', path: 'to', label: 'To, in seconds of the film' },
      ],
    },
  ],
});
