import { createHash } from 'node:crypto';
import {
  decideParty,
  decideSource,
  derivedId,
  type Party,
  type PartyBody,
  type SourceBody,
  skeletonOf,
  writtenOut,
} from '@averment/domain';
import type { InTurn } from '@averment/platform';
import { type CommandResult, refused } from './errors.ts';
import type { Execute, Steps } from './execute.ts';
import type { FactReader } from './facts.ts';
import type { Caller, Identity } from './identity.ts';
import type { Quotas } from './quotas.ts';

export type RegisteredSource = { id: string; textSha256: string; revision: number; position: string };
export type RegisteredParty = { id: string; position: string };

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
  identify: (caller: Caller) => Identity;
  findSource: FindSource;
  findLookAlikes: FindLookAlikes;
  serial: InTurn;
  quotas: Quotas;
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

/** Registering sources and parties: one append to a stream of its own, without review. */
export const registrationCommands = ({ execute, facts, identify, findSource, findLookAlikes, serial, quotas }: Tools) => ({
  /** Refusals: `InvalidChange`, `SourceExists`, `QuotaExceeded`, `IdempotencyKeyReused`, `Busy`. */
  registerSource(caller: Caller, body: SourceBody): Promise<CommandResult<RegisteredSource>> {
    const identity = identify(caller);
    const stream = derivedId('source', identity.command, 'source');
    const textSha256 = createHash('sha256').update(body.text, 'utf8').digest('hex');
    return execute(facts.sources, caller, identity, {
      stream,
      decide: async ({ state }) => {
        const existing = body.url === null ? null : await findSource(body.url, textSha256);
        if (existing !== null && existing !== stream)
          return refused('SourceExists', 'This document is registered already, with the same text.', { existing });
        const decision = decideSource(state, { kind: 'register', command: identity.command, actor: caller.subject, body });
        if (!decision.ok) return decision;
        const taken = await quotas.takeSource(identity.command, caller.subject, Buffer.byteLength(body.text));
        return taken.ok ? decision : taken;
      },
      answer: async (_, { position }) => ({ id: stream, textSha256, revision: 1, position: String(position) }),
    });
  },

  /** Refusals: `InvalidChange`, `LooksAlike`, `IdempotencyKeyReused`, `Busy`. */
  registerParty(caller: Caller, body: PartyBody): Promise<CommandResult<RegisteredParty>> {
    const identity = identify(caller);
    const stream = derivedId('party', identity.command, 'party');
    const steps: Steps<Party, RegisteredParty> = {
      stream,
      decide: async ({ state }) => {
        const parties = await facts.facing().partiesOf([...(body.parent === null ? [] : [body.parent]), ...body.distinctFrom]);
        const decision = decideParty(state, { kind: 'register', command: identity.command, actor: caller.subject, body }, parties);
        if (!decision.ok) return decision;
        const found = await findLookAlikes([body.name, ...body.aliases]);
        const alike = found.filter(({ id }) => id !== stream && !body.distinctFrom.includes(id));
        return alike.length === 0 ? decision : refuseAlike(body, alike);
      },
      answer: async (_, { position }) => ({ id: stream, position: String(position) }),
    };
    // One after another, so that of two that look alike the second sees the first.
    return serial(`a name like ${skeletonOf(body.name)}`, () => execute(facts.parties, caller, identity, steps));
  },
});
