import {
  type CommandTrace,
  catalogue,
  commandId,
  type DomainEvent,
  type Envelope,
  eventId,
  type NewEvent,
  type Path,
  type Result,
} from '../src/index.ts';

/** Who asks, by which command. */
export type Asked = { command: string; actor: string };

/** What a command made, as the log hands it back after one append at this revision of the stream. */
export const appended = <E extends { type: string; edit: number | null; data: object }>(
  made: readonly E[],
  { stream, first, command, actor, request = null }: Asked & { stream: string; first: number; request?: string | null },
): (Envelope & E)[] =>
  made.map((event, index) => {
    const revision = first + index;
    const at = new Date(Date.UTC(2026, 0, 15, 0, 0, revision)).toISOString();
    return {
      id: eventId(command, index),
      schema: 1,
      stream,
      revision,
      last: first + made.length - 1,
      at,
      actor,
      command,
      request: index === 0 ? request : null,
      correlation: null,
      position: BigInt(revision + 1),
      recordedAt: at,
      ...event,
    };
  });

/** Removes what the paths lead to: what reading without texts does. */
export const withoutPaths = (data: unknown, paths: readonly Path[]): unknown => {
  const copy = structuredClone(data);
  for (const path of paths) {
    const parent = path.slice(0, -1).reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], copy);
    delete (parent as Record<string | number, unknown>)[path.at(-1) ?? ''];
  }
  return copy;
};
/** The stream as it is read later: without the texts that were erased. */
export const readAfterErasures = (events: readonly DomainEvent[]): DomainEvent[] => {
  const erased = events.flatMap((event) => (event.type === 'TextErased' ? event.data.items : []));
  return events.map((event) => {
    const paths = erased.filter(({ revision }) => revision === event.revision).map(({ pointer }) => pointer.slice(1).split('/'));
    return { ...event, data: withoutPaths(event.data, paths) } as DomainEvent;
  });
};
export const structureOf = (event: DomainEvent): DomainEvent =>
  ({ ...event, data: withoutPaths(event.data, catalogue[event.type]?.texts(event.data) ?? []) }) as DomainEvent;

/** A stream and its fold. */
export const streamOf = <S>(stream: string, initial: () => S, evolve: (state: S, event: DomainEvent) => S) => {
  const events: DomainEvent[] = [];
  let state = initial();
  let keys = 0;
  return {
    get state() {
      return state;
    },
    events,
    nextCommand: (subject = 'contributor', key?: string) => {
      keys += 1;
      return commandId({ subject, method: 'POST', path: '/', key: key ?? `${keys}` });
    },
    append: (made: readonly NewEvent[], by: Asked, request: string | null = null): DomainEvent[] => {
      const more = appended(made, { stream, first: events.length, ...by, request }) as DomainEvent[];
      events.push(...more);
      state = more.reduce(evolve, state);
      return more;
    },
    /** Folds the stream as it is read after its erasures. */
    readAnew: () => {
      state = readAfterErasures(events).reduce(evolve, initial());
    },
  };
};

/** A command without who asks; without an id of its own it gets a new one. */
type Sent<C> = C extends Asked ? Omit<C, keyof Asked> & { command?: string } : never;

/** Drives the small aggregates: decides a command on a state, folds what comes of it, and keeps the events. */
export const driver = <S extends { commands: Map<string, CommandTrace> }, C extends Asked>(
  stream: string,
  initial: () => S,
  evolve: (state: S, event: DomainEvent) => S,
  decide: (state: S, command: C) => Result<NewEvent[]>,
) => {
  const own = streamOf(stream, initial, evolve);
  const actor = 'contributor';
  return {
    get state() {
      return own.state;
    },
    events: own.events,
    nextCommand: () => own.nextCommand(),
    run: (sent: Sent<C>): Result<NewEvent[]> => {
      const command = { command: own.nextCommand(), actor, ...sent } as unknown as C;
      const decided = decide(own.state, command);
      if (decided.ok) own.append(decided.value, command);
      return decided;
    },
    /** What is in the log already, or comes by another way. */
    append: (made: readonly NewEvent[]): void => void own.append(made, { command: own.nextCommand(), actor }),
    /** Erases a text, and reads the stream anew. */
    erase: (revision: number, pointer: string) => {
      const data = { items: [{ revision, pointer, digest: 'digest' }], reasonCode: 'personal_data' as const, decision: null };
      own.append([{ type: 'TextErased', edit: null, data }], { command: own.nextCommand(), actor });
      own.readAnew();
    },
  };
};
