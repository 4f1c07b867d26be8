import {
  type Anchoring,
  anchoringOf,
  commandId,
  type DomainEvent,
  editBody,
  evolveIncident,
  evolveSource,
  type Incident,
  initialIncident,
  initialSource,
  inParts,
  mostChanges,
  type NewEvent,
  overtakenBy,
  type Revised,
  withdrawalOf,
} from '@averment/domain';
import { decoded, type EventLog, LogUnavailable } from '@averment/event-log';
import type { Clock } from '@averment/platform';
import { eventsToAppend, tries } from '../execute.ts';
import { readToFold } from '../folds.ts';
import type { Commands } from '../index.ts';
import type { Deciding } from './noting.ts';

/** Who proposes what follows. No key can be made for it. */
export const anchorer = 'averment:anchoring';

/** In characters: what a rationale takes, less the line that says how many are left out. */
const roomForTells = 4900;
const rationaleOf = (what: string, tells: readonly string[]): string => {
  const lines = [what];
  let room = roomForTells - what.length;
  for (const [index, line] of tells.entries()) {
    room -= line.length + 1;
    if (room < 0) return [...lines, `${tells.length - index} more are in the comparison.`].join('\n');
    lines.push(line);
  }
  return lines.join('\n');
};

/** What happened to a source: the event, and the source as it is by now. */
type Happened = { event: DomainEvent<'SourceTextRevised' | 'SourceWithdrawn'>; revised: Revised };

type Tools = {
  log: EventLog<DomainEvent>;
  clock: Clock;
  submitEdit: Commands['submitEdit'];
  /** The incidents of which an edit up to this position of the log uses the source. Rejects while nobody can tell. */
  incidentsUsing: (source: string, position: bigint) => Promise<readonly string[]>;
};

/**
 * Looks where the quotations of a source stand once it has another text, and proposes that to the reviewers of each incident that quotes it: new places, or that
 * a quotation is gone; likewise where a source is withdrawn. Open edits that cite the earlier text are outdated. What is proposed has ids that follow from the
 * source's event, so that doing it twice, or two at once, is doing it once.
 */
export const createAnchoring = ({ log, clock, submitEdit, incidentsUsing }: Tools) => {
  /** What a revision by the time it is followed still asks for; null where a later event does. */
  const happenedAt = async ({ stream, revision }: Deciding): Promise<Happened | null> => {
    const events = decoded(await log.readStream(stream, 0));
    const { texts, fields, withdrawn } = events.reduce(evolveSource, initialSource());
    const event = events.find((one) => one.revision === revision);
    if (fields === null || (event?.type !== 'SourceTextRevised' && event?.type !== 'SourceWithdrawn')) return null;
    const isLast = event.type === 'SourceWithdrawn' || (!withdrawn && event.data.revision === texts.length);
    return isLast ? { event, revised: { source: stream, texts, language: fields.language } } : null;
  };

  const stateAt = async (incident: string) => {
    const events = await readToFold(log, incident, 0, { texts: true });
    return { events, state: events.reduce(evolveIncident, initialIncident()) };
  };

  /** Open edits that cite the earlier text are outdated; what was proposed here of an earlier event is withdrawn. Answers the incident as it is after that. */
  const overtake = async (incident: string, { event, revised: { source, texts } }: Happened): Promise<Incident> => {
    const command = commandId({ subject: anchorer, method: 'POST', path: `/v1/incidents/${incident}/edits`, key: `${event.id} overtaken` });
    const revision = event.type === 'SourceWithdrawn' ? null : texts.length;
    for (let tried = 0; tried < tries; tried += 1) {
      const { events, state } = await stateAt(incident);
      if (state.commands.has(command)) return state;
      const before = new Set(events.filter(({ position }) => position < event.position).map((one) => one.revision));
      const followed = overtakenBy(state, source, revision, (at) => before.has(at)).map((edit): NewEvent => {
        const version = edit.versions.length;
        return edit.author === anchorer
          ? { type: 'EditWithdrawn', edit: edit.edit, data: { version, reason: `${source} has changed again.` } }
          : { type: 'EditOvertaken', edit: edit.edit, data: { version, source, revision } };
      });
      if (followed.length === 0) return state;
      const by = { actor: anchorer, command, request: null, correlation: null };
      await log.append(incident, state.streamRevision, eventsToAppend(followed, by, clock.now()));
    }
    throw new LogUnavailable(`others keep writing to ${incident}`);
  };

  const submit = async (incident: string, state: Incident, { event }: Happened, { changes, tells }: Anchoring): Promise<void> => {
    const what =
      event.type === 'SourceWithdrawn'
        ? `${event.stream} was withdrawn.`
        : `The text of ${event.stream} was revised: it has revision ${event.data.revision} now.`;
    for (const [index, part] of inParts(changes, mostChanges).entries()) {
      const body = editBody.parse({ baseRevision: state.recordRevision, rationale: rationaleOf(what, tells), changes: part });
      const path = `/v1/incidents/${incident}/edits`;
      const caller = { subject: anchorer, role: 'contributor', method: 'POST', path, body, correlation: null } as const;
      const answered = await submitEdit({ ...caller, idempotencyKey: `${event.id} ${index}` }, { incident, body });
      // Another body under the same key: it was proposed when the record was otherwise.
      if (!answered.ok && answered.error.code !== 'IdempotencyKeyReused')
        throw new Error(`${incident} takes no edit about ${event.stream}: ${answered.error.detail}`);
    }
  };

  const propose = async (incident: string, state: Incident, happened: Happened): Promise<void> => {
    // What is merged is told of the survivor, which uses what it absorbed. Of a retracted incident nothing is shown.
    if (state.status !== 'published') return;
    const { event, revised } = happened;
    await submit(
      incident,
      state,
      happened,
      event.type === 'SourceWithdrawn' ? withdrawalOf(state, event.stream) : anchoringOf(state, revised),
    );
  };

  /** Follows one event. Rejects with the first failure once all incidents were looked at, and with `LogUnavailable`, and `StreamUnreadable`. */
  const follow = async (place: Deciding): Promise<void> => {
    const happened = await happenedAt(place);
    if (happened === null) return;
    const failed: unknown[] = [];
    for (const incident of await incidentsUsing(place.stream, happened.event.position)) {
      try {
        await propose(incident, await overtake(incident, happened), happened);
      } catch (error) {
        failed.push(error);
      }
    }
    for (const error of failed) throw error;
  };

  return { follow };
};
