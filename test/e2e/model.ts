import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, client, expectStatus, type Json, type Keys } from './client.ts';

/** Enters an article modelled by hand through the API, as a contributor and two reviewers would. */

const root = join(import.meta.dirname, '..', '..');
const shared = join(root, '..', 'shared');

type Claim = Json & { ref: string };
type Change = Json & { kind: string; ref?: string; claim?: string | Claim };
type Model = {
  article: string;
  sources: { ref: string; body: Json }[];
  parties: { ref: string; body: Json & { parent: string | null } }[];
  incidents: { ref: string; body: Json & { claims: Claim[] } }[];
  /** `approvals`: what the policy is expected to ask for. */
  edits: { incident: string; rationale: string; changes: Change[]; approvals?: number }[];
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
};

/** An article and what is to be recorded of it. */
export type Article = { name: string; model: Model; text: string };

const own = join(root, 'test', 'articles');
const read = (name: string, models: string, texts: string): Article => {
  const model = JSON.parse(readFileSync(join(models, `${name}.json`), 'utf8')) as Model;
  return { name, model, text: readFileSync(join(texts, model.article), 'utf8') };
};

/**
 * Texts of our own with the shapes of the articles that the product was built for: three incidents in one text, two texts on one incident of which the second
 * says most of it twice, an account that is relayed, and a machine translation with too many negations. Nobody and nothing in them is real.
 */
export const standIns = (): Article[] =>
  ['causeway', 'quarry', 'weir', 'market', 'ferry'].map((name) => read(name, join(own, 'stand-ins'), join(own, 'stand-ins')));

/** The articles themselves, other people's text, of which two come with their models; none where they do not lie beside the checkout. */
export const articlesBeside = (): Article[] =>
  existsSync(join(shared, 'articles')) && existsSync(join(shared, 'model'))
    ? ['phoenix', 'minneapolis', 'los-angeles', 'ontario', 'brooklyn'].map((name) =>
        read(name, existsSync(join(own, `${name}.json`)) ? own : join(shared, 'model'), join(shared, 'articles')),
      )
    : [];

/** What was made so far: ids by ref of parties and sources (shared by all models), of incidents, and of things by incident. */
export type Entered = {
  ids: Map<string, string>;
  incidents: Map<string, { id: string; refs: Record<string, string>; revision: number; position: string }>;
};
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

const register = async (model: Model, text: string, { contributor }: People, entered: Entered): Promise<void> => {
  for (const { ref, body } of model.parties) {
    if (entered.ids.has(ref)) continue;
    const answer = await contributor.send('POST', '/v1/parties', {
      ...body,
      parent: body.parent === null ? null : entered.ids.get(body.parent),
    });
    entered.ids.set(ref, String(expectStatus(answer, 201).id));
  }
  for (const { ref, body } of model.sources) {
    if (entered.ids.has(ref)) continue;
    entered.ids.set(ref, String(expectStatus(await contributor.send('POST', '/v1/sources', { ...body, text }), 201).id));
  }
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

/** Enters sources, parties, incidents (each approved); `after` is told of each incident once it is published. */
export const enterIncidents = async (model: Model, text: string, who: People, entered: Entered): Promise<void> => {
  await register(model, text, who, entered);
  for (const { ref, body } of model.incidents) {
    const made = expectStatus(
      await who.contributor.send('POST', '/v1/incidents', {
        rationale: 'Modelled by hand from the article.',
        ...(withIds(body, entered.ids) as Json),
      }),
      201,
    );
    const decided = await approve(made, who);
    entered.incidents.set(ref, {
      id: String(made.incidentId),
      refs: { ...(made.refs as Record<string, string>) },
      revision: Number(decided.appliedRevision),
      position: String(decided.position),
    });
  }
};

/** Enters the model's edits one after the other, each approved. An edit may name an incident of an earlier model. */
export const enterEdits = async (model: Model, who: People, entered: Entered): Promise<void> => {
  for (const { incident: ref, rationale, changes, approvals } of model.edits) {
    const incident = entered.incidents.get(ref);
    if (incident === undefined) throw new Error(`the model's edit names an unknown incident: ${ref}`);
    const made = new Set(changes.flatMap((change) => [change.ref, typeof change.claim === 'object' ? change.claim.ref : undefined]));
    const ids = new Map([...entered.ids, ...Object.entries(incident.refs)].filter(([name]) => !made.has(name)));
    const body = { baseRevision: incident.revision, rationale, changes: withIds(changes, ids) };
    const submitted = expectStatus(await who.contributor.send('POST', `/v1/incidents/${incident.id}/edits`, body), 201);
    const decided = await approve(submitted, who);
    const votes = (decided.approvals as { given: number }).given;
    if (approvals !== undefined && votes !== approvals)
      throw new Error(`edit ${submitted.edit} of ${ref} took ${votes} approvals, not ${approvals}`);
    Object.assign(incident.refs, submitted.refs as Record<string, string>);
    incident.revision = Number(decided.appliedRevision);
    incident.position = String(decided.position);
  }
};

/** What an incident's document says, in the expectation's form: refs in place of ids. */
export const observed = (document: Json, entered: Entered, ref: string): Pick<Expectation, 'standing' | 'states'> => {
  const incident = entered.incidents.get(ref);
  const names = new Map([...entered.ids, ...Object.entries(incident?.refs ?? {})].map(([name, id]) => [id, name]));
  const claims = document.claims as { id: string; standing: string }[];
  const aspects = document.aspects as { aspect: string; about: string | null; state: string }[];
  return {
    standing: Object.fromEntries(claims.map(({ id, standing }) => [names.get(id) ?? id, standing])),
    states: aspects.map(({ aspect, about, state }) => ({ aspect, about: about === null ? null : (names.get(about) ?? about), state })),
  };
};
