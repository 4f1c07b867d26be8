import { answerOf, compareRevisions, type Schemas } from '@averment/client';
import type { Command } from 'commander';
import { Misuse } from '../ending.ts';
import type { Opened, Session } from '../session.ts';
import { jsonLine, visibleIn } from '../visible.ts';
import { itemsOf, wholeNumber } from './list.ts';
import { fromZero } from './show.ts';

type Options = { limit: number; all?: true; from?: number; to?: number };

/** An event on one line. Who approved it may not be shown to everybody. */
export const printEvent = (session: Session, event: Schemas['Event']): void => {
  const { position, recordedAt, type, stream, revision, author, approvedBy, edit } = visibleIn(event);
  const by = author === null ? '' : `, by ${author}`;
  const approved = approvedBy.length === 0 ? '' : `, approved by ${approvedBy.join(' and ')}`;
  const of = edit === null ? '' : `, edit ${edit}`;
  session.line(
    `${position}  ${session.paint('dim', recordedAt)}  ${session.paint('bold', type)}  ${stream} revision ${revision}${of}${by}${approved}`,
  );
};

const differences = async (session: Session, id: string, from: number, to: number): Promise<void> => {
  const diff = await compareRevisions(session.api, id, from, to);
  if (session.json) return session.document(diff);
  for (const { pointer, from: before, to: after, revision, author, reason } of visibleIn(diff.changes)) {
    const why = reason === null ? '' : `, ${reason}`;
    session.line(
      `${session.paint('bold', pointer)}  ${session.paint('dim', `revision ${revision}${author === null ? '' : `, by ${author}`}${why}`)}`,
    );
    if (before !== null) session.line(session.paint('red', `  - ${jsonLine(before)}`));
    if (after !== null) session.line(session.paint('green', `  + ${jsonLine(after)}`));
  }
};

const history = async (session: Session, id: string, { limit, all, from, to }: Options): Promise<void> => {
  if (from !== undefined && to !== undefined) return differences(session, id, from, to);
  if (from !== undefined || to !== undefined) throw new Misuse('--from and --to go together');
  const events = itemsOf(all ? Number.POSITIVE_INFINITY : limit, (query) =>
    answerOf(session.api.GET('/v1/incidents/{id}/events', { params: { path: { id }, query } })),
  );
  for await (const event of events) {
    if (session.json) session.document(event);
    else printEvent(session, event);
  }
};

export const addHistory = (program: Command, opened: Opened): void => {
  program
    .command('history')
    .description('List the events of an incident, the oldest first, or what changed between two revisions')
    .argument('<incident>', 'the id of the incident')
    .option('--from <revision>', 'with --to: what it says otherwise than at this revision', fromZero)
    .option('--to <revision>', 'at this one', fromZero)
    .option('--limit <number>', 'so many events at most', wholeNumber, 50)
    .option('--all', 'all of them')
    .addHelpText('after', '\nWith --json a line for each event, or one document of what changed.')
    .action(async (id: string, options: Options) => opened((session) => history(session, id, options)));
};
