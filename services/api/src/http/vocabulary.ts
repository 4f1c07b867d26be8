import { suggested } from '@averment/domain';
import { Refusal } from '../problems/problem.ts';
import type { Services } from '../services.ts';

/** Refuses an aspect that the vocabulary does not have (a misspelt one would else be answered with an empty list), and one by which nothing is listed. */
export const checkAspect = (aspect: string | undefined, { vocabulary }: Pick<Services, 'vocabulary'>): void => {
  if (aspect === undefined) return;
  const definition = vocabulary.aspects.get(aspect);
  if (definition && !definition.personal) return;
  const message = definition
    ? 'describes a person, so nothing is listed by it'
    : `is no aspect of the vocabulary${suggested(aspect, [...vocabulary.aspects.keys()])}; \`/v1/vocabulary\` lists them`;
  throw new Refusal('InvalidParameter', { detail: `aspect ${message}`, errors: [{ pointer: '/query/aspect', message }] });
};
