import { setTimeout as delay } from 'node:timers/promises';
import { type Answered, type Json, keyFor, recovery } from './client.ts';
import { accepted, articleText, claim, type Desk, type Editing } from './work.ts';

/** What desks do to sources and parties of their own: each step takes the place of an edit of the incident. */

type At = { desk: Desk; editing: Editing; what: string };
type Step = (at: At) => Promise<void>;
/** Who does it: nobody decides what is their own. */
const [author, first, second, admin] = ['contributor0', 'reviewer0', 'reviewer1', 'admin0'] as const;

const post = async ({ desk: { client, name }, what }: At, subject: string, path: string, body: Json, ifMatch?: string): Promise<Json> => {
  const key = keyFor(name, what, subject, path.slice(-40), String(ifMatch), String(body.kind ?? ''));
  return accepted(await client.write({ subject, method: 'POST', path, key, body, ...(ifMatch && { ifMatch }) }));
};

/** Submits an edit, and lets as many approve it as it takes. */
const applied = async (at: At, path: string, change: Json): Promise<Json> => {
  const version = at.desk.versions.get(path) ?? 1;
  const body = { baseRevision: version, rationale: `For ${at.what}.`, changes: [change], kind: change.kind };
  const { kind: _, ...sent } = body;
  const submitted = await post(at, author, `${path}/edits`, sent);
  const decision = { decision: 'approve', reason: 'I looked at it.' };
  const decide = (reviewer: string, etag: unknown) =>
    post(at, reviewer, `${path}/edits/${submitted.edit}/decision`, decision, String(etag));
  let decided = await decide(first, submitted.etag);
  if (decided.state === 'submitted') decided = await decide(second, decided.etag);
  at.desk.versions.set(path, Number(decided.appliedRevision));
  return decided;
};

/** Asks for an erasure, and lets a reviewer and an admin approve it once it was looked for it. */
const erased = async (at: At, body: Json): Promise<void> => {
  const { id } = await post(at, author, '/v1/erasures', { ground: 'personal_data', reason: 'It names somebody there.', ...body });
  const path = `/v1/erasures/${id}`;
  /** The worker goes on with it. */
  const whileIt = async (...states: readonly unknown[]): Promise<void> => {
    for (const begun = performance.now(); states.includes((await at.desk.client.read(admin, path)).state); await delay(20)) {
      if (performance.now() - begun > recovery) throw new Error(`${path} is still ${states.join(' or ')}`);
    }
  };
  await whileIt('looking');
  const decision = { decision: 'approve', reason: 'It has to go.' };
  for (const subject of [first, admin]) await post(at, subject, `${path}/decision`, decision);
  // Only what is kept from sight can be shown again.
  if (body.kind === 'restrict') await whileIt('open', 'approved');
};

const captions = (text: string) => `WEBVTT\n\n00:00.000 --> 00:09.000\n${text}\n`;

/** A source that is imported or registered, and quoted; then it gets another text; then words of it, or its title, go. */
const sourceCourse = (isImported: boolean): Step[] => {
  let path = '';
  const told = ({ desk }: At) => `It was told to ${desk.name}.`;
  return [
    async (at) => {
      const { desk, editing } = at;
      const text = `${articleText} ${told(at)}`;
      const answered: Answered | null = isImported
        ? await desk.client.write({
            subject: author,
            method: 'POST',
            path: `/v1/sources/import?language=en&title=${encodeURIComponent(`Captions of ${desk.name}`)}`,
            key: keyFor(desk.name, at.what, 'import'),
            body: captions(text),
            mediaType: 'text/vtt',
          })
        : null;
      const article = { kind: 'article', title: `Shots at the harbour (${desk.name})`, language: 'en', text };
      const registered = answered === null ? await post(at, author, '/v1/sources', article) : accepted(answered);
      const source = String(registered.id);
      path = `/v1/sources/${source}`;
      const basics = { ...desk.basics, source };
      const change = { kind: 'add_claim', claim: claim(basics, `The police say so, ${at.what}, to ${desk.name}.`) };
      const body = { baseRevision: editing.revision, rationale: `For ${at.what}.`, changes: [change] };
      const edits = `/v1/incidents/${editing.incident}/edits`;
      const submitted = await post(at, author, edits, body);
      const decision = { decision: 'approve', reason: 'I looked at it.' };
      const decided = await post(at, first, `${edits}/${submitted.edit}/decision`, decision, String(submitted.etag));
      editing.revision = Number(decided.appliedRevision);
    },
    async (at) => {
      const text = at.desk.random.pick([
        `In a statement. ${articleText} ${told(at)}`,
        `${articleText.replace('the car moved', 'the car then moved')} ${told(at)}`,
        `${articleText} ${told(at)} It was corrected.`,
      ]);
      await applied(at, path, { kind: 'revise_text', text, why: 'corrected_by_publisher', citations: [] });
    },
    async (at) => {
      const source = path.split('/').at(-1);
      // What an import answers is told from the text.
      const target = isImported ? { source, pointers: ['/title'] } : { value: told(at).replace('.', '') };
      await erased(at, { targets: [target] });
    },
  ];
};

/** A body that is registered under a second name: it is one with the other, and then is not. */
const bodyCourse = (): Step[] => {
  let path = '';
  const reason = 'As it is written there.';
  return [
    async (at) => {
      const { id } = await post(at, author, '/v1/parties', { kind: 'agency', name: `The harbour office of ${at.desk.name}` });
      path = `/v1/parties/${id}`;
      await applied(at, path, { kind: 'correct_party', set: { name: `The Harbour Office of ${at.desk.name}` }, reason });
    },
    (at) => applied(at, path, { kind: 'merge_party', into: at.desk.basics.city, reason }).then(() => undefined),
    (at) => applied(at, path, { kind: 'unmerge_party', reason }).then(() => undefined),
  ];
};

/** Somebody who is public for a while, and whose name then goes. */
const personCourse = (): Step[] => {
  let path = '';
  const reason = 'As it is written there.';
  return [
    async (at) => {
      const { id } = await post(at, author, '/v1/parties', { kind: 'person', name: `A harbour master of ${at.desk.name}` });
      path = `/v1/parties/${id}`;
      await applied(at, path, { kind: 'set_privacy', private: false, publicRole: 'harbour master', reason });
    },
    (at) => applied(at, path, { kind: 'set_privacy', private: true, publicRole: null, reason }).then(() => undefined),
    (at) => erased(at, { targets: [{ party: path.split('/').at(-1), pointers: ['/name'] }] }),
  ];
};

/** The incident is kept from the public, is shown again, and then one text of it is kept. */
const hiddenCourse = (): Step[] => {
  const whole = ({ editing }: At) => [{ incident: editing.incident, revision: null }];
  return [
    (at) => erased(at, { kind: 'restrict', targets: whole(at) }),
    (at) => erased(at, { kind: 'lift', targets: whole(at) }),
    (at) => erased(at, { kind: 'restrict', targets: [{ incident: at.editing.incident, revision: 0, pointers: ['/rationale'] }] }),
  ];
};

/** A course for a desk. Documents are read in a process each, so few import. */
export const courseOf = ({ random }: Pick<Desk, 'random'>, n: number): Step[] => {
  if (n === 0) return sourceCourse(true);
  return random.pick([() => sourceCourse(false), () => sourceCourse(false), bodyCourse, personCourse, hiddenCourse])();
};
