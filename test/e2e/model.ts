import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Client, client, expectStatus, type Json, type Keys } from './client.ts';

/** Enters an article modelled by hand through the API, as a contributor and two reviewers would. */

const root = join(import.meta.dirname, '..', '..');
const shared = join(root, '..', 'shared');

type Claim = Json & { ref: string };
type Change = Json & { kind: string; ref?: string; claim?: string | Claim };
/** What the answer to a submission has to tell, where a model says it. */
type Told = { normalised?: string[]; warnings?: string[] };
type Model = {
  article: string;
  /** `text`: the file of a source that is not the article itself. */
  sources: { ref: string; text?: string; body: Json }[];
  parties: { ref: string; body: Json & { parent: string | null } }[];
  incidents: ({ ref: string; body: Json & { claims: Claim[] } } & Told)[];
  /** `approvals`: what the policy is expected to ask for. `then`: what holds after this edit and before the next. */
  edits: ({ incident: string; rationale: string; changes: Change[]; approvals?: number; then?: Expectation[] } & Told)[];
  expect: Expectation[];
  expectBefore?: Expectation[];
  ambiguous?: { start: number; end: number }[];
};
export type Expectation = {
  incident: string;
  standing: Record<string, string>;
  states: { aspect: string; about: string | null; state: string }[];
  /** Claims that the comparison must put under that party's voice. */
  voiceOf?: Record<string, string[]>;
  /** More of the document, part by part, with refs in place of ids, read against the text by hand. */
  reads?: Record<string, unknown>;
};

/** An article and what is to be recorded of it; `textOf` reads another text beside it. */
export type Article = { name: string; model: Model; text: string; textOf(file: string): string };

const own = join(root, 'test', 'articles');
const read = (name: string, models: string, texts: string): Article => {
  const model = JSON.parse(readFileSync(join(models, `${name}.json`), 'utf8')) as Model;
  const textOf = (file: string) => readFileSync(join(texts, file), 'utf8');
  return { name, model, text: textOf(model.article), textOf };
};

/**
 * Texts of our own. Five have the shapes of the articles that the product was built for: three incidents in one text, two texts on one incident of which the
 * second says most of it twice, an account that is relayed, and a machine translation with too many negations. Two are unlike them: a death in custody and what
 * courts made of it, with a newspaper's correction and an interview in translation; and two events that were taken for one, of the hour that came twice when the
 * clocks were set back. Nobody and nothing in them is real.
 */
export const standIns = (): Article[] =>
  ['causeway', 'quarry', 'weir', 'market', 'ferry', 'jail', 'bridge'].map((name) =>
    read(name, join(own, 'stand-ins'), join(own, 'stand-ins')),
  );

/** The articles themselves, other people's text, of which two come with their models; none where they do not lie beside the checkout. */
export const articlesBeside = (): Article[] =>
  existsSync(join(shared, 'articles')) && existsSync(join(shared, 'model'))
    ? ['phoenix', 'minneapolis', 'los-angeles', 'ontario', 'brooklyn'].map((name) =>
        read(name, existsSync(join(own, `${name}.json`)) ? own : join(shared, 'model'), join(shared, 'articles')),
      )
    : [];

/** What was made so far: ids by ref of parties and sources (shared by all models), of incidents, and of things by incident. */
type Incident = { id: string; refs: Record<string, string>; revision: number; position: string };
export type Entered = { ids: Map<string, string>; incidents: Map<string, Incident> };
export const nothingEntered = (): Entered => ({ ids: new Map(), incidents: new Map() });

type People = { contributor: Client; reviewers: Client[] };
export const people = (url: string, keys: Keys): People => ({
  contributor: client(url, keys.contributor),
  reviewers: [client(url, keys.reviewer), client(url, keys.reviewer2)],
});

/** Replaces every string that names something made earlier by its id; refs made in the same body stay, since they are in no map yet. */
const withIds = (
  value: unknown,
  ids: ReadonlyMap<string, string>,
  keep: ReadonlySet<string> = new Set(['ref', 'exact', 'prefix', 'suffix', 'statement', 'title', 'text']),
): unknown => {
  if (Array.isArray(value)) return value.map((item) => withIds(item, ids, keep));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, keep.has(key) && typeof item === 'string' ? item : withIds(item, ids, keep)]),
    );
  }
  return typeof value === 'string' ? (ids.get(value) ?? value) : value;
};

