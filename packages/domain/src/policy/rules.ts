import { z } from 'zod';
import { changeKinds } from '../incident/changes/index.ts';
import { partyChanges } from '../party/changes/index.ts';
import { sourceChanges } from '../source/changes/index.ts';
import { refuse } from '../values/errors.ts';
import { lastEdits, type Tally } from './tally.ts';

/** What the rules of the review are made of. They are data: nothing in them is code, and whoever reads a version of the policy has all of it. */

/** What an edit may hold, beside changes of a kind, and what it may touch. The words are those in which an edit is told why it needs as much. */
export const heldCauses = {
  inferredDispute: 'it records a dispute that the record infers',
  privatePerson: 'it uses a private person',
  unreviewedPerson: 'it uses a person whose privacy nobody has reviewed',
  personalAspect: 'it describes a person',
  accusatoryAspect: 'it accuses somebody',
  ruling: 'it corrects a ruling',
  concealed: 'it conceals what it replaces',
  publicPerson: 'it makes a person public',
  whoAPersonIs: 'it says who a person is',
  quotesBeyondLimit: 'it quotes more of a source than may be public',
} as const;
export const touchedCauses = {
  inferredDispute: 'it touches a dispute that the record infers',
  privatePerson: 'it touches what names a private person',
  unreviewedPerson: 'it touches what names a person whose privacy nobody has reviewed',
  personalAspect: 'it touches what describes a person',
  accusatoryAspect: 'it touches what accuses somebody',
  ruling: 'it touches a ruling',
} as const;
export type HeldCause = keyof typeof heldCauses;
export type TouchedCause = keyof typeof touchedCauses;
/** Something about an edit for which the rules may ask for more approvals. */
export type Cause = `holds.${HeldCause}` | `touches.${TouchedCause}`;

/** No more reviewers have to be found for an edit. */
const mostApprovals = 5;
const count = z.int().min(1).max(mostApprovals);
const approvals = (what: string) => count.describe(`Approvals that an edit takes ${what}`);
const hours = (what: string) =>
  z
    .int()
    .min(1)
    .max(24 * 365)
    .describe(`Within how many hours after its version was submitted an edit is due ${what}`);

/** The name of every kind of change, of whichever aggregate. */
export const allKinds: readonly string[] = [...changeKinds.map(({ kind }) => kind), ...sourceChanges.kinds, ...partyChanges.kinds];

const inWords = (causes: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(causes).map(([cause, words]) => [cause, approvals(`because ${words}`)]));

/** The rules of a version of the policy. A shape of its own at each call: what is sent and what is answered have different names. */
export const rulesShape = () =>
  z.strictObject({
    approvals: z
      .strictObject({
        usual: approvals('at least'),
        kinds: z
          .strictObject(
            Object.fromEntries(allKinds.map((kind) => [kind, approvals(`that holds a change of the kind \`${kind}\``).optional()])),
          )
          .describe('By the kinds of change that it holds; a kind that is not here takes the usual number'),
        holds: z
          .strictObject(inWords(heldCauses) as Record<HeldCause, typeof count>)
          .describe('By what its changes bring, whatever their kind'),
        touches: z
          .strictObject(inWords(touchedCauses) as Record<TouchedCause, typeof count>)
          .describe('By what its changes name of the record, and what that names in turn'),
      })
      .describe('How many approvals an edit takes: the greatest number of all that hold of it'),
    machines: z
      .strictObject({
        kinds: z
          .array(z.enum(allKinds as [string, ...string[]]))
          .max(allKinds.length)
          .nullable()
          .describe('The kinds of change that it may submit; null for all'),
        approvals: approvals('that it submitted, at least'),
      })
      .describe('What a machine may submit: a program that acts by itself, by a key of this kind'),
    authors: z
      .strictObject({
        applied: z
          .int()
          .min(1)
          .max(lastEdits)
          .nullable()
          .describe('An edit takes one approval more if fewer edits of its author were applied before; null: whoever wrote it'),
        rejectedPercent: z
          .int()
          .min(0)
          .max(99)
          .nullable()
          .describe('It takes one more if more of every hundred decided ones were rejected; null: however many were'),
        decided: z.int().min(1).max(lastEdits).describe('From how many decided ones on that share counts'),
      })
      .describe(`What became of the last ${lastEdits} edits of its author, as was known when it was submitted`),
    dueHours: z
      .strictObject({
        urgent: hours('that protects somebody'),
        high: hours('of high priority'),
        normal: hours('of normal priority'),
      })
      .describe('Until when an edit is to be decided, by its priority'),
    openEdits: z
      .int()
      .min(1)
      .max(1_000_000)
      .nullable()
      .describe('How many edits of one subject may be open, where the installation does not allow fewer; null for as many as that allows'),
  });
