import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** How a command is called, and how it refuses to be. */
type CommandLine = {
  /** Reads the arguments of the process, or `args`; more than `positionals` (none by default) beside the options are refused. */
  read<T extends Options>(
    options: T,
    more?: { args?: string[]; positionals?: number },
  ): Pick<ReturnType<typeof parseArgs<{ options: T }>>, 'values'> & { positionals: string[] };
  /** Says in one line why the arguments cannot be used, and ends the process with 2. */
  refuse(why: string): never;
};

/** A command line as it is typed (`npm run keys`) with its usage: `--help` prints that and ends the process with 0, whatever else is given. */
export const commandLine = (command: string, usage: string): CommandLine => {
  const refuse = (why: string): never => {
    process.stderr.write(`averment: ${why} (${command} -- --help says how it is used)\n`);
    process.exit(2);
  };
  return {
    refuse,
    read: (options, { args = process.argv.slice(2), positionals: most = 0 } = {}) => {
      const end = args.indexOf('--');
      if ((end < 0 ? args : args.slice(0, end)).some((arg) => arg === '--help' || arg === '-h')) {
        process.stdout.write(`${usage}\n`);
        process.exit(0);
      }
      try {
        const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
        const [unused] = positionals.slice(most);
        return unused === undefined ? { values, positionals } : refuse(`${JSON.stringify(unused)} is one argument too many`);
      } catch (error) {
        // What follows the first sentence is how to pass what looks like an option.
        return refuse((error as Error).message.split('. ')[0]?.replaceAll('\n', ' ') ?? '');
      }
    },
  };
};
