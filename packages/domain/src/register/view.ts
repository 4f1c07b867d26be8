import { outdatedBy } from '../incident/outdated.ts';
import type { DomainEvent } from '../log/events.ts';
import { conflictsOfEdit } from '../review/conflicts.ts';
import { refuseApproval } from '../review/decide.ts';
import { type EditOf, isOpenEdit, type Review } from '../review/edit.ts';
import type { EditDocument } from '../views/documents.ts';
import { documentOfEdit } from '../views/edit.ts';
import { asAppended } from '../views/preview.ts';
import { neededFor, type Reviewed, refuseStanding, registerApplication } from './decide.ts';
import type { RegisterFacts } from './kind.ts';

type Change = { kind: string };
type State<C> = Review<C> & { version: number };

/** The source or party as it would be, were the edit applied to it as it is in `state`. */
export const stateAfter = <S extends State<C> & { recordedAt: string | null }, Sent, C extends Change>(
  of: Reviewed<S, Sent, C>,
  state: S,
  edit: EditOf<C>,
  evolve: (state: S, event: DomainEvent) => S,
): S => {
  const version = edit.versions.at(-1) ?? { version: 0, changes: [] };
  return asAppended(state, registerApplication(of, state, edit.edit, version)).reduce(evolve, structuredClone(state));
};

/** The document of an edit of a source or party, without its lease. */
export const registerEditDocument = <S extends State<C>, Sent, C extends Change>(
  of: Reviewed<S, Sent, C>,
  state: S,
  edit: EditOf<C>,
  ground: Pick<RegisterFacts, 'policy' | 'privacyReviewed'>,
): EditDocument => {
  const version = edit.versions.at(-1);
  const conflicts = conflictsOfEdit(state, edit.edit, of.table.keysOf);
  const refusal =
    version && isOpenEdit(edit) ? refuseApproval(state, version, (changes, base) => refuseStanding(of, state, changes, base)) : null;
  return documentOfEdit(state, edit, {
    outdated: refusal && outdatedBy(refusal, conflicts),
    conflicts,
    needed: () => neededFor(of, state, version ?? { changes: [] }, ground),
    quotesBeyondLimit: [],
    policy: ground.policy,
    toDocument: (change) => of.table.kindOf(change).document(change) as EditDocument['versions'][number]['changes'][number],
  });
};
