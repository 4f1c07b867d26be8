import { parseArgs } from 'node:util';
import { loadConfig } from '@averment/platform';
import { runAgainst } from './against.ts';
import { runBench } from './bench.ts';
import { rows } from './rows/index.ts';

/** `npm run bench -- [row,row…] [--quick] [--seed N] [--rounds N] [--minutes N] [--scale N] [--against COMMIT]`: measures, and prints the table.
 * `--minutes` prolongs the row `memory`; `--scale 0.1` makes data sets of a tenth; `--against` measures the build of that commit in turns with this one.
 * `EVENT_LOG_URL` names an EventStoreDB for the rows `store` and `profiles`, which are skipped without. */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string' },
    minutes: { type: 'string', default: '0' },
    scale: { type: 'string', default: '1' },
    against: { type: 'string' },
  },
});
const wanted = positionals.flatMap((names) => names.split(',')).filter((name) => name !== '');
const unknown = wanted.filter((name) => !Object.hasOwn(rows, name));
if (unknown.length > 0) {
  process.stderr.write(`there is no row ${unknown.join(', ')}; there are ${Object.keys(rows).join(', ')}\n`);
  process.exit(1);
}
const { eventLogUrl } = loadConfig({ EVENT_LOG_URL: process.env.EVENT_LOG_URL });
const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));
const options = {
  quick: values.quick,
  seed: Number(values.seed),
  rounds,
  minutes: Number(values.minutes),
  scale: Number(values.scale),
  eventLogUrl,
};
if (Object.values(options).some((value) => Number.isNaN(value)) || rounds < 1) {
  process.stderr.write('seed, rounds, minutes and scale are numbers\n');
  process.exit(1);
}
const names = wanted.length > 0 ? wanted : Object.keys(rows);
const print = (text: string) => void process.stdout.write(`${text}\n`);
if (values.against === undefined) await runBench(names, options, print);
else await runAgainst(values.against, names, options, print);
