import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { follow as followed } from '@averment/client';
import type { Command } from 'commander';
import { Misuse } from '../ending.ts';
import type { Opened, Session } from '../session.ts';
import { visible } from '../visible.ts';
import { printEvent } from './history.ts';

type Options = { after?: string; log?: string; state?: string; type?: string[]; end?: true };
type Stand = { after?: string; log?: string };

/** Where an earlier run stood. A file that is not there yet is the start. */
const standOf = (file: string): Stand => {
  try {
    const { after, log } = JSON.parse(readFileSync(file, 'utf8')) as Stand;
    if (typeof after === 'string' && typeof log === 'string') return { after, log };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
  }
  throw new Misuse(`${file} is no file of --state`);
};

const keepStand = (file: string, stand: Stand): void => {
  writeFileSync(`${file}.new`, `${JSON.stringify(stand)}\n`);
  renameSync(`${file}.new`, file);
};

const follow = async (session: Session, { state, type, end, ...options }: Options): Promise<void> => {
  const stand: Stand = state === undefined ? options : standOf(state);
  if (stand.after !== undefined && !/^\d{1,19}$/.test(stand.after)) throw new Misuse('--after is a position: a whole number');
  const types = type && new Set(type);
  const { retries: _, ...access } = session.access;
  const onWait = session.noteWait;
  for await (const event of followed({ ...access, ...stand, live: !end, signal: session.signal, onWait })) {
    const { position: after, log } = event;
    if (types === undefined || types.has(event.type)) {
      if (session.json) session.document(event);
      else printEvent(session, event);
    }
    Object.assign(stand, { after, log });
    if (state !== undefined) keepStand(state, stand);
  }
  if (state === undefined && stand.after !== undefined && stand.log !== undefined && !session.json)
    session.note(`To go on: averment follow --after ${visible(stand.after)} --log ${visible(stand.log)}`);
};

export const addFollow = (program: Command, opened: Opened): void => {
  program
    .command('follow')
    .description('Follow every change of the record, in order, as it comes. Needs a key')
    .option('--after <position>', 'begin after this position; with --log')
    .option('--log <name>', 'the log that the position belongs to')
    .option('--state <file>', 'go on where the last run with this file ended')
    .option('--type <types...>', 'only events of these types, as ClaimAdded')
    .option('--end', 'end where the feed ends, and wait for nothing')
    .addHelpText(
      'after',
      `
A service that is away is waited for. Nothing is missed; with --state an event may come twice where the run was killed.
With --json a line for each event, with its position and log. If another log lies there, the code is 4: drop what was
followed, and begin anew without --after, --log and the file of --state.

  averment follow --state followed.json --json >> events.ndjson`,
    )
    .action(async (options: Options) => opened((session) => follow(session, options)));
};
