import { type DomainEvent, isPolicyEvent, type NewEvent } from '../log/events.ts';
import { followStream, initialStream, type StreamState } from '../log/stream.ts';
import type { PersonOf } from '../people/people.ts';
import { accept, type Result, refuse } from '../values/errors.ts';
import { derivedId } from '../values/ids.ts';
import { type PolicyRules, policyRules } from './rules.ts';
import { codeVersions } from './versions.ts';

/** The rules of the review, which admins propose and adopt: all versions lie in one stream. */
export const policyStream = 'operations_000000000000000000000terms';

/** A text is absent once it was erased, or where texts were not asked for. */
type Text = string | undefined;
export type PolicyProposal = {
  id: string;
  base: number;
  rules: PolicyRules;
  reason: Text;
  by: string;
  at: string;
  state: 'open' | 'adopted' | 'rejected';
  /** Who adopted or rejected it, and why the latter. */
  closed: { by: string; at: string; reason: Text | null } | null;
};
/** `position`: from where in the log it is in force; null of a version that was code. */
export type PolicyVersion = {
  version: number;
  rules: PolicyRules;
  position: bigint | null;
  /** Since when: a day for a version that was code. */
  since: string;
  proposal: string | null;
};
export type PolicyState = StreamState & {
  /** Oldest first. */
  versions: PolicyVersion[];
  /** By id, oldest first. */
  proposals: Map<string, PolicyProposal>;
};

/** Before anything is written there are the versions that were code. */
export const initialPolicy = (): PolicyState => ({
  ...initialStream(),
  versions: codeVersions.map((one) => ({ ...one, position: null, proposal: null })),
  proposals: new Map(),
});

/** Folds one event into the state, in place, and returns it. Total, also on erased texts. */
export const evolvePolicy = (state: PolicyState, event: DomainEvent): PolicyState => {
  if (isPolicyEvent(event)) {
    const act = { by: event.actor, at: event.recordedAt };
    switch (event.type) {
      case 'PolicyNoted': {
        const { version, since, rules } = event.data;
        // What is written counts, whatever the code says by then.
        state.versions = state.versions.filter((one) => one.version < version);
        state.versions.push({ version, rules, since, position: null, proposal: null });
        break;
      }
      case 'PolicyProposed': {
        const { proposal: id, base, rules, reason } = event.data;
        state.proposals.set(id, { id, base, rules, reason, ...act, state: 'open', closed: null });
        break;
      }
      case 'PolicyAdopted': {
        const { proposal, version } = event.data;
        const found = state.proposals.get(proposal);
        if (found === undefined) break;
        Object.assign(found, { state: 'adopted', closed: { ...act, reason: null } });
        state.versions.push({ version, rules: found.rules, position: event.position, since: event.recordedAt, proposal });
        break;
      }
      case 'PolicyRejected': {
        const found = state.proposals.get(event.data.proposal);
        if (found) Object.assign(found, { state: 'rejected', closed: { ...act, reason: event.data.reason } });
        break;
      }
      default:
        event satisfies never;
    }
  }
  followStream(state, event);
  return state;
};

const last = ({ versions }: Pick<PolicyState, 'versions'>): PolicyVersion => {
  const found = versions.at(-1);
  if (found === undefined) throw new RangeError('there is no version of the policy');
  return found;
};
/** The version in force. */
export const policyNow = last;
/** The version that was in force at a position of the log: those that were code are as old as the log. */
export const policyAt = ({ versions }: Pick<PolicyState, 'versions'>, position: bigint): PolicyVersion =>
  last({ versions: versions.filter((one) => one.position === null || one.position <= position) });
/** The version that was in force at a time (RFC 3339, in UTC): of those that were code, that which the code had then; null before the first. */
export const policyThen = ({ versions }: Pick<PolicyState, 'versions'>, time: string): PolicyVersion | null =>
  versions.findLast(({ since }) => Date.parse(since) <= Date.parse(time)) ?? null;

/** The versions that were code, in the append of the first thing that is done with the policy. */
const noted = ({ streamRevision }: PolicyState): NewEvent[] =>
  streamRevision >= 0
    ? []
    : codeVersions.map(({ version, since, rules }) => ({ type: 'PolicyNoted', edit: null, data: { version, since, rules } }));

/** Rules that say the same are written the same. */
const written = (rules: PolicyRules): string => JSON.stringify(policyRules.parse(rules));

/** Proposals that wait: more than anybody will read. */
const mostOpen = 50;

/** Decides that rules are proposed. Refusal: `PolicyState`. */
export const proposePolicy = (
  state: PolicyState,
  { command, rules, reason }: { command: string; rules: PolicyRules; reason: string },
): Result<NewEvent[]> => {
  const now = policyNow(state);
  if (written(now.rules) === written(rules)) return refuse('PolicyState', `These are the rules in force, version ${now.version}.`);
  if ([...state.proposals.values()].filter((one) => one.state === 'open').length >= mostOpen)
    return refuse('PolicyState', `${mostOpen} proposals are open. Reject some first.`);
  const proposal = derivedId('policy', command, 'proposal');
  return accept([...noted(state), { type: 'PolicyProposed', edit: null, data: { proposal, base: now.version, rules, reason } }]);
};

/** Decides on a proposal that is open. */
const onOpen = (state: PolicyState, id: string, decide: (found: PolicyProposal) => Result<NewEvent[]>): Result<NewEvent[]> => {
  const found = state.proposals.get(id);
  if (found === undefined) return refuse('NotFound', 'There is no such proposal.');
  if (found.state !== 'open') return refuse('PolicyState', `This proposal was ${found.state} already.`);
  return decide(found);
};

/**
 * Decides that proposed rules are in force. By another person than who proposed them, and on the version for which they were proposed: they would take back
 * what was adopted since, and nobody has said so. Refusals: `NotFound`, `PolicyState`, `SelfApproval`.
 */
export const adoptPolicy = (
  state: PolicyState,
  { id, actor, personOf }: { id: string; actor: string; personOf: PersonOf },
): Result<NewEvent[]> =>
  onOpen(state, id, ({ by, base }) => {
    const { version } = policyNow(state);
    if (personOf(by) === personOf(actor)) return refuse('SelfApproval', 'You proposed these rules, so another admin has to approve them.');
    if (base !== version)
      return refuse('PolicyState', `It was proposed for version ${base}; version ${version} is in force by now. Propose it anew.`);
    return accept([{ type: 'PolicyAdopted', edit: null, data: { proposal: id, version: version + 1 } }]);
  });

/** Decides that a proposal is rejected; by who made it, that it is taken back. Refusals: `NotFound`, `PolicyState`. */
export const rejectPolicy = (state: PolicyState, { id, reason }: { id: string; reason: string }): Result<NewEvent[]> =>
  onOpen(state, id, () => accept([{ type: 'PolicyRejected', edit: null, data: { proposal: id, reason } }]));
