import { isoText } from '@averment/platform';
import pg from 'pg';
import type { StoredEvent } from '../port.ts';

/** The columns of a stored event in every query, from `log.events` as `e`. */
export const eventColumns = `e.position, e.stream, e.revision, e.last, e.id, e.type, encode(e.sha256, 'hex') AS sha256, e.canonical,
    ${isoText('e.recorded_at', 6)} AS "recordedAt"`;

/** As it is read; `disclosures` is null without a row in the vault, and absent where texts were not asked for. */
export type EventRow = Omit<StoredEvent, 'disclosures'> & { disclosures?: string | null };

const parsers = new Map<number, (value: string) => unknown>([
  [pg.types.builtins.INT8, BigInt],
  [pg.types.builtins.INT4, Number],
]);
const asText = (value: string) => value;

/** The types of the log's own queries, whatever types the pool's owner has set: `bigint` is a bigint, all but numbers are text. */
export const plain = {
  getTypeParser: ((oid: number) => parsers.get(oid) ?? asText) as typeof pg.types.getTypeParser,
};

export const storedOf = ({ disclosures, ...row }: EventRow): StoredEvent => ({
  ...row,
  disclosures: disclosures ? disclosures.split('~') : [],
});
