import { Refused } from '@averment/client';
import { Command, CommanderError } from 'commander';
import { addCompletion } from './commands/completion.ts';
import { addExport } from './commands/export.ts';
import { addFollow } from './commands/follow.ts';
import { addHistory } from './commands/history.ts';
import { addList } from './commands/list.ts';
import { addShow, fromZero } from './commands/show.ts';
import { addSubmit } from './commands/submit.ts';
import { addVerify } from './commands/verify.ts';
import { completions } from './completion.ts';
import { codes, endingOf } from './ending.ts';
import { refusalLines } from './refusal.ts';
import { type GlobalOptions, type Opened, openSession } from './session.ts';
import { visible } from './visible.ts';

const exitCodes = `
Exit codes: 0 done; 1 refused, or a verification found something; 2 called wrongly; 3 the service does not answer;
4 another log lies there: drop what was followed; 130 ended by Ctrl-C.
`;

const commandsOf = (signal: AbortSignal): Command => {
  const program = new Command('averment')
    .description('The record of incidents on which accounts differ: read it, follow it, copy it, verify it, propose changes to it.')
    .option('--url <address>', 'where the service is (AVERMENT_URL)', process.env.AVERMENT_URL || 'http://127.0.0.1:8080')
    .option('--key-file <file>', 'a file that holds your key; without it AVERMENT_KEY is taken, and without that the public’s part is read')
    .option('--json', 'for machines: JSON, a line for each document or item')
    .option('--retries <number>', 'how often is asked again where the service does not answer', fromZero, 3)
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', exitCodes)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'averment: ')) })
    .exitOverride();
  const opened: Opened = (command) => command(openSession(program.opts<GlobalOptions>(), signal));
  for (const add of [addList, addShow, addHistory, addFollow, addExport, addVerify, addSubmit, addCompletion]) add(program, opened);
  return program;
};

/** Runs a command line; answers the code that the process ends with. */
export const run = async (args: string[], signal: AbortSignal): Promise<number> => {
  const program = commandsOf(signal);
  // Asked by the scripts of `completion`, with what is typed so far, options that are half written among it.
  if (args[0] === '__complete') {
    process.stdout.write(
      completions(program, args.slice(1))
        .map((line) => `${line}\n`)
        .join(''),
    );
    return codes.done;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return signal.aborted ? codes.interrupted : codes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? codes.done : codes.usage;
    if (signal.aborted) return codes.interrupted;
    const ending = endingOf(error);
    if (ending === null) throw error;
    const lines =
      error instanceof Refused ? refusalLines(error, program.opts<GlobalOptions>().json ?? false) : [`averment: ${visible(ending.said)}`];
    process.stderr.write(`${lines.join('\n')}\n`);
    return ending.code;
  }
};