const register = async ({ model, text, textOf }: Article, { contributor }: People, entered: Entered): Promise<void> => {
  for (const { ref, body } of model.parties) {
    if (entered.ids.has(ref)) continue;
    const answer = await contributor.send('POST', '/v1/parties', {
      ...body,
      parent: body.parent === null ? null : entered.ids.get(body.parent),
    });
    entered.ids.set(ref, String(expectStatus(answer, 201).id));
  }
  for (const { ref, text: file, body } of model.sources) {
    if (entered.ids.has(ref)) continue;
    const sent = { ...body, text: file === undefined ? text : textOf(file) };
    entered.ids.set(ref, String(expectStatus(await contributor.send('POST', '/v1/sources', sent), 201).id));
  }
};

const expectTold = (of: string, { normalised, warnings }: Told, answer: Json): void => {
  const codes = (answer.warnings as { code: string }[] | undefined)?.map(({ code }) => code);
  if (normalised !== undefined && !isDeepStrictEqual(answer.normalised, normalised))
    throw new Error(`the quotes of ${of} that are stored otherwise than sent are ${answer.normalised}`);
  if (warnings !== undefined && !isDeepStrictEqual(codes, warnings))
    throw new Error(`${of} was warned of ${JSON.stringify(answer.warnings)}`);
};

/** Approves an edit, `submitted` being the answer to its submission, with as many reviewers as it needs; answers the decision that applied it. */
const approve = async (submitted: Json, { reviewers }: People): Promise<Json> => {
  const { incidentId: incident, edit } = submitted;
  let last: Json = submitted;
  for (const reviewer of reviewers) {
    const path = `/v1/incidents/${incident}/edits/${edit}`;
    const shown = expectStatus(await reviewer.get(`${path}?minPosition=${last.position}`), 200);
    last = expectStatus(
      await reviewer.send(
        'POST',
        `${path}/decision`,
        { decision: 'approve', reason: 'Checked against the article.' },
        { 'if-match': String(shown.etag) },
      ),
      200,
    );
    if (last.state === 'applied') return last;
  }
  throw new Error(`edit ${edit} of ${incident} was not applied: ${JSON.stringify(last)}`);
};

/** Enters sources, parties, incidents (each approved). */
export const enterIncidents = async (article: Article, who: People, entered: Entered): Promise<void> => {
  await register(article, who, entered);
  for (const { ref, body, ...told } of article.model.incidents) {
    const made = expectStatus(
      await who.contributor.send('POST', '/v1/incidents', {
        rationale: 'Modelled by hand from the article.',
        ...(withIds(body, entered.ids) as Json),
      }),
      201,
    );
    expectTold(ref, told, made);
    const decided = await approve(made, who);
    entered.incidents.set(ref, {
      id: String(made.incidentId),
      refs: { ...(made.refs as Record<string, string>) },
      revision: Number(decided.appliedRevision),
      position: String(decided.position),
    });
  }
};

/** Ids by ref of all that was entered; of things with the same ref those of `incident`. */
const idsFor = (entered: Entered, { refs }: Incident): Map<string, string> =>
  new Map([
    ...entered.ids,
    ...[...entered.incidents].map(([ref, { id }]): [string, string] => [ref, id]),
    ...[...entered.incidents.values()].flatMap((other) => Object.entries(other.refs)),
    ...Object.entries(refs),
  ]);

/** Waits until the other incident shows a merge, or its end, that was decided. */
const followed = async (other: Incident, { contributor }: People, position: string): Promise<void> => {
  for (let underWay = true; underWay; ) {
    const document = expectStatus(await contributor.get(`/v1/incidents/${other.id}?minPosition=${position}`), 200);
    underWay = (document.mergesUnderWay as unknown[]).length > 0;
    if (!underWay) other.revision = Number(document.revision);
  }
};

