import type { DomainEvent } from '@averment/domain';

/** Reads the events of a stream from its first to a revision, decoded. */
export type ReadTo = (stream: string, to: number) => Promise<readonly DomainEvent[]>;

/**
 * The events, each `IncidentAbsorbed` with the events of the incident that it absorbs, which its fold needs; beside those likewise. Whoever folds incidents from
 * the log reads them through this. Rejects as `read` does.
 */
export const withAbsorbed = async <E extends DomainEvent>(events: readonly E[], read: ReadTo): Promise<E[]> => {
  if (!events.some(({ type }) => type === 'IncidentAbsorbed')) return events as E[];
  return Promise.all(
    events.map(async (event) => {
      if (event.type !== 'IncidentAbsorbed') return event;
      const { from, revision } = event.data;
      // What it absorbs was there before it. So this ends, whatever an event says.
      const before = (await read(from, revision)).filter(({ position }) => position < event.position);
      return { ...event, absorbed: await withAbsorbed(before, read) };
    }),
  );
};
