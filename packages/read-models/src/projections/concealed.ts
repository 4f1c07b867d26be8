import { type ConcealedText, conceals, type DomainEvent, withoutTexts } from '@averment/domain';

/** The events without the texts that corrections conceal: what is shown to all but reviewers and auditors is made of them. */
export const withoutConcealed = (events: readonly DomainEvent[], concealed: readonly ConcealedText[] = []): readonly DomainEvent[] =>
  concealed.length === 0 ? events : (withoutTexts(events, concealed) ?? events);

/** Whether an event takes texts out of events before it, so that what was made of those is made anew. */
export const takesTexts = (event: DomainEvent): boolean => event.type === 'TextErased' || conceals(event);

/** Whether an event changes what may be told of the past: it takes texts, or says anew whether a party is private. */
export const changesPast = (event: DomainEvent): boolean =>
  takesTexts(event) || (event.type === 'PartyCorrected' && event.data.fields.includes('private'));
