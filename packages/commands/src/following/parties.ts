import { commandId, type DomainEvent, evolveParty, initialParty, isPerson, type NewEvent, type Party } from '@averment/domain';
import { type EventLog, LogUnavailable } from '@averment/event-log';
import type { Clock } from '@averment/platform';
import { eventsToAppend, tries } from '../execute.ts';
import { createFolds, readEvents } from '../folds.ts';

/** Who appends what follows. */
const actor = 'worker';

/** The events of a party that others follow. */
export const partyMerges = ['PartyMerged', 'PartyUnmerged', 'PartyPrivacySet'] as const;

/**
 * Brings to the survivor which parties are said to be it, and to those that are that it is private. Each append has an id that follows from the deciding event
 * and the stream, so that doing it twice, or two at once, is doing it once.
 */
export const createPartyMerging = ({ log, clock }: { log: EventLog<DomainEvent>; clock: Clock }) => {
  const parties = createFolds({ log, initial: initialParty, evolve: evolveParty, budget: 10_000 });
  const stateOf = async (stream: string): Promise<Party> => (await parties.fresh(stream)).state;

  /** Appends unless the command did so before. */
  const append = async (stream: string, { id }: DomainEvent, decide: (state: Party) => NewEvent | null): Promise<void> => {
    const command = commandId({ subject: actor, method: 'POST', path: `/merges/${stream}`, key: id });
    for (let tried = 0; tried < tries; tried += 1) {
      const { state, revision } = await parties.fresh(stream);
      const event = state.commands.has(command) ? null : decide(state);
      if (event === null) return;
      const outcome = await log.append(
        stream,
        revision,
        eventsToAppend([event], { actor, command, request: null, correlation: null }, clock.now()),
      );
      if (outcome.outcome !== 'wrong_revision') return;
    }
    throw new LogUnavailable(`others keep writing to ${stream}`);
  };

  /** Who is private under one name is so under the others. */
  const protect = (stream: string, event: DomainEvent, survivor: string): Promise<void> =>
    append(stream, event, ({ fields, mergedInto }) =>
      fields === null || !isPerson(fields.kind) || fields.private || mergedInto !== survivor
        ? null
        : {
            type: 'PartyPrivacySet',
            edit: null,
            data: { private: true, publicRole: null, reason: `It is merged into ${survivor}, which is private.` },
          },
    );

  /** Follows one decision. Rejects with `LogUnavailable`, and with `StreamUnreadable` where a stream cannot be read that it needs. */
  const follow = async ({ stream, revision }: { stream: string; revision: number }): Promise<void> => {
    const [event] = await readEvents(log, stream, revision, { to: revision, texts: false });
    if (event?.type === 'PartyMerged') {
      const { into } = event.data;
      await append(into, event, () => ({ type: 'PartyAbsorbed', edit: null, data: { from: stream, revision } }));
      if ((await stateOf(into)).fields?.private) await protect(stream, event, into);
    }
    if (event?.type === 'PartyUnmerged') {
      const earlier = await readEvents(log, stream, 0, { to: revision, texts: false });
      const merged = earlier.findLast((one) => one.type === 'PartyMerged');
      if (merged?.type === 'PartyMerged')
        await append(merged.data.into, event, () => ({ type: 'PartyReleased', edit: null, data: { from: stream, revision } }));
    }
    if (event?.type === 'PartyPrivacySet' && event.data.private)
      for (const absorbed of (await stateOf(stream)).absorbed.keys()) await protect(absorbed, event, stream);
  };

  return { follow };
};
