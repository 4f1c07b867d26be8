import {
  bringsVersion,
  commandId,
  contributors,
  type DomainEvent,
  type EditOf,
  evolveIncident,
  evolveParty,
  evolveSource,
  initialIncident,
  initialParty,
  initialSource,
  type Review,
} from '@averment/domain';
import type { StoredEvent } from '@averment/event-log';
import { together, type Verdict } from '../experiment.ts';
import type { Model } from './model.ts';

/** A command that was answered: under which identity, and at which position its events were told to end. */
export type Acknowledged = {
  subject: string;
  method: 'POST' | 'PUT' | 'DELETE';
  path: string;
  key: string;
  position: string;
  answer: string;
};

/** P1, P2: each acknowledged command stands once in the log, whole, at the position that was told, and each repeat was answered the same. */
export const commandFindings = (events: readonly DomainEvent[], acknowledged: readonly Acknowledged[]): Verdict => {
  const findings: string[] = [];
  const appends = Map.groupBy(events, ({ command }) => command);
  for (const [command, own] of appends) {
    const [first] = own;
    const whole = own.every(
      ({ stream, revision, last }, n) => stream === first?.stream && last === first.last && revision === first.revision + n,
    );
    if (!whole || own.at(-1)?.revision !== first?.last)
      findings.push(`P2: command ${command} stands in more than one append, or not whole`);
  }
  const answers = new Map<string, string>();
  for (const { subject, method, path, key, position, answer } of acknowledged) {
    const command = commandId({ subject, method, path, key });
    const end = appends.get(command)?.at(-1);
    if (end === undefined) findings.push(`P1: ${path} (${key}) was acknowledged and is lost`);
    else if (String(end.position) !== position)
      findings.push(`P1: ${path} (${key}) was acknowledged at ${position} and stands at ${end.position}`);
    if ((answers.get(command) ?? answer) !== answer)
      findings.push(`P2: ${path} (${key}) was answered ${answers.get(command)}, then ${answer}`);
    answers.set(command, answer);
  }
  return { checks: appends.size + acknowledged.length, findings };
};

/** P3: what the log once was is how it still begins. */
export const orderFindings = (now: readonly StoredEvent[], earlier: readonly (readonly StoredEvent[])[]): Verdict => ({
  checks: earlier.length,
  findings: earlier
    .filter((events) => events.some((event, n) => now[n]?.canonical !== event.canonical || now[n]?.position !== event.position))
    .map((events) => `P3: the first ${events.length} events are not what they were`),
});

/** P4: without repeats, what the follower saw is the log. */
export const feedFindings = (now: readonly StoredEvent[], seen: readonly bigint[]): Verdict => {
  const inOrder: bigint[] = [];
  for (const position of seen) if (position > (inOrder.at(-1) ?? 0n)) inOrder.push(position);
  const wanted = now.map(({ position }) => position);
  const same = inOrder.join() === wanted.join();
  return { checks: wanted.length, findings: same ? [] : [`P4: a follower saw ${inOrder.join()} of ${wanted.join()}`] };
};

/** P5: the model is what a rebuild gives. */
export const modelFindings = (model: Model, rebuilt: Model): Verdict => {
  if (model.checkpoint !== rebuilt.checkpoint)
    return { checks: 1, findings: [`P5: the model is at ${model.checkpoint}, a rebuild at ${rebuilt.checkpoint}`] };
  const names = new Set([...model.counted.keys(), ...rebuilt.counted.keys()]);
  const differs = (name: string) =>
    JSON.stringify(model.rows.get(name)) !== JSON.stringify(rebuilt.rows.get(name)) ||
    model.counted.get(name) !== rebuilt.counted.get(name);
  return { checks: names.size, findings: [...names].filter(differs).map((name) => `P5: the row of ${name} differs from a rebuild`) };
};

