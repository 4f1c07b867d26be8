import { type DomainEvent, derivedId } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import type { Caller, Identity } from './identity.ts';

/** Who asks for a new thing, and the stream that it gets. */
export type Making = (
  caller: Caller,
  what: 'source' | 'party' | 'incident' | 'erasure' | 'key',
) => Promise<{ identity: Identity; stream: string }>;

/** The stream of a thing is named by the command that makes it. If one under a former spelling of the key has made it, it is that command which is repeated. */
export const createMaking =
  ({ log, identify }: { log: Pick<EventLog<DomainEvent>, 'endOf'>; identify: (caller: Caller) => Identity }): Making =>
  async (caller, what) => {
    const identity = identify(caller);
    const streamOf = (command: string) => derivedId(what, command, what);
    const ends = await Promise.all(identity.former.map((command) => log.endOf(streamOf(command))));
    const command = identity.former.find((_, index) => ends[index] !== null) ?? identity.command;
    return { identity: { ...identity, command }, stream: streamOf(command) };
  };
