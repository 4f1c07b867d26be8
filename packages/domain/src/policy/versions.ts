import { heldCauses, type PolicyRules, touchedCauses } from './rules.ts';

/** The versions of the policy that were code. What an installation decides comes after them. */

const all = <C extends string>(causes: Readonly<Record<C, string>>, approvals: number): Record<C, number> =>
  Object.fromEntries(Object.keys(causes).map((cause) => [cause, approvals])) as Record<C, number>;

const takingTwo = (...kinds: readonly string[]) => Object.fromEntries(kinds.map((kind) => [kind, 2]));
/** Changes that by themselves take two, since the first version. */
const ofIncidents = takingTwo(
  'record_ruling',
  'retract_claim',
  'reinstate_claim',
  'move_claim',
  'retract_entry',
  'reinstate_entry',
  'retract_update',
  'correct_change',
  'retract_incident',
  'reinstate_incident',
  'merge_incident',
  'unmerge_incident',
);

const usual = {
  dueHours: { urgent: 4, high: 72, normal: 72 },
  openEdits: null,
  machines: { kinds: null, approvals: 1 },
  authors: { applied: null, rejectedPercent: null, decided: 10 },
};
const holds = { ...all(heldCauses, 2), accusatoryAspect: 1 };
const touches = { ...all(touchedCauses, 2), accusatoryAspect: 1 };
/** Sources and parties had no edits. */
const noRegister = { publicPerson: 1, whoAPersonIs: 1 };

export type CodeVersion = {
  version: number;
  /** The day on which the code came to have it. */
  since: string;
  rules: PolicyRules;
};
/**
 * Version 4: edits of sources and parties have rules of their own. Since version 3 a claim that describes a person, as reported, takes two. Since version 2 an
 * edit needs what the most protected thing needs that it touches, so that what two decided is not undone by one. Version 1 asked of the changes alone. An
 * erasure takes two as well; it is no change of an edit, so it is not in these.
 */
export const codeVersions: readonly CodeVersion[] = [
  {
    version: 1,
    since: '2026-11-22',
    rules: {
      ...usual,
      approvals: { usual: 1, kinds: ofIncidents, holds: { ...holds, ...noRegister, personalAspect: 1 }, touches: all(touchedCauses, 1) },
    },
  },
  {
    version: 2,
    since: '2026-11-29',
    rules: {
      ...usual,
      approvals: {
        usual: 1,
        kinds: ofIncidents,
        holds: { ...holds, ...noRegister, personalAspect: 1 },
        touches: { ...touches, personalAspect: 1 },
      },
    },
  },
  {
    version: 3,
    since: '2026-11-29',
    rules: { ...usual, approvals: { usual: 1, kinds: ofIncidents, holds: { ...holds, ...noRegister }, touches } },
  },
  {
    version: 4,
    since: '2026-11-30',
    rules: { ...usual, approvals: { usual: 1, kinds: { ...ofIncidents, ...takingTwo('withdraw_source') }, holds, touches } },
  },
];
