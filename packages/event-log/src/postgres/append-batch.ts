import { isoText } from '@averment/platform';
import type { Client } from 'pg';
import type { EncodedEvent } from '../codec.ts';
import type { AppendOutcome, Mark } from '../port.ts';
import { byteStrings, integers, texts, uuids } from './arrays.ts';
import { plain } from './rows.ts';

/** One append as it goes to the server: at least one event, all of one stream. */
export type EncodedAppend = { stream: string; expected: number; events: readonly EncodedEvent[] };

/** The port's, and the stamp of what was written. */
export type BatchOutcome = AppendOutcome & { recordedAt?: string };

type Row = { outcome: AppendOutcome['outcome']; revision: number; position: bigint; recordedAt: string | null };

/** The SQLSTATE with which `log.require_event` says that the log is another one. */
export const otherLogState = 'AV001';

/**
 * Appends all of `appends`, which have distinct streams, in one transaction of its own; answers one outcome for each, in their order, after the commit.
 * Rejects if none was written, or if it is not known. `timeout` (milliseconds) is how long to wait for the answer; where the log has not the event `seen`,
 * nothing is written.
 */
export const appendBatch = async (
  client: Client,
  appends: readonly EncodedAppend[],
  { timeout, seen }: { timeout: number; seen: Mark | undefined },
): Promise<BatchOutcome[]> => {
  const events = appends.flatMap(({ events }) => events);
  const query = {
    name: 'averment_append',
    text: `SELECT outcome, revision, position, ${isoText('recorded_at', 6)} AS "recordedAt"
      FROM log.require_event($11, $12), log.append_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      texts(appends.map(({ stream }) => stream)),
      integers(appends.map(({ expected }) => expected)),
      integers(appends.map(({ events }) => events.length)),
      integers(appends.flatMap(({ events }, index) => events.map(() => index + 1))),
      integers(appends.flatMap(({ events }) => events.map((_, index) => index + 1))),
      uuids(events.map(({ id }) => id)),
      texts(events.map(({ type }) => type)),
      byteStrings(events.map(({ sha256 }) => Buffer.from(sha256, 'hex'))),
      texts(events.map(({ canonical }) => canonical)),
      texts(events.map(({ disclosures }) => disclosures.join('~'))),
      seen?.position.toString() ?? null,
      seen === undefined ? null : Buffer.from(seen.sha256, 'hex'),
    ],
    query_timeout: timeout,
    types: plain,
  };
  const { rows } = await client.query<Row>(query);
  return rows.map(({ outcome, revision, position, recordedAt }) =>
    outcome === 'wrong_revision'
      ? { outcome, actual: revision }
      : { outcome, revision, position, ...(recordedAt !== null && { recordedAt }) },
  );
};
