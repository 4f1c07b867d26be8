import { type AsOf, answerOf, incidentAsOf, type Schemas } from '@averment/client';
import { type Command, InvalidArgumentError } from 'commander';
import { Misuse } from '../ending.ts';
import { printIncident } from '../incident.ts';
import type { Opened, Session } from '../session.ts';
import { visibleIn } from '../visible.ts';
import { missing, plain, stateOf } from '../words.ts';

/** A revision of an incident, or a position: from 0. */
export const fromZero = (value: string): number => {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('it is a whole number from 0 on');
  return Number(value);
};

const show = async (session: Session, id: string): Promise<void> => {
  const incident = await answerOf(session.api.GET('/v1/incidents/{id}', { params: { path: { id } } }));
  if (session.json) session.document(incident);
  else printIncident(session, visibleIn(incident));
};

type PastOptions = { revision?: number; position?: string };

const momentOf = (moment: string | undefined, { revision, position }: PastOptions): AsOf => {
  const given: AsOf[] = [
    ...(moment === undefined ? [] : [{ asOf: moment }]),
    ...(revision === undefined ? [] : [{ asOfRevision: revision }]),
    ...(position === undefined ? [] : [{ asOfPosition: position }]),
  ];
  const [first] = given;
  if (first === undefined || given.length > 1)
    throw new Misuse('of what moment? It takes a day or time, --revision or --position, one of them');
  return first;
};

const past = async (session: Session, id: string, at: AsOf): Promise<void> => {
  const { incident, position, revision, until } = await incidentAsOf(session.api, id, at);
  if (session.json) return session.document({ incident, position, revision, until });
  const when = until === null ? `position ${position}` : until;
  session.line(session.paint('dim', visibleIn(`As the record said at ${when} (revision ${revision}).`)));
  printIncident(session, visibleIn(incident));
};

type Asked = { asOf?: string };

const compare = async (session: Session, id: string, query: Asked): Promise<void> => {
  const params = { path: { id }, query };
  const comparison = await answerOf(session.api.GET('/v1/incidents/{id}/comparison', { params }));
  if (session.json) return session.document(comparison);
  const { claims } = visibleIn(await answerOf(session.api.GET('/v1/incidents/{id}', { params })));
  printComparison(session, visibleIn(comparison), new Map(claims.map((claim) => [claim.id, claim])));
};

const printComparison = (
  session: Session,
  { title, aspects, voices }: Schemas['Comparison'],
  claims: Map<string, Schemas['Claim']>,
): void => {
  const names = new Map(voices.map(({ id, name }) => [id, name ?? missing]));
  session.line(session.paint('bold', title ?? missing));
  for (const { aspect, about, aboutName, state, cells } of aspects) {
    session.line();
    session.line(`${session.paint('bold', plain(aspect))}${about === null ? '' : `, ${aboutName ?? missing}`}: ${stateOf(session, state)}`);
    for (const { voice, claims: ids } of cells) {
      session.line(
        `  ${session.paint('cyan', voice === null ? 'reporters, or nobody who counts as a voice' : (names.get(voice) ?? voice))}`,
      );
      for (const claim of ids.map((id) => claims.get(id)).filter((one) => one !== undefined)) {
        const standing = claim.standing === 'standing' ? '' : `  ${stateOf(session, claim.standing)}`;
        session.line(`    • ${claim.attributed ?? claim.statement ?? missing}${standing}`);
      }
    }
  }
};

const anIncident = 'the id of the incident, as incident_4bz748amx3b7ebgrrj1sazn3jc';

export const addShow = (program: Command, opened: Opened): void => {
  program
    .command('show')
    .description('Show an incident: each question with the claims that answer it, disputes, rulings, corrections')
    .argument('<incident>', anIncident)
    .action(async (id: string) => opened((session) => show(session, id)));
  program
    .command('past')
    .description('Show an incident as the record had it on a day, or at a time')
    .argument('<incident>', anIncident)
    .argument('[moment]', 'a day or a time, as 2026-02-01 or 2026-02-01T12:00:00Z: to the end of it')
    .option('--revision <number>', 'instead: at this revision of the incident', fromZero)
    .option('--position <position>', 'instead: at this position of the log')
    .action(async (id: string, moment: string | undefined, options: PastOptions) =>
      opened((session) => past(session, id, momentOf(moment, options))),
    );
  program
    .command('compare')
    .description('Show side by side who says what: each question, and each voice that answers it')
    .argument('<incident>', anIncident)
    .option('--as-of <moment>', 'as it was on that day, or at that time')
    .action(async (id: string, options: Asked) => opened((session) => compare(session, id, options)));
};
