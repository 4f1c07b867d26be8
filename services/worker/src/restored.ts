import { loadVocabulary, tagCases } from '@averment/domain';
import { migrations as logMigrations, noteRestore } from '@averment/event-log';
import { caseKeyOf, commandLine, createLogger, createPool, loadConfig, migrate, readServerKey, withDatabase } from '@averment/platform';
import { createProjections, restoresHeardOf, migrations as runnerMigrations } from '@averment/read-models';
import { complain } from './complain.ts';
import { openStores } from './open.ts';

const usage = `npm run restored -- [--at-least <number>]

Says that the event log which is there now is the right one, though it was restored from a backup: once after each restore. Processes that run begin anew,
every erasure in the log is applied again, and who follows the feed is told to start anew.
  --at-least   how often the log has been restored by now, where the vault's backup has forgotten some of it: the number after the dot in the feed's "log"
               that followers have, and one more`;

/** `npm run restored`. Ends with 0; with 1 if it failed; with 2 for wrong arguments. */
const main = async (): Promise<number> => {
  const atLeast = readArguments();
  const config = loadConfig(process.env);
  const vocabulary = loadVocabulary(config.vocabulary);
  const logger = createLogger({ level: config.logLevel === 'info' ? 'warn' : config.logLevel, name: 'restored' });
  const serverKey = await readServerKey(config.serverKeyFile);
  return await withDatabase(config, { name: 'restored', logger }, async (databaseUrl) => {
    for (const each of [...logMigrations, runnerMigrations]) await migrate(databaseUrl, each);
    const pool = createPool({ databaseUrl, name: 'averment restored', logger, max: 2 });
    try {
      const heard = await restoresHeardOf(pool, createProjections({ vocabulary, tagCase: tagCases(caseKeyOf(serverKey)) }));
      const name = await noteRestore(pool, Math.max(atLeast, heard + 1));
      process.stdout.write(`the event log is called ${name} from now on\n`);
    } finally {
      await pool.end();
    }
    const stores = await openStores({ databaseUrl, settings: config, serverKey, vocabulary, logger });
    try {
      const off = await stores.runner.off();
      process.stdout.write(`it ends at position ${await stores.log.head()}\n`);
      for (const why of off.values()) process.stdout.write(`${why}\n`);
      return 0;
    } finally {
      await stores.close();
    }
  });
};

const readArguments = (): number => {
  const { read, refuse } = commandLine('npm run restored', usage);
  const { 'at-least': atLeast } = read({ 'at-least': { type: 'string', default: '0' } }).values;
  return /^\d{1,9}$/.test(atLeast) ? Number(atLeast) : refuse(`--at-least is a whole number, and not ${JSON.stringify(atLeast)}`);
};

try {
  process.exitCode = await main();
} catch (error) {
  complain('restored', error);
  process.exitCode = 1;
}
