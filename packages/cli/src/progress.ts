/** How far a long work is, on a line of a terminal that is written anew; nothing elsewhere. */
export type Progress = { at(done: number, total?: number): void; end(): void };

/** In milliseconds, and signs. */
const pace = 100;
const width = 30;

/** `unit` is a word for what is counted, as `MB`. */
export const showProgress = (what: string, unit: string, terminal: NodeJS.WriteStream = process.stderr): Progress => {
  let shown = 0;
  let isShown = false;
  return {
    at: (done, total) => {
      const now = performance.now();
      if (!terminal.isTTY || now - shown < pace) return;
      shown = now;
      isShown = true;
      const filled = total === undefined ? 0 : Math.floor((width * done) / Math.max(total, 1));
      const bar = total === undefined ? '' : `${'█'.repeat(filled)}${'░'.repeat(width - filled)} `;
      const of = total === undefined ? '' : ` of ${total.toLocaleString('en')}`;
      terminal.write(`\r\u001b[2K${what} ${bar}${done.toLocaleString('en')}${of} ${unit}`);
    },
    end: () => {
      if (isShown) terminal.write('\r\u001b[2K');
    },
  };
};
