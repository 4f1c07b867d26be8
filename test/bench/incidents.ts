import type { Caller, CommandResult, Decided, Submitted } from '@averment/commands';
import { testCommands } from '@averment/commands/testing';
import { catalogue, commandId, type DomainEvent, derivedId, editBody, proposalBody } from '@averment/domain';
import type { EventToAppend } from '@averment/event-log';
import { createMemoryLog, createMemoryStore, type MemoryStore } from '@averment/event-log/testing';
import { systemClock, systemRandom } from '@averment/platform';
import { parties, partyOf, placeOf, registrar, sentences, sourceOf, sources } from './cast.ts';
import { randomFrom } from './random.ts';

/** One append of the product's commands. */
export type AppendCall = { stream: string; expected: number; events: EventToAppend[] };
type Body = Record<string, unknown>;

const aspects: Body[] = [
  {
    aspect: 'vehicle_motion',
    value: { kind: 'boolean', value: true },
    about: partyOf('driver'),
    statement: 'The department says that the car moved toward the officers.',
  },
  {
    aspect: 'vehicle_motion',
    value: { kind: 'boolean', value: false },
    about: partyOf('driver'),
    speaker: partyOf('witness'),
    capacity: 'eyewitness',
    statement: 'A witness says that the car stood still.',
  },
  {
    aspect: 'shots_fired',
    value: { kind: 'quantity', value: '3', unit: 'shot', comparator: 'exact', upper: null },
    speaker: partyOf('city'),
    statement: 'The city says that three shots were fired.',
  },
  {
    aspect: 'officer_identified',
    value: { kind: 'boolean', value: false },
    speaker: partyOf('lawyer'),
    capacity: 'lawyer',
    statement: 'A lawyer says that the officers did not identify themselves.',
  },
  { aspect: 'order_given', value: { kind: 'boolean', value: true }, statement: 'The department says that an order was given.' },
  {
    aspect: 'hospitalised',
    value: { kind: 'boolean', value: true },
    about: partyOf('driver'),
    speaker: partyOf('city'),
    statement: 'The city says that the driver was taken to a hospital.',
  },
];

/** A claim as sent; any two numbers give the same claim each time. An edit that adds it takes one approval. */
export const claimOf = (incident: number, claim: number): Body => ({
  speaker: placeOf(incident).agency,
  capacity: 'spokesperson',
  stance: 'asserts',
  citations: [{ source: sourceOf(`article ${incident % sources.size}`), quote: { exact: sentences[claim % sentences.length] } }],
  ...aspects[(incident + claim) % aspects.length],
});

/** The body of a proposal with so many claims. */
export const proposalOf = (index: number, claims: number, random: () => number): Body => {
  const { region, town, agency } = placeOf(index);
  const day = new Date(Date.UTC(2020, 0, 1 + Math.floor(random() * 2000))).toISOString().slice(0, 10);
  return {
    title: `Police department stops a car in ${town}`,
    occurred: { date: day },
    place: {
      text: `A crossing in ${town}`,
      locality: town,
      region,
      country: 'US',
      precision: 'locality',
      point: { lat: 30 + random() * 18, lon: -124 + random() * 40 },
    },
    agencies: [agency],
    claims: Array.from({ length: claims }, (_, claim) => ({ ref: `c${claim}`, ...claimOf(index, claim) })),
    rationale: 'The first article on it.',
  };
};

const keyOf = (seed: number, index: number) => `${seed} ${index}`;
export const incidentId = (seed: number, index: number): string =>
  derivedId('incident', commandId({ subject: 'author', method: 'POST', path: '/v1/incidents', key: keyOf(seed, index) }), 'incident');

/** The product's commands on a log in memory, and the appends that they make. */
const commandsOn = (store: MemoryStore) => {
  const memory = createMemoryLog<DomainEvent>({ catalogue, clock: systemClock, random: systemRandom, store });
  const appends: AppendCall[] = [];
  const append: typeof memory.append = async (stream, expected, events) => {
    appends.push({ stream, expected, events: [...events] });
    return memory.append(stream, expected, events);
  };
  const commands = testCommands({ log: { ...memory, append } });
  return { commands, appends };
};

const callerOf = (subject: string, path: string, idempotencyKey: string, body: object): Caller => ({
  subject,
  role: 'reviewer',
  method: 'POST',
  path,
  idempotencyKey,
  body,
  correlation: null,
});
const accepted = <T>(result: CommandResult<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};

const registered = async () => {
  const store = createMemoryStore();
  const { commands, appends } = commandsOn(store);
  for (const [name, body] of parties) accepted(await commands.registerParty(callerOf(registrar, '/v1/parties', name, body), body));
  for (const [name, body] of sources) accepted(await commands.registerSource(callerOf(registrar, '/v1/sources', name, body), body));
  return { store, appends };
};
let cast: ReturnType<typeof registered> | undefined;
/** The sources and parties that every incident of the bench uses, registered once. */
export const registerCast = () => {
  cast ??= registered();
  return cast;
};

/** An incident in the making, on a log of its own that begins with the cast: every step adds the appends of a submission and its approval. */
export const writeIncident = async (seed: number, index: number) => {
  const { store } = await registerCast();
  const { all, streams, vault, lastStamp } = store;
  const own = { ...createMemoryStore(), all: [...all], streams: new Map(streams), vault: new Map(vault), lastStamp };
  const { commands, appends } = commandsOn(own);
  const incident = incidentId(seed, index);
  const claims: string[] = [];
  let baseRevision = 0;
  let keys = 0;
  const nextKey = () => `${keyOf(seed, index)} ${keys++}`;

  const approve = async ({ edit, ...submitted }: Submitted) => {
    let last: Pick<Decided, 'state' | 'etag' | 'appliedRevision'> = { ...submitted, appliedRevision: null };
    for (const reviewer of ['reviewer', 'reviewer2']) {
      if (last.state !== 'submitted') break;
      const vote = { decision: 'approve', reason: null } as const;
      const caller = callerOf(reviewer, `/v1/incidents/${incident}/edits/${edit}/decision`, nextKey(), vote);
      last = accepted(await commands.decideEdit(caller, { stream: incident, edit, ifMatch: [last.etag], ...vote }));
    }
    if (last.appliedRevision === null) throw new Error(`edit ${edit} of ${incident} was not applied`);
    baseRevision = last.appliedRevision;
  };

  const submit = async (changes: Body[]) => {
    const body = editBody.parse({ baseRevision, rationale: 'As the source says.', changes });
    const caller = callerOf('author', `/v1/incidents/${incident}/edits`, nextKey(), body);
    return accepted(await commands.submitEdit(caller, { incident, body }));
  };

  return {
    stream: incident,
    appends,
    events: () => appends.reduce((sum, { events }) => sum + events.length, 0),
    claims,
    report: async (count: number, random = randomFrom(seed * 1_000_003 + index)) => {
      const body = proposalBody.parse(proposalOf(index, count, random));
      const submitted = accepted(await commands.proposeIncident(callerOf('author', '/v1/incidents', keyOf(seed, index), body), body));
      claims.push(...Object.values(submitted.refs));
      await approve(submitted);
    },
    edit: async (changes: Body[]) => approve(await submit(changes)),
    /** Submits an edit that stays open. */
    wait: async (changes: Body[]) => void (await submit(changes)),
  };
};