export const policyRules = rulesShape();
export type PolicyRules = z.output<typeof policyRules>;

/** How many approvals the rules ask for because of that, and what it is in words. */
export const causeIn = ({ approvals }: PolicyRules, cause: Cause): Reason => {
  const [how, name] = cause.split('.') as ['holds', HeldCause] | ['touches', TouchedCause];
  return how === 'holds'
    ? { approvals: approvals.holds[name], words: heldCauses[name] }
    : { approvals: approvals.touches[name], words: touchedCauses[name] };
};
/** The same because a machine submitted it. */
export const machineIn = ({ machines }: PolicyRules): Reason => ({ approvals: machines.approvals, words: 'a machine submitted it' });
/** The same because of a change of that kind. */
export const kindIn = ({ approvals }: PolicyRules, { kind, does }: { kind: string; does: string }): Reason => ({
  approvals: approvals.kinds[kind] ?? approvals.usual,
  words: does,
});
export type Reason = { approvals: number; words: string };

/** Why a machine may not submit these changes; null where it may. */
export const refuseMachine = ({ machines }: PolicyRules, changes: readonly { kind: string }[]) => {
  const { kinds } = machines;
  const others = changes.flatMap(({ kind }, index) => (kinds === null || kinds.includes(kind) ? [] : [{ kind, index }]));
  if (kinds === null || others.length === 0) return null;
  const allowed = kinds.length === 0 ? 'submits nothing' : `submits changes of these kinds alone: ${kinds.join(', ')}`;
  return refuse('MachineKinds', `By the rules of the review a machine ${allowed}.`, {
    errors: others.map(({ kind, index }) => ({ pointer: `/changes/${index}`, message: `is a change of the kind ${kind}` })),
  });
};

/** Why an edit of an author with this tally takes one approval more; null where it does not, or where nothing is known. */
const moreFor = ({ authors }: PolicyRules, tally: Tally | null): string | null => {
  if (tally === null) return null;
  const decided = tally.applied + tally.rejected;
  if (authors.applied !== null && tally.applied < authors.applied) return `its author has fewer than ${authors.applied} applied edits`;
  const { rejectedPercent } = authors;
  if (rejectedPercent === null || decided < authors.decided || tally.rejected * 100 <= rejectedPercent * decided) return null;
  return `more than ${rejectedPercent} % of the decided edits of its author were rejected`;
};

const numbers = ['No', 'One', 'Two', 'Three', 'Four', 'Five'];
/** “Two approvals” */
export const approvalsInWords = (count: number): string => `${numbers[count] ?? count} ${count === 1 ? 'approval' : 'approvals'}`;

/** How many approvals these reasons come to, with one more where the tally of its author asks for that, and why, in words. */
export const countOf = (rules: PolicyRules, reasons: readonly Reason[], tally: Tally | null = null): Approvals => {
  const { needed, words } = reasonsCount(rules, reasons);
  const usually = needed === 1 ? 'nothing in it needs a second reviewer' : 'every edit needs as many';
  const more = needed === mostApprovals ? null : moreFor(rules, tally);
  if (more !== null)
    return { needed: needed + 1, why: `${approvalsInWords(needed + 1)}: ${[...words, `one more, as ${more}`].join(', ')}.` };
  return { needed, why: `${approvalsInWords(needed)}: ${words.length > 0 ? words.join(', ') : usually}.` };
};
export type Approvals = { needed: number; why: string };

/** How many they come to, and in words for what. */
const reasonsCount = ({ approvals }: PolicyRules, reasons: readonly Reason[]): { needed: number; words: string[] } => {
  const needed = Math.max(approvals.usual, ...reasons.map((reason) => reason.approvals));
  const words = new Set(needed === approvals.usual ? [] : reasons.filter((reason) => reason.approvals === needed).map((one) => one.words));
  return { needed, words: [...words] };
};
