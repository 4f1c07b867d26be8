import { loadVocabulary } from '@averment/domain';
import { storedEvents, verifyLog } from '@averment/event-log';
import { verifyStoredLedger } from '@averment/ledger';
import {
  type Config,
  commandLine,
  createLogger,
  createPool,
  type Logger,
  loadConfig,
  readServerKey,
  withDatabase,
} from '@averment/platform';
import type { Rebuilt } from '@averment/read-models';
import { findingLine, verifyCommand } from '@averment/verify-log';
import { complain } from './complain.ts';
import { lineOf } from './differences.ts';
import { openStores } from './open.ts';

const usage = `npm run verify -- [--models]
npm run verify -- --log URL --key VKEY [--since FILE] [--save FILE] [--api URL] [--json]

Reads the whole event log again and says what is not as it was written, and compares it with the ledger, and that with what was signed.
  --models   builds each read model anew beside the one in use, from the log, and says which rows differ
  --log URL  verifies a ledger as it is served, of any service, and nothing here: npm run verify -- --log URL --help`;

type Place = { config: Config; databaseUrl: string; logger: Logger };
const say = (line: string) => process.stdout.write(`${line}\n`);

/** `npm run verify`. Ends with 0 where all is well, with 1 where something is not, with 2 for wrong arguments. */
const main = async (): Promise<number> => {
  const args = process.argv.slice(2);
  if (args.some((arg) => /^--log\b/.test(arg))) return verifyCommand(args, process);
  const { models: withModels } = commandLine('npm run verify', usage).read({ models: { type: 'boolean', default: false } }).values;
  const config = loadConfig(process.env, { serverKey: withModels });
  const logger = createLogger({ level: config.logLevel === 'info' ? 'warn' : config.logLevel, name: 'verify' });
  return await withDatabase(config, { name: 'verify', logger }, async (databaseUrl) => {
    const place = { config, databaseUrl, logger };
    const isLogWell = await verifiedLog(place);
    const isLedgerWell = await verifiedLedger(place);
    const areModelsWell = !withModels || (await verifiedModels(place));
    return isLogWell && isLedgerWell && areModelsWell ? 0 : 1;
  });
};

const verifiedLog = async ({ config, databaseUrl, logger }: Place): Promise<boolean> => {
  const pool = createPool({ databaseUrl, name: 'averment verify', logger, max: 4 });
  try {
    const findings = verifyLog({ pool, settings: config });
    let found = 0;
    for (;;) {
      const { done, value } = await findings.next();
      if (done) {
        for (const what of value.unchecked) say(`not looked at: ${what}`);
        say(`${value.events} events up to position ${value.head}: ${found === 0 ? 'all is as it was written' : `${found} findings`}`);
        return found === 0;
      }
      found += 1;
      say(findingLine(value));
    }
  } finally {
    await pool.end();
  }
};

const verifiedLedger = async ({ config, databaseUrl, logger }: Place): Promise<boolean> => {
  const pool = createPool({ databaseUrl, name: 'averment verify', logger, max: 4 });
  let findings = 0;
  try {
    const { leaves, signed, unchecked } = await verifyStoredLedger({
      pool,
      events: storedEvents({ pool, settings: config }),
      keyFile: config.ledger.keyFile,
      found: (finding) => {
        findings += 1;
        say(findingLine(finding));
      },
    });
    for (const what of unchecked) say(`not looked at: ${what}`);
    say(`${leaves} leaves, ${signed} of them signed: ${findings === 0 ? 'the log is as they say' : `${findings} findings`}`);
    return findings === 0;
  } finally {
    await pool.end();
  }
};

/** Compares each model with one that is built from the log for that. What is parked or skipped is in neither. */
const verifiedModels = async ({ config, databaseUrl, logger }: Place): Promise<boolean> => {
  const serverKey = await readServerKey(config.serverKeyFile);
  const stores = await openStores({ databaseUrl, settings: config, serverKey, vocabulary: loadVocabulary(config.vocabulary), logger });
  const { runner } = stores;
  try {
    const sound: string[] = [];
    const [off, withErasedText] = [await runner.off(), await runner.withErasedText()];
    for (const { name } of runner.projections) {
      const why = off.get(name);
      if (why !== undefined) say(`model_off: ${why}`);
      else if ((await runner.position([name])) === null)
        say(`model_off: the read model ${name} is not there: a worker builds it at its start`);
      else if (withErasedText.includes(name))
        say(`model_off: the read model ${name} has to be built anew by a worker, since a text was erased in a stream that waits`);
      else sound.push(name);
    }
    const rebuilt = await runner.rebuildAll(sound, { compareOnly: true });
    return rebuilt.map(isAsTheLogHasIt).every(Boolean) && sound.length === runner.projections.length;
  } finally {
    await stores.close();
  }
};

const isAsTheLogHasIt = ({ projection: name, position, comparison }: Rebuilt): boolean => {
  if (comparison === null) {
    say(`model_off: the read model ${name} stands where the log has no end of an append`);
    return false;
  }
  for (const difference of comparison.differences) say(`model_differs: ${name}, ${difference.table}, ${lineOf(difference)}`);
  const [rows, differing] = (['compared', 'differing'] as const).map((what) =>
    comparison.tables.reduce((sum, table) => sum + table[what], 0),
  );
  say(`${name}: ${rows} rows up to position ${position}: ${differing === 0 ? 'all are as the log has them' : `${differing} differ`}`);
  return differing === 0;
};

try {
  process.exitCode = await main();
} catch (error) {
  complain('verify', error);
  process.exitCode = 1;
}
