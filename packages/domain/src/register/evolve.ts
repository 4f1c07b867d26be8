import { noteRestricted, type Restrictions, restricts } from '../erasure/restricted.ts';
import { type DomainEvent, isReviewEvent } from '../log/events.ts';
import type { Review } from '../review/edit.ts';
import type { ReviewEvent } from '../review/events.ts';
import { evolveReview, noteErased } from '../review/evolve.ts';

type Registered<C> = Review<C> & { version: number; restricted: Restrictions };

/** Folds an event that says nothing of the source or party itself, in place: of the review of its edits, or an erasure. */
export const evolveEdits = <C>(state: Registered<C>, event: DomainEvent): void => {
  if (event.type === 'TextErased') {
    noteErased(
      state,
      event.data.items.map(({ revision }) => revision),
      event,
    );
  }
  if (restricts(event)) noteRestricted(state.restricted, event);
  if (!isReviewEvent(event)) return;
  // The changes in a stream are of the kinds of its aggregate.
  evolveReview(state, event as unknown as ReviewEvent<C>);
  const edit = event.type === 'EditApplied' ? state.edits.get(event.edit ?? 0) : undefined;
  if (edit === undefined) return;
  state.version += 1;
  edit.appliedRevision = state.version;
};

/** Notes an event with the keys that it wrote, under the version that it belongs to. */
export const noteWritten = ({ written, version }: Registered<unknown>, { type }: { type: string }, keys: string[]): void =>
  void written.push({ revision: version, type, keys });
