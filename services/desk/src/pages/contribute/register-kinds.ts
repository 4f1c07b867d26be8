import type { Schemas } from '@averment/client';
import { citations, edtf, type KindSpec, party, reason } from './kind-parts.ts';
import { described, language, translation } from './source-specs.ts';
import type { Spec } from './spec.ts';
import * as words from './words.ts';

const wrong: Spec = { ...reason, label: 'What was wrong' };
const known: Spec = { ...reason, label: 'How one knows' };

/** What a correction of a party sets anew. */
const partyFields: readonly Spec[] = [
  { as: 'line', path: 'name', label: 'Name' },
  { as: 'lines', path: 'aliases', label: 'Other names, one in each line' },
  { as: 'yes', path: 'minor', label: 'A minor' },
  party('parent', 'Belongs to', 'The body for which it speaks.'),
  {
    as: 'list',
    path: 'identifiers',
    one: 'identifier',
    least: 0,
    inside: [
      { as: 'line', path: 'scheme', label: 'Whose list it is from', help: 'A short word, as ori or wikidata.' },
      { as: 'line', path: 'value', label: 'What it is called there' },
    ],
  },
];

/** Kinds of change of sources and parties. */
export const registerKinds: Readonly<Record<(Schemas['SentSourceChange'] | Schemas['SentPartyChange'])['kind'], KindSpec>> = {
  correct_source: {
    label: 'Correction of the source',
    of: 'source',
    specs: [{ as: 'set', path: 'set', target: null, inside: [...described, language, translation] }, wrong, citations(0)],
  },
  revise_text: {
    label: 'Another text of the source',
    of: 'source',
    specs: [
      { as: 'area', path: 'text', label: 'Text', help: 'Whole. What was quoted goes on naming the text in which it was found.' },
      { as: 'choice', path: 'why', label: 'Why it is another one', choices: words.revisions, none: 'Choose why' },
      citations(0),
    ],
  },
  withdraw_source: { label: 'The publisher withdrew the source', of: 'source', specs: [reason] },
  correct_party: {
    label: 'Correction of the party',
    of: 'party',
    specs: [{ as: 'set', path: 'set', target: null, inside: partyFields }, wrong, citations(0)],
  },
  rename_party: {
    label: 'Another name since a day',
    of: 'party',
    specs: [
      { as: 'line', path: 'name', label: 'Name in that time' },
      { as: 'line', path: 'from', label: 'Since', help: `Since ever where nothing is said. ${edtf}` },
      { as: 'line', path: 'until', label: 'Until', help: 'From then on where nothing is said.' },
      known,
    ],
  },
  set_privacy: {
    label: 'Whether the name is public',
    of: 'party',
    specs: [
      { as: 'truth', path: 'private', label: 'Is the name kept from the public?' },
      { as: 'line', path: 'publicRole', label: 'Public role', help: 'Why a person may be named: an office or function that is public.' },
      reason,
    ],
  },
  merge_party: { label: 'The same as another party', of: 'party', specs: [party('into', 'The other one, whose name stays'), known] },
  unmerge_party: { label: 'End of a merge of parties', of: 'party', specs: [reason] },
};
