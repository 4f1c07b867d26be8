import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isCode, type Logger, type Shutdown, writeWhole, writeWholeOnce } from '@averment/platform';
import type { createSteps, Step } from './steps.ts';

const stateFile = (dataDir: string) => join(dataDir, 'samples.json');
const attempts = 5;

/** Notes, before a new data directory has a database, that the samples belong in it; whatever crashes after, they will be loaded. */
export const wantSamples = async (dataDir: string): Promise<void> => {
  await writeWholeOnce(stateFile(dataDir), `${JSON.stringify({ state: 'wanted' })}\n`, 0o644);
};

/** Whether the samples belong into this data directory and are not all there yet. */
export const samplesWanted = async (dataDir: string): Promise<boolean> => {
  try {
    const { state }: { state?: unknown } = JSON.parse(await readFile(stateFile(dataDir), 'utf8'));
    return state === 'wanted';
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
};

/**
 * Has the samples entered through the api. Each of their requests carries an idempotency key, so a loader that fails is simply run again, now a few
 * times and else at the next start.
 */
export const loadSamples = async (options: {
  file: string;
  url: string;
  keysFile: string;
  dataDir: string;
  logger: Logger;
  shutdown: Shutdown;
  steps: ReturnType<typeof createSteps>;
}): Promise<void> => {
  const { shutdown } = options;
  const step = options.steps('Entering the sample incidents', 'The sample incidents are there');
  for (let attempt = 1; attempt <= attempts && !shutdown.signal.aborted; attempt += 1) {
    const { code, said } = await runLoader(options, step);
    if (shutdown.signal.aborted) return step.end('The sample incidents are entered at the next start');
    if (code === 0) {
      await writeWhole(stateFile(options.dataDir), `${JSON.stringify({ state: 'loaded' })}\n`, 0o644);
      return step.end();
    }
    options.logger.warn({ code, attempt, said: said.slice(-1000) }, 'the samples could not be loaded');
    if (attempt < attempts) await delay(500 * attempt, undefined, { signal: shutdown.signal }).catch(() => undefined);
  }
  step.end('The sample incidents could not be entered; the next start tries again');
};

const runLoader = (
  options: { file: string; url: string; keysFile: string; shutdown: Shutdown },
  step: Step,
): Promise<{ code: number | null; said: string }> => {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', options.file, '--url', options.url, '--keys', options.keysFile],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const stop = () => void child.kill('SIGTERM');
    options.shutdown.signal.addEventListener('abort', stop);
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    // Without this the launcher may be gone before it.
    options.shutdown.add('samples', () => ended);
    if (options.shutdown.signal.aborted) stop();
    let said = '';
    const hear = (chunk: Buffer) => {
      said = `${said}${chunk.toString('utf8')}`.slice(-10_000);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      hear(chunk);
      const far = [...chunk.toString('utf8').matchAll(/^\d+ of \d+/gm)].at(-1);
      if (far !== undefined) step.note(far[0]);
    });
    child.stderr.on('data', hear);
    child.on('error', (error) => hear(Buffer.from(error.message)));
    child.on('close', (code) => {
      options.shutdown.signal.removeEventListener('abort', stop);
      resolve({ code, said });
    });
  });
};
