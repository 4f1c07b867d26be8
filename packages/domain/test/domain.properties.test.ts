import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import {
  type DomainEvent,
  eventSchemas,
  evolveIncident,
  type Incident,
  initialIncident,
  type NewEvent,
  type Result,
  recordEvents,
  textPaths,
  withdrawEdit,
} from '../src/index.ts';
import { seeds, sessionOf } from './arbitrary-session.ts';
import { readAfterErasures, structureOf, withoutPaths } from './stream.ts';

const runs = { numRuns: 100 };
const fold = (events: readonly DomainEvent[]): Incident => events.reduce(evolveIncident, initialIncident());

const sorted = (_: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

t.test('every event that a session makes is one that its schema takes unchanged, and that the fold takes', async (t) => {
  fc.assert(
    fc.property(seeds, (given) => {
      const { scene } = sessionOf(given);
      for (const { type, data } of scene.events) {
        const parsed = eventSchemas[type].safeParse(data);
        if (!parsed.success) throw new Error(`${type}: ${parsed.error.message}`);
        if (JSON.stringify(parsed.data, sorted) !== JSON.stringify(data, sorted)) throw new Error(`${type} is changed by its schema`);
      }
      return scene.state.streamRevision === scene.events.length - 1 && fold(scene.events).claims.size === scene.state.claims.size;
    }),
    runs,
  );
  t.pass();
});
t.test('every text is found: without them no word of anybody is left', async (t) => {
  fc.assert(
    fc.property(seeds, (given) => {
      const { scene } = sessionOf(given);
      for (const { type, data } of scene.events) {
        const left = JSON.stringify(withoutPaths(data, textPaths(eventSchemas[type])(data)));
        if (/§|moved/.test(left)) throw new Error(`${type} keeps a text: ${left}`);
      }
      return true;
    }),
    runs,
  );
  t.pass();
});

t.test('nobody ever decides what they contributed to, and no reviewer counts twice', async (t) => {
  fc.assert(
    fc.property(seeds, (given) => {
      const { scene } = sessionOf(given);
      for (const edit of scene.state.edits.values()) {
        const authors = new Set(edit.versions.map(({ by }) => by));
        if (edit.votes.some(({ by }) => authors.has(by))) return false;
        if (edit.state !== 'applied') continue;
        const last = edit.votes.at(-1);
        const approvers = new Set(
          edit.votes.filter(({ version, decision }) => version === last?.version && decision === 'approve').map(({ by }) => by),
        );
        if (approvers.size < (last?.needed ?? 2)) return false;
      }
      return true;
    }),
    runs,
  );
  t.pass();
});

t.test('what is applied is what was submitted, in one append that ends it', async (t) => {
  fc.assert(
    fc.property(seeds, (given) => {
      const { scene } = sessionOf(given);
      for (const edit of scene.state.edits.values()) {
        const record = scene.events.filter((event) => event.edit === edit.edit && !/^Edit|^Review/.test(event.type));
        if (edit.state !== 'applied') {
          if (record.length > 0) return false;
          continue;
        }
        const submitted = scene.events[edit.versions.at(-1)?.revision ?? -1];
        if (submitted?.type !== 'EditSubmitted' && submitted?.type !== 'EditRevised') return false;
        const changes = submitted.data.changes.map(({ kind: _, ...data }) => JSON.stringify(data));
        if (JSON.stringify(changes.sort()) !== JSON.stringify(record.map(({ data }) => JSON.stringify(data)).sort())) return false;
        if (record.some(({ last }) => last !== edit.appliedRevision)) return false;
      }
      return true;
    }),
    runs,
  );
  t.pass();
});

t.test('what is erased changes nothing but texts', async (t) => {
  fc.assert(
    fc.property(seeds, (given) => {
      const { scene } = sessionOf(given);
      return isDeepStrictEqual(scene.bare, fold(readAfterErasures(scene.events).map(structureOf)));
    }),
    runs,
  );
  t.pass();
});

t.test('the same command again yields nothing, at any later time', async (t) => {
  fc.assert(
    fc.property(seeds, (given) => {
      const { scene } = sessionOf(given);
      return [...scene.state.commands.keys()].every((command) => {
        const decided = withdrawEdit(scene.state, { command, actor: 'anybody', edit: 1, ifMatch: null, reason: null });
        return decided.ok && decided.value.length === 0;
      });
    }),
    runs,
  );
  t.pass();
});

t.test('decisions on structure alone, with the facts that they need alone, are the same', async (t) => {
  const told = (result: Result<NewEvent[]>) =>
    JSON.stringify(
      result.ok
        ? result.value.map(({ type }) => type)
        : [result.error.code, result.error.errors?.map(({ pointer }) => pointer), result.error.events],
    );
  fc.assert(
    fc.property(seeds, (given) => sessionOf(given).scene.decisions.every(({ whole, bare }) => told(whole) === told(bare))),
    runs,
  );
  t.pass();
});

t.test('sessions come to all kinds of events and refusals', async (t) => {
  const seen = new Set<string>();
  for (const { scene, results } of fc.sample(seeds, { numRuns: 300, seed: 7 }).map(sessionOf)) {
    for (const { type } of scene.events) seen.add(type);
    for (const result of results) if (!result.ok) seen.add(result.error.code);
  }
  for (const type of [
    ...recordEvents,
    'EditRevised',
    'EditChangesRequested',
    'EditRejected',
    'EditWithdrawn',
    'ReviewLeaseBroken',
    'TextErased',
  ])
    t.ok(seen.has(type), type);
  const codes = [
    'InvalidChange',
    'RecordState',
    'CarryNeeded',
    'EditOutdated',
    'IncidentState',
    'EditState',
    'VoteRepeated',
    'SelfApproval',
    'NotAuthor',
    'EtagMismatch',
    'TextErased',
  ];
  for (const code of codes) t.ok(seen.has(code), code);
});
