import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import {
  bringsVersion,
  conflictsOf,
  contributors,
  type DomainEvent,
  type Edit,
  eventSchemas,
  evolveIncident,
  type Incident,
  incidentForm,
  initialIncident,
  isOpenEdit,
  type NewEvent,
  outdatedOf,
  type Result,
  recordEvents,
  structureOf,
  textPaths,
  withdrawEdit,
} from '../src/index.ts';
import { seeds, sessionOf } from './arbitrary-session.ts';
import type { Scene } from './scene.ts';
import { readAfterErasures, structureOf as readWithoutTexts, withoutPaths } from './stream.ts';

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

t.test('the structure of an event is what is read without texts, and the event stays as it is', async (t) => {
  fc.assert(
    fc.property(seeds, (given) =>
      sessionOf(given).scene.events.every((event) => {
        const before = structuredClone(event);
        return isDeepStrictEqual(structureOf(event), readWithoutTexts(event)) && isDeepStrictEqual(event, before);
      }),
    ),
    runs,
  );
  t.pass();
});

t.test('an edit that closes is named by the event that closes it', async (t) => {
  const openIn = ({ edits }: Incident) => new Set([...edits.values()].filter(isOpenEdit).map(({ edit }) => edit));
  let closed = 0;
  fc.assert(
    fc.property(seeds, (given) => {
      let state = initialIncident();
      for (const event of sessionOf(given).scene.events) {
        const before = openIn(state);
        state = evolveIncident(state, event);
        const after = openIn(state);
        const gone = [...before].filter((edit) => !after.has(edit));
        closed += gone.length;
        if (gone.some((edit) => edit !== event.edit)) return false;
      }
      return true;
    }),
    runs,
  );
  t.ok(closed > 0);
});

t.test('whoever changes the form of the state, or what the fold makes of the same events, gives it another number', async (t) => {
  const asJson = (_: string, value: unknown): unknown => {
    if (value instanceof Map) return { map: [...value] };
    if (value instanceof Set) return { set: [...value] };
    return typeof value === 'bigint' ? String(value) : value;
  };
  const [events, states] = [createHash('sha256'), createHash('sha256')];
  for (const { scene } of fc.sample(seeds, { numRuns: 300, seed: 7 }).map(sessionOf)) {
    events.update(JSON.stringify(scene.events, asJson));
    states.update(JSON.stringify(fold(scene.events.map(structureOf)), asJson));
  }
  t.equal(
    events.digest('hex'),
    'b7f4ce37bb627233b7cf0b7a21c676ca3bfc01fd422a0046e0aedcdfa931fcc7',
    'the sessions of this test are others: write their hash here, and that of their states',
  );
  t.strictSame(
    { form: incidentForm, states: states.digest('hex') },
    { form: 17, states: 'c7db0ce04e1542586e2f1390095ba8f8baa0f2ac9cf41eb70a06cc8ba7589174' },
    'of the same sessions other states are made: raise `incidentForm`, and write both here, as folds are stored',
  );
});

t.test('nobody ever decides what they contributed to, and no reviewer counts twice', async (t) => {
  fc.assert(
    fc.property(seeds, (given) => {
      const { scene } = sessionOf(given);
      for (const edit of scene.state.edits.values()) {
        const authorsAt = (revision: number) => new Set(edit.versions.filter((each) => each.revision < revision).map(({ by }) => by));
        if (edit.votes.some(({ by, revision }) => authorsAt(revision).has(by))) return false;
        if (edit.state !== 'applied') continue;
        const all = contributors(edit);
        const last = edit.votes.at(-1);
        const approvers = new Set(
          edit.votes
            .filter(({ version, decision, withdrawn }) => version === last?.version && decision === 'approve' && !withdrawn)
            .filter(({ by }) => !all.has(by))
            .map(({ by }) => by),
        );
        if (approvers.size < (last?.needed ?? 2)) return false;
      }
      return true;
    }),
    runs,
  );
  t.pass();
});