/** What is decided of a merge is followed once and in order by the survivor, unless another merge cut it; and what was said of a thing is never lost. */
export const mergeFindings = (events: readonly DomainEvent[]): Verdict => {
  const findings: string[] = [];
  const told = new Map<string, DomainEvent[]>();
  for (const event of events) {
    if (event.type !== 'IncidentAbsorbed' && event.type !== 'IncidentReleased') continue;
    const key = `${event.type} ${event.stream} ${event.data.from} ${event.data.revision}`;
    told.set(key, [...(told.get(key) ?? []), event]);
  }
  for (const [key, { length }] of told) if (length > 1) findings.push(`merge: ${key} stands ${length} times`);
  const into = new Map<string, string>();
  let checks = told.size;
  for (const event of events) {
    const { type, stream, revision } = event;
    if (type === 'IncidentMerged') into.set(stream, event.data.into);
    const survivor = into.get(stream);
    if (type !== 'IncidentUnmerged' || survivor === undefined) continue;
    checks += 1;
    if (!told.has(`IncidentReleased ${survivor} ${stream} ${revision}`))
      findings.push(`merge: ${survivor} was not told of the end at ${revision} of ${stream}`);
    into.delete(stream);
  }
  // What is merged to the last: somebody on the way holds it, unless the way is a circle.
  for (const [stream, survivor] of into) {
    const seen = new Set([stream]);
    let at: string | undefined = survivor;
    for (; at !== undefined && !seen.has(at); at = into.get(at)) seen.add(at);
    checks += 1;
    const merged = events.findLast((event) => event.type === 'IncidentMerged' && event.stream === stream);
    if (at === undefined && !told.has(`IncidentAbsorbed ${survivor} ${stream} ${merged?.revision}`))
      findings.push(`merge: ${survivor} was not told that ${stream} is merged into it`);
  }
  return { checks, findings };
};

/** A claim that was moved is received once, with the id that was said. */
export const moveFindings = (events: readonly DomainEvent[]): Verdict => {
  const received = Map.groupBy(
    events.filter((event) => event.type === 'ClaimReceived'),
    ({ data }) => data.claim.id,
  );
  const moved = new Set(events.flatMap((event) => (event.type === 'ClaimMoved' ? [event.data.received] : [])));
  const findings = [
    ...[...moved].filter((id) => received.get(id)?.length !== 1).map((id) => `move: ${id} came ${received.get(id)?.length ?? 0} times`),
    ...[...received.keys()].filter((id) => !moved.has(id)).map((id) => `move: ${id} came from nowhere`),
  ];
  return { checks: moved.size, findings };
};

/** What has an external id is the owner of a reservation; and of the owners of one only the last is there, unless the proposal of an earlier one was given up. */
export const reservationFindings = (events: readonly DomainEvent[]): Verdict => {
  const named = events.flatMap((event) =>
    event.type === 'PartyRegistered' || event.type === 'SourceRegistered'
      ? event.data.externalId === null
        ? []
        : [event.stream]
      : event.type === 'EditSubmitted' &&
          event.data.changes.some((change) => change.kind === 'report_incident' && change.externalId !== null)
        ? [event.stream]
        : [],
  );
  const there = new Set(events.map(({ stream }) => stream));
  const givenUp = new Set(
    events.filter(({ type, edit }) => edit === 1 && (type === 'EditRejected' || type === 'EditWithdrawn')).map(({ stream }) => stream),
  );
  const reserved = events.filter((event) => event.type === 'ValueReserved');
  const owners = new Set(reserved.map(({ data }) => data.owner));
  const findings = named.filter((stream) => !owners.has(stream)).map((stream) => `reservation: ${stream} is the owner of none`);
  for (const [stream, own] of Map.groupBy(reserved, (event) => event.stream)) {
    const left = own.map(({ data }) => data.owner).filter((owner) => there.has(owner) && !givenUp.has(owner));
    if (new Set(left).size > 1) findings.push(`reservation: ${stream} has the owners ${left.join()}`);
  }
  return { checks: named.length + reserved.length, findings };
};

