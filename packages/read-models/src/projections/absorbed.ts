import type { DomainEvent } from '@averment/domain';
import { withAbsorbed } from '@averment/event-log';
import type { Group, ProjectionContext, StreamRange } from '../projection.ts';

/** The context of a projection that folds incidents: what an incident absorbed is read with its events, without texts where none are asked for. */
export const absorbing = (context: ProjectionContext): ProjectionContext => ({
  ...context,
  readStreams: async (wanted) => {
    const read = await context.readStreams(wanted);
    const asked = Map.groupBy(wanted, ({ stream }) => stream);
    const whole = await Promise.all(
      [...read].map(async ([stream, events]) => [stream, await besides(context, events, asked.get(stream)?.[0]?.texts)] as const),
    );
    return new Map(whole);
  },
});

/** Events of a batch with what they absorb. Those are read to their end: a text of them may be erased after they were absorbed. */
export const besides = (context: ProjectionContext, events: readonly DomainEvent[], texts: StreamRange['texts']): Promise<DomainEvent[]> =>
  withAbsorbed(events, async (stream, to) => {
    const range: StreamRange = { stream, from: 0, ...(texts === false && { texts }) };
    const read = await context.readStreams([range]);
    return (read.get(stream) ?? []).filter(({ revision }) => revision <= to);
  });

/** The same for streams that are taken whole: an incident and those that it absorbs are in one group (`tiesIn`). */
export const groupAbsorbing = (group: Group): Group => {
  const whole = (events: readonly DomainEvent[]): readonly DomainEvent[] =>
    events.some(({ type }) => type === 'IncidentAbsorbed') ? events.map(besidesOne) : events;
  const besidesOne = (event: DomainEvent): DomainEvent => {
    if (event.type !== 'IncidentAbsorbed') return event;
    const { from, revision } = event.data;
    const before = (group.get(from) ?? []).filter((other) => other.revision <= revision && other.position < event.position);
    return { ...event, absorbed: whole(before) };
  };
  return new Map([...group].map(([stream, events]) => [stream, whole(events)]));
};

/** Pairs of incidents that these events tie: a change of one can change what the other shows. */
export const tiesIn = (events: readonly DomainEvent[]): [string, string][] =>
  events.flatMap((event): [string, string][] => {
    if (event.type === 'IncidentMerged') return [[event.stream, event.data.into]];
    return event.type === 'IncidentAbsorbed' ? [[event.stream, event.data.from]] : [];
  });
