import { loadVocabulary } from '@averment/domain';
import { purgeErased } from '@averment/event-log';
import { commandLine, createLogger, loadConfig, readServerKey, withDatabase } from '@averment/platform';
import { projectionNames, type Rebuilt } from '@averment/read-models';
import { complain } from './complain.ts';
import { lineOf } from './differences.ts';
import { openStores, type Stores } from './open.ts';

const all: string[] = projectionNames;

const usage = `npm run rebuild -- <projection|all> [--compare-only]

Builds the tables of a projection anew from the log, beside those in use, compares them, and puts them in their place; readers notice nothing.
  --compare-only   only says what differs, and changes nothing; ends with 1 if anything does
If texts were erased, what was left of them in the database's files is removed as well.
The projections are ${all.join(', ')}.`;

const { read, refuse } = commandLine('npm run rebuild', usage);

/** `npm run rebuild`. Ends with 0; with 1 if it failed, or if only comparing found a difference; with 2 for wrong arguments. */
const main = async (): Promise<number> => {
  const { names, compareOnly } = readArguments();
  const config = loadConfig(process.env);
  const logger = createLogger({ level: config.logLevel === 'info' ? 'warn' : config.logLevel, name: 'rebuild' });
  return await withDatabase(config, { name: 'rebuild', logger }, async (databaseUrl) => {
    const serverKey = await readServerKey(config.serverKeyFile);
    const stores = await openStores({ databaseUrl, settings: config, serverKey, vocabulary: loadVocabulary(config.vocabulary), logger });
    try {
      let differs = false;
      for (const rebuilt of await stores.runner.rebuildAll(names, { compareOnly })) {
        report(rebuilt);
        differs ||= isDifferent(rebuilt);
      }
      if (!compareOnly) await purge(stores, names.length < all.length);
      return compareOnly && differs ? 1 : 0;
    } finally {
      await stores.close();
    }
  });
};

const readArguments = (): { names: string[]; compareOnly: boolean } => {
  const { values, positionals } = read({ 'compare-only': { type: 'boolean', default: false } }, { positionals: 1 });
  return { names: namesOf(positionals[0] ?? refuse('which projection is to be built, or all')), compareOnly: values['compare-only'] };
};

const namesOf = (wanted: string): string[] => {
  if (wanted === 'all') return all;
  if (!all.includes(wanted)) refuse(`there is no projection ${wanted}; there are ${all.join(', ')}, and "all"`);
  return [wanted];
};

const isDifferent = ({ comparison }: Rebuilt): boolean =>
  comparison !== null &&
  (comparison.differences.length > 0 || comparison.tables.some(({ liveRows, rebuiltRows }) => liveRows !== rebuiltRows));

const report = (rebuilt: Rebuilt): void => {
  const { projection, position, events, milliseconds, comparison, parked, swapped } = rebuilt;
  const lines = [`${projection}: built from ${events} events up to position ${position} in ${(milliseconds / 1000).toFixed(1)} s`];
  if (comparison === null) lines.push('  there was nothing to compare with');
  for (const { table, liveRows, rebuiltRows, compared, differing } of comparison?.tables ?? []) {
    const rows = liveRows === rebuiltRows ? `${liveRows} rows` : `${liveRows} rows in use, ${rebuiltRows} rebuilt`;
    const found = comparison?.differences.filter((one) => one.table === table) ?? [];
    lines.push(
      `  ${table}: ${rows}, ${compared} compared, ${differing === 0 ? 'none differs' : `${differing} differ`}${differing > found.length ? `, of which ${found.length} are shown` : ''}`,
    );
    lines.push(...found.map((difference) => `    ${lineOf(difference)}`));
  }
  for (const stream of parked) lines.push(`  ${stream} waits behind an event that cannot be taken: see GET /v1/parked`);
  lines.push(swapped ? '  the rebuilt tables are in use now' : '  nothing was changed');
  process.stdout.write(`${lines.join('\n')}\n`);
};

/** Only where a text was ever erased: the vault's table is written anew, and everybody who appends waits for that. */
const purge = async ({ logPool }: Stores, others: boolean): Promise<void> => {
  const { rows } = await logPool.query('SELECT EXISTS (SELECT FROM vault.erasures) AS erased');
  if (!rows[0]?.erased) return;
  const remains = await purgeErased(logPool);
  const lines = ['erased texts: removed from the files of the vault, and from those of the tables that were rebuilt'];
  if (others) lines.push('  the files of the other projections may still hold them: npm run rebuild -- all');
  for (const { what, why } of remains) lines.push(`  the ${what} may still hold them: ${why}`);
  process.stdout.write(`${lines.join('\n')}\n`);
};

try {
  process.exitCode = await main();
} catch (error) {
  complain('rebuild', error);
  process.exitCode = 1;
}
