import { Refusal } from '../problems/problem.ts';
import type { Services } from '../services.ts';

/** Refuses an aspect that the vocabulary does not have: a misspelt one would else be answered with an empty list. */
export const checkAspect = (aspect: string | undefined, { vocabulary }: Pick<Services, 'vocabulary'>): void => {
  if (aspect === undefined || vocabulary.aspects.has(aspect)) return;
  const message = 'is no aspect of the vocabulary; `/v1/vocabulary` lists them';
  throw new Refusal('InvalidParameter', { detail: `aspect ${message}`, errors: [{ pointer: '/query/aspect', message }] });
};
