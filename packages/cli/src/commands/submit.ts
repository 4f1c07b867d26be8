import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { answerOf, Refused, type Schemas } from '@averment/client';
import type { Command } from 'commander';
import { Misuse } from '../ending.ts';
import { RefusedBody } from '../refusal.ts';
import type { Opened, Session } from '../session.ts';
import { visibleIn } from '../visible.ts';

type Options = { incident?: string; source?: string; party?: string; idempotencyKey?: string };
type Submitted = Omit<Schemas['Submitted'], 'incidentId'>;

const readBody = (file: string): object => {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new Misuse(`the file cannot be read: ${(error as Error).message}`);
  }
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  } catch (error) {
    throw new Misuse(`${file} is no JSON: ${(error as Error).message}`);
  }
  throw new Misuse(`${file} holds no JSON object`);
};

/** Where a body goes: a proposal of an incident, or an edit of what is there. */
const targetOf = ({ incident, source, party }: Options): { of: 'incidents' | 'sources' | 'parties'; id: string | null } => {
  const given = [
    ...(incident === undefined ? [] : [{ of: 'incidents' as const, id: incident }]),
    ...(source === undefined ? [] : [{ of: 'sources' as const, id: source }]),
    ...(party === undefined ? [] : [{ of: 'parties' as const, id: party }]),
  ];
  if (given.length > 1) throw new Misuse('--incident, --source and --party exclude one another');
  return given[0] ?? { of: 'incidents', id: null };
};

const send = (session: Session, { of, id }: ReturnType<typeof targetOf>, body: object, key: string): Promise<Submitted> => {
  const header = { 'Idempotency-Key': key };
  if (id === null) return answerOf(session.api.POST('/v1/incidents', { params: { header }, body: body as Schemas['Proposal'] }));
  const params = { header, path: { id } };
  if (of === 'incidents') return answerOf(session.api.POST('/v1/incidents/{id}/edits', { params, body: body as Schemas['Submission'] }));
  if (of === 'sources') return answerOf(session.api.POST('/v1/sources/{id}/edits', { params, body: body as Schemas['SourceSubmission'] }));
  return answerOf(session.api.POST('/v1/parties/{id}/edits', { params, body: body as Schemas['PartySubmission'] }));
};

const submit = async (session: Session, file: string, options: Options): Promise<void> => {
  if (session.access.key === undefined) throw new Misuse('it needs a key: AVERMENT_KEY, or --key-file');
  const target = targetOf(options);
  const body = readBody(file);
  // The same content goes under the same key, so that it is submitted once, however often this is run.
  const digest = createHash('sha256')
    .update(JSON.stringify([target, body]))
    .digest('hex');
  const answer = await send(session, target, body, options.idempotencyKey ?? `cli-${digest}`).catch((error: unknown) => {
    throw error instanceof Refused ? new RefusedBody(error, body) : error;
  });
  if (session.json) return session.document(answer);
  const { of, edit, state, position, refs, reused, normalised, warnings, candidates } = visibleIn(answer);
  session.line(`Edit ${edit} of ${of.id}: ${state}, position ${position}`);
  for (const [ref, id] of Object.entries(refs)) session.line(`  ${ref} is ${id}`);
  for (const { ref, id, differs } of reused)
    session.line(`  ${ref} is there already: ${id}${differs.length > 0 ? `, not as sent: ${differs.join(', ')}` : ''}`);
  for (const pointer of normalised) session.line(`  ${pointer}: the quote is stored as the text has it`);
  for (const { pointer, message } of warnings) session.line(session.paint('yellow', `  ${pointer}: ${message}`));
  for (const { incidentId } of candidates ?? []) session.line(session.paint('yellow', `  may be the same as ${incidentId}`));
};

export const addSubmit = (program: Command, opened: Opened): void => {
  program
    .command('submit')
    .description('Submit a proposal of an incident, or an edit, for review. Needs a key')
    .argument('<file>', 'JSON, as the API takes it; - is the standard input')
    .option('--incident <id>', 'it is an edit of this incident')
    .option('--source <id>', 'it is an edit of this source')
    .option('--party <id>', 'it is an edit of this party')
    .option('--idempotency-key <key>', 'without it a digest of the content')
    .addHelpText(
      'after',
      `
The same content is submitted once, however often this is run. What the service finds wrong is printed with the place in
the file, and the code is 1.

  averment submit incident.json
  averment submit edit.json --incident incident_4bz748amx3b7ebgrrj1sazn3jc`,
    )
    .action(async (file: string, options: Options) => opened((session) => submit(session, file, options)));
};
