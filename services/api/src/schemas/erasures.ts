import type { ErasureDecided, ErasureRequested } from '@averment/commands';
import { answer, erasureBody, reasonText, sentTarget } from '@averment/domain';
import { erasurePlaceShape, erasureShape, takedownShape } from '@averment/read-models';
import { z } from 'zod';
import { answeredAs, sentAs } from './registry.ts';

sentAs('SentTarget', sentTarget, 'Which texts: of an incident, of a source, of a party, or words wherever they stand');
export const sentErasure = sentAs('SentErasure', erasureBody, 'What is to be erased or kept from sight, and why');
export const sentErasureDecision = sentAs(
  'SentErasureDecision',
  z.strictObject({
    decision: z.enum(['approve', 'reject']).describe('It takes the approvals of a reviewer and of an admin; one rejection refuses it'),
    reason: reasonText.nullable().default(null).describe('Why'),
  }),
  'A vote on a request',
);
const state = erasureShape.shape.state;
export const erasureRequested = answeredAs(
  'ErasureRequested',
  z.object({
    id: answer.idOf('erasure').describe('The request'),
    state,
    places: z.int().describe('In how many places texts were found so far'),
    position: answer.position,
  } satisfies answer.EachOf<ErasureRequested>),
  'It is asked for',
);
export const erasureDecided = answeredAs(
  'ErasureDecided',
  z.object({
    id: answer.idOf('erasure').describe('The request'),
    state,
    position: answer.position,
  } satisfies answer.EachOf<ErasureDecided>),
  'A vote counts',
);
export const erasure = answeredAs('Erasure', erasureShape, 'A request to erase texts or to keep them from sight, and what became of it');
export const erasurePlace = answeredAs('ErasurePlace', erasurePlaceShape, 'A text that a request names');
export const takedown = answeredAs('Takedown', takedownShape, 'What was erased or kept from sight, without what it was');
