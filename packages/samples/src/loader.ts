import { type Client, createClient, type Json, succeeded } from './client.ts';
import { notes, samples } from './data.ts';
import { parties } from './parties.ts';
import { refsMadeBy, refsOfClaims, resolve } from './resolve.ts';
import type { Decision, Keys, Note, Party, ReviewStep, RevisedEdit, Sample, SampleEdit } from './shapes.ts';

/**
 * Enters samples through the service's own commands. There is no note of how far a load came: every step is sent again, under the same
 * idempotency key and with the same body, and answers as the first time. Ids, revisions and positions come from those answers, so a body
 * that is built from them is the same on every run.
 */

type SampleSet = { parties: readonly Party[]; notes: readonly Note[]; samples: readonly Sample[] };
type LoadOptions = {
  /** Where the service listens, such as `http://127.0.0.1:8080`. */
  url: string;
  keys: Keys;
  /** Takes one line of progress. */
  log: (line: string) => void;
  /** Waits this many seconds before a request is tried again. */
  wait?: (seconds: number) => Promise<unknown>;
  /** What to enter; the product's own samples unless something else is given. */
  set?: SampleSet;
};
type Loaded = { parties: number; notes: number; incidents: { name: string; id: string; revision: number }[]; open: number };

type People = Record<keyof Keys, Client>;
type Edit = { path: string; step: string; position: string };
type Ids = ReadonlyMap<string, string>;

/** How an edit stands after a step. `appliedRevision` is set once it is applied. */
type EditOutcome = { state: string; appliedRevision: number | null; position: string };

const publisher = 'Averment samples';
const stepKey = (...parts: (string | number)[]) => ['averment-samples', ...parts].join(':');
const later = (a: string, b: string) => (BigInt(a) > BigInt(b) ? a : b);
const refsIn = (answer: Json) => Object.entries(answer.refs as Record<string, string>);

const registerAll = async (people: People, set: SampleSet): Promise<{ ids: Map<string, string>; position: string }> => {
  const ids = new Map<string, string>();
  let position = '0';
  const register = async (path: string, ref: string, body: unknown) => {
    const answer = succeeded(await people.contributor.send('POST', path, { body, step: stepKey(ref) }), `registering ${ref}`);
    ids.set(ref, String(answer.id));
    position = later(position, String(answer.position));
  };
  for (const { ref, ...party } of set.parties) await register('/v1/parties', ref, resolve({ ...party, aliases: [] }, ids));
  for (const { ref, title, text } of set.notes) {
    const language = 'en';
    await register('/v1/sources', ref, { kind: 'other', url: null, publisher, title, authors: [], publishedAt: null, language, text });
  }
  return { ids, position };
};

const show = async (client: Client, { path, position }: Edit): Promise<Json> =>
  succeeded(await client.get(`${path}?minPosition=${position}`), `reading ${path}`);

const outcomeOf = (edit: Json, position: string): EditOutcome => ({
  state: String(edit.state),
  appliedRevision: typeof edit.appliedRevision === 'number' ? edit.appliedRevision : null,
  position: typeof edit.position === 'string' ? edit.position : position,
});

const aims = { approve: 'applied', reject: 'rejected', request_changes: 'changes_requested' } as const;

/**
 * Sends one step on an edit, with the tag that the edit has now. A step taken in an earlier run answers as it did then, whatever its tag.
 * Where somebody else changed the edit in between, `settled` says whether the step's aim was reached without it; if not, a stale tag is
 * read again a few times.
 */
const act = async (
  client: Client,
  edit: Edit,
  settled: (edit: Json) => boolean,
  send: (ifMatch: string) => ReturnType<Client['send']>,
): Promise<EditOutcome> => {
  for (let tried = 1; ; tried += 1) {
    const shown = await show(client, edit);
    const answer = await send(String(shown.etag));
    const beaten = answer.status === 409 || answer.status === 412;
    if (!beaten) return outcomeOf(succeeded(answer, `step ${edit.step}`), edit.position);
    const now = await show(client, edit);
    if (settled(now)) return outcomeOf(now, edit.position);
    if (answer.status === 409 || tried === 5) succeeded(answer, `step ${edit.step}`);
  }
};

const decide = (people: People, edit: Edit, { decision, by, reason }: Decision): Promise<EditOutcome> => {
  const client = people[by];
  const request = { body: { decision, reason }, step: edit.step };
  const settled = (shown: Json) => shown.state === aims[decision];
  return act(client, edit, settled, (ifMatch) => client.send('POST', `${edit.path}/decision`, { ...request, ifMatch }));
};

