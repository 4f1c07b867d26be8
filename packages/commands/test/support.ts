import { catalogue, type DomainEvent, type EventType } from '@averment/domain';
import type { EventLog, EventToAppend } from '@averment/event-log';
import { createMemoryLog } from '@averment/event-log/testing';
import { type Clock, systemClock, systemRandom } from '@averment/platform';
import type { Caller } from '../src/identity.ts';

export const memoryLog = (clock: Clock = systemClock): EventLog<DomainEvent> =>
  createMemoryLog<DomainEvent>({ catalogue, clock, random: systemRandom });

export const callerOf = (more: Partial<Caller> = {}): Caller => ({
  subject: 'contributor',
  role: 'contributor',
  method: 'POST',
  path: '/v1/parties',
  idempotencyKey: null,
  body: { kind: 'court', name: 'Harbour Court' },
  correlation: null,
  ...more,
});

/** An event of another command, as it would be appended. */
export const foreign = (type: EventType, data: object): EventToAppend => ({
  id: systemRandom.uuid(),
  type,
  at: new Date(0).toISOString(),
  actor: 'somebody',
  edit: null,
  command: systemRandom.uuid(),
  request: null,
  correlation: null,
  data,
});

export const court = (name: string) => ({ kind: 'court', name, aliases: [], private: false, publicRole: null, parent: null });
export const renamed = (name: string) => foreign('PartyCorrected', { fields: ['name'], set: { name }, reason: 'A slip.' });