/** What was made on the survivor about the incident is made there anew, when it is un-merged. */
const returned = async (incident: Incident, survivor: Incident, { contributor }: People): Promise<Record<string, string>> => {
  const path = `/v1/incidents/${incident.id}/events?limit=500&minPosition=${incident.position}`;
  const events = expectStatus(await contributor.get(path), 200).items as { type: string; data: { made?: { id: string; was: string }[] } }[];
  const made = new Map(
    events.flatMap(({ type, data }) => (type === 'ChangesReturned' ? (data.made ?? []) : [])).map(({ id, was }) => [was, id]),
  );
  return Object.fromEntries(Object.entries(survivor.refs).flatMap(([ref, id]) => (made.has(id) ? [[ref, made.get(id) ?? '']] : [])));
};

/** Enters the model's edits one after the other, each approved; `after` is told of each. An edit may name an incident of an earlier model. */
export const enterEdits = async (
  model: Model,
  who: People,
  entered: Entered,
  after: (edit: Model['edits'][number]) => Promise<void> = async () => undefined,
): Promise<void> => {
  const mergedInto = new Map<Incident, Incident>();
  for (const edit of model.edits) {
    const { incident: ref, rationale, changes, approvals } = edit;
    const incident = entered.incidents.get(ref);
    if (incident === undefined) throw new Error(`the model's edit names an unknown incident: ${ref}`);
    const made = new Set(changes.flatMap((change) => [change.ref, typeof change.claim === 'object' ? change.claim.ref : undefined]));
    const ids = new Map([...idsFor(entered, incident)].filter(([name]) => !made.has(name)));
    const body = { baseRevision: incident.revision, rationale, changes: withIds(changes, ids) };
    const submitted = expectStatus(await who.contributor.send('POST', `/v1/incidents/${incident.id}/edits`, body), 201);
    expectTold(`edit ${submitted.edit} of ${ref}`, edit, submitted);
    const decided = await approve(submitted, who);
    const votes = (decided.approvals as { given: number }).given;
    if (approvals !== undefined && votes !== approvals)
      throw new Error(`edit ${submitted.edit} of ${ref} took ${votes} approvals, not ${approvals}`);
    Object.assign(incident.refs, submitted.refs as Record<string, string>);
    incident.revision = Number(decided.appliedRevision);
    incident.position = String(decided.position);
    const into = changes.find(({ kind }) => kind === 'merge_incident')?.into;
    if (into !== undefined) mergedInto.set(incident, entered.incidents.get(String(into)) ?? incident);
    const isUnmerged = changes.some(({ kind }) => kind === 'unmerge_incident');
    const survivor = into !== undefined || isUnmerged ? mergedInto.get(incident) : undefined;
    if (survivor !== undefined) await followed(survivor, who, incident.position);
    if (survivor !== undefined && isUnmerged) Object.assign(incident.refs, await returned(incident, survivor, who));
    await after(edit);
  }
};

/** An incident's document with refs in place of ids, and its things by their refs. */
export const readable = (document: Json, entered: Entered): Json => {
  const names = new Map([...entered.ids].map(([name, id]) => [id, name]));
  for (const [ref, { id, refs }] of entered.incidents) {
    names.set(id, ref);
    for (const [name, of] of Object.entries(refs)) names.set(of, name);
  }
  const named = (value: unknown): unknown => {
    if (typeof value === 'string') return names.get(value) ?? value;
    if (value === null || typeof value !== 'object') return value;
    if (!Array.isArray(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, named(item)]));
    return value.map(named);
  };
  const byRef = (things: unknown) => Object.fromEntries((things as { id: string }[]).map((thing) => [thing.id, thing]));
  const read = named(document) as Json;
  return { ...read, ...Object.fromEntries(['claims', 'disputes', 'proceedings', 'rulings'].map((kind) => [kind, byRef(read[kind])])) };
};

/** What an incident's document says, in the expectation's form: refs in place of ids. */
export const observed = (document: Json, entered: Entered): Pick<Expectation, 'standing' | 'states'> => {
  const { claims, aspects } = readable(document, entered) as {
    claims: Record<string, { standing: string }>;
    aspects: Expectation['states'];
  };
  return {
    standing: Object.fromEntries(Object.entries(claims).map(([ref, { standing }]) => [ref, standing])),
    states: aspects.map(({ aspect, about, state }) => ({ aspect, about, state })),
  };
};
