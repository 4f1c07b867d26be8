import { createHash } from 'node:crypto';
import {
  type BroughtParty,
  type DomainEvent,
  decideParty,
  decideSource,
  derivedId,
  type ExternalId,
  type Imported,
  type NewEvent,
  type Party,
  type PartyBody,
  type Source,
  type SourceBody,
  skeletonOf,
  writtenOut,
} from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import type { InTurn } from '@averment/platform';
import type { Bring } from './bringing.ts';
import { type CommandError, type CommandResult, refused } from './errors.ts';
import type { Execute } from './execute.ts';
import type { Facing, FactReader } from './facts.ts';
import { type Fold, type Folds, readEvents } from './folds.ts';
import type { Identifiers } from './identifiers.ts';
import type { Caller, Identity } from './identity.ts';
import type { Making } from './making.ts';
import type { Quotas } from './quotas.ts';
import type { Reservations } from './reservations.ts';
import { type Reused, refuseTaken } from './reused.ts';

/** `textSha256` is null of a film without a text, and in the repeated answer to an import, once the text was erased. */
export type RegisteredSource = { id: string; textSha256: string | null; revision: number; position: string };
/** `id` is that of the only or the first one; `ref` is the one that was sent with it; `reused` are those that were registered before. */
export type RegisteredParty = {
  id: string;
  parties: { id: string; ref: string | null }[];
  reused: (Omit<Reused, 'ref'> & { ref: string | null })[];
  position: string;
};

/**
 * Id of the source with this very URL and text (SHA-256 of its UTF-8 bytes, hexadecimal; null where it never had one); null for none. Read from a model, so it may be late.
 */
export type FindSource = (url: string, textSha256: string | null) => Promise<string | null>;

/**
 * A name of another party that has the skeleton (`skeletonOf`) of a name asked for and is written in other characters. `like` is the one asked for.
 */
type LookAlike = { id: string; name: string; like: string };
/** The look-alikes of these names, at most 100. Read from a model, so it may be late. */
export type FindLookAlikes = (names: readonly string[]) => Promise<readonly LookAlike[]>;

type Tools = {
  log: EventLog<DomainEvent>;
  execute: Execute;
  facts: FactReader;
  reservations: Reservations;
  identifiers: Identifiers;
  findSource: FindSource;
  lookAlikesOf: LookAlikesOf;
  serial: InTurn;
  quotas: Quotas;
};

type By = { caller: Caller; identity: Identity };
/** Where something is decided: who asks by which command, and the stream that it gets. */
type Asked = { caller: Caller; identity: Identity; stream: string };

/** What a thing is called in lists of others, which belongs to it only. */
type Called = { externalId: ExternalId | null; identifiers?: readonly ExternalId[] };

/** Registers one source or party: an append to a stream of its own, whose id follows from the command, or from whose its external id is. */
export type Registration<S, Body, T extends { id: string }> = {
  /** Its stream, and what is there: of another command, where that has registered what has the external id or an identifier (of a merged party its survivor); or nothing yet. `pointer`: where in the body that stands. */
  place(identity: Identity, body: Called): Promise<{ stream: string; state: S; pointer: string }>;
  /** Decides and writes nothing. An empty list: it is registered. */
  decide(state: S, asked: Asked, body: Body, facing: Facing, imported?: Imported): Promise<CommandResult<NewEvent[]>>;
  /** The id that is answered may be another than `place` told, where another request was quicker. */
  register(caller: Caller, identity: Identity, body: Body, imported?: Imported): Promise<CommandResult<T>>;
};

export type Registering = {
  source: Registration<Source, SourceBody, RegisteredSource>;
  party: Registration<Party, PartyBody, RegisteredParty>;
  /** Counts the source before it is written, once for each command. Refusal: `QuotaExceeded`. */
  takeSource(caller: Caller, identity: Identity, body: SourceBody, imported?: Imported): Promise<CommandResult<null>>;
  /** The answer to a source that the command has registered, as it was the first time. Refusal: `IdempotencyKeyReused`. */
  repeated(caller: Caller, identity: Identity, stream: string): Promise<CommandResult<RegisteredSource>>;
};

