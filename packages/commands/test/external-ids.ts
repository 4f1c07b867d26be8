import {
  type DomainEvent,
  type PartyBody,
  type ProposalBody,
  partyBody,
  proposalBody,
  type SourceBody,
  sourceBody,
} from '@averment/domain';
import { type EventLog, LogUnavailable } from '@averment/event-log';
import { systemClock } from '@averment/platform';
import type { Test } from 'tap';
import type { CommandResult, Commands } from '../src/index.ts';
import { createMemoryLeases, testCommands } from '../src/testing.ts';
import { callerOf } from './support.ts';

type Log = EventLog<DomainEvent>;

/** A log that takes so many appends. The next one fails: before it is written, or after it where only the answer is lost. */
const dying = (log: Log, appends: number, isWritten: boolean): Log => {
  let left = appends;
  return {
    ...log,
    append: async (...given) => {
      left -= 1;
      if (left < 0 && isWritten && left === -1) await log.append(...given);
      if (left < 0) throw new LogUnavailable('killed');
      return log.append(...given);
    },
  };
};

const commandsOn = (log: Log): Commands => testCommands({ log, leases: createMemoryLeases(systemClock) });
const contributor = (key: string, subject = 'contributor') => callerOf({ subject, idempotencyKey: key, body: {} });
const called = (value: string) => ({ externalId: { scheme: 'list', value } });
const party = (value: string): PartyBody => partyBody.parse({ kind: 'agency', name: `The port ${value}`, ...called(value) });
const source = (value: string): SourceBody =>
  sourceBody.parse({ kind: 'article', language: 'en', text: 'Nobody saw it.', ...called(value) });
const article = (value: string): ProposalBody =>
  proposalBody.parse({
    title: 'One',
    occurred: {},
    place: null,
    agencies: ['port'],
    rationale: 'It is in the list.',
    sources: [{ ref: 'report', ...source(value) }],
    parties: [{ ref: 'port', ...party(value) }],
    ...called(value),
  });

/** Who is killed, and somebody else. */
const subjects = ['contributor', 'contributor2'];
/** Of a reservation and the thing itself three times: source, party and incident. */
const appendsOfArticle = 6;

const streamsSince = async (log: Log, position: bigint) => {
  const events = await log.readAll(position, 10_000, { texts: false });
  return events.map(({ stream }) => stream.slice(0, stream.indexOf('_'))).sort();
};
const whole = ['incident', 'party', 'reservation', 'reservation', 'reservation', 'source'];

const idOf = <T>(done: CommandResult<T>, own: (value: T) => string): string => (done.ok ? own(done.value) : (done.error.existing ?? ''));

/** What holds of external ids on any log. `open` opens the same one as another process would; `thorough`: whoever may come after a crash comes. */
export const externalIdContract = (t: Test, newLog: (t: Test) => Promise<{ open(): Promise<Log> }>, thorough = false): void => {
  t.test('a crash between any two appends leaves what whoever comes next completes, each thing once', async (t) => {
    const { open } = await newLog(t);
    const log = await open();
    const places = [false, true].flatMap((isWritten) => Array.from({ length: appendsOfArticle }, (_, appends) => ({ isWritten, appends })));
    const nexts = ({ appends }: { appends: number }) => (thorough ? subjects : [subjects[appends % 2] ?? '']);
    for (const { isWritten, appends, next } of places.flatMap((place) => nexts(place).map((next) => ({ ...place, next })))) {
      const value = `${appends} ${isWritten} ${next}`;
      const begun = await log.head();
      const send = (own: Log, subject: string) => commandsOn(own).proposeIncident(contributor(value, subject), article(value));
      await t.rejects(send(dying(log, appends, isWritten), 'contributor'), { name: 'LogUnavailable' });
      const done = await send(log, next);
      t.same(await streamsSince(log, begun), whole, value);
      // The incident of the one who was killed is not the other's to see.
      const isTheirs = isWritten && appends === appendsOfArticle - 1 && next !== 'contributor';
      const taken = { ok: false, error: { code: 'ExternalIdTaken', existing: undefined } };
      t.match(done, isTheirs ? taken : { ok: true });
      t.same(await send(log, next), done, 'a repeat is answered as the first time');
      if (next === 'contributor' || isTheirs) continue;
      t.match(await send(log, 'contributor'), taken);
      t.same(await streamsSince(log, begun), whole, 'and whoever was killed writes no second one');
    }
  });

  t.test('of several at once one wins, and the others are told of the same', async (t) => {
    const { open } = await newLog(t);
    const logs = [await open(), await open()];
    const [log] = logs;
    for (let n = 0; log && n < 2; n += 1) {
      const value = `${n}`;
      const begun = await log.head();
      const processes = [...logs, ...logs].map(commandsOn);
      const each = <T>(run: (commands: Commands, key: string) => Promise<CommandResult<T>>) =>
        Promise.all(processes.map((commands, at) => run(commands, `${value} ${at}`)));
      const answers = await each((commands, key) => commands.proposeIncident(contributor(key), article(value)));
      t.equal(answers.filter(({ ok }) => ok).length, 1);
      t.equal(new Set(answers.map((done) => idOf(done, ({ of }) => of.id))).size, 1);
      t.same(await streamsSince(log, begun), whole, 'each thing once');
      const parties = await each((commands, key) => commands.registerParty(contributor(key), party(`of ${value}`)));
      t.equal(new Set(parties.map((done) => idOf(done, ({ id }) => id))).size, 1);
      const sources = await each((commands, key) => commands.registerSource(contributor(key), source(`of ${value}`)));
      t.equal(new Set(sources.map((done) => idOf(done, ({ id }) => id))).size, 1);
      t.same(
        [parties, sources].map((all) => all.filter(({ ok }) => ok).length),
        [1, 1],
      );
      const several = await each((commands, key) =>
        commands.registerParties(
          contributor(key),
          ['a', 'b', 'c'].map((one) => ({ ...party(`${one} ${value}`), ref: one })),
        ),
      );
      const made = new Set(several.map((done) => (done.ok ? done.value.parties.map(({ id }) => id).join(' ') : done.error.code)));
      t.equal(made.size, 1, 'of several all get the same');
    }
  });
};