/** What approval of a submitted edit is refused for that its own stream holds, as `outdated` names it; undefined where facts had their say. */
const refusedFor = ({ decided, bare }: Scene, { edit }: Edit): string | null | undefined => {
  const approved = decided(edit, 'approve', 'somebody else');
  if (approved.ok) return null;
  const { code } = approved.error;
  const ofFacts = code === 'InvalidChange' || code === 'SourceTextUnknown' || (code === 'RecordState' && bare.status === 'published');
  return ofFacts ? undefined : code.replace(/(?<=.)[A-Z]/g, '-$&').toLowerCase();
};

t.test('an open edit is outdated exactly where its approval would be refused for what its own stream holds', async (t) => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(seeds, (given) => {
      const { scene } = sessionOf(given);
      return [...scene.bare.edits.values()].every((edit) => {
        const outdated = outdatedOf(scene.bare, edit);
        if (!isOpenEdit(edit) || edit.waitsFor !== null) return outdated === null;
        if (outdated) seen.add(outdated.problem);
        const refused = edit.state === 'submitted' ? refusedFor(scene, edit) : undefined;
        if (refused !== undefined && refused !== (outdated?.problem ?? null)) return false;
        return isDeepStrictEqual(outdated?.events ?? [], conflictsOf(scene.bare, edit.edit));
      });
    }),
    runs,
  );
  t.ok(seen.has('edit-outdated'), [...seen].join());
});

t.test('what is split is in one of the two edits, and nothing is lost or doubled', async (t) => {
  let splits = 0;
  fc.assert(
    fc.property(seeds, (given) => {
      const { events, state } = sessionOf(given).scene;
      const said = (event: DomainEvent | undefined) =>
        bringsVersion(event) ? event.data.changes.map((change) => JSON.stringify(change)) : [];
      const versions = new Map<number | null, DomainEvent>();
      for (const [index, event] of events.entries()) {
        if (event.type === 'EditSplit' && event.data.splitInto !== null) {
          splits += 1;
          const divided = said(versions.get(event.edit));
          if (!isDeepStrictEqual([...said(event), ...said(events[index + 1])].sort(), divided.sort())) return false;
        }
        if (bringsVersion(event)) versions.set(event.edit, event);
      }
      const added = events.flatMap((event) => (event.type === 'ClaimAdded' ? [event.data.claim.id] : []));
      return new Set(added).size === added.length && added.every((id) => state.claims.has(id));
    }),
    runs,
  );
  t.ok(splits > 0);
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
        if (!bringsVersion(submitted)) return false;
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
      return isDeepStrictEqual(scene.bare, fold(readAfterErasures(scene.events).map(readWithoutTexts)));
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
  for (const { scene, results } of fc.sample(seeds, { numRuns: 500, seed: 7 }).map(sessionOf)) {
    for (const { type } of scene.events) seen.add(type);
    for (const result of results) if (!result.ok) seen.add(result.error.code);
  }
  // No session has a second incident.
  const ofMerges: ReadonlySet<string> = new Set(['IncidentAbsorbed', 'IncidentReleased', 'ChangesReturned', 'ClaimReceived']);
  for (const type of [
    ...[...recordEvents].filter((type) => !ofMerges.has(type)),
    'EditRevised',
    'EditChangesRequested',
    'EditRejected',
    'EditVoteWithdrawn',
    'EditWithdrawn',
    'EditHandedOver',
    'EditSplit',
    'EditReopened',
    'EditCommented',
    'EditCommentResolved',
    'ReviewLeaseBroken',
    'TextErased',
  ])
    t.ok(seen.has(type), type);
  const codes = [
    'InvalidChange',
    'RecordState',
    'CarryNeeded',
    'ClaimNamed',
    'EditOutdated',
    'IncidentState',
    'EditState',
    'VoteRepeated',
    'CommentsOpen',
    'SelfApproval',
    'NotAuthor',
    'EtagMismatch',
    'TextErased',
  ];
  for (const code of codes) t.ok(seen.has(code), code);
});