/** The names that a party gets, and from whom it is said to be distinct. */
type Names = Pick<PartyBody, 'name' | 'aliases' | 'distinctFrom'>;
/** `pointer`: where in the body these stand. */
export const refuseAlike = (
  body: Pick<Names, 'aliases'> & { name: string | null },
  alike: readonly LookAlike[],
  pointer = '',
): CommandResult<never> => {
  const pointerOf = (name: string) => `${pointer}${name === body.name ? '/name' : `/aliases/${body.aliases.indexOf(name)}`}`;
  const errors = alike.map(({ id, name, like }) => ({
    pointer: pointerOf(like),
    message: `looks like a name of ${id}, and is written in other characters: «${writtenOut(name) ?? name}»`,
  }));
  return refused(
    'LooksAlike',
    `${errors[0]?.pointer}: ${errors[0]?.message}. If both are meant, a reviewer can register this one with that id in distinctFrom.`,
    { existing: alike[0]?.id ?? '', errors },
  );
};

export const textSha256Of = ({ text }: Pick<SourceBody, 'text'>): string | null =>
  text === null ? null : createHash('sha256').update(text, 'utf8').digest('hex');

/** The look-alikes of the names that a party gets, but for its own and those from whom it is distinct. */
export const createLookAlikes =
  (findLookAlikes: FindLookAlikes) =>
  async (id: string, { name, aliases, distinctFrom }: Omit<Names, 'name'> & { name: string | null }): Promise<readonly LookAlike[]> => {
    const found = await findLookAlikes([...(name === null ? [] : [name]), ...aliases]);
    return found.filter((like) => like.id !== id && !distinctFrom.includes(like.id));
  };
export type LookAlikesOf = ReturnType<typeof createLookAlikes>;

