import { type Change, kindOf } from '../incident/changes/index.ts';
import { placesIn } from '../incident/proposal.ts';
import type { Warning } from '../rules/contradictions.ts';
import type { NotApplied } from '../rules/standing.ts';
import type { IncidentDocument } from './documents.ts';

const because: Record<NotApplied['why'], string> = {
  retracted: 'the ruling was retracted',
  struck_down: 'another ruling reverses or vacates it',
  stayed: 'another ruling stays it',
  provisional: 'the ruling is provisional',
  target_retracted: 'what it names was retracted',
  detached: 'a correction changed what the claim says',
  stay_lifted: 'the stay was lifted',
  overtaken: 'a later decision or status stands',
  cases_differ: 'another case found otherwise, which leaves the claim disputed',
};

/** Which effects of the rulings that an edit records or corrects would do nothing, by the incident as it would be after it. */
export const idleEffects = (changes: readonly Change[], { rulings }: Pick<IncidentDocument, 'rulings'>): Warning[] => {
  const at = placesIn(changes, (change) => kindOf(change).within);
  return changes.flatMap((change, index): Warning[] => {
    const target = kindOf(change).sets(change, '')?.target;
    const effects = rulings.find(({ id }) => id === target)?.effects ?? [];
    const idle = effects.flatMap(({ notApplied }, effect) => (notApplied ? [{ effect, why: notApplied.why }] : []));
    const code = 'changes_nothing' as const;
    const [first] = idle;
    if (first && idle.length === effects.length && idle.every(({ why }) => why === first.why)) {
      return [{ pointer: at(index), code, message: `The ruling will be listed and change nothing: ${because[first.why]}.` }];
    }
    const list = 'set' in change ? `${at(index)}/set` : `${at(index)}/effects`;
    return idle.map(({ effect, why }) => ({
      pointer: 'set' in change ? list : `${list}/${effect}`,
      code,
      message: `Effect ${effect} will be listed and change nothing: ${because[why]}.`,
    }));
  });
};
