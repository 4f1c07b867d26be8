import { setTimeout as delay } from 'node:timers/promises';
import { anchorer } from '@averment/commands';
import { commandId, type DomainEvent } from '@averment/domain';
import { type EventLog, isUndecodable, type Logged } from '@averment/event-log';
import type { Base } from './bed.ts';
import { type Client, type Journal, type Json, recovery, type Write } from './client.ts';
import { together, type Verdict } from './experiment.ts';
import { anchoringFindings, erasureFindings, partyFindings, versionFindings } from './followed.ts';
import { lastingIn } from './lasting.ts';

/** Without its query: a command is known by where it was sent. */
const commandOf = ({ subject, method, path, key }: Write): string => commandId({ subject, method, path: path.split('?')[0] ?? '', key });

/** Who appends what follows from what others decided. */
const followers: readonly string[] = ['worker', anchorer];

export const readLog = async (log: EventLog<DomainEvent>): Promise<Logged<DomainEvent>[]> => {
  const all: Logged<DomainEvent>[] = [];
  for (;;) {
    const page = await log.readAll(all.at(-1)?.position ?? 0n, 500);
    if (page.length === 0) return all;
    all.push(...page);
  }
};

/**
 * P1 and P2 against the log itself: each acknowledged write is there once, at the position that was told, and nothing is there that nobody sent, nor anything
 * that cannot be read. `poisons` are the types of events that a test has put there.
 */
const compareJournal = (events: readonly Logged<DomainEvent>[], { sent, answered }: Journal, poisons: readonly string[] = []): Verdict => {
  const decoded = events.filter((event) => !isUndecodable(event)) as DomainEvent[];
  const appends = Map.groupBy(decoded, ({ command }) => command);
  const known = new Set(sent.map(commandOf));
  const acknowledged = answered.filter(({ status }) => status < 300);
  const findings: string[] = [];
  for (const event of events) {
    if (isUndecodable(event) && !poisons.includes(event.type))
      findings.push(`revision ${event.revision} of ${event.stream} cannot be read: ${event.error}`);
  }
  for (const write of acknowledged) {
    const own = appends.get(commandOf(write)) ?? [];
    if (own.length === 0)
      findings.push(`lost: ${write.method} ${write.path} (${write.key}) was acknowledged at ${String(write.json.position)}`);
    else if (String(own.at(-1)?.position) !== write.json.position)
      findings.push(
        `${write.path} (${write.key}) was acknowledged at ${String(write.json.position)} and stands at ${String(own.at(-1)?.position)}`,
      );
  }
  for (const [command, own] of appends) {
    const [first] = own;
    if (!known.has(command) && !followers.includes(first?.actor ?? ''))
      findings.push(`the log holds a command that nobody sent, in ${first?.stream}`);
    const inOneAppend = own.every(
      ({ stream, last }, index) => stream === first?.stream && last === first.last && own[index]?.revision === first.revision + index,
    );
    if (!inOneAppend || own.at(-1)?.revision !== first?.last) findings.push(`doubled or cut: command ${command} in ${first?.stream}`);
  }
  return { checks: acknowledged.length + appends.size, findings };
};

/** P2 from outside: whatever was acknowledged is sent again, wherever, and answered byte for byte as the first time; the log does not grow. */
const repeatAll = async (bed: Base, client: Client, writes: Journal['answered']): Promise<Verdict> => {
  const before = await bed.log.head();
  const findings: string[] = [];
  for (const write of writes) {
    const again = await client.again(write);
    if (again.status !== write.status || lastingIn(again.text) !== lastingIn(write.text))
      findings.push(
        `a repeat of ${write.path} (${write.key}) was answered ${again.status} ${again.text}, the first time ${write.status} ${write.text}`,
      );
  }
  const after = await bed.log.head();
  if (after !== before) findings.push(`repeats made events: the head went from ${before} to ${after}`);
  return { checks: writes.length + 1, findings };
};

type Follower = { stop(): Promise<Json[]> };

/** A reader that follows the feed by position through every fault, from one answer to the next. `stop` lets it read to the head. */
export const follow = (client: Client): Follower => {
  const seen: Json[] = [];
  let stopping = false;
  const following = (async () => {
    for (;;) {
      const last = stopping;
      const after = String(seen.at(-1)?.position ?? '0');
      const { items } = (await client.read('auditor0', `/v1/events?after=${after}&limit=50`)) as { items: Json[] };
      seen.push(...items);
      if (last && items.length === 0) return;
    }
  })();
  // Told by `stop`; an experiment that broke off before asks nobody.
  following.catch(() => undefined);
  return {
    stop: async () => {
      stopping = true;
      await following;
      return seen;
    },
  };
};

