import type { RegisteredParty } from '@averment/commands';
import { answer, partyBodies, partyBody, partySummaryShape } from '@averment/domain';
import { partyItemShape, type Resembled } from '@averment/read-models';
import { z } from 'zod';
import { answeredAs, sentAs } from './registry.ts';
import { resembles } from './resembles.ts';
import { aboutReused, reused } from './reused.ts';

const sentParty = sentAs('SentParty', partyBody, 'A party that is registered');
export const sentParties = sentAs(
  'SentParties',
  z.union([sentParty, partyBodies]),
  'One party, or several: then above one may stand another, by its `ref`',
);
export const registeredParty = answeredAs(
  'RegisteredParty',
  z.object({
    id: answer.idOf('party').describe('The new party; of several the first'),
    parties: z
      .array(
        z.object({
          id: answer.idOf('party').describe('The new party'),
          ref: z.string().nullable().describe('The one that was sent with it'),
          resembles,
        }),
      )
      .describe('All that were sent, in their order'),
    reused: reused
      .extend({ ref: z.string().nullable().describe('The one that was sent with it') })
      .array()
      .describe(aboutReused),
    resembles,
    position: answer.position,
  } satisfies answer.EachOf<RegisteredParty & { resembles: Resembled[] }>),
  'A party is registered, or several',
);
export const party = answeredAs('Party', partyItemShape, 'Who speaks, or is spoken of');
export const summary = answeredAs('PartySummary', partySummaryShape, 'How the claims of a speaker fared');
