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
  valueShape,
  writtenShape,
} from '@averment/domain';
import {
  claimItemShape,
  diffShape,
  eventItemShape,
  explainedShape,
  feedItemShape,
  goneShape,
  incidentItemShape,
} from '@averment/read-models';
import { pageOf } from './basics.ts';
import { answeredAllAs, answeredAs } from './registry.ts';

/** What the OpenAPI document calls the record's documents, those that others are made of too. */

answeredAs('Citation', citationShape, 'A quotation of a source');
answeredAs('Occurred', occurredShape, 'When an incident was');
answeredAs('Place', placeShape, 'Where an incident was');
answeredAs('Agency', agencyShape, 'An agency that took part');
answeredAllAs(valueShape, (kind) => `${kind}Value`, 'ClaimValue', 'What a claim says of its aspect');
answeredAs('Claim', claimShape, 'What somebody said, in a source, of how an aspect of the incident was');
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
  'A claim in a list: less than `Claim` is promised of it',
);
answeredAs('Dispute', disputeShape, 'That somebody contests a claim, or that the record reads two claims as conflicting');
answeredAs('Proceeding', proceedingShape, 'A charge, a lawsuit, an investigation, and what became of it');
answeredAs('Ruling', rulingShape, 'What a court decided, and what that does to claims, rulings and proceedings');
answeredAs('Correction', correctionShape, 'What the record said before, and why it says otherwise');
answeredAs('AspectState', aspectShape, 'What the accounts of an aspect come to');
export const incident = answeredAs('Incident', incidentShape, 'An incident: what was claimed of it, disputed, found and corrected');
export const comparison = answeredAs('Comparison', comparisonShape, 'The accounts side by side: aspects are rows, voices columns');
export const listedIncident = answeredAs('ListedIncident', incidentItemShape, 'An incident in a list');
export const goneIncident = answeredAs('GoneIncident', goneShape, 'An incident that left a copy of the list, or must');
answeredAs('Difference', differenceShape, 'A place in which two documents differ');
export const diff = answeredAs('Diff', diffShape, 'What changed between two revisions');
export const recordedEvent = answeredAs('Event', eventItemShape, 'Something that happened, as the log has it');
export const feedEvent = answeredAs('FeedEvent', feedItemShape, 'An event as the feed tells it');
export const events = answeredAs('Events', pageOf(recordedEvent), 'A page of events');
export const explanation = answeredAs('Explanation', explainedShape, 'A field of an incident, and the events behind it');
export const writtenEvent = answeredAs('EventBetween', writtenShape, 'An event of the record, and what it wrote');
