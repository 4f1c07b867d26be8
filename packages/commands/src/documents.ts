import { createHash } from 'node:crypto';
import { decideParty, decideSource, derivedId, type Party, type PartyBody, type Source, type SourceBody } from '@averment/domain';
import { type CommandResult, refused } from './errors.ts';
import type { Execute } from './execute.ts';
import type { FactSource } from './facts.ts';
import type { Caller, Identity } from './identity.ts';

export type RegisteredSource = { id: string; textSha256: string; revision: number; position: string };
export type RegisteredParty = { id: string; position: string };

/** Id of the source with this very URL and text (SHA-256 of its UTF-8 bytes, hexadecimal); null for none. Read from a model, so it may be late. */
export type FindSource = (url: string, textSha256: string) => Promise<string | null>;

type Tools = { execute: Execute; facts: FactSource; identify: (caller: Caller) => Identity; findSource: FindSource };

/** Registering sources and parties: one append to a stream of its own, without review. */
export const documentCommands = ({ execute, facts, identify, findSource }: Tools) => ({
  /** Refusals: `InvalidChange`, `SourceExists`, `IdempotencyKeyReused`, `Busy`. */
  registerSource(caller: Caller, body: SourceBody): Promise<CommandResult<RegisteredSource>> {
    const identity = identify(caller);
    const stream = derivedId('source', identity.command, 'source');
    const textSha256 = createHash('sha256').update(body.text, 'utf8').digest('hex');
    return execute(facts.sources, caller, identity, {
      stream,
      traceOf: (state: Source, command) => state.commands.get(command),
      decide: async ({ state }) => {
        const existing = body.url === null ? null : await findSource(body.url, textSha256);
        if (existing !== null && existing !== stream)
          return refused('SourceExists', 'This document is registered already, with the same text.', { existing });
        return decideSource(state, { kind: 'register', command: identity.command, actor: caller.subject, body });
      },
      answer: async (_, { position }) => ({ id: stream, textSha256, revision: 1, position: String(position) }),
    });
  },

  /** Refusals: `InvalidChange`, `IdempotencyKeyReused`, `Busy`. */
  registerParty(caller: Caller, body: PartyBody): Promise<CommandResult<RegisteredParty>> {
    const identity = identify(caller);
    const stream = derivedId('party', identity.command, 'party');
    return execute(facts.parties, caller, identity, {
      stream,
      traceOf: (state: Party, command) => state.commands.get(command),
      decide: async ({ state }) => {
        const parties = await facts.facing().partiesOf(body.parent === null ? [] : [body.parent]);
        return decideParty(state, { kind: 'register', command: identity.command, actor: caller.subject, body }, parties);
      },
      answer: async (_, { position }) => ({ id: stream, position: String(position) }),
    });
  },
});
