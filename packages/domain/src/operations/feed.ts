import { type DomainEvent, type EventData, isOperationsEvent, type NewEvent } from '../log/events.ts';

/**
 * What admins decided about the feed: which events that cannot be decoded it passes over, and which of those can be read again since. Its events are
 * `FeedEventSkipped` and `FeedEventMended`, all in this one stream.
 */
export const feedOperations = 'operations_0000000000000000000000feed';

/** An event that the feed serves as `Unreadable` at `position` (decimal) for as long as it cannot be decoded. */
type PassedOver = Omit<EventData<'FeedEventSkipped'>, 'reason'> & { mended: boolean };
/** By position. */
export type FeedState = Map<string, PassedOver>;

export const initialFeed = (): FeedState => new Map();

/** Folds one event into the state, in place, and returns it. Total: other events change nothing. */
export const evolveFeed = (state: FeedState, event: DomainEvent): FeedState => {
  if (!isOperationsEvent(event)) return state;
  switch (event.type) {
    case 'FeedEventSkipped': {
      const { position, stream, revision, why } = event.data;
      return state.set(position, { position, stream, revision, why, mended: false });
    }
    case 'FeedEventMended': {
      const found = state.get(event.data.position);
      return found ? state.set(found.position, { ...found, mended: true }) : state;
    }
    default:
      return event satisfies never;
  }
};

/** Decides that the feed passes over an event; nothing where it does so already. */
export const decideSkip = (state: FeedState, data: EventData<'FeedEventSkipped'>): NewEvent[] =>
  state.get(data.position)?.mended === false ? [] : [{ type: 'FeedEventSkipped', edit: null, data }];

/** Decides that what the feed passes over at a position is served anew; nothing where it was, or where nothing is passed over. */
export const decideMended = (state: FeedState, position: string): NewEvent[] => {
  const found = state.get(position);
  if (found === undefined || found.mended) return [];
  const { stream, revision } = found;
  return [{ type: 'FeedEventMended', edit: null, data: { position, stream, revision } }];
};
