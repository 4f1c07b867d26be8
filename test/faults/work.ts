import { makeBed } from './bed.ts';
import { type Answered, type Client, createClient, type Json, keyFor, type Write } from './client.ts';
import type { Dice } from './dice.ts';
import type { Place, Scope } from './experiment.ts';

/** What people do to the record all day, as a load: nobody and nothing in it is real. */

export const articleText =
  'The Harbour Police said that the car moved toward its officers before the first shot. A witness said that the car stood still. The city has not confirmed either account.';

export type Basics = { source: string; police: string; city: string };
/** `versions`: of sources and parties that it has edited, by their paths. */
export type Desk = { client: Client; basics: Basics; random: Dice; name: string; versions: Map<string, number> };
export type Office = Omit<Desk, 'versions'>;

/** A write was refused that has to be accepted: to what was acknowledged, this is as bad as a loss. */
class WronglyRefused extends Error {}

export const accepted = (answer: Answered): Json => {
  if (answer.status >= 300)
    throw new WronglyRefused(`${answer.method} ${answer.path} as ${answer.subject}: ${answer.status} ${answer.text}`);
  return answer.json;
};

/** Registers the source and the parties that everything is about. */
export const furnish = async (client: Client, name: string): Promise<Basics> => {
  const register = async (path: string, body: Json): Promise<string> => {
    const write: Write = { subject: 'contributor0', method: 'POST', path, key: keyFor(name, String(body.name ?? body.title)), body };
    return String(accepted(await client.write(write)).id);
  };
  return {
    source: await register('/v1/sources', { kind: 'article', title: 'Shots at the harbour', language: 'en', text: articleText }),
    police: await register('/v1/parties', { kind: 'agency', name: 'Harbour Police' }),
    city: await register('/v1/parties', { kind: 'agency', name: 'City of Porto Novo' }),
  };
};

/** A bed with the service on it, a client of its apis, and what everything is about. */
export const furnished = async (scope: Scope, place: Place, name: string) => {
  const bed = await makeBed(scope, place);
  const service = await bed.startService();
  const client = createClient(bed, service.urls);
  return { bed, ...service, client, basics: await furnish(client, name) };
};

export const claim = ({ source, police }: Basics, statement: string): Json => ({
  aspect: 'vehicle_motion',
  value: { kind: 'boolean', value: true },
  statement,
  speaker: police,
  capacity: 'spokesperson',
  stance: 'asserts',
  citations: [{ source, quote: { exact: 'the car moved toward its officers before the first shot' } }],
});

export const proposal = (basics: Basics, title: string): Json => ({
  title,
  occurred: { date: '2026-01-14', time: '18:50', timeZone: 'America/Los_Angeles' },
  place: { text: 'The harbour of Porto Novo', locality: 'Porto Novo', region: 'US-WA', country: 'US', precision: 'locality' },
  agencies: [basics.police],
  claims: [{ ref: 'c1', ...claim(basics, 'The police say that the car moved toward the officers.') }],
  rationale: 'The first article on it.',
});

export type Editing = { incident: string; revision: number };

/** Opens an incident and publishes it. */
export const publish = async ({ client, basics, name }: Office, what: string): Promise<Editing> => {
  const by = { subject: 'contributor0', method: 'POST' as const };
  const proposed = accepted(
    await client.write({ ...by, path: '/v1/incidents', key: keyFor(name, what), body: proposal(basics, `Shots, ${what}`) }),
  );
  const incident = String(proposed.incidentId);
  const decided = accepted(
    await client.write({
      subject: 'reviewer0',
      method: 'POST',
      path: `/v1/incidents/${incident}/edits/1/decision`,
      key: keyFor(name, what, 'approve'),
      body: { decision: 'approve', reason: 'Checked against the article.' },
      ifMatch: String(proposed.etag),
    }),
  );
  return { incident, revision: Number(decided.appliedRevision) };
};

