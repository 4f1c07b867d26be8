// Loaded before a process of the service (`--import`, with `?file=`): its wall clock is off by as many milliseconds as that file says when it starts, and then
// jumps as its parent says. Timers follow the monotonic clock, which no operating system lets jump.
import { readFileSync } from 'node:fs';

let shift = Number(readFileSync(new URL(import.meta.url).searchParams.get('file') ?? '', 'utf8'));
const RealDate = Date;
const shifted = class extends RealDate {
  constructor(...given: [] | [number | string | Date] | [number, number]) {
    if (given.length === 0) super(RealDate.now() + shift);
    else super(...(given as [number]));
  }
  static override now(): number {
    return RealDate.now() + shift;
  }
};
Object.defineProperty(globalThis, 'Date', { value: shifted, writable: true, configurable: true });
process.on('message', (message: { shift?: number } | null) => {
  if (typeof message?.shift === 'number') shift = message.shift;
});
