import { existsSync, readdirSync, readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import {
  aspectStates,
  claimsWithStanding,
  kindOf,
  type Parties,
  type PartyFacts,
  partyBody,
  proposalBody,
  type SentChange,
  sentChange,
  standardVocabulary,
  standings,
} from '../src/index.ts';
import { asRead, fold, type Given, id, tagCase } from './given.ts';

/**
 * Articles and their stand-ins modelled by hand, folded without the API: what the rules derive is what was derived from them by hand. Two of the models lie
 * beside the checkout, if at all.
 */

type Expected = { incident: string; standing: Record<string, string>; states: { aspect: string; about: string | null; state: string }[] };
type Model = {
  after?: string[];
  parties: { ref: string; body: Record<string, unknown> }[];
  incidents: { ref: string; body: Record<string, unknown> }[];
  edits: { incident: string; changes: Record<string, unknown>[] }[];
  expectBefore?: Expected[];
  expect: Expected[];
};

const folders = ['../../../test/articles/stand-ins/', '../../../test/articles/', '../../../../shared/model/'].map(
  (folder) => new URL(folder, import.meta.url),
);
const files = new Map(
  folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => [name.replace('.json', ''), new URL(name, folder)] as const),
    ),
);
const read = (name: string): Model => JSON.parse(readFileSync(files.get(name) ?? '', 'utf8'));

const idFields: ReadonlySet<string> = new Set([
  'speaker',
  'about',
  'onBehalfOf',
  'by',
  'against',
  'forum',
  'court',
  'judge',
  'parent',
  'agencies',
  'via',
]);
const own = (incident: string, ref: string) => `${incident} ${ref}`;

/** The same JSON with ids in place of refs. */
const withIds = (json: unknown, incident: string, field = ''): unknown => {
  if (Array.isArray(json)) return json.map((item) => withIds(item, incident, field));
  if (typeof json === 'string') {
    if (idFields.has(field)) return id('party', json);
    if (field === 'source') return id('source', json);
    if (['claim', 'counterClaim', 'replaces', 'replacedBy', 'claims'].includes(field)) return id('claim', own(incident, json));
    if (['proceeding', 'continues'].includes(field)) return id('proceeding', own(incident, json));
    return field === 'ruling' ? id('ruling', own(incident, json)) : json;
  }
  if (json === null || typeof json !== 'object') return json;
  const party = 'kind' in json && json.kind === 'party';
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => {
      if (key === 'claims' && Array.isArray(value) && typeof value[0] === 'object')
        return [key, value.map((item) => withIds(item, incident, 'one'))];
      if (key === 'replacedBy' && 'kind' in json && json.kind === 'retract_incident') return [key, id('incident', String(value))];
      return [key, withIds(value, incident, party && key === 'value' ? 'speaker' : key)];
    }),
  );
};

const madeId = (prefix: 'claim' | 'dispute' | 'proceeding' | 'ruling', incident: string, ref: string | null) =>
  id(prefix, own(incident, ref ?? 'without a ref'));

const caseOf = (caseNumber: string | null) => (caseNumber === null ? null : tagCase(caseNumber));

/** The record event of a change; citations stay as they were sent, since nothing is derived from them. */
const eventOf = (change: SentChange, incident: string): Given => {
  const { kind, ...data } = change;
  const type = kindOf(change).event;
  switch (change.kind) {
    case 'add_claim': {
      const { ref, ...claim } = change.claim;
      return { type, data: { claim: { ...claim, id: madeId('claim', incident, ref) } } } as Given;
    }
    case 'dispute_claim':
      return { type, data: { dispute: { ...data, id: madeId('dispute', incident, change.ref) } } } as Given;
    case 'open_proceeding':
      return {
        type,
        data: { proceeding: { ...data, case: caseOf(change.caseNumber), id: madeId('proceeding', incident, change.ref) } },
      } as Given;
    case 'record_ruling':
      return { type, data: { ruling: { ...data, case: caseOf(change.caseNumber), id: madeId('ruling', incident, change.ref) } } } as Given;
    case 'correct_claim':
      return { type, data: { ...data, id: id('correction', incident), fields: Object.keys(change.set) } } as Given;
    default:
      return { type, data } as Given;
  }
};

type Incidents = Map<string, Given[]>;
const enter = (model: Model, incidents: Incidents) => {
  for (const { ref, body } of model.incidents) {
    const { claims, rationale, ...fields } = proposalBody.parse(withIds(body, ref));
    const report = { type: 'IncidentReported', data: fields } as Given;
    incidents.set(ref, [report, ...claims.map((claim) => eventOf({ kind: 'add_claim', claim }, ref))]);
  }
};
const apply = (model: Model, incidents: Incidents) => {
  for (const { incident, changes } of model.edits) {
    const events = incidents.get(incident) ?? [];
    events.push(...changes.map((change) => eventOf(sentChange.parse(withIds(change, incident)), incident)));
  }
};

const partiesOf = (models: Model[]): Parties => {
  const facts = new Map<string, PartyFacts>();
  for (const { ref, body } of models.flatMap(({ parties }) => parties)) {
    const { kind, name, private: isPrivate, publicRole, parent } = partyBody.parse(withIds(body, ''));
    facts.set(id('party', ref), { id: id('party', ref), kind, name, private: isPrivate ?? true, publicRole, parent });
  }
  return (of) => facts.get(of);
};

const derive = (events: Given[], parties: Parties) => {
  const state = fold(asRead(events));
  const derived = standings(state, parties, tagCase);
  return { derived, rows: aspectStates(claimsWithStanding(state, derived), parties, standardVocabulary) };
};

const compare = (t: Test, expected: Expected, incidents: Incidents, parties: Parties) => {
  const { derived, rows } = derive(incidents.get(expected.incident) ?? [], parties);
  const standing = Object.keys(expected.standing).map((ref) => [ref, derived.get(id('claim', own(expected.incident, ref)))?.standing]);
  t.same(Object.fromEntries(standing), expected.standing, `${expected.incident}: the standing of each claim`);
  t.equal(derived.size, standing.length, `${expected.incident}: all claims are expected`);
  const states = rows.map(({ aspect, about, state }) => `${aspect} ${about} ${state}`).sort();
  const wanted = expected.states
    .map(({ aspect, about, state }) => `${aspect} ${about === null ? null : id('party', about)} ${state}`)
    .sort();
  t.same(states, wanted, `${expected.incident}: the state of each aspect`);
};

t.test('the articles modelled by hand', async (t) => {
  t.ok(files.size >= 8, `${files.size} models`);
  for (const name of files.keys()) {
    await t.test(name, async (t) => {
      const model = read(name);
      const before = (model.after ?? []).map(read);
      const parties = partiesOf([...before, model]);
      const incidents: Incidents = new Map();
      for (const earlier of before) {
        enter(earlier, incidents);
        apply(earlier, incidents);
      }
      enter(model, incidents);
      for (const expected of model.expectBefore ?? []) compare(t, expected, incidents, parties);
      apply(model, incidents);
      for (const expected of model.expect) compare(t, expected, incidents, parties);
    });
  }
});
