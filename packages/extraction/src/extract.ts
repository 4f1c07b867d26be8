import { fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { inTurn } from '@averment/platform';
import { type Limits, mediaTypes, type Outcome, type RefusalCode, standardLimits } from './extracted.ts';
import type { Asked } from './read.ts';
import { sandboxOf } from './sandbox.ts';
import { typeOf } from './text-of.ts';

export type Options = {
  limits?: Partial<Limits>;
  /** How many documents are read at once, and how many wait for it. */
  most?: number;
  waiting?: number;
  /** A busy machine is no fault of the document: so many times as long as it may work it may take by the clock. */
  patience?: number;
};
/** `mediaType` as of a `Content-Type`, with its charset; `url`: of an archive, whose response is read. */
export type Document = { bytes: Uint8Array; mediaType: string; url?: string | null };
/** `signal`: once it is aborted nobody waits for the outcome, and the document is read no further. */
export type Extract = (document: Document, signal?: AbortSignal) => Promise<Outcome>;

const refused = (code: RefusalCode, message: string): Outcome => ({ ok: false, code, message });

/** What a process has taken, as the system counts it: MiB of memory, milliseconds of work; null where the system does not tell. */
const takenBy = async (pid: number): Promise<{ memory: number; work: number } | null> => {
  const [status, stat] = await Promise.all(['status', 'stat'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')));
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status ?? '')?.[1];
  // After the name of the program, which may hold blanks and brackets: of the other fields the 12th and 13th, in hundredths of a second.
  const fields = (stat ?? '').replace(/^.*\) /s, '').split(' ');
  if (kibibytes === undefined) return null;
  return { memory: Number(kibibytes) / 1024, work: (Number(fields[11]) + Number(fields[12])) * 10 };
};
/** How often it is looked at, in milliseconds: what is unpacked is not on Node's heap, whose limit is the child's own. */
const lookAgain = 25;

const crowded = refused('busy', 'as many documents are being read, and wait for it, as may: send it again later');

const readApart = (asked: Asked, patience: number, signal: AbortSignal | undefined): Promise<Outcome> => {
  const { milliseconds, memory } = asked.limits;
  if (signal?.aborted) return Promise.resolve(crowded);
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), [], {
      execArgv: sandboxOf(memory),
      // Nothing of what the service knows from its own.
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let printed = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (printed = `${printed}${chunk}`.slice(-4000)));
    const end = (outcome: Outcome): void => {
      clearTimeout(clock);
      clearInterval(looking);
      signal?.removeEventListener('abort', leave);
      child.kill('SIGKILL');
      resolve(outcome);
    };
    const tooSlow = refused('too_slow', `reading it took longer than ${milliseconds} ms`);
    const leave = () => end(crowded);
    signal?.addEventListener('abort', leave, { once: true });
    // Where the system tells, work alone says that a document is too slow: by the clock it may be the machine.
    const late = async () => end(child.pid === undefined || (await takenBy(child.pid)) === null ? tooSlow : crowded);
    const clock = setTimeout(late, milliseconds * patience);
    const tooMuch = refused('too_much_memory', `reading it took more than ${memory} MiB of memory`);
    const looking = setInterval(async () => {
      const taken = child.pid === undefined ? null : await takenBy(child.pid);
      if (taken !== null && taken.memory > memory) end(tooMuch);
      else if (taken !== null && taken.work > milliseconds) end(tooSlow);
    }, lookAgain);
    child.once('message', (outcome) => end(outcome as Outcome));
    // No process could be started, or it was gone before it was asked: of the document that says nothing.
    child.on('error', () => end(crowded));
    child.once('close', (code, ended) =>
      end(/heap out of memory|allocation failed/i.test(printed) ? tooMuch : refused('broken', `what read it ended with ${ended ?? code}`)),
    );
    child.send(asked);
  });
};

/**
 * Makes what reads documents, each in a process of its own, which has no network, writes nothing, knows nothing of the service and is ended when it takes too long
 * or too much. Never rejects: whatever a document does is a refusal with a code.
 */
export const createExtract = ({ limits = {}, most = 2, waiting = 16, patience = 2 }: Options = {}): Extract => {
  const bounds: Limits = { ...standardLimits, ...limits };
  const turn = inTurn(most);
  let taken = 0;
  return async ({ bytes, mediaType, url = null }, signal) => {
    const { essence } = typeOf(mediaType);
    if (![...mediaTypes, 'application/xhtml+xml'].includes(essence))
      return refused('unsupported', `documents are read of ${mediaTypes.join(', ')}`);
    if (bytes.length > bounds.bytes) return refused('too_large', `it has ${bytes.length} bytes, and ${bounds.bytes} are read`);
    if (taken >= most + waiting) return crowded;
    taken += 1;
    try {
      return await turn('read', () => readApart({ bytes, mediaType, url, limits: bounds }, patience, signal));
    } finally {
      taken -= 1;
    }
  };
};
