import type { Html } from '../html.ts';
import { inWords } from '../vocabulary.ts';
import { tag } from './list.ts';

type Color = NonNullable<Parameters<typeof tag>[1]>;

const colors: Readonly<Record<string, Color>> = {
  retracted: 'neutral',
  contradicted: 'danger',
  not_established: 'danger',
  upheld: 'success',
  moot: 'neutral',
  superseded: 'neutral',
  deprecated: 'neutral',
  disputed: 'warning',
  corrected: 'info',
  standing: 'neutral',
  inconsistent: 'warning',
  agreed: 'success',
  decided: 'info',
};
const words: Readonly<Record<string, string>> = {
  standing: 'on record',
  contradicted: 'contradicted by a court',
  not_established: 'not established in court',
  upheld: 'upheld by a court',
  moot: 'left open by a court',
  superseded: 'replaced by its speaker',
  deprecated: 'set back by the editors',
  retracted: 'withdrawn from the record',
  corrected: 'corrected',
  disputed: 'disputed',
  single_account: 'one account',
  agreed: 'accounts agree',
  inconsistent: 'inconsistent',
  decided: 'decided by a court',
};

/** A standing of a claim, a mark, or the state of an aspect, as a tag. */
export const standingTag = (name: string): Html => tag(words[name] ?? inWords(name), colors[name] ?? 'neutral');
