import { type Clock, inTransaction, type Random } from '@averment/platform';
import type { Pool } from 'pg';
import { insertKey } from './keys.ts';
import type { Role } from './roles.ts';
import { hashOf, newSecret } from './secret.ts';

/** Makes a key for a subject, without the log: for tests of what it is good for. */
export const createKey = async (
  pool: Pool,
  { subject, role }: { subject: string; role: string },
  { clock, random }: { clock: Clock; random: Random },
): Promise<{ id: string; key: string }> => {
  const made = { id: random.uuid(), key: newSecret(random) };
  const row = { id: made.id, subject, role: role as Role, kind: 'person' as const, hash: hashOf(made.key), at: clock.now() };
  if (!(await inTransaction(pool, (client) => insertKey(client, row)))) throw new Error(`${subject} has keys of another role`);
  return made;
};
