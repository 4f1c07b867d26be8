import {
  commandId,
  type DomainEvent,
  decideIncident,
  derivedId,
  editBody,
  editTag,
  eventId,
  evolveIncident,
  type IncidentCommand,
  initialIncident,
  proposalBody,
  proposalChanges,
  resolveChanges,
} from '@averment/domain';
import type { EventToAppend } from '@averment/event-log';
import { facts, partyOf, placeOf, sentences, sourceOf, sources } from './cast.ts';
import { randomFrom } from './random.ts';

/** One append to an incident's stream, as the product would have made it. */
export type Append = { stream: string; expected: number; events: EventToAppend[] };
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

const proposalOf = (index: number, claims: number, random: () => number): Body => {
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
    claims: Array.from({ length: claims }, (_, claim) => claimOf(index, claim)),
    rationale: 'The first article on it.',
  };
};

export const incidentId = (seed: number, index: number): string => derivedId('incident', commandOf(`${seed} ${index} 0`), 'incident');
const commandOf = (key: string): string => commandId({ subject: 'bench', method: 'POST', path: '/', key });

/** An incident in the making: every step adds the appends that the product would make, submission and approval apart. */
export const writeIncident = (seed: number, index: number) => {
  const stream = incidentId(seed, index);
  const appends: Append[] = [];
  let state = initialIncident();
  let commands = 0;
  const next = () => commandOf(`${seed} ${index} ${commands++}`);

  const run = (command: IncidentCommand) => {
    const decided = decideIncident(state, command, facts);
    if (!decided.ok) throw new Error(`${decided.error.code}: ${JSON.stringify(decided.error)}`);
    const expected = state.streamRevision;
    const at = new Date().toISOString();
    const events = decided.value.map(
      ({ type, edit, data }, order): EventToAppend => ({
        ...{ id: eventId(command.command, order), type, at, actor: command.actor, edit, command: command.command },
        ...{ request: order === 0 ? 'bench' : null, correlation: null, data },
      }),
    );
    appends.push({ stream, expected, events });
    for (const [order, event] of events.entries()) {
      const place = { stream, schema: 1, revision: expected + 1 + order, last: expected + events.length, position: 0n, recordedAt: at };
      state = evolveIncident(state, { ...event, ...place } as DomainEvent);
    }
  };

  const approve = (edit: number) => {
    for (const actor of ['reviewer', 'reviewer2']) {
      const open = state.edits.get(edit);
      if (open?.state !== 'submitted') return;
      const [version] = open.versions;
      if (version === undefined) throw new Error(`edit ${edit} has no version`);
      run({ kind: 'decide', command: next(), actor, edit, ifMatch: editTag(state, edit), decision: 'approve', reason: null, version });
    }
  };

  const context = (command: string) => ({ command, editCommand: command, sourceText: (id: string) => sources.get(id)?.text });

  return {
    stream,
    appends,
    events: () => state.streamRevision + 1,
    claims: () => [...state.claims.keys()],
    report: (claims: number, random = randomFrom(seed * 1_000_003 + index)) => {
      const command = next();
      const body = proposalBody.parse(proposalOf(index, claims, random));
      const resolved = proposalChanges(body, context(command));
      if (!resolved.ok) throw new Error(JSON.stringify(resolved.error));
      run({ kind: 'propose', command, actor: 'author', rationale: body.rationale, ...resolved.value });
      approve(1);
    },
    edit: (changes: Body[]) => {
      const command = next();
      const body = editBody.parse({ baseRevision: state.revision, rationale: 'As the source says.', changes });
      const resolved = resolveChanges(body.changes, { ...context(command), pointer: '/changes' });
      if (!resolved.ok) throw new Error(JSON.stringify(resolved.error));
      run({ kind: 'submit', command, actor: 'author', rationale: body.rationale, baseRevision: body.baseRevision, ...resolved.value });
      approve(state.edits.size);
    },
  };
};
