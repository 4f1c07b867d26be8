import { everybody } from '@averment/access';

import { type AspectDefinition, type answer, exampleOf, type ProceedingStatus, type ProceedingType } from '@averment/domain';

import { z } from 'zod';
import { type Route, route } from '../route.ts';
import { answeredAs } from '../schemas/registry.ts';

const names = z.array(z.string());
const name = z.string().describe('As it is sent');
const meaning = z.string().nullable().describe('Null where the name says it');
const vocabulary = answeredAs(
  'Vocabulary',
  z.object({
    aspects: z
      .array(
        z.object({
          name: z.string().describe('As claims name it'),
          group: z.string().describe('Which others it is shown with'),
          kinds: names.describe('Kinds of value that it takes, beside `unknown`, `none`, `withheld` and `sealed`'),
          terms: names.describe('The values of kind `term`'),
          opposites: z.array(names).describe('Pairs of terms that cannot both be true'),
          units: names.nullable().describe('Units that a quantity may have; null for any'),
          accusatory: z.boolean().describe('Says something discreditable of whom it is about'),
          multiple: z.boolean().describe('Several values can be true at once'),
          varies: z.boolean().describe('Changes with time; compared only at the same `validAt`'),
          neverCompared: z.boolean().describe('Accounts of it are listed, and never compared'),
          personal: z.boolean().describe('Describes a person, as reported: takes two approvals, and nothing is listed or searched by it'),
          note: z.string().nullable().describe('What to keep in mind'),
          description: z.string().nullable().describe('What it is about; null for an aspect that the installation added without one'),
          pitfalls: names.describe('What is easily told wrongly'),
          example: z
            .looseObject({})
            .nullable()
            .describe('A claim of this aspect as an edit takes it. Ids ending in 1, 2 and 3 stand for your own'),
        } satisfies answer.EachOf<Omit<AspectDefinition, 'says'>>),
      )
      .describe('In the order in which they are shown'),
    units: names.describe('Units of quantities'),
    proceedingTypes: z.array(z.object({ name, meaning } satisfies answer.EachOf<ProceedingType>)).describe('What a proceeding can be'),
    proceedingStatuses: z
      .array(
        z.object({
          name,
          meaning,
          ends: z.boolean().nullable().describe('Whether a proceeding of this status is over; null where the status does not tell'),
        } satisfies answer.EachOf<ProceedingStatus>),
      )
      .describe('How a proceeding can stand'),
  }),
  'What claims can be about, in this installation',
);

const named = <T>(words: ReadonlyMap<string, T>) => [...words].map(([name, word]) => ({ name, ...word }));

/** For newcomers. */
export const guideRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/',
    operation: 'enter',
    tag: 'Operations',
    summary: 'Leads to the human page of this contract',
    description: 'Browsers are led to the pages instead, where there are any.',
    roles: everybody,
    answers: { 302: { description: 'To `/docs`', schema: null, headers: { Location: 'Where the page is' } } },
    handle: async () => ({ status: 302, body: null, headers: { location: '/docs' } }),
  }),
  route({
    method: 'GET',
    path: '/v1/vocabulary',
    sameForAll: true,
    operation: 'readVocabulary',
    tag: 'Incidents',
    summary: 'Read what claims can be about',
    description:
      'The aspects of this installation with the values that they take, what each is about, an example and its pitfalls, the units of quantities, and the types and statuses of proceedings.',
    roles: everybody,
    answers: { 200: { description: 'The vocabulary', schema: vocabulary } },
    handle: async (_, { vocabulary: { aspects, units, proceedingTypes, proceedingStatuses } }) => ({
      body: {
        aspects: [...aspects.values()].map((aspect) => {
          const { says, ...told } = aspect;
          return { ...told, example: exampleOf(aspect) };
        }),
        units: [...units.keys()],
        proceedingTypes: named(proceedingTypes),
        proceedingStatuses: named(proceedingStatuses),
      },
    }),
  }),
];
