import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { addressOf, headersOf, refusalOf, retrying } from '@averment/client';
import { Argument, type Command, Option } from 'commander';
import { Misuse } from '../ending.ts';
import { showProgress } from '../progress.ts';
import type { Opened, Session } from '../session.ts';

const forms = { incidents: ['ndjson', 'csv', 'geojson', 'parquet'], claims: ['ndjson', 'csv', 'parquet'] } as const;
type What = keyof typeof forms;
type Options = { format: string; out?: string };

/** The name that the service gives, if it is one and no path. */
const fileOf = (answer: Response, fallback: string): string => {
  const said = /filename="([\w.-]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1];
  return said === undefined || /^\.+$/.test(said) ? fallback : basename(said);
};

/** Counts the bytes that pass. */
async function* counted(source: AsyncIterable<Uint8Array>, note: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    note(bytes);
    yield chunk;
  }
}

const save = async (session: Session, what: What, { format, out }: Options): Promise<void> => {
  if (!(forms[what] as readonly string[]).includes(format)) throw new Misuse(`${what} come as ${forms[what].join(', ')}`);
  const { access, signal } = session;
  const send = retrying(access.fetch, access.retries);
  const answer = await send(new Request(addressOf(access.url, `/v1/export/${what}.${format}`), { headers: headersOf(access) }));
  if (!answer.ok || answer.body === null) throw await refusalOf(answer);
  const position = answer.headers.get('averment-position');
  const body = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]);
  if (out === '-') return pipeline(body, process.stdout, { signal, end: false });

  const file = out ?? fileOf(answer, `${what}.${format}`);
  const progress = showProgress(`${what} as ${format}`, 'bytes');
  let bytes = 0;
  const note = (now: number) => {
    bytes = now;
    progress.at(now);
  };
  // A file that broke off is not there under its name.
  const unfinished = `${file}.part`;
  try {
    await pipeline(body, (source) => counted(source, note), createWriteStream(unfinished), { signal });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    progress.end();
  }
  if (session.json) session.document({ file, bytes, position });
  else session.line(`${file}: ${bytes.toLocaleString('en')} bytes${position === null ? '' : `, as of position ${position}`}`);
};

export const addExport = (program: Command, opened: Opened): void => {
  program
    .command('export')
    .description('Save all incidents or claims that the public reads as one file')
    .addArgument(new Argument('<what>', 'which').choices(Object.keys(forms)))
    .addOption(new Option('--format <form>', 'how').choices([...forms.incidents]).default('ndjson'))
    .option('--out <file>', 'where to; - is the standard output. Else the name that the service gives')
    .addHelpText(
      'after',
      '\nA file that breaks off is not left behind. claims come as ndjson, csv or parquet.\n\n  averment export claims --format csv',
    )
    .action(async (what: What, options: Options) => opened((session) => save(session, what, options)));
};
