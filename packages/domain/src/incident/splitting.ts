import type { Splitting } from '../review/acts.ts';
import type { Submitted } from '../review/decide.ts';
import { isOpenEdit, waitingFor } from '../review/edit.ts';
import { quotesFrom } from '../rules/share.ts';
import type { Problem } from '../values/errors.ts';
import { type Change, kindOf } from './changes/index.ts';
import { idsMade } from './check.ts';
import { placesIn } from './proposal.ts';
import type { Incident } from './state.ts';

/** How the changes of an edit are divided into two edits, and what keeps those two apart. */

const stringsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(stringsIn) : [];
};
/** Whether a change names, or makes, one of these things. */
const names = (change: Change, ids: ReadonlySet<string>): boolean => stringsIn(change).some((text) => ids.has(text));

/** Refs and quotes stay with the changes that need them; a ref to what is made on the other side is an id from then on. */
const partOf = (submitted: Submitted<Change>, changes: Change[], others: readonly Change[]): Submitted<Change> => {
  const { refs, quotes } = submitted;
  const [named, elsewhere] = [new Set(stringsIn(changes)), new Set(idsMade(others))];
  return {
    ...submitted,
    changes,
    refs: Object.fromEntries(Object.entries(refs).filter(([, id]) => named.has(id) && !elsewhere.has(id))),
    quotes: quotes && quotesFrom(quotes, changes),
  };
};

/** What the review is told of an edit that is split. Of a proposal only claims leave, and may name what stays: they wait for it. */
export const splittingOf = (state: Incident, edit: number): Splitting<Change> => {
  const isProposal = state.status === 'proposed' && edit === 1;
  const waiting = isProposal ? waitingFor(state, edit).filter(isOpenEdit) : [];
  const alsoStay = waiting.flatMap(({ versions }) => versions.at(-1)?.changes ?? []);
  return {
    waitsFor: isProposal ? edit : null,
    problemsOf: (leaving, staying) => {
      const madeThere = new Set(idsMade(staying));
      return leaving.flatMap((change, at): Problem[] => {
        const wrong = (message: string) => [{ code: 'InvalidChange', pointer: `/changes/${at}`, message } as const];
        if (isProposal && change.kind !== 'add_claim') return wrong('must be a claim: nothing else leaves a proposal');
        const made = new Set(idsMade([change]));
        if ([...staying, ...alsoStay].some((other) => names(other, made)))
          return wrong('makes what a change names that stays: let both leave, or neither');
        return !isProposal && names(change, madeThere) ? wrong('names what a change makes that stays: let both leave, or neither') : [];
      });
    },
    partOf,
  };
};

/** What these changes of an edit make that another one has, which it was split from or into: a thing is made once. */
export const madeElsewhere = (state: Incident, edit: number, changes: readonly Change[], asChanges: boolean): Problem[] => {
  const own = state.edits.get(edit);
  const relatives = [...state.edits.values()].filter(
    (other) => other.edit !== edit && other.command === own?.command && (isOpenEdit(other) || other.state === 'applied'),
  );
  if (relatives.length === 0) return [];
  const at = placesIn(changes, (change) => kindOf(change).within, asChanges);
  const makers = new Map(
    relatives.flatMap(({ edit, versions }) => idsMade(versions.at(-1)?.changes ?? []).map((id) => [id, edit] as const)),
  );
  return changes.flatMap((change, index): Problem[] => {
    const maker = idsMade([change]).flatMap((id) => makers.get(id) ?? [])[0];
    if (maker === undefined) return [];
    return [
      {
        code: 'InvalidChange',
        pointer: at(index),
        message: `is in edit ${maker}, which was split from the same: revise it there, or send it under another ref and without its id`,
      },
    ];
  });
};
