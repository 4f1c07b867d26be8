// Loaded before a process of the service (`--import`): its wall clock jumps by as many milliseconds as its parent says. Timers follow the monotonic clock, which
// no operating system lets jump.
let shift = 0;
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
