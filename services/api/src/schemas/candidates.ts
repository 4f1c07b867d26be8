import { candidatePairShape, candidateShape } from '@averment/domain';
import { answeredAs } from './registry.ts';

export const candidate = answeredAs('Candidate', candidateShape, 'An incident that may be the same as another one, and why');
export const candidatePair = answeredAs('CandidatePair', candidatePairShape, 'Two incidents that may be the same, and why');
