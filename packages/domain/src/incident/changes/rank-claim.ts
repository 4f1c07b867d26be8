import { z } from 'zod';
import type { Envelope } from '../../log/envelope.ts';
import { idOrRef, reasonText, typeId } from '../../values/shapes.ts';
import { concealed, idOf, text } from '../../views/documents/parts.ts';
import { checkThere } from '../draft.ts';
import { changeKind, content, usual } from './kind.ts';
import { dropOwn, noteOwn, saidIn } from './own.ts';

const own = {
  rank: z.enum(['preferred', 'normal', 'deprecated']).describe('Before the others, with them, or after them'),
  reason: reasonText.describe('Why'),
};

const isWithin = (revision: number | undefined, { revision: first, last }: Pick<Envelope, 'revision' | 'last'>): boolean =>
  revision !== undefined && first <= revision && revision <= last;

/** The editors put a claim before or after others of its aspect, or deprecate it. */
export const rankClaim = changeKind({
  ...usual,
  kind: 'rank_claim',
  event: 'ClaimRanked',
  sent: z
    .strictObject({ claim: idOrRef('claim').describe('The claim'), ...own })
    .describe('The editors put a claim before or after others of its aspect'),
  stored: z.strictObject({ claim: typeId('claim'), ...own }),
  read: z.object({ claim: idOf('claim'), rank: own.rank, reason: text.describe('Why; null once it was erased'), concealed }),
  own: ['reason'],
  actsOn: ({ claim }) => claim,
  resolve: (sent, at) => ({ ...sent, claim: at.named(sent.claim, '/claim', 'claim') }),
  check: (draft, report, { claim }) => void checkThere(report, draft.claims.get(claim), 'claim', claim, '/claim'),
  keys: ({ claim }) => ({ reads: [content(claim)], writes: [`claim:${claim}:rank`] }),
  evolve: (record, { claim, rank, reason }, event) => {
    const held = record.claims.get(claim);
    if (!held) return;
    dropOwn(record, held.ranking);
    Object.assign(held, { rank, ranking: noteOwn(record, claim, { ...saidIn(event), reason }) });
  },
  onlySets: ({ claim }) => `claim:${claim}:rank`,
  inverse: ({ claim }, { before, now, event, reason }) =>
    // What the same edit ranked again is undone with it.
    isWithin(now.claims.get(claim)?.ranking?.revision, event)
      ? { kind: 'rank_claim', claim, rank: before.claims.get(claim)?.rank ?? 'normal', reason }
      : 'the claim was ranked again since: undo that first',
  does: 'it ranks a claim',
  document: ({ kind, claim, rank, reason }) => ({ kind, claim, rank, reason: reason ?? null }),
});
