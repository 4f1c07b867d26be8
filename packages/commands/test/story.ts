import { type DomainEvent, partyBody, proposalBody, type SourceEditBody, sourceBody } from '@averment/domain';
import { decoded, type EventLog } from '@averment/event-log';
import { anchorer, type Caller, type CommandResult } from '../src/index.ts';
import { testCommands } from '../src/testing.ts';
import { callerOf } from './support.ts';

export const articleText = 'The harbour police said that the car moved toward its officers. A witness said that the car stood still.';

let keys = 0;
/** A request of a reviewer, who may do most, each under a key of its own. */
export const asked = (subject: string, path: string, body: unknown): Caller => {
  keys += 1;
  return callerOf({ subject, role: 'reviewer', path, idempotencyKey: `story ${keys}`, body });
};
export const made = async <T>(answer: Promise<CommandResult<T>>): Promise<T> => {
  const result = await answer;
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};

/** A published incident, of which each claim quotes one of these passages of the article, and what can be done to it. */
export const published = async (log: EventLog<DomainEvent>, quotes: readonly string[] = ['the car moved toward its officers']) => {
  const commands = testCommands({ log });
  const agency = partyBody.parse({ kind: 'agency', name: 'Harbour Police' });
  const speaker = (await made(commands.registerParty(asked('a', '/v1/parties', agency), agency))).id;
  const article = sourceBody.parse({ kind: 'article', title: 'Shots', language: 'en', text: articleText });
  const source = (await made(commands.registerSource(asked('a', '/v1/sources', article), article))).id;
  const body = proposalBody.parse({
    title: 'Shots at the harbour',
    occurred: { date: '2026-01-14', timeZone: 'America/Los_Angeles' },
    place: { text: 'The harbour', country: 'US', precision: 'country' },
    agencies: [speaker],
    rationale: 'The first article.',
    claims: quotes.map((exact, index) => ({
      ref: `c${index}`,
      aspect: 'vehicle_motion',
      value: { kind: 'boolean', value: true },
      statement: 'The police say that the car moved toward the officers.',
      speaker,
      capacity: 'spokesperson',
      stance: 'asserts',
      citations: [{ source, quote: { exact } }],
    })),
  });
  const proposed = await made(commands.proposeIncident(asked('a', '/v1/incidents', body), body));
  const approve = async (stream: string, edit: number, etag: string) => {
    const vote = { decision: 'approve', reason: 'Checked.' } as const;
    await made(commands.decideEdit(asked('reviewer', `/v1/edits/${stream}/${edit}`, vote), { stream, edit, ifMatch: [etag], ...vote }));
  };
  const incident = proposed.of.id;
  await approve(incident, 1, proposed.etag);
  /** Gives the article another text; answers the event that says so. */
  const revise = async (text: string, baseRevision: number) => {
    const changes: SourceEditBody['changes'] = [{ kind: 'revise_text', text, why: 'corrected_by_publisher', citations: [] }];
    const edit = { baseRevision, rationale: 'The newspaper corrected it.', changes };
    const { edit: number, etag } = await made(
      commands.submitSourceEdit(asked('a', `/v1/sources/${source}/edits`, edit), { stream: source, body: edit }),
    );
    await approve(source, number, etag);
    const event = decoded(await log.readStream(source, 0)).findLast(({ type }) => type === 'SourceTextRevised');
    return { stream: source, revision: event?.revision ?? -1 };
  };
  return { commands, incident, source, approve, revise };
};

/** What is proposed about other texts of sources, in order: what it changes, and what became of it. */
export const anchorings = async (log: EventLog<DomainEvent>, incident: string) => {
  const events = decoded(await log.readStream(incident, 0));
  return events.flatMap((event) => {
    if (event.type !== 'EditSubmitted' || event.actor !== anchorer) return [];
    const end = events.find(({ type, edit }) => edit === event.edit && type === 'EditWithdrawn');
    return [{ set: event.data.changes.map((change) => ('set' in change ? Object.keys(change.set) : [])), isOpen: end === undefined }];
  });
};
