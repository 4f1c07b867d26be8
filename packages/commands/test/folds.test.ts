import { type DomainEvent, evolveParty, initialParty } from '@averment/domain';
import { decoded, type EventLog, StreamUnreadable } from '@averment/event-log';
import t from 'tap';
import { createFolds } from '../src/folds.ts';
import { court, foreign, memoryLog, renamed } from './support.ts';

const streams = (count: number) => Array.from({ length: count }, (_, index) => `party_${String(index).padStart(26, '0')}`);
const foldsOver = (log: EventLog<DomainEvent>, budget = 100) => createFolds({ log, initial: initialParty, evolve: evolveParty, budget });

/** Counts what is read, and reads without touching texts. */
const counting = (log: EventLog<DomainEvent>) => {
  const reads: { stream: string; from: number; texts: boolean | undefined }[] = [];
  const counted: EventLog<DomainEvent> = {
    ...log,
    readStream: (stream, from, options) => {
      reads.push({ stream, from, texts: options?.texts });
      return log.readStream(stream, from, options);
    },
  };
  return { log: counted, reads };
};

t.test('a fold moves on from where it is, structure only', async (t) => {
  const { log, reads } = counting(memoryLog());
  const folds = foldsOver(log);
  const [stream = ''] = streams(1);
  t.equal(folds.held(stream), undefined);
  t.equal((await folds.fresh(stream)).revision, -1, 'there is no such stream');
  t.equal(folds.held(stream), undefined, 'and nothing is kept of it');
  await log.append(stream, -1, [foreign('PartyRegistered', court('A'))]);
  const fold = await folds.fresh(stream);
  t.match(fold, { revision: 0, state: { fields: { kind: 'court' } } });
  await log.append(stream, 0, [renamed('B'), renamed('C')]);
  t.equal(folds.held(stream)?.revision, 0, 'what is in memory may be behind');
  t.equal((await folds.fresh(stream)).revision, 2);
  t.equal(folds.held(stream), fold, 'and moves on in place');
  t.strictSame(
    reads,
    [0, 0, 1].map((from) => ({ stream, from, texts: false })),
  );
});

t.test('several who ask at once fold each event once', async (t) => {
  const log = memoryLog();
  const seen: number[] = [];
  const folds = createFolds({
    log,
    initial: () => 0,
    evolve: (sum, { revision }) => {
      seen.push(revision);
      return sum + 1;
    },
    budget: 100,
  });
  const [stream = ''] = streams(1);
  await log.append(stream, -1, [foreign('PartyRegistered', court('A')), renamed('B'), renamed('C')]);
  const all = await Promise.all(Array.from({ length: 5 }, () => folds.fresh(stream)));
  t.strictSame(
    all.map(({ state, revision }) => [state, revision]),
    Array(5).fill([3, 2]),
  );
  await log.append(stream, 2, [renamed('D')]);
  await Promise.all([folds.fresh(stream), folds.fresh(stream)]);
  t.strictSame(seen.slice(-1), [3]);
  t.equal(folds.held(stream)?.state, 4);
});

t.test('memory is bounded by events, the least recently used going first', async (t) => {
  const log = memoryLog();
  const folds = foldsOver(log, 5);
  const [a = '', b = '', c = ''] = streams(3);
  for (const stream of [a, b, c]) await log.append(stream, -1, [foreign('PartyRegistered', court('A')), renamed('B')]);
  await folds.fresh(a);
  await folds.fresh(b);
  await folds.fresh(a);
  await folds.fresh(c);
  t.strictSame(
    [a, b, c].map((stream) => folds.held(stream)?.revision),
    [1, undefined, 1],
  );
  await log.append(
    a,
    1,
    Array.from({ length: 9 }, (_, index) => renamed(`N${index}`)),
  );
  t.equal((await folds.fresh(a)).revision, 10, 'a stream longer than the budget is folded all the same');
  t.equal(folds.held(c), undefined);
  t.equal((await folds.fresh(b)).revision, 1);
  t.equal(folds.held(a), undefined);
});

