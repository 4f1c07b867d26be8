import { setTimeout as delay } from 'node:timers/promises';
import { alive, commandLine, createLogger, EmbeddedError, embeddedHolder, loadConfig, stopLeft } from '@averment/platform';
import { complain } from './complain.ts';

const usage = `npm stop [-- --left]

Ends what \`npm start\` runs on DATA_DIR (./data), whoever started it, as Ctrl-C does there: api, worker, then the database.
  --left   ends only a database that was left by a process that was killed`;

/** A launcher ends within 60 s; this much later (milliseconds) it is stuck. */
const patience = 70_000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const main = async (onlyLeft: boolean): Promise<void> => {
  const { dataDir, logLevel } = loadConfig(process.env, { serverKey: false });
  const logger = createLogger({ level: logLevel === 'info' ? 'warn' : logLevel, name: 'stop' });
  const found = await embeddedHolder(dataDir);
  if (found === null) return onlyLeft ? undefined : say(`nothing runs on ${dataDir}`);
  if (found.holder === null) {
    await stopLeft(dataDir, logger);
    return say(`stopped the database that was left running in ${dataDir}`);
  }
  if (onlyLeft) return;
  const { name, pid } = found.holder;
  if (name !== 'averment' || pid === null) throw new EmbeddedError(`${dataDir} is in use by ${name}, process ${pid}, which ends by itself`);
  process.kill(pid, 'SIGTERM');
  for (const limit = performance.now() + patience; alive(pid); await delay(50)) {
    if (performance.now() > limit) throw new EmbeddedError(`process ${pid} does not end`);
  }
  say(`stopped averment, process ${pid}, on ${dataDir}`);
};

/** `npm stop`. Ends with 0 where nothing runs then, with 1 where something does. */
const { left } = commandLine('npm stop', usage).read({ left: { type: 'boolean', default: false } }).values;
try {
  await main(left);
} catch (error) {
  complain(error);
  process.exitCode = 1;
}