/** Takes an edit through its review. Answers how it stands at the end. */
const review = async (
  people: People,
  edit: Edit,
  steps: readonly ReviewStep[],
  revise: (edit: Edit, revision: RevisedEdit) => Promise<EditOutcome>,
) => {
  let outcome: EditOutcome = { state: 'submitted', appliedRevision: null, position: edit.position };
  for (const [index, step] of steps.entries()) {
    const next = { ...edit, step: `${edit.step}:${index + 1}`, position: outcome.position };
    outcome = 'revise' in step ? await revise(next, step.revise) : await decide(people, next, step);
  }
  return outcome;
};

const enterEdit = async (people: People, sample: Sample, incident: { id: string; revision: number }, ids: Ids, edit: SampleEdit) => {
  const author = people[edit.author];
  const step = stepKey(sample.name, edit.name);
  const bodyOf = ({ rationale, changes }: RevisedEdit) => ({
    baseRevision: incident.revision,
    rationale,
    changes: resolve(changes, ids, refsMadeBy(changes)),
  });
  const path = `/v1/incidents/${incident.id}/edits`;
  const submitted = succeeded(await author.send('POST', path, { body: bodyOf(edit), step }), `edit ${edit.name} of ${sample.name}`);
  const begun: Edit = { path: `${path}/${String(submitted.edit)}`, step, position: String(submitted.position) };
  const outcome = await review(people, begun, edit.review, (next, revision) =>
    act(
      author,
      next,
      () => false,
      (ifMatch) => author.send('PUT', next.path, { body: bodyOf(revision), step: next.step, ifMatch }),
    ),
  );
  if (outcome.state !== edit.ends) throw new Error(`edit ${edit.name} of ${sample.name} ends ${outcome.state} and not ${edit.ends}`);
  return { refs: refsIn(submitted), outcome };
};

const enterSample = async (
  people: People,
  sample: Sample,
  shared: Ids,
): Promise<{ id: string; revision: number; position: string; open: number }> => {
  const step = stepKey(sample.name);
  const body = resolve(sample.proposal, shared, refsOfClaims(sample.proposal.claims));
  const proposed = succeeded(await people[sample.author].send('POST', '/v1/incidents', { body, step }), `proposing ${sample.name}`);
  const id = String(proposed.incidentId);
  const first: Edit = { path: `/v1/incidents/${id}/edits/${String(proposed.edit)}`, step, position: String(proposed.position) };
  const published = await review(people, first, sample.approval, () => Promise.reject(new Error('a proposal is not revised here')));
  if (published.appliedRevision === null) throw new Error(`the proposal of ${sample.name} ends ${published.state} and not applied`);

  const ids = new Map([...shared, ...refsIn(proposed)]);
  let { appliedRevision: revision, position } = published;
  for (const edit of sample.edits) {
    const { refs, outcome } = await enterEdit(people, sample, { id, revision }, ids, edit);
    for (const [ref, made] of refs) ids.set(ref, made);
    revision = outcome.appliedRevision ?? revision;
    position = later(position, outcome.position);
  }
  return { id, revision, position, open: sample.edits.filter(({ ends }) => ends === 'submitted').length };
};

/**
 * Enters the samples as two contributors and two reviewers, and resumes a load that was cut short: what is entered already answers as it
 * did the first time. Ends once the service's read models show all of it. Rejects, with a sentence for people, at the first answer that is
 * not the expected one.
 */
export const loadSamples = async ({ url, keys, log, wait, set = { parties, notes, samples } }: LoadOptions): Promise<Loaded> => {
  const client = (name: keyof Keys) => createClient(url, keys[name], wait);
  const people: People = {
    contributor: client('contributor'),
    contributor2: client('contributor2'),
    reviewer: client('reviewer'),
    reviewer2: client('reviewer2'),
  };
  const registered = await registerAll(people, set);
  const loaded: Loaded = { parties: set.parties.length, notes: set.notes.length, incidents: [], open: 0 };
  let position = registered.position;
  for (const sample of set.samples) {
    const entered = await enterSample(people, sample, registered.ids);
    position = later(position, entered.position);
    loaded.incidents.push({ name: sample.name, id: entered.id, revision: entered.revision });
    loaded.open += entered.open;
    const many = sample.edits.length;
    log(
      `${loaded.incidents.length} of ${set.samples.length}, ${sample.name}: ${sample.proposal.claims.length} claims proposed, ${many} ${many === 1 ? 'edit' : 'edits'} (${entered.id}, revision ${entered.revision})`,
    );
  }
  succeeded(await people.reviewer.get(`/v1/incidents?limit=1&minPosition=${position}`), 'reading the samples back');
  log(
    `samples: ${loaded.incidents.length} incidents, ${loaded.notes} case notes, ${loaded.parties} parties; ${loaded.open} edits wait in the review queue`,
  );
  return loaded;
};
