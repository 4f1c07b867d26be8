import { resolve } from 'node:path';
import { catalogue, type DomainEvent, loadVocabulary, tagCases } from '@averment/domain';
import { connectLog } from '@averment/event-log';
import { FolderThere, writeFolder } from '@averment/exports';
import { createLedger } from '@averment/ledger';
import {
  caseKeyOf,
  commandLine,
  createLogger,
  createPool,
  loadConfig,
  readServerKey,
  systemClock,
  systemRandom,
  withDatabase,
} from '@averment/platform';
import { createProjections, ModelMissing, openSnapshot, SnapshotEnded } from '@averment/read-models';
import { complain } from './complain.ts';

const usage = `npm run export -- --dir <folder>

Writes all that the public reads of the record into a new folder in that one, as of one position of the log: incidents and claims in every form of
/v1/export, manifest.json, SHA256SUMS (sha256sum -c SHA256SUMS), and the last signed checkpoint of the ledger, if there is one.
  --dir   where the new folder is made; one that is there is never written to`;

const size = new Intl.NumberFormat('en', { notation: 'compact', style: 'unit', unit: 'byte' });
const number = new Intl.NumberFormat('en');
/** How often a terminal is told, in milliseconds. */
const often = 100;

/** Says on a terminal how far a file is, in a line that the next one replaces. */
const progress = () => {
  let told = 0;
  const say = (line: string) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${line}`);
  return {
    tell: (file: string, { rows, bytes }: { rows: number; bytes: number }) => {
      if (performance.now() - told < often) return;
      told = performance.now();
      say(`${file}: ${number.format(rows)} rows, ${size.format(bytes)}`);
    },
    end: () => void say(''),
  };
};

/** `npm run export`. Ends with 0; with 1 where the folder could not be written, and then there is none; with 2 for wrong arguments. */
const main = async (): Promise<number> => {
  const { read, refuse } = commandLine('npm run export', usage);
  const dir = resolve(read({ dir: { type: 'string' } }).values.dir ?? refuse('--dir has to say where the new folder is made'));
  const config = loadConfig(process.env);
  const logger = createLogger({ level: config.logLevel === 'info' ? 'warn' : config.logLevel, name: 'export' });
  return await withDatabase(config, { name: 'export', logger }, async (databaseUrl) => {
    const pool = createPool({ databaseUrl, name: 'averment export', logger, max: 4 });
    const installed = {
      vocabulary: loadVocabulary(config.vocabulary),
      tagCase: tagCases(caseKeyOf(await readServerKey(config.serverKeyFile))),
    };
    try {
      const log = await connectLog<DomainEvent>({ settings: config, pool, catalogue, clock: systemClock, random: systemRandom, logger });
      try {
        const ledger = createLedger(pool);
        const snapshot = await openSnapshot({ pool, projections: createProjections(installed), log });
        const { tell, end } = progress();
        try {
          const { path, manifest } = await writeFolder({
            snapshot,
            dir,
            now: systemClock.now(),
            signed: async () => {
              const checkpoint = await ledger.checkpoint();
              return checkpoint === null ? null : { checkpoint, keys: await ledger.keys() };
            },
            onProgress: tell,
          });
          end();
          const rows = (of: string) => number.format(manifest.files.find(({ name }) => name.startsWith(of))?.rows ?? 0);
          process.stdout.write(
            `${path}: ${rows('incidents')} incidents and ${rows('claims')} claims as of position ${manifest.position}\n`,
          );
          if (manifest.incomplete > 0)
            process.stdout.write(`incomplete: ${manifest.incomplete} streams are missing, because an event of theirs is parked\n`);
          if (manifest.ledger === null) process.stdout.write('without a checkpoint: the ledger has signed none yet\n');
          return 0;
        } finally {
          end();
          await snapshot.close();
        }
      } finally {
        await log.close();
      }
    } finally {
      await pool.end();
    }
  });
};

/** What was said so that it can be mended, without a trace. */
const known = [FolderThere, SnapshotEnded, ModelMissing];

try {
  process.exitCode = await main();
} catch (error) {
  if (known.some((kind) => error instanceof kind)) process.stderr.write(`averment export: ${(error as Error).message}\n`);
  else complain('export', error);
  process.exitCode = 1;
}
