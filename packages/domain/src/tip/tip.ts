import { type DomainEvent, isTipEvent, type NewEvent } from '../log/events.ts';
import { followStream, initialStream, type StreamState } from '../log/stream.ts';
import { accept, type Result, refuse } from '../values/errors.ts';
import type { TipAbout } from './shapes.ts';

/** Who looks into a tip: its stream (`tip_…`) begins when somebody takes it. */
export type Tip = StreamState & { taken: { by: string; at: string } | null };
export const initialTip = (): Tip => ({ ...initialStream(), taken: null });

/** Folds one event into the state, in place, and returns it. */
export const evolveTip = (state: Tip, event: DomainEvent): Tip => {
  if (isTipEvent(event)) state.taken = { by: event.actor, at: event.recordedAt };
  followStream(state, event);
  return state;
};

/** Decides that somebody looks into a tip. A reviewer may take over what another holds, who may be gone. Refusal: `TipState`. */
export const decideTake = (
  { taken }: Tip,
  { actor, about, mayTakeOver, isClosed }: { actor: string; about: TipAbout; mayTakeOver: boolean; isClosed: boolean },
): Result<NewEvent[]> => {
  if (isClosed) return refuse('TipState', 'This tip is closed.');
  if (taken?.by === actor) return refuse('TipState', 'You have taken this tip already.');
  if (taken !== null && !mayTakeOver) return refuse('TipState', `${taken.by} looks into it. A reviewer may take it over.`);
  return accept([{ type: 'TipTaken', edit: null, data: { about } }]);
};
