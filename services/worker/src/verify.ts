import { type Finding, verifyLog } from '@averment/event-log';
import { createLogger, createPool, loadConfig, withDatabase } from '@averment/platform';
import { complain } from './complain.ts';

/** `npm run verify`: reads the whole log again and says what is not as it was written. Ends with 0 where all is well, with 1 where something is not. */
async function main(): Promise<number> {
  const config = loadConfig(process.env, { serverKey: false });
  const logger = createLogger({ level: config.logLevel === 'info' ? 'warn' : config.logLevel, name: 'verify' });
  return await withDatabase(config, { name: 'verify', logger }, async (databaseUrl) => {
    const pool = createPool({ databaseUrl, name: 'averment verify', logger, max: 4 });
    try {
      const findings = verifyLog({ pool, settings: config });
      let found = 0;
      for (;;) {
        const { done, value } = await findings.next();
        if (done) {
          for (const what of value.unchecked) process.stdout.write(`not looked at: ${what}\n`);
          process.stdout.write(
            `${value.events} events up to position ${value.head}: ${found === 0 ? 'all is as it was written' : `${found} findings`}\n`,
          );
          return found === 0 ? 0 : 1;
        }
        found += 1;
        process.stdout.write(`${line(value)}\n`);
      }
    } finally {
      await pool.end();
    }
  });
}

function line({ what, stream, revision, position, detail }: Finding): string {
  const place = [stream, revision === null ? null : `revision ${revision}`, position === null ? null : `position ${position}`].filter(
    (part) => part !== null,
  );
  return `${what}: ${place.length === 0 ? '' : `${place.join(', ')}: `}${detail}`;
}

try {
  process.exitCode = await main();
} catch (error) {
  complain('verify', error);
  process.exitCode = 1;
}
