import { type DomainEvent, withoutTexts } from '@averment/domain';

/**
 * The events of one stream without the texts that a `TextErased` among them names, from the first event on. The vault may still hold those texts when
 * a projection comes to the erasure, and a model must not depend on which of the two is quicker.
 */
export const withoutErased = (events: readonly DomainEvent[]): readonly DomainEvent[] => {
  const items = events.flatMap((event) => (event.type === 'TextErased' ? event.data.items : []));
  return items.length === 0 ? events : (withoutTexts(events, items) ?? events);
};
