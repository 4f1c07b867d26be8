import { hash } from 'node:crypto';
import { meetingKeys, mostOfKey, type Profile } from '@averment/domain';

/** A key as it is stored: 64 bits of its SHA-256. That two keys have one of these only makes a comparison in vain. */
const stored = (key: string): bigint => BigInt.asIntN(64, BigInt(`0x${hash('sha256', key).slice(0, 16)}`));

export const storedKeys = (profile: Profile): bigint[] => [...new Set(meetingKeys(profile).map(stored))];

/** Whether no more incidents have the key of the expression than say something. */
export const isTelling = (schema: string, key: string): string =>
  `(SELECT count(*) FROM (SELECT FROM ${schema}.meeting_keys AS counted WHERE counted.key = ${key} LIMIT ${mostOfKey + 1}) AS few) <= ${mostOfKey}`;