/**
 * One desk at work: an incident is proposed and published, then edits follow one another, of which some are sent back and revised, some rejected, some
 * withdrawn, commented on, reopened, split, handed over or undone, and most applied. Every step rests on the answer to the one before it and needs no read model.
 */
export const workAtDesk = async (desk: Office, incidents: number, edits: number): Promise<void> => {
  for (let n = 0; n < incidents; n += 1) {
    const editing = await publish(desk, `incident ${n}`);
    for (let m = 0; m < edits; m += 1) await edit(desk, editing, `edit ${n}.${m}`);
  }
};

export const edit = async ({ client, basics, random, name }: Office, editing: Editing, what: string): Promise<void> => {
  const author = random.pick(['contributor0', 'contributor1']);
  const reviewer = random.pick(['reviewer0', 'reviewer1']);
  const path = `/v1/incidents/${editing.incident}/edits`;
  const step = (subject: string, method: 'POST' | 'PUT', to: string, body: Json, ifMatch?: string) =>
    client.write({
      subject,
      method,
      path: to,
      key: keyFor(name, what, method, to.slice(-12), String(ifMatch)),
      body,
      ...(ifMatch && { ifMatch }),
    });
  const body = (): Json & { changes: Json[] } => ({
    baseRevision: editing.revision,
    rationale: `For ${what}.`,
    changes: [
      random.chance(0.6)
        ? { kind: 'add_claim', claim: claim(basics, `The police say so, ${what}.`) }
        : {
            kind: 'correct_incident',
            set: { title: `Shots, ${what}` },
            reason: 'The title was poor.',
            citations: [{ source: basics.source, quote: { exact: 'The city has not confirmed either account.' } }],
          },
    ],
  });

  const course = random.below(14);
  const written = body();
  // What holds two changes is split below.
  if (course === 6) written.changes.push({ kind: 'add_claim', claim: claim(basics, `The police add, ${what}.`) });
  let submitted = accepted(await step(author, 'POST', path, written));
  const own = `${path}/${String(submitted.edit)}`;
  const tag = () => String(submitted.etag);
  const decide = async (decision: string, of = own, etag = tag()) =>
    accepted(await step(reviewer, 'POST', `${of}/decision`, { decision, reason: 'I looked at it.' }, etag));
  const [another, other] = [
    reviewer === 'reviewer0' ? 'reviewer1' : 'reviewer0',
    author === 'contributor0' ? 'contributor1' : 'contributor0',
  ];
  switch (course) {
    case 0:
      return void (await decide('reject'));
    case 1:
      return void accepted(await step(author, 'POST', `${own}/withdraw`, { reason: 'Not needed.' }));
    case 2:
    case 3:
      submitted = await decide('request_changes');
      submitted = accepted(await step(author, 'PUT', own, body(), tag()));
      break;
    case 4: {
      const { id } = accepted(await step(reviewer, 'POST', `${own}/comments`, { text: `What of ${what}?`, change: 0 }));
      accepted(await step(author, 'POST', `${own}/comments/${String(id)}/resolve`, {}));
      break;
    }
    case 5:
      submitted = await decide('reject');
      submitted = accepted(await step(another, 'POST', `${own}/reopen`, { reason: 'It is right.' }, tag()));
      break;
    case 6: {
      submitted = accepted(await step(reviewer, 'POST', `${own}/split`, { changes: [1], reason: 'The rest can wait.' }, tag()));
      const { edit: left, etag } = submitted.into as { edit: number; etag: string };
      editing.revision = Number((await decide('approve', `${path}/${left}`, etag)).appliedRevision);
      break;
    }
    case 7:
      submitted = accepted(await step(reviewer, 'POST', `${own}/handover`, { to: other, reason: 'Its author has left.' }, tag()));
      break;
    default:
  }
  editing.revision = Number((await decide('approve')).appliedRevision);
  if (course !== 8) return;
  const undoing = accepted(await step(author, 'POST', `${own}/revert`, { reason: 'It was a mistake.' }));
  accepted(await step(author, 'POST', `${path}/${String(undoing.edit)}/withdraw`, { reason: 'It was none.' }));
};
