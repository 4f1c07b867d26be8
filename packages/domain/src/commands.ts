import type { DomainEvent, EventType } from './events.ts';

/** Where a command's events lie in a stream, so that a repeat finds itself. */
export type CommandTrace = { request: string | null; type: EventType; edit: number | null; first: number; last: number };

/** Notes an event's command. A command's events are one append, so the first carries its request and the last ends it. */
export const traceCommand = (commands: Map<string, CommandTrace>, event: DomainEvent) => {
  const { command, request, type, edit, revision } = event;
  const known = commands.get(command);
  if (known) known.last = revision;
  else commands.set(command, { request, type, edit, first: revision, last: revision });
};
