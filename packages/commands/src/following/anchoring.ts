import {
  type Anchoring,
  anchoringOf,
  commandId,
  type DomainEvent,
  type Edit,
  editBody,
  evolveIncident,
  evolveSource,
  type Incident,
  initialIncident,
  initialSource,
  inParts,
  isOpenEdit,
  isTypeId,
  mostChanges,
  type NewEvent,
  overtakenBy,
  type Revised,
  withdrawalOf,
} from '@averment/domain';
import { decoded, type EventLog, LogUnavailable } from '@averment/event-log';
import type { Clock } from '@averment/platform';
import { eventsToAppend, tries } from '../execute.ts';
import { readEvents, readToFold } from '../folds.ts';
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

/** A source was changed: by it what was quoted of the source may stand elsewhere. */
type Changed = DomainEvent<'SourceTextRevised' | 'SourceWithdrawn'>;
const isChange = (event: DomainEvent): event is Changed => event.type === 'SourceTextRevised' || event.type === 'SourceWithdrawn';

/**
 * What happened to a source: the event, and the source as it is by now. `isLast`: nothing of the kind came later, which would ask for everything anew. `key`: by
 * which what is proposed of it is known.
 */
type Happened = { event: Changed; revised: Revised; isLast: boolean; key: string };

/** A claim came after its source had changed. */
const keyOfReceived = ({ id }: DomainEvent<'ClaimReceived'>, source: string): string => `${id} ${source}`;
const sourcesOf = ({ data }: DomainEvent<'ClaimReceived'>): string[] => [...new Set(data.claim.citations.map(({ source }) => source))];
/** What of the incident is about one claim alone. */
const onlyClaim = (state: Incident, id: string): Incident => {
  const { claims, disputes, proceedings, rulings } = initialIncident();
  const entry = state.claims.get(id);
  if (entry) claims.set(id, entry);
  return { ...state, claims, disputes, proceedings, rulings };
};

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
  const commandOf = (incident: string, key: string) =>
    commandId({ subject: anchorer, method: 'POST', path: `/v1/incidents/${incident}/edits`, key });

  /** What happened to a source at that revision, or last. */
  const happenedTo = async (source: string, revision: number | null): Promise<Happened | null> => {
    const events = decoded(await log.readStream(source, 0));
    const { texts, fields } = events.reduce(evolveSource, initialSource());
    const changes = events.filter(isChange);
    const last = changes.at(-1);
    const event = revision === null ? last : changes.find((one) => one.revision === revision);
    if (fields === null || event === undefined) return null;
    return { event, revised: { source, texts, language: fields.language }, isLast: event === last, key: event.id };
  };

  const stateAt = async (incident: string, texts = true) => {
    const events = await readToFold(log, incident, 0, { texts });
    return { events, state: events.reduce(evolveIncident, initialIncident()) };
  };

  /** Open edits of others that cite the earlier text are outdated. Answers the incident as it is after that. */
  const overtake = async (incident: string, { event, revised: { source, texts } }: Happened): Promise<Incident> => {
    const command = commandOf(incident, `${event.id} overtaken`);
    const revision = event.type === 'SourceWithdrawn' ? null : texts.length;
    for (let tried = 0; tried < tries; tried += 1) {
      const { events, state } = await stateAt(incident);
      if (state.commands.has(command)) return state;
      const before = new Set(events.filter(({ position }) => position < event.position).map((one) => one.revision));
      const followed = overtakenBy(state, source, revision, (at) => before.has(at))
        .filter(({ author }) => author !== anchorer)
        .map(({ edit, versions }): NewEvent => ({ type: 'EditOvertaken', edit, data: { version: versions.length, source, revision } }));
      if (followed.length === 0) return state;
      const by = { actor: anchorer, command, request: null, correlation: null };
      await log.append(incident, state.streamRevision, eventsToAppend(followed, by, clock.now()));
    }
    throw new LogUnavailable(`others keep writing to ${incident}`);
  };

  /** What was proposed of an earlier change of the source, by whatever worker, and waits is withdrawn. */
  const withdrawEarlier = async (incident: string, source: string): Promise<void> => {
    const changes = decoded(await log.readStream(source, 0, { texts: false })).filter(isChange);
    const last = changes.at(-1)?.position ?? 0n;
    const ids = changes.slice(0, -1).map(({ id }) => id);
    for (let tried = 0; ids.length > 0 && tried < tries; tried += 1) {
      const { events, state } = await stateAt(incident, false);
      const received = events.flatMap((event) =>
        event.type === 'ClaimReceived' && event.position < last && sourcesOf(event).includes(source) ? [keyOfReceived(event, source)] : [],
      );
      const earlier = [...ids, ...received];
      const byCommand = new Map([...state.edits.values()].map((edit) => [edit.command, edit]));
      const open = earlier.flatMap((id) => {
        const found: Edit[] = [];
        for (
          let edit = byCommand.get(commandOf(incident, `${id} 0`));
          edit;
          edit = byCommand.get(commandOf(incident, `${id} ${found.length}`))
        )
          found.push(edit);
        return found.filter(isOpenEdit);
      });
      if (open.length === 0) return;
      const withdrawn = open.map(
        ({ edit, versions }): NewEvent => ({
          type: 'EditWithdrawn',
          edit,
          data: { version: versions.length, reason: `${source} has changed again.` },
        }),
      );
      const command = commandOf(incident, `${open.map(({ edit }) => edit).join(' ')} withdrawn`);
      const by = { actor: anchorer, command, request: null, correlation: null };
      await log.append(incident, state.streamRevision, eventsToAppend(withdrawn, by, clock.now()));
    }
    if (ids.length > 0) throw new LogUnavailable(`others keep writing to ${incident}`);
  };

  const submit = async (incident: string, state: Incident, { event, key }: Happened, { changes, tells }: Anchoring): Promise<void> => {
    const what =
      event.type === 'SourceWithdrawn'
        ? `${event.stream} was withdrawn.`
        : `The text of ${event.stream} was revised: it has revision ${event.data.revision} now.`;
    const path = `/v1/incidents/${incident}/edits`;
    /** What quotes a text that was erased elsewhere cannot be sent again, and stays as it is. */
    const send = async (part: Anchoring['changes'], index: number): Promise<void> => {
      if (part.length === 0) return;
      const body = editBody.parse({ baseRevision: state.recordRevision, rationale: rationaleOf(what, tells), changes: part });
      const caller = { subject: anchorer, role: 'contributor', kind: 'service', method: 'POST', path, body, correlation: null } as const;
      const answered = await submitEdit({ ...caller, idempotencyKey: `${key} ${index}` }, { incident, body });
      // Another body under the same key: it was proposed when the record was otherwise.
      if (answered.ok || answered.error.code === 'IdempotencyKeyReused') return;
      const { code, detail, errors = [] } = answered.error;
      const erased = new Set(code === 'TextErased' ? errors.map(({ pointer }) => Number(pointer.split('/')[2])) : []);
      if (erased.size === 0) throw new Error(`${incident} takes no edit about ${event.stream}: ${detail}`);
      await send(
        part.filter((_, at) => !erased.has(at)),
        index,
      );
    };
    for (const [index, part] of inParts(changes, mostChanges).entries()) await send(part, index);
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

  /** A claim that comes after its source has changed was proposed nothing where it was, or what it was proposed stays there. */
  const followReceived = async ({ stream, revision }: Deciding): Promise<void> => {
    const [event] = await readEvents(log, stream, revision, { to: revision, texts: false });
    if (event?.type !== 'ClaimReceived') return;
    for (const source of sourcesOf(event)) {
      const happened = await happenedTo(source, null);
      if (happened === null || happened.event.position > event.position) continue;
      const { state } = await stateAt(stream);
      await propose(stream, onlyClaim(state, event.data.claim.id), { ...happened, key: keyOfReceived(event, source) });
      await withdrawEarlier(stream, source);
    }
  };

  /** Follows one event. Rejects with the first failure once all incidents were looked at, and with `LogUnavailable`, and `StreamUnreadable`. */
  const follow = async (place: Deciding): Promise<void> => {
    if (isTypeId('incident', place.stream)) return followReceived(place);
    const happened = await happenedTo(place.stream, place.revision);
    if (happened === null) return;
    const failed: unknown[] = [];
    for (const incident of await incidentsUsing(place.stream, happened.event.position)) {
      try {
        if (happened.isLast) await propose(incident, await overtake(incident, happened), happened);
        // Another worker may have followed a later change meanwhile, before this was proposed.
        await withdrawEarlier(incident, place.stream);
      } catch (error) {
        failed.push(error);
      }
    }
    for (const error of failed) throw error;
  };

  return { follow };
};
