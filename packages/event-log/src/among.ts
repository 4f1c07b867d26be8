import type { ReadStreamOptions, StoredEvent } from './port.ts';

/** Whether an event of a stream is among those that a read asks for, of which it begins at `from` and ends at `to`. */
export const among =
  ({ until, types, revisions }: Pick<ReadStreamOptions, 'until' | 'types' | 'revisions'>) =>
  ({ position, type, revision }: Pick<StoredEvent, 'position' | 'type' | 'revision'>): boolean =>
    (until === undefined || position <= until) && (types === undefined || types.has(type) || revisions?.has(revision) === true);
