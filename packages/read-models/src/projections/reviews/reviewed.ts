import { type DomainEvent, partiesUsed } from '@averment/domain';
import type { PoolClient } from 'pg';
import { type Append, appendsOf, changesOf } from '../appends.ts';
import { insertRows } from '../statements.ts';
import { reviewedColumns } from './rows.ts';

/** Whether the append applies an edit that two have approved: the vote that applies one records how many it took. */
const isOfTwo = ({ events }: Append): boolean => events.some((event) => event.type === 'EditApproved' && event.data.needed >= 2);

/** The party that the append makes public: two have approved of just that. */
const madePublicBy = ({ stream, events }: Append): string[] => (events.some(({ type }) => type === 'PartyPrivacySet') ? [stream] : []);

/** The parties of edits that these events apply with two approvals, each with the last position at which that happened. */
export const reviewedBy = (events: readonly DomainEvent[]): Map<string, bigint> => {
  const found = new Map<string, bigint>();
  for (const append of appendsOf(events).filter(isOfTwo)) {
    for (const party of [...changesOf(append.events).flatMap(partiesUsed), ...madePublicBy(append)]) found.set(party, append.position);
  }
  return found;
};

/**
 * Writes which parties got two approvals in the batch. Answers the persons among them who were unreviewed before: open edits that touch one now need
 * another number of approvals.
 */
export const projectReviewed = async (
  tx: PoolClient,
  schema: string,
  streams: ReadonlyMap<string, readonly DomainEvent[]>,
): Promise<string[]> => {
  const found = new Map<string, bigint>();
  for (const events of streams.values()) {
    for (const [party, position] of reviewedBy(events)) if (position > (found.get(party) ?? -1n)) found.set(party, position);
  }
  if (found.size === 0) return [];
  const { rows } = await tx.query<{ id: string }>(
    `SELECT p.id FROM ${schema}.parties AS p LEFT JOIN ${schema}.reviewed AS r ON r.party = p.id
     WHERE p.id = ANY($1) AND p.item ->> 'kind' = 'person' AND (r.position >= p.privacy_said) IS NOT TRUE`,
    [[...found.keys()]],
  );
  await insertRows(
    tx,
    `${schema}.reviewed AS known`,
    reviewedColumns,
    [...found].map(([party, position]) => ({ party, position })),
    'ON CONFLICT (party) DO UPDATE SET position = excluded.position WHERE excluded.position > known.position',
  );
  return rows.map(({ id }) => id);
};
