import {
  type DomainEvent,
  evolvePolicy,
  initialPolicy,
  type PolicyInForce,
  type PolicyState,
  type PolicyVersion,
  policyIn,
  policyStream,
  type Vocabulary,
} from '@averment/domain';
import type { PoolClient } from 'pg';
import type { ProjectionContext } from '../../projection.ts';
import { insertRows } from '../statements.ts';
import type { Streams } from './ground.ts';

/** The versions of the policy, as rows: by them the edits are judged that are rendered. */

export const policyColumns = { version: 'int', rules: 'json', since: 'text', position: 'bigint', proposal: 'text' };
export const policyRows = ({ streamRevision, versions }: PolicyState): PolicyVersion[] => (streamRevision < 0 ? [] : versions);

/** Writes the versions that the batch has brought. Answers the policy in force after it, and whether that is another one than before. */
export const projectPolicy = async (
  tx: PoolClient,
  { schema, readStreams }: ProjectionContext,
  streams: Streams,
  vocabulary: Vocabulary,
): Promise<{ policy: PolicyInForce; isNew: boolean }> => {
  const own = streams.get(policyStream) ?? [];
  if (own.length > 0) {
    const read = await readStreams([{ stream: policyStream, from: 0, to: own.at(-1)?.revision ?? 0 }]);
    const state = (read.get(policyStream) ?? own).reduce(evolvePolicy, initialPolicy());
    await insertRows(tx, `${schema}.policies`, policyColumns, policyRows(state), 'ON CONFLICT (version) DO NOTHING');
  }
  const { rows } = await tx.query<Omit<PolicyVersion, 'position'> & { position: string | null }>(
    `SELECT version, rules, since, position::text, proposal FROM ${schema}.policies ORDER BY version`,
  );
  const versions = rows.map((row): PolicyVersion => ({ ...row, position: row.position === null ? null : BigInt(row.position) }));
  return {
    policy: policyIn(versions.length === 0 ? initialPolicy() : { versions }, vocabulary),
    isNew: own.some(({ type }: DomainEvent) => type === 'PolicyAdopted'),
  };
};

/** What has open edits. */
export const waitingIn = async (tx: PoolClient, schema: string): Promise<string[]> => {
  const { rows } = await tx.query<{ stream: string }>(`SELECT DISTINCT stream FROM ${schema}.edits WHERE next_actor IS NOT NULL`);
  return rows.map(({ stream }) => stream);
};
