import { type Asked, askedOf, suggested } from '@averment/domain';
import { Refusal } from '../problems/problem.ts';
import type { Services } from '../services.ts';

const refuse = (parameter: 'aspect' | 'value', message: string): never => {
  throw new Refusal('InvalidParameter', { detail: `${parameter} ${message}`, errors: [{ pointer: `/query/${parameter}`, message }] });
};

/**
 * The filters with the value as it is asked for. Refuses what the vocabulary does not have: a misspelt aspect or value would else be answered with an empty list.
 * Nothing is listed by what describes a person.
 */
export const askedIn = <F extends { aspect?: string | undefined; value?: string | undefined }>(
  { value: written, ...filters }: F,
  { vocabulary }: Pick<Services, 'vocabulary'>,
): Omit<F, 'value'> & { value?: Asked } => {
  const aspect = filters.aspect === undefined ? undefined : vocabulary.aspects.get(filters.aspect);
  if (filters.aspect !== undefined && aspect === undefined) {
    refuse(
      'aspect',
      `is no aspect of the vocabulary${suggested(filters.aspect, [...vocabulary.aspects.keys()])}; \`/v1/vocabulary\` lists them`,
    );
  }
  if (aspect?.personal) refuse('aspect', 'describes a person, so nothing is listed by it');
  if (written === undefined) return filters;
  if (aspect === undefined) return refuse('value', 'goes with an aspect');
  const found = askedOf(aspect, written);
  return 'must' in found ? refuse('value', found.must) : { ...filters, value: found.asked };
};
