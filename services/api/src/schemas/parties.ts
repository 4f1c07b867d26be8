import type { RegisteredParty } from '@averment/commands';
import { answer, partyBody, partySummaryShape } from '@averment/domain';
import { partyItemShape } from '@averment/read-models';
import { z } from 'zod';
import { answeredAs, sentAs } from './registry.ts';

export const sentParty = sentAs('SentParty', partyBody, 'A party that is registered');
export const registeredParty = answeredAs(
  'RegisteredParty',
  z.object({ id: answer.idOf('party'), position: answer.position } satisfies answer.EachOf<RegisteredParty>),
  'A party is registered',
);
export const party = answeredAs('Party', partyItemShape, 'Who speaks, or is spoken of');
export const summary = answeredAs('PartySummary', partySummaryShape, 'How the claims of a speaker fared');
