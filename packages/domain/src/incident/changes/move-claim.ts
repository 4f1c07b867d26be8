import { typeId } from '../../values/shapes.ts';
import { localTimesOf } from '../../values/time.ts';
import { stanceRules } from '../../values/vocabulary.ts';
import { idOf, text } from '../../views/documents/parts.ts';
import { checkPublished, checkThere, type Draft, type Report } from '../draft.ts';
import { stillNaming, withoutNames } from '../naming.ts';
import type { ClaimEntry } from '../state.ts';
import type { Claim } from '../things/claim.ts';
import { changeKind, content, sentAsStored, standing } from './kind.ts';
import { retractionOf } from './own.ts';

type Claims = { get(id: string): Pick<ClaimEntry, 'movedTo'> | undefined };

/** The claim as it comes to the incident `to`: of the claims that it names, those are named that were moved there before. */
export const claimAt = (claims: Claims, claim: Claim, to: string): Claim => {
  const idAt = (id: string): string | null => {
    const moved = claims.get(id)?.movedTo;
    return moved?.incident === to ? moved.claim : null;
  };
  const { replaces, relatesTo, ...rest } = withoutNames(claim, (id) => idAt(id) !== null);
  return {
    ...rest,
    replaces: replaces && idAt(replaces),
    relatesTo: relatesTo.map((relation) => ({ ...relation, claim: idAt(relation.claim) ?? '' })),
  };
};

/** Where a claim says a time by the clock of the incident. */
const localTimes = ({ saidAt, validAt, value }: Claim): string[] =>
  [saidAt, validAt, value?.kind === 'time' ? value.value : null].flatMap((time) => (time ? localTimesOf(time) : []));

/** Of another incident the claim has to say the same. */
const checkAtOther = (draft: Draft, report: Report, claim: Claim, to: string) => {
  const there = claimAt(draft.claims, claim, to);
  const rule = stanceRules[claim.stance];
  if ((rule.needsRelation && there.relatesTo.length === 0) || (rule.needsReplaced && there.replaces === null))
    report('/claim', `${claim.stance} a claim that stays here: move that one before it`);
  if (claim.value?.kind === 'incident' && claim.value.value === to)
    report('/to', 'is the incident that the claim names: it would name its own');
  const [time] = localTimes(claim);
  if (time !== undefined && draft.facts.incidents(to)?.timeZone !== (draft.fields?.occurred?.timeZone ?? null))
    report(
      '/claim',
      `says ${time} by the clocks of this incident, and the other one has others: correct it to a time with its distance from UTC`,
    );
};

const about = 'A claim goes to another incident, where it belongs. It takes two approvals';
const base = sentAsStored(about, {
  claim: typeId('claim').describe('The claim'),
  to: typeId('incident').describe('The other incident'),
});

/** A claim goes to another incident, which follows. */
export const moveClaim = changeKind({
  ...base,
  kind: 'move_claim',
  event: 'ClaimMoved',
  makesElsewhere: { thing: 'claim', id: ({ received }) => received },
  sent: base.sent
    .extend({
      received: typeId('claim')
        .nullable()
        .default(null)
        .describe('Where the change was read: the id that the claim gets there. It may be left out'),
    })
    .describe(about),
  stored: base.stored.extend({ received: typeId('claim') }),
  read: base.read.extend({
    received: idOf('claim').describe('The id that the claim gets there'),
    reason: text.describe('Why; null once it was erased'),
  }),
  idOf: ({ received }) => received,
  resolve: (sent, at) => ({ ...sent, received: at.id('claim') }),
  check: (draft, report, { claim, to, received }) => {
    checkPublished(draft, report, to, '/to');
    const held = checkThere(report, draft.claims.get(claim), 'claim', claim, '/claim');
    if (!held) return;
    if (held.retracted) report('/claim', 'was retracted before', 'RecordState');
    const naming = stillNaming(draft, claim);
    if (naming.length > 0)
      report(
        '/claim',
        `is what ${naming.join(', ')} is about: what was said of it here would stay behind. Settle that first`,
        'ClaimNamed',
      );
    checkAtOther(draft, report, held.claim, to);
    draft.claims.set(claim, { ...held, retracted: true, movedTo: { incident: to, claim: received } });
  },
  keys: ({ claim }) => ({ reads: [content(claim)], writes: [content(claim), standing(claim)] }),
  evolve: (record, { claim, to, received, reason }, event) => {
    const held = record.claims.get(claim);
    if (!held) return;
    const retraction = retractionOf(record, claim, { reason, citations: [], replacedBy: null }, event);
    Object.assign(held, { retracted: true, retraction, movedTo: { incident: to, claim: received } });
  },
  inverse: ({ to }) => `the claim is on ${to} now: move it back from there`,
  does: 'it moves a claim',
  incidentsAsked: ({ to }) => [to],
});