export const createRegistering = (tools: Tools): Registering => {
  const { log, execute, facts, reservations, identifiers, findSource, lookAlikesOf, serial, quotas } = tools;

  /** What of a body belongs to one thing only, each with whose it is, and how it is made somebody's. */
  const valuesOf = (of: 'source' | 'party', { externalId, identifiers: called = [] }: Called) => [
    ...(externalId === null
      ? []
      : [
          {
            pointer: '/externalId',
            ownerOf: () => reservations.ownerOf({ of, ...externalId }),
            reserve: (owner: string, by: By, former: string | null) => reservations.reserve({ of, ...externalId }, owner, by, former),
          },
        ]),
    ...called.map((identifier, index) => ({
      pointer: `/identifiers/${index}`,
      ownerOf: () => identifiers.ownerOf(identifier),
      reserve: (owner: string, by: By, former: string | null) => identifiers.reserve(identifier, owner, by, former),
    })),
  ];

  const placeOf =
    <S extends Source | Party>(of: 'source' | 'party', folds: Folds<S>, survivorOf: (fold: Fold<S>) => Promise<Fold<S>>) =>
    async ({ command }: Identity, body: Called): Promise<{ stream: string; state: S; pointer: string }> => {
      const own = derivedId(of, command, of);
      const { state } = await folds.fresh(own);
      // What the command wrote stays its own, whatever is sent now.
      for (const { ownerOf, pointer } of state.fields === null ? valuesOf(of, body) : []) {
        const owner = await ownerOf();
        if (owner === null || owner === own) continue;
        const { state: there } = await survivorOf(await folds.fresh(owner));
        return { stream: there.id ?? owner, state: there, pointer };
      }
      return { stream: own, state, pointer: '' };
    };

  /** Once nothing stands against it, what belongs to one thing only is reserved, and then it is written. Where another request was quicker, it is decided on what that one made. */
  const register = async <S extends Source | Party, B extends Called, T>(
    of: 'source' | 'party',
    folds: Folds<S>,
    { caller, identity, body }: { caller: Caller; identity: Identity; body: B },
    steps: {
      place(identity: Identity, body: B): Promise<{ stream: string; pointer: string }>;
      decide(state: S, stream: string): Promise<CommandResult<NewEvent[]>>;
      answer(stream: string, position: bigint): T;
    },
  ): Promise<CommandResult<T>> => {
    const values = valuesOf(of, body);
    const own = derivedId(of, identity.command, of);
    let { stream, pointer } = values.length === 0 ? { stream: own, pointer: '' } : await steps.place(identity, body);
    for (let moved = 0; ; moved += 1) {
      let owner = stream;
      const done = await execute(folds, caller, identity, {
        stream,
        decide: async ({ state }) => {
          if (values.length > 0 && state.fields !== null) return refuseTaken(log, stream, body, pointer);
          const decision = await steps.decide(state, stream);
          if (!decision.ok) return decision;
          for (const value of values) {
            owner = await value.reserve(stream, { caller, identity }, own);
            if (owner === stream) continue;
            pointer = value.pointer;
            return refused('Busy', 'Another request has just reserved what belongs to one thing only. Send it again.');
          }
          return decision;
        },
        answer: async (_, { position }) => steps.answer(stream, position),
      });
      // Two that were given up in between would send it to and fro.
      if (owner === stream || moved > 2) return done;
      stream = owner;
    }
  };

  const takeSource: Registering['takeSource'] = (caller, { command }, body, imported) =>
    quotas.takeSource(command, caller.subject, Buffer.byteLength(body.text ?? '') + (imported?.bytes?.length ?? 0));

  const source: Registering['source'] = {
    place: placeOf('source', facts.sources, async (fold) => fold),
    decide: async (state, { caller, identity, stream }, body, facing, imported) => {
      const existing = body.url === null ? null : await findSource(body.url, textSha256Of(body));
      if (existing !== null && existing !== stream)
        return refused('SourceExists', 'This document is registered already, with the same text.', { existing });
      const known = await facing.registerFacts({ parties: [], sources: body.translationOf === null ? [] : [body.translationOf] });
      const command = { kind: 'register' as const, command: identity.command, actor: caller.subject, body, ...(imported && { imported }) };
      return decideSource(state, command, known);
    },
    register: (caller, identity, body, imported) =>
      register(
        'source',
        facts.sources,
        { caller, identity, body },
        {
          place: source.place,
          decide: async (state, stream) => {
            const decision = await source.decide(state, { caller, identity, stream }, body, facts.facing(), imported);
            if (!decision.ok) return decision;
            const taken = await takeSource(caller, identity, body, imported);
            return taken.ok ? decision : taken;
          },
          answer: (id, position) => ({
            id,
            textSha256: textSha256Of(body),
            revision: body.text === null ? 0 : 1,
            position: String(position),
          }),
        },
      ),
  };

  const party: Registering['party'] = {
    place: placeOf('party', facts.parties, facts.survivorOf),
    decide: async (state, { caller, identity, stream }, body, facing) => {
      const known = await facing.registerFacts({
        parties: [...(body.parent === null ? [] : [body.parent]), ...body.distinctFrom],
        sources: [],
      });
      const decision = decideParty(state, { kind: 'register', command: identity.command, actor: caller.subject, body }, known);
      if (!decision.ok) return decision;
      const alike = await lookAlikesOf(stream, body);
      return alike.length === 0 ? decision : refuseAlike(body, alike);
    },
    register: (caller, identity, body) =>
      // One after another, so that of two that look alike the second sees the first.
      serial(`a name like ${skeletonOf(body.name)}`, () =>
        register(
          'party',
          facts.parties,
          { caller, identity, body },
          {
            place: party.place,
            decide: (state, stream) => party.decide(state, { caller, identity, stream }, body, facts.facing()),
            answer: (id, position) => ({ id, parties: [{ id, ref: null }], reused: [], position: String(position) }),
          },
        ),
      ),
  };

  const repeated: Registering['repeated'] = (caller, identity, stream) =>
    execute(facts.sources, caller, identity, {
      stream,
      decide: async () => refused('AggregateState', 'This source is registered already.'),
      answer: async (_, { position }) => {
        const [event] = await readEvents(log, stream, 0, { to: 0, texts: true });
        const text = event?.type === 'SourceRegistered' ? event.data.text : undefined;
        return { id: stream, textSha256: text === undefined ? null : textSha256Of({ text }), revision: 1, position: String(position) };
      },
    });

  return { source, party, takeSource, repeated };
};

