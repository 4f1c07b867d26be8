import type { Schemas } from '@averment/client';
import type { Session } from './session.ts';
import { missing, plain, stateOf, whenOf, whereOf } from './words.ts';

type Incident = Schemas['Incident'];

/** What was taken back or does not hold is said beside the thing. */
const aside = (parts: (string | false)[]): string => {
  const said = parts.filter((part) => part !== false);
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
};

const printClaim = (session: Session, claim: Schemas['Claim'], sources: Map<string, Schemas['Incident']['sources'][number]>): void => {
  const standing = claim.standing === 'standing' ? '' : `  ${stateOf(session, claim.standing)}`;
  session.line(`  • ${claim.attributed ?? claim.statement ?? missing}${standing}`);
  for (const { source, quote, scene } of claim.citations) {
    const { publisher = null, title = null } = sources.get(source) ?? {};
    const where = [publisher, title].filter((part) => part !== null).join(', ') || source;
    const said = quote === null ? (scene ?? missing) : `“${quote.exact ?? missing}”`;
    session.line(session.paint('dim', `      ${said}  ${where}`));
  }
};

/** The parts of the record that are not claims, each under its heading. */
const printEntries = (session: Session, { disputes, proceedings, rulings, corrections }: Incident): void => {
  const parts: [string, string[]][] = [
    ['Disputes', disputes.map((one) => `${one.grounds ?? missing}${aside([one.withdrawn && 'withdrawn', one.retracted && 'retracted'])}`)],
    [
      'Proceedings',
      proceedings.flatMap((one) => [
        `${one.title ?? missing}: ${plain(one.status)}${aside([one.retracted && 'retracted'])}`,
        ...one.updates.map(({ on, status, note }) => `  ${on ?? 'day not known'}: ${plain(status)}${note === null ? '' : `, ${note}`}`),
      ]),
    ],
    [
      'Rulings',
      rulings.map(
        (one) =>
          `${one.decidedOn ?? 'day not known'}: ${one.summary ?? missing}${aside([!one.inForce && 'not in force', one.retracted && 'retracted'])}`,
      ),
    ],
    [
      'Corrections',
      corrections.map((one) => `revision ${one.revision}: ${one.changes.map(({ field }) => field).join(', ')}. ${one.reason ?? missing}`),
    ],
  ];
  for (const [heading, lines] of parts) {
    if (lines.length === 0) continue;
    session.line();
    session.line(session.paint('bold', heading));
    for (const line of lines) session.line(line.startsWith(' ') ? `    ${line}` : `  • ${line}`);
  }
};

/** An incident for people: what happened, then each question with the claims that answer it, then what courts and the record itself said of them. */
export const printIncident = (session: Session, incident: Incident): void => {
  const { paint, line } = session;
  const names = new Map(incident.parties.map(({ id, name }) => [id, name ?? missing]));
  const claims = new Map(incident.claims.map((claim) => [claim.id, claim]));
  const sources = new Map(incident.sources.map((source) => [source.id, source]));
  line(paint('bold', incident.title ?? missing));
  line(`${whenOf(incident.occurred)}, ${whereOf(incident.place)}`);
  if (incident.agencies.length > 0) line(incident.agencies.map(({ name }) => name ?? missing).join(', '));
  const into = incident.mergedInto === null ? '' : ` into ${incident.mergedInto}`;
  line(paint('dim', `${incident.id}, ${incident.status}${into}, revision ${incident.revision ?? 'none'}`));
  for (const { aspect, about, state, claims: ids } of incident.aspects) {
    const of = about === null ? '' : `, ${names.get(about) ?? about}`;
    line();
    line(`${paint('bold', plain(aspect))}${of}: ${stateOf(session, state)}`);
    for (const id of ids) {
      const claim = claims.get(id);
      if (claim !== undefined) printClaim(session, claim, sources);
    }
  }
  printEntries(session, incident);
};
