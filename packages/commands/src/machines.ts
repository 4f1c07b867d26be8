import { type PolicyInForce, refuseMachine, type Tally } from '@averment/domain';
import type { Caller } from './identity.ts';

/** Whether a program that acts by itself asks. */
export const isMachine = ({ kind = 'person' }: Pick<Caller, 'kind'>): boolean => kind !== 'person';

/** Why the caller may not submit these changes: a key of a machine is for some kinds of them, as the rules in force say. Null where it may. */
export const refuseOfMachine = ({ kind }: Pick<Caller, 'kind'>, { now }: PolicyInForce, changes: readonly { kind: string }[]) =>
  kind === 'machine' ? refuseMachine(now.rules, changes) : null;

/** What became of the last edits of a subject, as a model knows. */
export type FindTally = (subject: string) => Promise<Tally>;
export type TallyOf = (caller: Pick<Caller, 'kind' | 'subject'>) => Promise<Tally | null>;

/** Of what the service itself submits nobody asks. */
export const tallying =
  (findTally: FindTally): TallyOf =>
  async ({ kind, subject }) =>
    kind === 'service' ? null : findTally(subject);
