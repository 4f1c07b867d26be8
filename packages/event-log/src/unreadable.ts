import { isUndecodable, type Logged, type Undecodable } from './port.ts';

/** An event in the way cannot be decoded, so nothing can be decided on its stream or read of it, whole or in part: 503 until a person mends it. */
export class StreamUnreadable extends Error {
  override readonly name = 'StreamUnreadable';
  readonly event: Undecodable;
  constructor(event: Undecodable) {
    super(
      `revision ${event.revision} of ${event.stream}, position ${event.position}, cannot be read (${event.undecodable}): ${event.error}`,
    );
    this.event = event;
  }
}

/** The events, or `StreamUnreadable` for the first that could not be decoded. */
export const decoded = <E extends object>(events: readonly Logged<E>[]): E[] =>
  events.map((event) => {
    if (isUndecodable(event)) throw new StreamUnreadable(event);
    return event;
  });