/** P3 and P4: what the follower saw, in the order in which it saw it, is the log. */
const compareFeed = (events: readonly Logged<DomainEvent>[], seen: readonly Json[]): Verdict => {
  const wanted = events.map(({ position, type }) => `${position} ${type}`);
  const found = seen.map(({ position, type }) => `${String(position)} ${String(type)}`);
  const at = wanted.findIndex((event, index) => event !== found[index]);
  if (at === -1 && found.length === wanted.length) return { checks: wanted.length, findings: [] };
  const finding = `the follower of the feed saw ${found.length} events of ${wanted.length}; the first that differs: ${found[at]} for ${wanted[at]}`;
  return { checks: wanted.length, findings: [finding] };
};

/** P5 and the log's own order: the models reach the head by themselves, equal a rebuild, and `verify` finds nothing. */
const compareModels = async (bed: Base, client: Client): Promise<Verdict> => {
  const head = String(await bed.log.head());
  await client.read('auditor0', `/v1/incidents?minPosition=${head}`);
  await client.read('auditor0', `/v1/reviews?minPosition=${head}`);
  const [rebuilt, verified] = await Promise.all([bed.run('rebuild', 'all', '--compare-only'), bed.run('verify')]);
  const findings = [
    ...(rebuilt.code === 0 ? [] : [`the models differ from a rebuild: ${rebuilt.out}`]),
    ...(verified.code === 0 ? [] : [`verify: ${verified.out}`]),
  ];
  return { checks: 2, findings };
};

/**
 * Waits until everything that was decided has been followed in other streams, and the log has come to rest. Rejects where that takes longer than a service
 * may need to recover. `poisoned`: what follows from a stream that cannot be read is never done.
 */
const settled = async ({ log, pool }: Base, poisoned: boolean): Promise<void> => {
  const tables = ['merging', 'anchoring', 'erasing'];
  const waiting = tables.map((table) => `SELECT position FROM work.${table}`).join(' UNION ALL ');
  const behind = tables.map((table) => `SELECT position FROM work.${table}_checkpoint`).join(' UNION ALL ');
  for (const begun = performance.now(); ; await delay(20)) {
    const head = await log.head();
    const { rows } = await pool.query<{ noted: string; at: string }>(
      `SELECT (SELECT count(*) FROM (${waiting}) AS w)::text AS noted, (SELECT min(position) FROM (${behind}) AS b)::text AS at`,
    );
    const [{ noted, at } = { noted: '0', at: '0' }] = rows;
    if ((poisoned || noted === '0') && BigInt(at) >= head && head === (await log.head())) return;
    if (performance.now() - begun > recovery)
      throw new Error(`${noted} decisions are not followed; the followers stand at ${at} of ${head}`);
  }
};

/** What has to follow from decisions, told by the log. Of words that were erased the request itself knows no more: they are told by what was sent. */
const followFindings = (events: readonly Logged<DomainEvent>[], { answered }: Journal): Verdict => {
  const decoded = events.filter((event): event is DomainEvent & { position: bigint } => !isUndecodable(event));
  const accepted = answered.filter(({ status }) => status < 300);
  const sought = accepted.flatMap(({ path, body, json }): [string, string][] => {
    const [target] = typeof body === 'object' && path === '/v1/erasures' ? (body.targets as { value?: string }[]) : [];
    return target?.value === undefined ? [] : [[String(json.id), target.value]];
  });
  const told = accepted.map(({ path, json, text }) => ({ path, position: String(json.position), answer: text }));
  return together([
    partyFindings(decoded),
    versionFindings(decoded, told),
    anchoringFindings(decoded),
    erasureFindings(decoded, { sought: new Map(sought), rows: [], kept: [] }),
  ]);
};

/**
 * All of it at the end of an experiment. `repeats` bounds how many acknowledged writes are sent again. `poisons` are the types of events in the log that no
 * version knows.
 */
export const checkAll = async (
  bed: Base,
  client: Client,
  follower: Follower | null,
  { repeats = 60, poisons = [] }: { repeats?: number; poisons?: readonly string[] } = {},
): Promise<Verdict> => {
  await settled(bed, poisons.length > 0);
  const seen = await follower?.stop();
  const events = await readLog(bed.log);
  // What happened on a stream that holds what cannot be read, nobody can tell any more.
  const poisoned = events.filter(isUndecodable).map(({ stream }) => stream);
  const answered = client.journal.answered.filter(({ status, path }) => status < 300 && !poisoned.some((stream) => path.includes(stream)));
  const step = Math.max(1, Math.floor(answered.length / repeats));
  return together([
    compareJournal(events, client.journal, poisons),
    ...(poisons.length > 0 ? [] : [followFindings(events, client.journal)]),
    ...(seen === undefined ? [] : [compareFeed(events, seen)]),
    await repeatAll(
      bed,
      client,
      answered.filter((_, index) => index % step === 0),
    ),
    await compareModels(bed, client),
  ]);
};

/** How many commands were answered 2xx. */
export const acknowledged = ({ journal }: Client): number => journal.answered.filter(({ status }) => status < 300).length;
