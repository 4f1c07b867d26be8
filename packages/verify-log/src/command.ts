import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { findingLine } from './findings.ts';
import { Malformed } from './malformed.ts';
import { parseVerifierKey, type VerifierKey } from './note.ts';
import { verifyLedger } from './verify-ledger.ts';

export const usage = `verify-log --log URL --key VKEY [--since FILE] [--save FILE] [--api URL] [--json]

Verifies a ledger as it is served: signature, tiles, entries.
  --log URL    where checkpoint and tile/… are served, such as https://record.example/log
  --key VKEY   the verifier key, got from elsewhere than the ledger; may be given several times: one of them has to have signed
  --since FILE a checkpoint that was saved before: the ledger has to begin with it
  --save FILE  saves the checkpoint if all is well, for the next time
  --api URL    also compares each event and text with the ledger, as the service at URL tells them to an auditor, whose key is in AVERMENT_KEY
  --json       a line of JSON for each finding and for the end

Ends with 0 where all is as it was signed, with 1 where something is not, with 2 for wrong arguments.`;

const options = {
  log: { type: 'string' },
  key: { type: 'string', multiple: true },
  since: { type: 'string' },
  save: { type: 'string' },
  api: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Where the command writes. `stderr` is for people; progress is shown on a terminal. */
type Terminal = {
  stdout: Pick<NodeJS.WriteStream, 'write'>;
  stderr: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
  env: NodeJS.ProcessEnv;
};

class Refused extends Error {
  override readonly name = 'Refused';
}

type Asked = {
  log: string;
  keys: VerifierKey[];
  since: string | undefined;
  save: string | undefined;
  api: string | undefined;
  json: boolean;
};

const read = async (args: string[]): Promise<Asked | null> => {
  try {
    const { log, key: keys = [], since, save, api, json, help } = parseArgs({ args, options }).values;
    if (help) return null;
    if (log === undefined || keys.length === 0) throw new Refused('--log and --key are needed');
    for (const url of [log, api]) if (url !== undefined && !URL.canParse(url)) throw new Refused(`${url} is no URL`);
    return { log, keys: keys.map(parseVerifierKey), since: since && (await readFile(since, 'utf8')), save, api, json };
  } catch (error) {
    const isOurs = error instanceof Refused || error instanceof Malformed || (error instanceof Error && 'code' in error);
    throw isOurs ? new Refused((error as Error).message.split('\n')[0]) : error;
  }
};

/** The command `verify-log`; answers its exit code. */
export const verifyCommand = async (args: string[], { stdout, stderr, env }: Terminal): Promise<0 | 1 | 2> => {
  let asked: Asked | null;
  try {
    asked = await read(args);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    stderr.write(`verify-log: ${error.message} (--help says how it is used)\n`);
    return 2;
  }
  if (asked === null) {
    stdout.write(`${usage}\n`);
    return 0;
  }
  const { log, keys, since, save, api, json } = asked;
  const key = env.AVERMENT_KEY ?? '';
  if (api !== undefined && key === '') {
    stderr.write('verify-log: --api needs the key of an auditor in AVERMENT_KEY\n');
    return 2;
  }
  const say = (line: string) => void stdout.write(`${line}\n`);
  const clear = () => void (stderr.isTTY && stderr.write('\r\x1b[K'));
  const { checkpoint, note, findings } = await verifyLedger({
    url: log,
    keys,
    since,
    events: api === undefined ? undefined : { url: api, key },
    found: (finding) => {
      clear();
      say(json ? JSON.stringify(finding) : findingLine(finding));
    },
    progress: (done, size) => {
      if (stderr.isTTY) stderr.write(`\r${done} of ${size} leaves`);
    },
  });
  clear();
  const isWell = findings === 0 && checkpoint !== null && note !== null;
  if (isWell && save !== undefined) await writeFile(save, note);
  const root = checkpoint?.root.toString('base64') ?? null;
  if (json) say(JSON.stringify({ size: checkpoint?.size ?? null, root, findings }));
  else say(`${checkpoint?.size ?? 0} leaves, root ${root}: ${isWell ? 'all is as it was signed' : `${findings} findings`}`);
  return isWell ? 0 : 1;
};
