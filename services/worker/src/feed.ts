import { userInfo } from 'node:os';
import { createFeedOperations, type FeedOperations, type Mended, type Skipped } from '@averment/commands';
import { catalogue, type DomainEvent, reasonText } from '@averment/domain';
import { connectLog, migrations } from '@averment/event-log';
import { commandLine, createLogger, createPool, loadConfig, migrate, systemClock, systemRandom, withDatabase } from '@averment/platform';
import { complain } from './complain.ts';

const usageOfSkip = `npm run feed:skip -- --position <position> --reason <text> [--by <name>]

The feed ends before an event that cannot be read, and answers 503 from there on. This lets it pass over that event: in its place followers get an item of
type Unreadable. The position stands in the log of the api that answers 503, and in what \`npm run verify\` finds.
  --position  where the event stands
  --reason    why it is passed over; it is kept for auditors
  --by        who decides so; by default the name of the account that runs this`;
const usageOfMended = `npm run feed:mended -- [--by <name>]

Says what the feed passes over, and lets it serve at a new position what can be read again; a running worker does so by itself.
  --by   who decides so; by default the name of the account that runs this`;

/** The greatest that a log can give. */
const lastPosition = 2n ** 63n - 1n;

type Task = (feed: FeedOperations, actor: string) => Promise<{ lines: string[]; code: number }>;

/** `npm run feed:skip` and `npm run feed:mended`. Ends with 0; with 1 where nothing could be passed over or something still cannot be read; with 2 for wrong arguments. */
const main = async (): Promise<number> => {
  const { task, by } = readArguments(process.argv.slice(2));
  const config = loadConfig(process.env, { serverKey: false });
  const logger = createLogger({ level: config.logLevel === 'info' ? 'warn' : config.logLevel, name: 'feed' });
  return await withDatabase(config, { name: 'feed', logger }, async (databaseUrl) => {
    for (const each of migrations) await migrate(databaseUrl, each);
    const pool = createPool({ databaseUrl, name: 'averment feed', logger, max: 4 });
    try {
      // Erasures are left to the other programs: one that cannot be read may be the very event that is to be passed over.
      const log = await connectLog<DomainEvent>({ settings: config, pool, catalogue, clock: systemClock, random: systemRandom, logger });
      try {
        const { lines, code } = await task(createFeedOperations({ log, clock: systemClock, random: systemRandom }), by);
        process.stdout.write(`${lines.join('\n')}\n`);
        return code;
      } finally {
        await log.close();
      }
    } finally {
      await pool.end();
    }
  });
};

const readArguments = ([name, ...args]: string[]): { task: Task; by: string } => {
  const by = { type: 'string', default: userInfo().username } as const;
  if (name === 'mended') return { task: mend, by: commandLine('npm run feed:mended', usageOfMended).read({ by }, { args }).values.by };
  const { read, refuse } = commandLine('npm run feed:skip', usageOfSkip);
  const { values } = read({ position: { type: 'string' }, reason: { type: 'string' }, by }, { args });
  const { position = '', reason } = values;
  if (!/^[1-9]\d{0,18}$/.test(position) || BigInt(position) > lastPosition)
    refuse(`--position ${JSON.stringify(position)} is not a position`);
  const parsed = reasonText.safeParse(reason ?? refuse('--reason has to say why it is passed over'));
  const said = parsed.success ? parsed.data : refuse(`--reason ${parsed.error.issues[0]?.message ?? 'cannot be used'}`);
  return { task: skip(BigInt(position), said), by: values.by };
};

const skip =
  (position: bigint, reason: string): Task =>
  async (feed, actor) => {
    const skipped = await feed.skip({ position, reason, actor });
    return { lines: [said(position, skipped)], code: skipped.outcome === 'passed_over' ? 0 : 1 };
  };

const said = (position: bigint, skipped: Skipped): string => {
  switch (skipped.outcome) {
    case 'nothing':
      return `no event stands at position ${position}`;
    case 'readable':
      return `the ${skipped.type} at position ${position} can be read: there is nothing to pass over`;
    case 'passed_over': {
      const { stream, revision, undecodable, error } = skipped.event;
      const what = `revision ${revision} of ${stream} at position ${position} (${undecodable}: ${error})`;
      return skipped.already ? `the feed passes over ${what} already` : `the feed passes over ${what} from now on`;
    }
  }
};

const mend: Task = async (feed, actor) => {
  const found = await feed.mend(actor);
  const lines = found.map(lineOf);
  return {
    lines: lines.length === 0 ? ['the feed passes over nothing that waits to be mended'] : lines,
    code: found.every(({ outcome }) => outcome === 'mended') ? 0 : 1,
  };
};

const lineOf = ({ position, stream, revision, ...found }: Mended): string =>
  `revision ${revision} of ${stream}, passed over at position ${position}: ${found.outcome === 'mended' ? 'can be read again, and is served at a new position' : `still cannot be read (${found.error})`}`;

try {
  process.exitCode = await main();
} catch (error) {
  complain('feed', error);
  process.exitCode = 1;
}
