import { hash } from 'node:crypto';
import type { EventToAppend } from '../src/index.ts';
import { event } from './events.ts';

/** What a writer process is to append: every process that knows the name and the number makes the same ids. */
export type Planned = { stream: string; events: EventToAppend[] };

const uuidOf = (text: string) => hash('sha256', text, 'hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

/** Every third append has three events. */
export const planned = (writer: string, n: number): Planned => ({
  stream: `incident_${writer}_${n}`,
  events: Array.from({ length: n % 3 === 0 ? 3 : 1 }, (_, index) =>
    event('NoteTaken', { title: `${writer} ${n}`, n: index }, { id: uuidOf(`${writer} ${n} ${index}`), command: uuidOf(`${writer} ${n}`) }),
  ),
});
