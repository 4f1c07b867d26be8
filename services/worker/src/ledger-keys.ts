import { beginAnew, migrations, readLedgerKeys, rotateLedgerKey } from '@averment/ledger';
import { commandLine, createLogger, createPool, loadConfig, migrate, withDatabase } from '@averment/platform';
import { Malformed, newSigningKey } from '@averment/verify-log';
import { complain } from './complain.ts';

const usage = `npm run ledger -- new-key --origin <name>
npm run ledger -- rotate
npm run ledger -- begin-anew

The ledger is signed by the keys in LEDGER_KEY_FILE (docs/operations.md, "The ledger").
  new-key     prints a key of a new ledger, to be kept in that file
  rotate      puts a new key of the same name before those in the file; workers sign with all of them once they are restarted
  begin-anew  ends the ledger that is there, and begins another one under the name of the key in the file. Only for a log that has lost events for good: who
              followed the ledger that was has to be told. End the workers before
  --origin    what the ledger is called: where it is served, without the scheme, like record.example/log`;

const { read, refuse } = commandLine('npm run ledger', usage);

const newKey = async (origin: string | undefined): Promise<number> => {
  try {
    process.stdout.write(`${newSigningKey(origin ?? refuse('--origin has to say what the ledger is called'))}\n`);
    return 0;
  } catch (error) {
    if (error instanceof Malformed) refuse(`--origin: ${error.message}`);
    throw error;
  }
};

const keyFileOf = ({ ledger }: ReturnType<typeof loadConfig>): string =>
  ledger.keyFile ?? refuse('LEDGER_KEY_FILE has to say where the keys are');

const rotate = async (): Promise<number> => {
  const { vkey } = await rotateLedgerKey(keyFileOf(loadConfig(process.env, { serverKey: false })));
  process.stdout.write(`restart the workers; from then on the key is\n${vkey}\n`);
  return 0;
};

const anew = async (): Promise<number> => {
  const config = loadConfig(process.env, { serverKey: false });
  const keys = await readLedgerKeys(keyFileOf(config));
  const logger = createLogger({ level: config.logLevel === 'info' ? 'warn' : config.logLevel, name: 'ledger' });
  return await withDatabase(config, { name: 'ledger', logger }, async (databaseUrl) => {
    await migrate(databaseUrl, migrations);
    const pool = createPool({ databaseUrl, name: 'averment ledger', logger, max: 1 });
    try {
      const { size, origin } = await beginAnew(pool, keys);
      process.stdout.write(`the ledger ${origin} of ${size} leaves has ended; start the workers, which begin ${keys[0]?.name}\n`);
      return 0;
    } finally {
      await pool.end();
    }
  });
};

/** `npm run ledger`. Ends with 0; with 1 if it failed; with 2 for wrong arguments. */
const main = async (): Promise<number> => {
  const { values, positionals } = read({ origin: { type: 'string' } }, { positionals: 1 });
  const [task] = positionals;
  if (task === 'new-key') return newKey(values.origin);
  if (values.origin !== undefined) refuse('--origin goes with new-key');
  if (task === 'rotate') return rotate();
  return task === 'begin-anew' ? anew() : refuse('say new-key, rotate or begin-anew');
};

try {
  process.exitCode = await main();
} catch (error) {
  complain('ledger', error);
  process.exitCode = 1;
}