t.test('a fold dropped while it is asked for is folded anew', async (t) => {
  const log = memoryLog();
  const [a = '', b = ''] = streams(2);
  for (const stream of [a, b]) await log.append(stream, -1, [foreign('PartyRegistered', court('A')), renamed('B')]);
  const folds = foldsOver(log, 2);
  await folds.fresh(a);
  await log.append(a, 1, [renamed('C')]);
  const [again] = await Promise.all([folds.fresh(a), folds.fresh(b)]);
  t.equal(again.revision, 2);
});

t.test('a long stream begins at its stored fold, if that is of this log', async (t) => {
  const { log, reads } = counting(memoryLog());
  const [stream = ''] = streams(1);
  await log.append(stream, -1, [foreign('PartyRegistered', court('A')), ...Array.from({ length: 39 }, (_, index) => renamed(`N${index}`))]);
  const events: (DomainEvent & { sha256?: string })[] = decoded(await log.readStream(stream, 0, { texts: false }));
  const storedAt = (revision: number, sha256 = events[revision]?.sha256 ?? '') => ({
    state: { ...events.slice(0, revision + 1).reduce(evolveParty, initialParty()), id: 'from the stored fold' },
    revision,
    sha256,
  });
  const begun = async (stored: () => Promise<ReturnType<typeof storedAt> | null>) => {
    reads.length = 0;
    const { state, revision } = await createFolds({ log, initial: initialParty, evolve: evolveParty, budget: 100, stored }).fresh(stream);
    return { id: state.id, seen: state.streamRevision, revision, from: reads.map(({ from }) => from) };
  };
  const whole = { id: stream, seen: 39, revision: 39 };
  t.strictSame(await begun(async () => storedAt(35)), { ...whole, id: 'from the stored fold', from: [0, 35] });
  t.strictSame(await begun(async () => storedAt(39)), { ...whole, id: 'from the stored fold', from: [0, 39] });
  t.strictSame(await begun(async () => null), { ...whole, from: [0, 32] }, 'there is none');
  t.strictSame(await begun(async () => storedAt(35, '0'.repeat(64))), { ...whole, from: [0, 35, 0] }, 'another event stands there');
  t.strictSame(await begun(async () => ({ ...storedAt(39), revision: 60 })), { ...whole, from: [0, 60, 0] }, 'the log ends before it');
  t.strictSame(await begun(() => Promise.reject(new Error('no model'))), { ...whole, from: [0, 32] }, 'the model is away');
  await log.append(streams(2)[1] ?? '', -1, [foreign('PartyRegistered', court('B'))]);
  const folds = createFolds({
    log,
    initial: initialParty,
    evolve: evolveParty,
    budget: 100,
    stored: () => Promise.reject(new Error('asked')),
  });
  t.equal((await folds.fresh(streams(2)[1] ?? '')).revision, 0, 'of a short one none is asked for');
});

t.test('a fold up to a revision is exactly that', async (t) => {
  const log = memoryLog();
  const folds = foldsOver(log);
  const [stream = ''] = streams(1);
  await log.append(stream, -1, [
    foreign('PartyRegistered', { ...court('A') }),
    foreign('PartyCorrected', { fields: ['parent'], set: { parent: 'party_x' }, reason: 'So.' }),
  ]);
  t.equal((await folds.at(stream, 0)).state.fields?.parent, null, 'also before anything is in memory');
  const fresh = await folds.fresh(stream);
  t.equal(await folds.at(stream, 1), fresh);
  t.equal((await folds.at(stream, 0)).state.fields?.parent, null);
  t.equal(fresh.revision, 1, 'the one in memory is left alone');
});

t.test('an event that cannot be decoded stops the fold before it', async (t) => {
  const log = memoryLog();
  const [stream = ''] = streams(1);
  await log.append(stream, -1, [foreign('PartyRegistered', court('A')), renamed('B')]);
  let broken = true;
  const folds = foldsOver({
    ...log,
    readStream: async (...args) => {
      const events = await log.readStream(...args);
      return events.map((event) =>
        broken && event.revision === 1 ? { ...event, undecodable: 'corrupt' as const, error: 'changed' } : event,
      );
    },
  });
  await t.rejects(folds.fresh(stream), StreamUnreadable);
  t.equal(folds.held(stream), undefined);
  broken = false;
  t.equal((await folds.fresh(stream)).revision, 1);
});