/** P4: what the durable follower kept is the log, each event once and in order, with the hash of its bytes. */
export const hashFindings = (now: readonly StoredEvent[], found: readonly { position: bigint; sha256: string }[]): Verdict => {
  const listed = (events: readonly { position: bigint; sha256: string }[]) =>
    events.map(({ position, sha256 }) => `${position} ${sha256}`).join();
  const finding = `P4: the durable follower kept ${found.length} hashes of ${now.length} events, or others`;
  return { checks: now.length, findings: listed(found) === listed(now) ? [] : [finding] };
};

export const votes = new Set(['EditApproved', 'EditRejected', 'EditChangesRequested']);

/** How many approvals of an edit count, told by what was acknowledged of the votes that were taken back, not by the fold. */
const createCount = (acknowledged: readonly Acknowledged[]) => {
  const takenBack = new Set(acknowledged.filter(({ method }) => method === 'DELETE').map((each) => commandId(each)));
  const approving = new Map<number | null, Set<string>>();
  return (event: DomainEvent): number => {
    const { type, edit, actor, command } = event;
    const approved = approving.get(edit) ?? new Set();
    approving.set(edit, approved);
    if (bringsVersion(event)) approved.clear();
    if (type === 'EditApproved') approved.add(actor);
    if (takenBack.has(command)) approved.delete(actor);
    return approved.size;
  };
};

/** The edits of a stream, event by event. */
const foldOf = (stream: string) => {
  if (stream.startsWith('source_')) return folding(initialSource(), evolveSource);
  return stream.startsWith('party_') ? folding(initialParty(), evolveParty) : folding(initialIncident(), evolveIncident);
};
const folding = <S extends Review<unknown>>(initial: S, evolve: (state: S, event: DomainEvent) => S) => {
  let state = initial;
  return {
    edits: (): ReadonlyMap<number, EditOf<unknown>> => state.edits,
    take: (event: DomainEvent) => void (state = evolve(state, event)),
  };
};

/** Of one stream. */
const decidedFindings = (stream: string, own: readonly DomainEvent[], acknowledged: readonly Acknowledged[]): Verdict => {
  const findings: string[] = [];
  let checks = 0;
  const fold = foldOf(stream);
  const decided = new Map<number, number>();
  const count = createCount(acknowledged);
  for (const event of own) {
    const edit = event.edit === null ? undefined : fold.edits().get(event.edit);
    if (votes.has(event.type)) {
      checks += 1;
      if (edit && contributors(edit).has(event.actor)) findings.push(`P7: ${event.actor} decided the own edit ${event.edit} of ${stream}`);
    }
    const approvals = count(event);
    if (event.type === 'EditApplied') {
      decided.set(event.edit ?? 0, (decided.get(event.edit ?? 0) ?? 0) + 1);
      const needed = edit?.votes.at(-1)?.needed ?? 1;
      if (approvals < needed) findings.push(`P7: edit ${event.edit} of ${stream} was applied with ${approvals} of ${needed} approvals`);
      if (edit?.versions.at(-1)?.overtaken) findings.push(`P7: edit ${event.edit} of ${stream} was applied, though it was overtaken`);
    }
    fold.take(event);
  }
  for (const [edit, times] of decided) if (times > 1) findings.push(`P2: edit ${edit} of ${stream} was applied ${times} times`);
  return { checks, findings };
};

/** P7: nobody decided what they had contributed to; and nothing was applied without the votes that it needed, or with a text that had been revised. */
export const reviewFindings = (events: readonly DomainEvent[], acknowledged: readonly Acknowledged[]): Verdict => {
  const reviewed = events.filter(({ stream }) => /^(?:incident|source|party)_/.test(stream));
  const streams = Map.groupBy(reviewed, ({ stream }) => stream);
  return together([...streams].map(([stream, own]) => decidedFindings(stream, own, acknowledged)));
};
