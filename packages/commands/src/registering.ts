import { createHash } from 'node:crypto';
import {
  type BroughtParty,
  decideParty,
  decideSource,
  derivedId,
  type NewEvent,
  type Party,
  type PartyBody,
  type Source,
  type SourceBody,
  skeletonOf,
  writtenOut,
} from '@averment/domain';
import type { InTurn } from '@averment/platform';
import type { Bring } from './bringing.ts';
import { type CommandError, type CommandResult, refused } from './errors.ts';
import type { Execute } from './execute.ts';
import type { Facing, FactReader } from './facts.ts';
import type { Caller, Identity } from './identity.ts';
import type { Making } from './making.ts';
import type { Quotas } from './quotas.ts';

export type RegisteredSource = { id: string; textSha256: string; revision: number; position: string };
/** `id` is that of the only or the first one; `ref` is the one that was sent with it. */
export type RegisteredParty = { id: string; parties: { id: string; ref: string | null }[]; position: string };

/** Id of the source with this very URL and text (SHA-256 of its UTF-8 bytes, hexadecimal); null for none. Read from a model, so it may be late. */
export type FindSource = (url: string, textSha256: string) => Promise<string | null>;

/**
 * A name of another party that has the skeleton (`skeletonOf`) of a name asked for and is written in other characters. `like` is the one asked for.
 */
type LookAlike = { id: string; name: string; like: string };
/** The look-alikes of these names, at most 100. Read from a model, so it may be late. */
export type FindLookAlikes = (names: readonly string[]) => Promise<readonly LookAlike[]>;

type Tools = {
  execute: Execute;
  facts: FactReader;
  findSource: FindSource;
  findLookAlikes: FindLookAlikes;
  serial: InTurn;
  quotas: Quotas;
};

/** Registers one source or party: an append to a stream of its own, whose id follows from the command. */
export type Registration<S, Body, T> = {
  streamOf(identity: Identity): string;
  /** Decides and writes nothing. An empty list: it is registered. */
  decide(state: S, by: { caller: Caller; identity: Identity }, body: Body, facing: Facing): Promise<CommandResult<NewEvent[]>>;
  register(caller: Caller, identity: Identity, body: Body): Promise<CommandResult<T>>;
};

export type Registering = {
  source: Registration<Source, SourceBody, RegisteredSource>;
  party: Registration<Party, PartyBody, RegisteredParty>;
  /** Counts the source before it is written, once for each command. Refusal: `QuotaExceeded`. */
  takeSource(caller: Caller, identity: Identity, body: SourceBody): Promise<CommandResult<null>>;
};

const refuseAlike = (body: PartyBody, alike: readonly LookAlike[]): CommandResult<never> => {
  const pointerOf = (name: string) => (name === body.name ? '/name' : `/aliases/${body.aliases.indexOf(name)}`);
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

export const textSha256Of = ({ text }: Pick<SourceBody, 'text'>): string => createHash('sha256').update(text, 'utf8').digest('hex');

export const createRegistering = ({ execute, facts, findSource, findLookAlikes, serial, quotas }: Tools): Registering => {
  const takeSource: Registering['takeSource'] = (caller, { command }, body) =>
    quotas.takeSource(command, caller.subject, Buffer.byteLength(body.text));

  const source: Registering['source'] = {
    streamOf: ({ command }) => derivedId('source', command, 'source'),
    decide: async (state, { caller, identity }, body) => {
      const existing = body.url === null ? null : await findSource(body.url, textSha256Of(body));
      if (existing !== null && existing !== source.streamOf(identity))
        return refused('SourceExists', 'This document is registered already, with the same text.', { existing });
      return decideSource(state, { kind: 'register', command: identity.command, actor: caller.subject, body });
    },
    register: (caller, identity, body) => {
      const stream = source.streamOf(identity);
      return execute(facts.sources, caller, identity, {
        stream,
        decide: async ({ state }) => {
          const decision = await source.decide(state, { caller, identity }, body, facts.facing());
          if (!decision.ok) return decision;
          const taken = await takeSource(caller, identity, body);
          return taken.ok ? decision : taken;
        },
        answer: async (_, { position }) => ({ id: stream, textSha256: textSha256Of(body), revision: 1, position: String(position) }),
      });
    },
  };

  const party: Registering['party'] = {
    streamOf: ({ command }) => derivedId('party', command, 'party'),
    decide: async (state, { caller, identity }, body, facing) => {
      const parties = await facing.partiesOf([...(body.parent === null ? [] : [body.parent]), ...body.distinctFrom]);
      const decision = decideParty(state, { kind: 'register', command: identity.command, actor: caller.subject, body }, parties);
      if (!decision.ok) return decision;
      const found = await findLookAlikes([body.name, ...body.aliases]);
      const alike = found.filter(({ id }) => id !== party.streamOf(identity) && !body.distinctFrom.includes(id));
      return alike.length === 0 ? decision : refuseAlike(body, alike);
    },
    register: (caller, identity, body) => {
      const stream = party.streamOf(identity);
      // One after another, so that of two that look alike the second sees the first.
      return serial(`a name like ${skeletonOf(body.name)}`, () =>
        execute(facts.parties, caller, identity, {
          stream,
          decide: ({ state }) => party.decide(state, { caller, identity }, body, facts.facing()),
          answer: async (_, { position }) => ({ id: stream, parties: [{ id: stream, ref: null }], position: String(position) }),
        }),
      );
    },
  };

  return { source, party, takeSource };
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
  /** Refusals: `InvalidChange`, `SourceExists`, `QuotaExceeded`, `IdempotencyKeyReused`, `Busy`. */
  registerSource: async (caller: Caller, body: SourceBody) =>
    registering.source.register(caller, (await making(caller, 'source')).identity, body),
  /** Refusals: `InvalidChange`, `LooksAlike`, `IdempotencyKeyReused`, `Busy`. */
  registerParty: async (caller: Caller, body: PartyBody) =>
    registering.party.register(caller, (await making(caller, 'party')).identity, body),
  /** Several, of which one may stand above another; all are decided before the first is written. Refusals: the same. */
  registerParties: async (caller: Caller, body: readonly BroughtParty[]): Promise<CommandResult<RegisteredParty>> => {
    const parties = body.map((party, index) => ({ ...party, ref: party.ref ?? `${index}` }));
    const brought = await bring({ ...caller, body: { parties: caller.body } }, identify(caller).command, { sources: [], parties }, []);
    if (!brought.ok) return inArray(brought);
    const { named, register } = brought.value;
    const written = await register();
    if (!written.ok) return inArray(written);
    const ids = parties.map(({ ref }, index) => ({ id: named.get(ref)?.id ?? '', ref: body[index]?.ref ?? null }));
    return { ok: true, value: { id: ids[0]?.id ?? '', parties: ids, position: String(written.value.position) } };
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
