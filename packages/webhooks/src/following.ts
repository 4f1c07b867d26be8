import { type DomainEvent, reviewEvents } from '@averment/domain';
import { type Connection, type Durable, type EventLog, isUndecodable, type Logged, servedAt, UnknownPosition } from '@averment/event-log';
import { isIncident, recordPart, recordRevisions } from '@averment/read-models';
import { escapeLiteral } from 'pg';

type Log = Pick<EventLog<DomainEvent>, 'holds' | 'readAll' | 'readStream'>;
/** Which event of the log this is, and what it is to who may not read more than the public. */
type Told = { event: Logged<DomainEvent>; stream: string; revision: number; type: string };
/** What an incident says of itself that webhooks are filtered by. */
type Facts = { agencies: string[]; region: string | null };
const noFacts: Facts = { agencies: [], region: null };

/** What an app is told of an event by the feed; null for what is not for it. An event that cannot be read counts where the feed would say so. */
const toldOf = async (log: Log, event: Logged<DomainEvent>): Promise<Omit<Told, 'event'> | null> => {
  const { stream, revision, type } = event;
  if (isUndecodable(event)) {
    if (!isIncident(stream) || reviewEvents.has(type)) return null;
    return (await recordRevisions(log, stream, event.last)).size > 0 ? { stream, revision, type: 'Unreadable' } : null;
  }
  if (event.type === 'FeedEventMended') {
    const original = await servedAt(log, event.position);
    const told = original && original.type !== 'FeedEventMended' ? await toldOf(log, original) : null;
    return told && { ...told, type: 'FeedEventMended' };
  }
  return (await recordPart(log, event)) && { stream, revision, type };
};

/** What an event says anew of its incident. */
const factsIn = (event: Logged<DomainEvent>, before: Facts): Facts => {
  if (isUndecodable(event) || (event.type !== 'IncidentReported' && event.type !== 'IncidentCorrected')) return before;
  const { agencies, place }: Partial<DomainEvent<'IncidentReported'>['data']> =
    event.type === 'IncidentReported' ? event.data : event.data.set;
  return {
    agencies: agencies ?? before.agencies,
    region: place === undefined ? before.region : (place?.region ?? null),
  };
};

/** Notes the record's events of published incidents, as the feed tells apps of them. `onNoted` is called before that is committed. */
export const createFollowing = (log: Log, onNoted: () => void = () => undefined): Durable => ({
  name: 'webhooks',
  current: async (connection) => {
    const { rows } = await connection.query<{ position: string; seenAt: string | null; sha256: string | null }>(
      'SELECT position::text, seen_at::text AS "seenAt", sha256 FROM webhooks.checkpoint',
    );
    const { position = '0', seenAt = null, sha256 = null } = rows[0] ?? {};
    const mark = seenAt === null || sha256 === null ? null : { position: BigInt(seenAt), sha256 };
    if (mark === null || (await log.holds(mark))) return { position: BigInt(position), mark };
    await beginAnew(connection, log, position);
    return { position: 0n, mark: null };
  },
  move: (from, { position, mark }) => `
    UPDATE webhooks.checkpoint
       SET position = ${position}${mark === null ? '' : `, seen_at = ${mark.position}, sha256 = ${escapeLiteral(mark.sha256)}`}
     WHERE position = ${from}`,
  apply: async (tx, events) => {
    await noteMerges(tx, events);
    const told: Told[] = [];
    for (const event of events) {
      const found = await toldOf(log, event);
      if (found !== null) told.push({ event, ...found });
    }
    if (told.length === 0) return;
    onNoted();
    await write(tx, told);
  },
});

/** Notes which parties are one, in the order in which that was said. */
const noteMerges = async (tx: Connection, events: readonly Logged<DomainEvent>[]): Promise<void> => {
  for (const event of events) {
    if (isUndecodable(event)) continue;
    if (event.type === 'PartyMerged')
      await tx.query('INSERT INTO webhooks.parties VALUES ($1, $2) ON CONFLICT (party) DO UPDATE SET "into" = excluded."into"', [
        event.stream,
        event.data.into,
      ]);
    if (event.type === 'PartyUnmerged') await tx.query('DELETE FROM webhooks.parties WHERE party = $1', [event.stream]);
  }
};

const write = async (tx: Connection, told: readonly Told[]): Promise<void> => {
  const streams = [...new Set(told.map(({ stream }) => stream))];
  const { rows } = await tx.query<Facts & { stream: string }>(
    'SELECT stream, agencies, region FROM webhooks.incidents WHERE stream = ANY($1)',
    [streams],
  );
  const known = new Map<string, Facts>();
  for (const { stream, ...facts } of rows) known.set(stream, facts);
  const found = told.map(({ event, stream, revision, type }) => {
    const before = known.get(stream) ?? noFacts;
    const after = factsIn(event, before);
    known.set(stream, after);
    return {
      position: String(event.position),
      id: event.id,
      stream,
      revision,
      type,
      recorded_at: event.recordedAt,
      agencies: [...new Set([...before.agencies, ...after.agencies])],
      regions: [...new Set([before.region, after.region])].filter((region) => region !== null),
    };
  });
  await tx.query(
    `INSERT INTO webhooks.events
     SELECT * FROM jsonb_to_recordset($1) AS e(position bigint, id uuid, stream text, revision integer, type text, recorded_at text, agencies text[], regions text[])
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(found)],
  );
  await tx.query(
    `INSERT INTO webhooks.incidents
     SELECT * FROM jsonb_to_recordset($1) AS i(stream text, agencies text[], region text)
     ON CONFLICT (stream) DO UPDATE SET agencies = excluded.agencies, region = excluded.region`,
    [JSON.stringify([...known].map(([stream, facts]) => ({ stream, ...facts })))],
  );
};

/**
 * The log came back from an older backup. What was noted is noted once more, and webhooks go back to the last event that both logs have: what came after it
 * in this one is news to them.
 */
const beginAnew = async (connection: Connection, log: Log, from: string): Promise<void> => {
  const common = await lastCommon(connection, log);
  await connection.query(
    `WITH begun AS (UPDATE webhooks.checkpoint SET position = 0, seen_at = NULL, sha256 = NULL WHERE position = $1 RETURNING position),
          back AS (UPDATE webhooks.webhooks SET position = $2 WHERE position > $2 AND EXISTS (SELECT FROM begun)),
          lost AS (DELETE FROM webhooks.deliveries WHERE position > $2 AND state = 'waiting' AND EXISTS (SELECT FROM begun)),
          forgotten AS (DELETE FROM webhooks.incidents WHERE EXISTS (SELECT FROM begun)),
          apart AS (DELETE FROM webhooks.parties WHERE EXISTS (SELECT FROM begun))
     DELETE FROM webhooks.events WHERE EXISTS (SELECT FROM begun)`,
    [from, common],
  );
};

/** The position of the last event that is noted here and stands in the log, or 0: logs agree up to where they part. */
const lastCommon = async (connection: Connection, log: Log): Promise<string> => {
  const { rows } = await connection.query<{ position: string; id: string }>(
    'SELECT position::text, id FROM webhooks.events ORDER BY 1::bigint',
  );
  const holds = async ({ position, id }: { position: string; id: string }): Promise<boolean> => {
    const [event] = await log.readAll(BigInt(position) - 1n, 1, { texts: false }).catch((error: unknown) => {
      if (error instanceof UnknownPosition) return [];
      throw error;
    });
    return event?.id === id;
  };
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = rows[middle];
    if (row !== undefined && (await holds(row))) low = middle + 1;
    else high = middle;
  }
  return rows[low - 1]?.position ?? '0';
};
