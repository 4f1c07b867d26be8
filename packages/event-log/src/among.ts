import type { ReadStreamOptions, StoredEvent } from './port.ts';

/** Whether an event of a stream is among those that a read asks for, by its position and type. */
export const among =
  ({ until, types }: Pick<ReadStreamOptions, 'until' | 'types'>) =>
  ({ position, type }: Pick<StoredEvent, 'position' | 'type'>): boolean =>
    (until === undefined || position <= until) && (types === undefined || types.has(type));
