import { commandLine, loadConfig } from '@averment/platform';
import { runAgainst } from './against.ts';
import { runBench } from './bench.ts';
import { rows } from './rows/index.ts';

const usage = `npm run bench -- [<row>,<row>...] [options]

Measures, and prints the table of docs/bench.md. EVENT_LOG_URL names an EventStoreDB for the rows store and profiles, which are skipped without.
  --quick              fewer rounds of less
  --seed <N>           of what is drawn (1)
  --rounds <N>         how often each row is measured (5)
  --minutes <N>        prolongs the row memory
  --scale <0.1>        makes data sets of a tenth
  --against <commit>   measures the build of that commit in turns with this one
The rows are ${Object.keys(rows).join(', ')}.`;

const { read, refuse } = commandLine('npm run bench', usage);
const { values, positionals } = read(
  {
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string' },
    minutes: { type: 'string', default: '0' },
    scale: { type: 'string', default: '1' },
    against: { type: 'string' },
  },
  { positionals: Number.POSITIVE_INFINITY },
);
const wanted = positionals.flatMap((names) => names.split(',')).filter((name) => name !== '');
const unknown = wanted.filter((name) => !Object.hasOwn(rows, name));
if (unknown.length > 0) refuse(`there is no row ${unknown.join(', ')}; there are ${Object.keys(rows).join(', ')}`);
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
if (Object.values(options).some((value) => Number.isNaN(value)) || rounds < 1) refuse('seed, rounds, minutes and scale are numbers');
const names = wanted.length > 0 ? wanted : Object.keys(rows);
const print = (text: string) => void process.stdout.write(`${text}\n`);
if (values.against === undefined) await runBench(names, options, print);
else await runAgainst(values.against, names, options, print);