/** Registering sources and parties, without review. */
export const registrationCommands = ({
  registering,
  bring,
  making,
  identify,
}: {
  registering: Registering;
  bring: Bring;
  making: Making;
  identify: (caller: Caller) => Identity;
}) => ({
  /** Refusals: `InvalidChange`, `SourceExists`, `ExternalIdTaken`, `QuotaExceeded`, `IdempotencyKeyReused`, `Busy`. */
  registerSource: async (caller: Caller, body: SourceBody) =>
    registering.source.register(caller, (await making(caller, 'source')).identity, body),
  /**
   * Registers what `read` makes of a document; a repeat is answered as the first time, and nothing is read for it. Refusals: as of `registerSource`. Rejects as
   * `read` does.
   */
  importSource: async (caller: Caller, read: () => Promise<{ body: SourceBody; imported: Imported }>) => {
    const { identity, stream } = await making(caller, 'source');
    const { state } = await registering.source.place(identity, { externalId: null });
    if (state.fields !== null) return registering.repeated(caller, identity, stream);
    const { body, imported } = await read();
    return registering.source.register(caller, identity, body, imported);
  },
  /** Refusals: `InvalidChange`, `LooksAlike`, `ExternalIdTaken`, `IdempotencyKeyReused`, `Busy`. */
  registerParty: async (caller: Caller, body: PartyBody) =>
    registering.party.register(caller, (await making(caller, 'party')).identity, body),
  /** Several, of which one may stand above another; all are decided before the first is written. Refusals: `InvalidChange`, `LooksAlike`, `Busy`. */
  registerParties: async (caller: Caller, body: readonly BroughtParty[]): Promise<CommandResult<RegisteredParty>> => {
    const parties = body.map((party, index) => ({ ...party, ref: party.ref ?? `${index}` }));
    const { command } = identify(caller);
    for (;;) {
      const brought = await bring({ ...caller, body: { parties: caller.body } }, command, { sources: [], parties }, []);
      if (!brought.ok) return inArray(brought);
      const { named, register } = brought.value;
      const written = await register();
      if (written === 'moved') continue;
      if (!written.ok) return inArray(written);
      const refOf = (index: number) => body[index]?.ref ?? null;
      const ids = parties.map(({ ref }, index) => ({ id: named.get(ref)?.id ?? '', ref: refOf(index) }));
      const refs = Object.fromEntries(parties.map(({ ref }, index) => [ref, ids[index]?.id ?? '']));
      const reused = await bring.reused({ sources: [], parties }, refs, command);
      const own = parties.map(({ ref }) => ref);
      return {
        ok: true,
        value: {
          id: ids[0]?.id ?? '',
          parties: ids,
          reused: reused.map((one) => ({ ...one, ref: refOf(own.indexOf(one.ref)) })),
          position: String(written.value.position),
        },
      };
    }
  },
});

/** The refusal with pointers into the array that was sent. */
const inArray = ({ error }: { ok: false; error: CommandError }): { ok: false; error: CommandError } => ({
  ok: false,
  error: {
    ...error,
    detail: error.detail.replace(/^\/parties/, ''),
    ...(error.errors && { errors: error.errors.map((place) => ({ ...place, pointer: place.pointer.replace(/^\/parties/, '') })) }),
  },
});
