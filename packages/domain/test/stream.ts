import { type CommandTrace, commandId, type DomainEvent, eventId, type NewEvent, type Result } from '../src/index.ts';
import { readAfterErasures } from './scene.ts';

/** Drives the small aggregates: decides a command on a state, folds what comes of it, and keeps the events. */
export const driver = <S extends { commands: Map<string, CommandTrace> }, C extends { command: string }>(
  stream: string,
  initial: () => S,
  evolve: (state: S, event: DomainEvent) => S,
  decide: (state: S, command: C) => Result<NewEvent[]>,
) => {
  const events: DomainEvent[] = [];
  let state = initial();
  let keys = 0;
  const append = (made: readonly NewEvent[], command: string) => {
    for (const [index, { type, edit, data }] of made.entries()) {
      const revision = events.length;
      const at = new Date(Date.UTC(2026, 0, 15, 0, 0, revision)).toISOString();
      const place = { stream, revision, last: revision, position: BigInt(revision), at, recordedAt: at };
      const event = {
        id: eventId(command, index),
        type,
        schema: 1,
        actor: 'contributor',
        edit,
        command,
        request: null,
        correlation: null,
        data,
        ...place,
      };
      events.push(event as DomainEvent);
      state = evolve(state, event as DomainEvent);
    }
  };
  const nextCommand = () => {
    keys += 1;
    return commandId({ subject: 'contributor', method: 'POST', path: '/', key: `${keys}` });
  };
  return {
    get state() {
      return state;
    },
    events,
    nextCommand,
    /** Without a command id of its own a command gets a new one. */
    run: (command: Omit<C, 'command' | 'actor'> & { command?: string }): Result<NewEvent[]> => {
      const whole = { command: nextCommand(), actor: 'contributor', ...command } as unknown as C;
      const decided = decide(state, whole);
      if (decided.ok) append(decided.value, whole.command);
      return decided;
    },
    /** Erases a text, and reads the stream anew. */
    erase: (revision: number, pointer: string) => {
      append(
        [{ type: 'TextErased', edit: null, data: { items: [{ revision, pointer, digest: 'digest' }], reasonCode: 'personal_data' } }],
        nextCommand(),
      );
      state = readAfterErasures(events).reduce(evolve, initial());
    },
  };
};
