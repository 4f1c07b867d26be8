import { z } from 'zod';
import { checkCitations } from '../../incident/draft.ts';
import { fieldNames, settable } from '../../incident/things/form.ts';
import { correctionDocument, correctionOf, storedCitations } from '../../register/correction.ts';
import { usual } from '../../register/kind.ts';
import { reasonText } from '../../values/shapes.ts';
import { checkDistinct, checkMinor, checkParent } from '../checks.ts';
import { distinctFrom, partyFields } from '../shapes.ts';
import { partyChange } from './kind.ts';

const { private: _private, publicRole: _publicRole, ...others } = partyFields;
const correctable = { ...others, distinctFrom };
const { sent, read, stored } = correctionOf(correctable);
/** Before its privacy was a change of its own, a correction could set it. */
const ever = { ...partyFields, distinctFrom };

/** What is said of a party is corrected; whether it is private is a change of its own. */
export const correctParty = partyChange({
  ...usual,
  kind: 'correct_party',
  event: 'PartyCorrected',
  sent: z.strictObject(sent).describe('What is said of the party is corrected; whether it is private is a change of its own'),
  read: z.object(read),
  stored: z.strictObject(stored),
  applied: z.strictObject({ fields: fieldNames(ever), set: settable(ever), reason: reasonText, citations: storedCitations }),
  resolve: (change, at) => ({
    ...change,
    fields: Object.keys(change.set) as (keyof typeof correctable)[],
    citations: at.citations(change.citations, '/citations'),
  }),
  check: ({ id, fields: held }, report, change, facts) => {
    const { set, citations } = change;
    checkCitations({ facts }, report, citations, '/citations');
    if (held === null) return;
    const problems = [
      ...checkParent(id, held.kind, set.parent, facts.parties),
      ...checkMinor(held.kind, held.private, set.minor),
      ...checkDistinct(set.distinctFrom ?? [], facts.parties),
    ];
    for (const { pointer, message } of problems) report(`/set${pointer}`, message);
    // A second name of somebody private is mostly a real one.
    if (held.private && (set.aliases?.length ?? 0) > 0)
      report('/set/aliases', 'must be empty: a private party has no other names; where this one is public, set its privacy first');
  },
  keys: ({ fields }) => {
    const own = fields.map((field) => `field:${field}`);
    return { reads: fields.includes('aliases') || fields.includes('minor') ? [...own, 'privacy'] : own, writes: own };
  },
  data: ({ kind: _, ...correction }) => correction,
  does: 'it corrects the party',
  causes: (_, { id, fields }, privacyReviewed) => {
    if (fields?.kind !== 'person') return [];
    if (fields.private) return ['touches.privatePerson'];
    return privacyReviewed(id ?? '') ? [] : ['touches.unreviewedPerson'];
  },
  asks: ({ set }) => ({ parties: [...(set.parent ? [set.parent] : []), ...(set.distinctFrom ?? [])], sources: [] }),
  document: correctionDocument,
});
