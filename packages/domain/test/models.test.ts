import { existsSync, readdirSync, readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import {
  aspectStates,
  claimsWithStanding,
  type DomainEvent,
  kindOf,
  type Parties,
  type PartyFacts,
  partyBody,
  proposalBody,
  returning,
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
/** Ids of things that an incident names otherwise than it made them: by ref. A survivor takes over those of what it absorbs, and gives back new ones. */
type Names = Map<string, string>;
const idIn = (names: Names, prefix: 'claim' | 'dispute' | 'proceeding' | 'ruling', incident: string, ref: string): string =>
  names.get(own(incident, ref)) ?? id(prefix, own(incident, ref));

/** The same JSON with ids in place of refs. */
const withIds = (json: unknown, incident: string, names: Names = new Map(), field = ''): unknown => {
  if (Array.isArray(json)) return json.map((item) => withIds(item, incident, names, field));
  if (typeof json === 'string') {
    if (idFields.has(field)) return id('party', json);
    if (field === 'source') return id('source', json);
    if (['claim', 'counterClaim', 'replaces', 'replacedBy', 'claims'].includes(field)) return idIn(names, 'claim', incident, json);
    if (['proceeding', 'continues'].includes(field)) return idIn(names, 'proceeding', incident, json);
    return field === 'ruling' ? idIn(names, 'ruling', incident, json) : json;
  }
  if (json === null || typeof json !== 'object') return json;
  const party = 'kind' in json && json.kind === 'party';
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => {
      if (key === 'claims' && Array.isArray(value) && typeof value[0] === 'object')
        return [key, value.map((item) => withIds(item, incident, names, 'one'))];
      if (key === 'into' || (key === 'replacedBy' && 'kind' in json && json.kind === 'retract_incident'))
        return [key, id('incident', String(value))];
      return [key, withIds(value, incident, names, party && key === 'value' ? 'speaker' : key)];
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

/** The events of the incidents, by their refs, and how each names what others made. */
type Entered = { incidents: Map<string, Given[]>; names: Names };
const enter = (model: Model, { incidents, names }: Entered) => {
  for (const { ref, body } of model.incidents) {
    const { claims, rationale, ...fields } = proposalBody.parse(withIds(body, ref));
    const report = { type: 'IncidentReported', data: fields } as Given;
    incidents.set(ref, [report, ...claims.map((claim) => eventOf({ kind: 'add_claim', claim }, ref))]);
    for (const claim of claims) if (claim.ref !== null) names.set(own(ref, claim.ref), madeId('claim', ref, claim.ref));
  }
};
const apply = (model: Model, entered: Entered) => {
  const { incidents, names } = entered;
  for (const { incident, changes } of model.edits) {
    const sent = changes.map((change) => sentChange.parse(withIds(change, incident, names)));
    incidents.get(incident)?.push(...sent.map((change) => eventOf(change, incident)));
    for (const change of sent) {
      const made = kindOf(change).makes;
      const ref = kindOf(change).refOf(change);
      if (made !== null && ref !== null) names.set(own(incident, ref), madeId(made, incident, ref));
      if (change.kind === 'merge_incident') absorb(entered, incident, change.into);
      if (change.kind === 'unmerge_incident') release(entered, incident);
    }
  }
};

const refOfIncident = ({ incidents }: Entered, of: string): string => [...incidents.keys()].find((ref) => id('incident', ref) === of) ?? '';
const lastRevision = ({ incidents }: Entered, ref: string): number => (incidents.get(ref)?.length ?? 0) - 1;

/** What follows a merge on the survivor. */
const absorb = (entered: Entered, incident: string, into: string) => {
  const survivor = refOfIncident(entered, into);
  const data = { from: id('incident', incident), revision: lastRevision(entered, incident), via: null };
  entered.incidents.get(survivor)?.push({ type: 'IncidentAbsorbed', data });
  for (const [name, made] of [...entered.names]) {
    if (name.startsWith(own(incident, ''))) entered.names.set(name.replace(incident, survivor), made);
  }
};

/** What comes back with the end of a merge, and what follows it on the survivor. */
const release = (entered: Entered, incident: string) => {
  const { incidents, names } = entered;
  const merged = incidents.get(incident)?.findLast(({ type }) => type === 'IncidentMerged')?.data as { into: string };
  const survivor = refOfIncident(entered, merged.into);
  const from = id('incident', incident);
  const revision = lastRevision(entered, incident);
  const back = returning(eventsOf(entered, survivor), { from, command: '00000000-0000-5000-8000-000000000000', edit: 1 });
  incidents.get(incident)?.push(...(back as unknown as Given[]));
  incidents.get(survivor)?.push({ type: 'IncidentReleased', data: { from, revision } });
  const made = back.flatMap((event) => (event.type === 'ChangesReturned' ? event.data.made : []));
  for (const [name, was] of [...names]) {
    const now = made.find((one) => one.was === was)?.id;
    if (now !== undefined && name.startsWith(own(survivor, ''))) names.set(name.replace(survivor, incident), now);
  }
};

/** The incident's events as they are read, with what it absorbs beside them. */
const eventsOf = (entered: Entered, ref: string): DomainEvent[] =>
  asRead(entered.incidents.get(ref) ?? [], ref).map((event) => {
    if (event.type !== 'IncidentAbsorbed') return event;
    return { ...event, absorbed: eventsOf(entered, refOfIncident(entered, event.data.from)).slice(0, event.data.revision + 1) };
  });

const partiesOf = (models: Model[]): Parties => {
  const facts = new Map<string, PartyFacts>();
  for (const { ref, body } of models.flatMap(({ parties }) => parties)) {
    const { kind, name, private: isPrivate, publicRole, parent } = partyBody.parse(withIds(body, ''));
    facts.set(id('party', ref), { id: id('party', ref), kind, name, private: isPrivate ?? true, publicRole, parent, mergedInto: null });
  }
  return (of) => facts.get(of);
};

const derive = (events: DomainEvent[], parties: Parties) => {
  const state = fold(events);
  const derived = standings(state, parties, tagCase);
  return { derived, rows: aspectStates(claimsWithStanding(state, derived), parties, standardVocabulary) };
};

const compare = (t: Test, expected: Expected, entered: Entered, parties: Parties) => {
  const { derived, rows } = derive(eventsOf(entered, expected.incident), parties);
  const idOf = (ref: string) => idIn(entered.names, 'claim', expected.incident, ref);
  const standing = Object.keys(expected.standing).map((ref) => [ref, derived.get(idOf(ref))?.standing]);
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
      const entered: Entered = { incidents: new Map(), names: new Map() };
      for (const earlier of before) {
        enter(earlier, entered);
        apply(earlier, entered);
      }
      enter(model, entered);
      for (const expected of model.expectBefore ?? []) compare(t, expected, entered, parties);
      apply(model, entered);
      for (const expected of model.expect) compare(t, expected, entered, parties);
    });
  }
});
