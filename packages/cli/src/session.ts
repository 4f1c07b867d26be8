import { readFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { type Api, type ApiOptions, createApi, type Retries, type Send, type Wait } from '@averment/client';
import { Misuse } from './ending.ts';
import { jsonLine, visible } from './visible.ts';

/** What every command takes, from the options before or after it and from the environment. */
export type GlobalOptions = { url: string; keyFile?: string; json?: true; retries: number };

export type Style = Parameters<typeof styleText>[0];

/** A command's view of the world. */
export type Session = {
  access: ApiOptions & { fetch: Send; retries: Retries };
  api: Api;
  /** Machines read the output. */
  json: boolean;
  /** Ends with Ctrl-C. */
  signal: AbortSignal;
  /** A line for people. Texts of the service in it have to be visible. */
  line(text?: string): void;
  /** A document for machines, on a line of its own. */
  document(value: unknown): void;
  /** Says why is waited, on the error output. */
  noteWait(wait: Wait): void;
  /** What is said beside the output: to people, on the error output. */
  note(text: string): void;
  /** Colours where the output is a terminal, and `NO_COLOR` is not set. */
  paint(style: Style, text: string): string;
};

/** Runs a command with the session that its options ask for. */
export type Opened = (command: (session: Session) => Promise<void>) => Promise<void>;

const keyOf = ({ keyFile }: GlobalOptions): string | undefined => {
  if (keyFile === undefined) return process.env.AVERMENT_KEY || undefined;
  try {
    return readFileSync(keyFile, 'utf8').trim();
  } catch (error) {
    throw new Misuse(`the key cannot be read: ${(error as Error).message}`);
  }
};

export const openSession = (options: GlobalOptions, signal: AbortSignal): Session => {
  if (!URL.canParse(options.url) || !/^https?:/i.test(options.url)) throw new Misuse(`${visible(options.url)} is no address of a service`);
  const key = keyOf(options);
  const note = (text: string) => void process.stderr.write(`${text}\n`);
  const noteWait = ({ reason, milliseconds }: Wait) =>
    note(`averment: ${visible(reason)}; asked again in ${(milliseconds / 1000).toFixed(1)} s`);
  // Whatever is under way ends with Ctrl-C.
  const send: Send = (request) => fetch(new Request(request, { signal: AbortSignal.any([request.signal, signal]) }));
  const access = {
    url: options.url,
    fetch: send,
    ...(key !== undefined && { key }),
    retries: { times: options.retries, onWait: noteWait },
  };
  return {
    access,
    api: createApi(access),
    json: options.json ?? false,
    signal,
    line: (text = '') => void process.stdout.write(`${text}\n`),
    document: (value) => void process.stdout.write(`${jsonLine(value)}\n`),
    note,
    noteWait,
    paint: (style, text) => styleText(style, text),
  };
};
