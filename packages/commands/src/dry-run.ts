import {
  aggregateOf,
  type EditVersionOf,
  isOpenEdit,
  needed,
  neededFor,
  type PartyChange,
  type PolicyInForce,
  type PolicyRules,
  policyWith,
  type Review,
  type Reviewed,
  registerNeeds,
  reviewedParty,
  reviewedSource,
  type SourceChange,
} from '@averment/domain';
import { StreamUnreadable } from '@averment/event-log';
import type { EditRef } from './edit.ts';
import type { FactReader } from './facts.ts';

/** An open edit that would take another number of approvals. */
export type Changed = EditRef & { needed: number; neededThen: number };

/** How many edits are looked at together. */
const atOnce = 16;

/** Tells which open edits would take more approvals, or fewer, were these rules adopted now. From the log: as of now. */
export const createDryRun = ({ facts }: { facts: FactReader }) => {
  /** How many approvals the version takes under rules; null where the edit is not open. */
  type Count = (policy: PolicyInForce) => number;
  type Known = { policy: PolicyInForce; count: Count };

  const openVersion = <C>({ edits }: Review<C>, number: number): EditVersionOf<C> | null => {
    const edit = edits.get(number);
    return edit && isOpenEdit(edit) ? (edit.versions.at(-1) ?? null) : null;
  };
  const ofIncident = async ({ stream, edit }: EditRef): Promise<Known | null> => {
    const { state } = await facts.incidents.fresh(stream);
    const version = openVersion(state, edit);
    if (version === null) return null;
    const known = await facts.facing().factsForVote(version, state, { command: '', edit });
    return { policy: known.policy, count: (policy) => needed(policy, version, { ...known, record: state }).needed };
  };
  const ofRegister = async <S extends Review<C>, Sent, C extends { kind: string }>(
    of: Reviewed<S, Sent, C>,
    state: S,
    edit: number,
    factsOf: (changes: readonly C[]) => ReturnType<ReturnType<FactReader['facing']>['registerFacts']>,
  ): Promise<Known | null> => {
    const version = openVersion(state, edit);
    if (version === null) return null;
    const known = await factsOf(version.changes);
    return { policy: known.policy, count: (policy) => neededFor(of, state, version, { ...known, policy }).needed };
  };
  const knownOf = async (ref: EditRef): Promise<Known | null> => {
    const { stream, edit } = ref;
    const { kind } = aggregateOf(stream);
    if (kind === 'incident') return ofIncident(ref);
    const facing = facts.facing();
    if (kind === 'source') {
      const { state } = await facts.sources.fresh(stream);
      return ofRegister(reviewedSource, state, edit, (changes: readonly SourceChange[]) =>
        facing.registerFacts(registerNeeds(reviewedSource, changes)),
      );
    }
    const { state } = await facts.parties.fresh(stream);
    return ofRegister(reviewedParty, state, edit, (changes: readonly PartyChange[]) =>
      facing.registerFacts(registerNeeds(reviewedParty, changes), state),
    );
  };
  const changedIn = async (ref: EditRef, rules: PolicyRules): Promise<Changed | null> => {
    try {
      const known = await knownOf(ref);
      if (known === null) return null;
      const [needed, neededThen] = [known.count(known.policy), known.count(policyWith(known.policy, rules))];
      return needed === neededThen ? null : { ...ref, needed, neededThen };
    } catch (error) {
      // What cannot be read nobody can approve.
      if (error instanceof StreamUnreadable) return null;
      throw error;
    }
  };

  return async (rules: PolicyRules, open: readonly EditRef[]): Promise<Changed[]> => {
    const changed: Changed[] = [];
    for (let first = 0; first < open.length; first += atOnce) {
      const found = await Promise.all(open.slice(first, first + atOnce).map((ref) => changedIn(ref, rules)));
      changed.push(...found.flatMap((one) => one ?? []));
    }
    return changed;
  };
};
