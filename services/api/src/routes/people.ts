import { operators } from '@averment/access';
import { anySubject } from '@averment/domain';
import { z } from 'zod';
import { granted } from '../http/found.ts';
import { type Route, route } from '../route.ts';
import { personItem, personSet, sentPerson } from '../schemas/people.ts';

const params = z.strictObject({ subject: anySubject.describe('The subject: whom keys speak for') });

export const personRoutes: readonly Route[] = [
  route({
    method: 'PUT',
    path: '/v1/people/{subject}',
    operation: 'setPerson',
    tag: 'Keys',
    summary: 'Say whose a subject is',
    description:
      'Four eyes are about people: two subjects of one person count as one, as contributors and as reviewers, from the next decision on, also on edits that are open. What was applied stays.',
    roles: operators,
    params,
    body: sentPerson,
    idempotent: true,
    answers: { 200: { description: 'It is so from now on', schema: personSet } },
    problems: ['Busy'],
    handle: async ({ path: { subject }, body: { person }, caller }, { commands }) => ({
      body: granted(await commands.setPerson(caller(), { subject, person })),
    }),
  }),
  route({
    method: 'GET',
    path: '/v1/people/{subject}',
    operation: 'readPerson',
    tag: 'Keys',
    summary: 'Whose a subject is',
    description: '404 for one of whom nothing was said: it stands for itself.',
    roles: operators,
    params,
    answers: { 200: { description: 'Whose it is', schema: personItem } },
    handle: async ({ path: { subject } }, { commands }) => ({ body: granted(await commands.readPerson(subject)) }),
  }),
];
