import { type ConcealedText, conceals, type DomainEvent, withoutTexts } from '@averment/domain';

/** The texts that corrections conceal, by the streams in which they stand; streams without any are left out. */
export type Concealed = ReadonlyMap<string, readonly ConcealedText[]>;

export const byStreams = (texts: readonly ConcealedText[]): Map<string, ConcealedText[]> => Map.groupBy(texts, ({ stream }) => stream);

/** The events of one stream without the texts that corrections conceal: what is shown to all but reviewers and auditors is made of them. */
export const withoutConcealed = (events: readonly DomainEvent[], concealed: Concealed): readonly DomainEvent[] => {
  const [first] = events;
  if (first === undefined || concealed.size === 0) return events;
  const own = concealed.get(first.stream) ?? [];
  const left = own.length === 0 ? events : (withoutTexts(events, own) ?? events);
  return left.map((event) =>
    event.type === 'IncidentAbsorbed' && event.absorbed ? { ...event, absorbed: withoutConcealed(event.absorbed, concealed) } : event,
  );
};

/** Whether an event takes texts out of events before it, so that what was made of those is made anew. */
export const takesTexts = (event: DomainEvent): boolean => event.type === 'TextErased' || conceals(event);

/** Whether an event changes what may be told of the past: it takes texts, or says anew whether a party is private. */
export const changesPast = (event: DomainEvent): boolean =>
  takesTexts(event) || event.type === 'PartyPrivacySet' || (event.type === 'PartyCorrected' && event.data.fields.includes('private'));
