import { type Restriction, restrictedOf } from '../erasure/restricted.ts';
import { pointerOf } from '../log/erasure.ts';
import { catalogue, type DomainEvent, type NewEvent } from '../log/events.ts';
import { changeOf } from './changes/index.ts';
import { claimAt } from './changes/move-claim.ts';
import { withAbsorbed } from './concealed.ts';
import { evolveIncident } from './evolve.ts';
import { targetOf } from './returning.ts';
import { initialIncident } from './state.ts';

/**
 * A claim that was recorded of the wrong incident goes to another one. The stream that shows it decides (`ClaimMoved`); what follows stands on the other one.
 */

/** Why, and by which decision, words of a thing of the record are kept from the public, whichever of its words they are. */
const restrictionOf = (events: readonly DomainEvent[], thing: string): Restriction | undefined => {
  const restricted = new Map([...Map.groupBy(events, ({ stream }) => stream)].map(([stream, own]) => [stream, restrictedOf(own)]));
  const isOfThing = (event: DomainEvent): boolean => {
    const change = changeOf(event);
    return change !== null && targetOf(change) === thing;
  };
  for (const event of events.filter(isOfThing)) {
    for (const [key, restriction] of restricted.get(event.stream) ?? []) if (key.startsWith(`${event.revision}#`)) return restriction;
  }
  return undefined;
};

/**
 * What follows on the stream of the other incident, whose next event has the revision `next`: the claim as it is by now, without the texts that were erased. What
 * was kept from the public stays so. Nothing where the claim is not in the record any more: it went with an incident that was un-merged, whose stream says the
 * same. `own`: all events of the stream in which that was decided, with their texts; `origin`: those of the incident in whose stream the claim stands, if it is another one.
 */
export const receiving = (
  { own, origin }: { own: readonly DomainEvent[]; origin: readonly DomainEvent[] },
  { stream, data }: DomainEvent<'ClaimMoved'>,
  next: number,
): NewEvent[] => {
  const { claims } = own.reduce(evolveIncident, initialIncident());
  const held = claims.get(data.claim);
  if (!held) return [];
  const received: NewEvent<'ClaimReceived'> = {
    type: 'ClaimReceived',
    edit: null,
    data: {
      from: stream,
      was: data.claim,
      claim: { ...claimAt(claims, held.claim, data.to), id: data.received },
      rank: held.rank,
      corrected: [...held.correctedFields],
    },
  };
  const restriction = restrictionOf([...withAbsorbed(own), ...origin], data.claim);
  if (restriction === undefined) return [received];
  const items = (catalogue.ClaimReceived?.texts(received.data) ?? []).map((path) => ({ revision: next, pointer: pointerOf(path) }));
  return [
    received,
    { type: 'TextRestricted', edit: null, data: { items, reasonCode: restriction.ground, decision: restriction.decision } },
  ];
};
