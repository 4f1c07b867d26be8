import {
  agencyShape,
  aspectShape,
  citationShape,
  claimShape,
  comparisonShape,
  correctionShape,
  differenceShape,
  disputeShape,
  incidentShape,
  occurredShape,
  placeShape,
  proceedingShape,
  rulingShape,
  writtenShape,
} from '@averment/domain';
import { claimItemShape, diffShape, eventItemShape, incidentItemShape } from '@averment/read-models';
import { answeredAs } from './registry.ts';

/** What the OpenAPI document calls the record's documents, those that others are made of too. */

answeredAs('Citation', citationShape);
answeredAs('Occurred', occurredShape);
answeredAs('Place', placeShape);
answeredAs('Agency', agencyShape);
answeredAs('Claim', claimShape);
/** In lists the contract promises less of a claim than is there. */
export const listedClaim = answeredAs(
  'ListedClaim',
  claimItemShape
    .omit({
      rankReason: true,
      voice: true,
      decision: true,
      decidedBy: true,
      disputes: true,
      rulings: true,
      corrections: true,
      detached: true,
    })
    .loose(),
);
answeredAs('Dispute', disputeShape);
answeredAs('Proceeding', proceedingShape);
answeredAs('Ruling', rulingShape);
answeredAs('Correction', correctionShape);
answeredAs('AspectState', aspectShape);
export const incident = answeredAs('Incident', incidentShape);
export const comparison = answeredAs('Comparison', comparisonShape);
export const listedIncident = answeredAs('ListedIncident', incidentItemShape);
answeredAs('Difference', differenceShape);
export const diff = answeredAs('Diff', diffShape);
export const recordedEvent = answeredAs('Event', eventItemShape);
export const writtenEvent = answeredAs('EventBetween', writtenShape);
