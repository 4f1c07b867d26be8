import { typeId } from '../../values/shapes.ts';
import { checkThere, type Draft, type Report } from '../draft.ts';
import type { IncidentRecord } from '../state.ts';
import { content, sentAsStored, standing } from './kind.ts';

/** What taking a claim back and reinstating it have in common. `otherwise`: what is wrong with a claim that is so already. */
export const retraction = (retracted: boolean, otherwise: string) => ({
  ...sentAsStored({ claim: typeId('claim') }),
  check: (draft: Draft, report: Report, { claim }: { claim: string }) => {
    const held = checkThere(report, draft.claims.get(claim), 'claim', claim, '/claim');
    if (!held) return;
    if (held.retracted === retracted) report('/claim', otherwise, 'RecordState');
    draft.claims.set(claim, { ...held, retracted });
  },
  keys: ({ claim }: { claim: string }) => ({ reads: [content(claim)], writes: [standing(claim)] }),
  evolve: (record: IncidentRecord, { claim }: { claim: string }) => {
    const held = record.claims.get(claim);
    if (held) held.retracted = retracted;
  },
  onlySets: ({ claim }: { claim: string }) => `claim:${claim}:retracted`,
});
