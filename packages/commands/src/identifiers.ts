import type { DomainEvent, ExternalId, Reserved } from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { type CommandResult, refused } from './errors.ts';
import type { FactReader } from './facts.ts';
import type { Caller, Identity } from './identity.ts';
import type { Reservations } from './reservations.ts';
import { refuseTaken, registeredAs } from './reused.ts';

/** What parties are called in lists of others: of which party each identifier is. A merged one's stay with it, and lead to its survivor. */

type By = { caller: Caller; identity: Identity };
const granted = { ok: true, value: null } as const;
const reservedIn = (identifier: ExternalId): Reserved => ({ of: 'identifier', ...identifier });

export const createIdentifiers = ({
  log,
  facts,
  reservations,
}: {
  log: EventLog<DomainEvent>;
  facts: FactReader;
  reservations: Reservations;
}) => {
  /** The party that had the value and has it no more: a correction took it away. Who has lost a value of the scheme by an erasure may still have it. */
  const releasedBy = async (owner: string, { scheme, value }: ExternalId): Promise<string | null> => {
    const { identifiers } = (await registeredAs(log, owner)) as { identifiers?: { scheme: string; value?: string }[] };
    if (identifiers === undefined) return null;
    const held = identifiers.some((one) => one.scheme === scheme && (one.value === undefined || one.value === value));
    return held ? null : owner;
  };

  /** Whose the identifier is, as `ownerOf` of reservations. */
  const ownerOf = async (identifier: ExternalId): Promise<string | null> => {
    const owner = await reservations.ownerOf(reservedIn(identifier));
    return owner === null || (await releasedBy(owner, identifier)) !== null ? null : owner;
  };

  /** Makes it the party's, unless it is another's, and answers whose it is. `former`: what the same command had reserved it for. */
  const reserve = async (identifier: ExternalId, party: string, by: By, former: string | null = null): Promise<string> => {
    const owner = await reservations.ownerOf(reservedIn(identifier));
    if (owner === party) return party;
    const released = owner === null || owner === former ? owner : await releasedBy(owner, identifier);
    return reservations.reserve(reservedIn(identifier), party, by, released);
  };

  const refuse = async (owner: string, body: object, pointer: string): Promise<CommandResult<never>> => {
    const { state } = await facts.survivorOf(await facts.parties.fresh(owner));
    // Reserved by a request that did not write its party yet.
    if (state.fields === null) return refused('Busy', 'Another request has just reserved this identifier. Send it again.');
    return refuseTaken(log, state.id ?? owner, body, pointer);
  };

  /** Refuses those that are another party's. Reserves nothing. */
  const check = async (party: string, identifiers: readonly ExternalId[], pointer: string): Promise<CommandResult<null>> => {
    for (const [index, identifier] of identifiers.entries()) {
      const owner = await ownerOf(identifier);
      if (owner !== null && owner !== party) return refuse(owner, {}, `${pointer}/${index}`);
    }
    return granted;
  };

  /** Reserves those that a correction gives to a party, before it is written. */
  const reserveFor = async (party: string, identifiers: readonly ExternalId[], by: By, pointer: string): Promise<CommandResult<null>> => {
    for (const [index, identifier] of identifiers.entries()) {
      const owner = await reserve(identifier, party, by);
      if (owner !== party) return refuse(owner, {}, `${pointer}/${index}`);
    }
    return granted;
  };

  return { ownerOf, reserve, check, reserveFor };
};
export type Identifiers = ReturnType<typeof createIdentifiers>;
