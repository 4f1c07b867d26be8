/** What takes a while, told while it goes on. */
export type Step = {
  /** How far it is, as `3 of 7`. */
  note(far: string): void;
  /** It is done; or ended as `said` tells. */
  end(said?: string): void;
};

type Output = { isTTY?: boolean; write(text: string): unknown };

const every = 500;
const clearLine = '\r\u001b[K';

/**
 * Tells of one step after another. A terminal gets one line for each, with its seconds and how far it is, which is written anew while the step goes on;
 * lines that come between stand above it. Anything else gets a line at the end of each step.
 */
export const createSteps =
  (output: Output, now = performance.now.bind(performance)) =>
  (doing: string, done: string): Step => {
    const begun = now();
    const seconds = () => ((now() - begun) / 1000).toFixed(1);
    if (!output.isTTY) return { note: () => undefined, end: (said = `${done} (${seconds()} s)`) => void output.write(`${said}\n`) };
    let far = '';
    const draw = () => output.write(`${clearLine}${doing}: ${far === '' ? '' : `${far}, `}${seconds()} s`);
    const timer = setInterval(draw, every);
    timer.unref();
    draw();
    return {
      note: (text) => {
        far = text;
        draw();
      },
      end: (said = `${done} (${seconds()} s)`) => {
        clearInterval(timer);
        output.write(`${clearLine}${said}\n`);
      },
    };
  };
