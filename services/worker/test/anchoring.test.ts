import type { Caller, CommandResult } from '@averment/commands';
import { testCommands } from '@averment/commands/testing';
import { type DomainEvent, partyBody, proposalBody, sourceBody } from '@averment/domain';
import { decoded, type EventLog } from '@averment/event-log';
import { testServer } from '@averment/platform/testing';
import t from 'tap';
import { environment, run, stores, worker } from './kit.ts';

const server = await testServer(t);
const text = 'The harbour police said that the car moved toward its officers. A witness said that the car stood still.';

/** Commands as they come by the API. */
const story = (log: EventLog<DomainEvent>) => {
  const commands = testCommands({ log });
  let keys = 0;
  const caller = (subject: string, path: string, body: unknown): Caller => {
    keys += 1;
    return { subject, role: 'reviewer', method: 'POST', path, idempotencyKey: String(keys), body, correlation: null };
  };
  const made = async <T>(answer: Promise<CommandResult<T>>): Promise<T> => {
    const result = await answer;
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    return result.value;
  };
  const approve = async (stream: string, edit: number, etag: string) => {
    const vote = { decision: 'approve', reason: 'Checked.' } as const;
    await made(commands.decideEdit(caller('reviewer', `/v1/edits/${stream}/${edit}`, vote), { stream, edit, ifMatch: [etag], ...vote }));
  };
  return { commands, caller, made, approve };
};

/** Published incidents of which each quotes the source once. */
const quoted = async (log: EventLog<DomainEvent>, count: number) => {
  const { commands, caller, made, approve } = story(log);
  const agency = partyBody.parse({ kind: 'agency', name: 'Harbour Police' });
  const speaker = (await made(commands.registerParty(caller('a', '/v1/parties', agency), agency))).id;
  const article = sourceBody.parse({ kind: 'article', title: 'Shots', publisher: 'The Pier', language: 'en', text });
  const source = (await made(commands.registerSource(caller('a', '/v1/sources', article), article))).id;
  const incidents: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const body = proposalBody.parse({
      title: `Shots at the harbour, number ${index}`,
      occurred: { date: '2026-01-14', timeZone: 'America/Los_Angeles' },
      place: { text: 'The harbour', country: 'US', precision: 'country' },
      agencies: [speaker],
      rationale: 'The first article.',
      claims: [
        {
          ref: 'c1',
          aspect: 'vehicle_motion',
          value: { kind: 'boolean', value: true },
          statement: 'The police say that the car moved toward the officers.',
          speaker,
          capacity: 'spokesperson',
          stance: 'asserts',
          citations: [{ source, quote: { exact: 'the car moved toward its officers' } }],
        },
      ],
    });
    const { incidentId, etag } = await made(commands.proposeIncident(caller('a', '/v1/incidents', body), body));
    await approve(incidentId ?? '', 1, etag);
    incidents.push(incidentId ?? '');
  }
  const revise = async (to: string, baseRevision: number) => {
    const body = {
      baseRevision,
      rationale: 'The newspaper corrected it.',
      changes: [{ kind: 'revise_text' as const, text: to, why: 'corrected_by_publisher' as const, citations: [] }],
    };
    const edit = await made(commands.submitSourceEdit(caller('a', `/v1/sources/${source}/edits`, body), { stream: source, body }));
    await approve(source, edit.edit, edit.etag);
  };
  return { incidents, revise };
};

const proposals = async (log: EventLog<DomainEvent>, incident: string) =>
  decoded(await log.readStream(incident, 0)).filter(({ type, actor }) => type === 'EditSubmitted' && actor === 'averment:anchoring');
/** Waits until a condition holds; the runner of the tests ends what never comes. */
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
};

t.test('a revised source is followed by two workers, one of them killed: one edit for each incident that quotes it', async (t) => {
  const { databaseUrl, log, pool } = await stores(t, server);
  const { incidents, revise } = await quoted(log, 6);
  await revise(`In a statement of Thursday t${text.slice(1)}`, 1);
  const victim = await worker(t, databaseUrl);
  await until(async () => (await Promise.all(incidents.map((id) => proposals(log, id)))).some(({ length }) => length > 0));
  victim.kill('SIGKILL');
  await worker(t, databaseUrl);
  await worker(t, databaseUrl);
  await until(async () => (await Promise.all(incidents.map((id) => proposals(log, id)))).every(({ length }) => length > 0));
  await until(async () => (await pool.query('SELECT FROM work.anchoring')).rowCount === 0);
  for (const id of incidents) {
    const [submitted, ...others] = await proposals(log, id);
    t.same(others, []);
    t.match(submitted?.data, {
      changes: [{ kind: 'correct_claim', set: { citations: [{ revision: 2, quote: { exact: 'the car moved toward its officers' } }] } }],
    });
  }
  t.equal((await run('rebuild', environment(databaseUrl), 'all', '--compare-only')).code, 0);
});
