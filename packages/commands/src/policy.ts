import {
  adoptPolicy,
  type DomainEvent,
  evolvePolicy,
  initialPolicy,
  type PolicyInForce,
  type PolicyProposal,
  type PolicyRules,
  type PolicyState,
  type PolicyVersion,
  policyIn,
  policyNow,
  policyStream,
  policyThen,
  proposePolicy,
  rejectPolicy,
  type Vocabulary,
} from '@averment/domain';
import { decoded, type EventLog } from '@averment/event-log';
import { nothing } from './access.ts';
import type { CommandResult } from './errors.ts';
import type { Done, Execute } from './execute.ts';
import { createFolds } from './folds.ts';
import type { Caller, Identity } from './identity.ts';
import type { ReadPeople } from './people.ts';

/** `since`: from when on it is in force. What was code nobody proposed or approved. */
export type PolicyItem = {
  version: number;
  since: string;
  rules: PolicyRules;
  proposal: string | null;
  proposedBy: string | null;
  approvedBy: string | null;
  reason: string | null;
};
export type ProposalItem = {
  id: string;
  state: PolicyProposal['state'];
  base: number;
  rules: PolicyRules;
  reason: string | null;
  proposedBy: string;
  proposedAt: string;
  closedBy: string | null;
  closedAt: string | null;
  closedReason: string | null;
};
/** `version`: the one in force after it. */
export type PolicyActed = { id: string; state: PolicyProposal['state']; version: number; position: string };

/** The rules in force, as of the end of the log: whatever is decided afterwards goes by them, in any process. Rejects with `LogUnavailable` or `StreamUnreadable`. */
export type ReadPolicy = () => Promise<PolicyInForce>;

const foldsOf = (log: EventLog<DomainEvent>) => createFolds({ log, initial: initialPolicy, evolve: evolvePolicy, budget: 100_000 });

export const createReadPolicy = ({ log, vocabulary }: { log: EventLog<DomainEvent>; vocabulary: Vocabulary }): ReadPolicy => {
  const folds = foldsOf(log);
  let known = { revision: -1, policy: policyIn(initialPolicy(), vocabulary) };
  return async () => {
    const { state, revision } = await folds.fresh(policyStream);
    if (revision !== known.revision) known = { revision, policy: policyIn({ versions: [...state.versions] }, vocabulary) };
    return known.policy;
  };
};

type Tools = { log: EventLog<DomainEvent>; execute: Execute; identify: (caller: Caller) => Identity; readPeople: ReadPeople };

const proposalOf = ({ id, state, base, rules, reason, by, at, closed }: PolicyProposal): ProposalItem => ({
  id,
  state,
  base,
  rules,
  reason: reason ?? null,
  proposedBy: by,
  proposedAt: at,
  closedBy: closed?.by ?? null,
  closedAt: closed?.at ?? null,
  closedReason: closed?.reason ?? null,
});
const itemOf = ({ proposals }: PolicyState, { version, since, rules, proposal }: PolicyVersion): PolicyItem => {
  const found = proposals.get(proposal ?? '');
  return {
    version,
    since,
    rules,
    proposal,
    proposedBy: found?.by ?? null,
    approvedBy: found?.closed?.by ?? null,
    reason: found?.reason ?? null,
  };
};

/** What admins decide about the rules of the review, and what they are. */
export const policyCommands = ({ log, execute, identify, readPeople }: Tools) => {
  const folds = foldsOf(log);
  const acted =
    (id: string) =>
    async (state: PolicyState, { position }: Done) => ({
      id,
      state: state.proposals.get(id)?.state ?? 'open',
      version: policyNow(state).version,
      position: String(position),
    });
  /** With texts. */
  const read = async () => decoded(await log.readStream(policyStream, 0)).reduce(evolvePolicy, initialPolicy());

  return {
    /** Refusals: `PolicyState`, `IdempotencyKeyReused`, `Busy`. */
    proposePolicy: (caller: Caller, { rules, reason }: { rules: PolicyRules; reason: string }): Promise<CommandResult<PolicyActed>> => {
      const identity = identify(caller);
      return execute(folds, caller, identity, {
        stream: policyStream,
        decide: async ({ state }) => proposePolicy(state, { command: identity.command, rules, reason }),
        answer: (state, done) => acted([...state.proposals.keys()].at(-1) ?? '')(state, done),
      });
    },
    /** Refusals: those of the domain's `adoptPolicy`, `IdempotencyKeyReused`, `Busy`. */
    approvePolicy: (caller: Caller, id: string): Promise<CommandResult<PolicyActed>> =>
      execute(folds, caller, identify(caller), {
        stream: policyStream,
        decide: async ({ state }) => adoptPolicy(state, { id, actor: caller.subject, personOf: await readPeople() }),
        answer: acted(id),
      }),
    /** Refusals: those of the domain's `rejectPolicy`, `IdempotencyKeyReused`, `Busy`. */
    rejectPolicy: (caller: Caller, { id, reason }: { id: string; reason: string }): Promise<CommandResult<PolicyActed>> =>
      execute(folds, caller, identify(caller), {
        stream: policyStream,
        decide: async ({ state }) => rejectPolicy(state, { id, reason }),
        answer: acted(id),
      }),
    /** The version in force now, or at a time (RFC 3339, in UTC). Refusal: `NotFound` where there was none then. */
    readPolicy: async (asOf: string | null): Promise<CommandResult<PolicyItem>> => {
      const state = await read();
      const found = asOf === null ? policyNow(state) : policyThen(state, asOf);
      return found === null ? nothing() : { ok: true, value: itemOf(state, found) };
    },
    /** Every version, oldest first. */
    policyHistory: async (): Promise<PolicyItem[]> => {
      const state = await read();
      return state.versions.map((version) => itemOf(state, version));
    },
    /** Oldest first. */
    policyProposals: async (): Promise<ProposalItem[]> => [...(await read()).proposals.values()].map(proposalOf),
  };
};
