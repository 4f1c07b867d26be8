import type { Envelope } from './envelope.ts';

/** Where a command's events lie in a stream, so that a repeat finds itself. */
export type CommandTrace = { request: string | null; type: string; edit: number | null; first: number; last: number };

/** What the fold of any stream knows of the stream itself. */
export type StreamState = {
  id: string | null;
  /** Revision of the last event folded, -1 for none: what the next append expects. */
  streamRevision: number;
  /** By command id: where its events lie, so that a repeat finds itself. */
  commands: Map<string, CommandTrace>;
};

export const initialStream = (): StreamState => ({ id: null, streamRevision: -1, commands: new Map() });

/** Notes an event that was folded. A command's events are one append, so the first carries its request and the last ends it. */
export const followStream = (state: StreamState, event: Envelope & { type: string }): void => {
  const { command, request, type, edit, revision, stream } = event;
  state.id ??= stream;
  state.streamRevision = revision;
  const known = state.commands.get(command);
  if (known) known.last = revision;
  else state.commands.set(command, { request, type, edit, first: revision, last: revision });
};
