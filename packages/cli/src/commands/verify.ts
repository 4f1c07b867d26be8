import { readFileSync, writeFileSync } from 'node:fs';
import { answerOf, type Schemas, verify, verifyShown } from '@averment/client';
import { findingLine } from '@averment/verify-log';
import type { Command } from 'commander';
import { Findings, Misuse } from '../ending.ts';
import { showProgress } from '../progress.ts';
import type { Opened, Session } from '../session.ts';
import { jsonLine, visible } from '../visible.ts';
import { count } from '../words.ts';
import { fromZero } from './show.ts';

type LedgerOptions = { logKey?: string[]; since?: string; save?: string; events?: true };
type ProofOptions = { logKey?: string[]; file?: string; save?: string };

/** The keys that were given. Those that the service itself names prove less, and that is said. */
const keysOf = async (session: Session, given: string[] | undefined): Promise<string[]> => {
  if (given !== undefined) return given;
  session.note('averment: the keys are those that the service names itself (/log/key); --log-key with one from elsewhere proves more');
  const keys = await answerOf(session.api.GET('/log/key', { parseAs: 'text' }));
  return keys.split('\n').filter((key) => key !== '');
};

const verifyServed = async (session: Session, { logKey, since, save, events }: LedgerOptions): Promise<void> => {
  if (events && session.access.key === undefined) throw new Misuse('--events needs the key of an auditor');
  const keys = await keysOf(session, logKey);
  const progress = showProgress('Leaves', 'leaves');
  const { checkpoint, note, findings } = await verify({
    ...session.access,
    keys,
    ...(since !== undefined && { since: readFileSync(since, 'utf8') }),
    ...(events && { events }),
    found: (finding) => (session.json ? session.document(finding) : session.line(visible(findingLine(finding)))),
    progress: progress.at,
  });
  progress.end();
  const [size, root] = [checkpoint?.size ?? null, checkpoint ? Buffer.from(checkpoint.root).toString('hex') : null];
  if (session.json) session.document({ size, root, findings });
  if (findings > 0) throw new Findings(count(findings, 'finding'));
  if (save !== undefined && note !== null) writeFileSync(save, note);
  if (!session.json) session.line(`The ledger holds: ${count(size ?? 0, 'leaf', 'leaves')}, root ${root}`);
};

const readProof = (file: string): Schemas['ShownProof'] => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Schemas['ShownProof'];
  } catch (error) {
    throw new Misuse(`${file} holds no proof: ${(error as Error).message}`);
  }
};

const verifyEvent = async (
  session: Session,
  id: string | undefined,
  revision: number | undefined,
  options: ProofOptions,
): Promise<void> => {
  const { logKey, file, save } = options;
  if (file === undefined && (id === undefined || revision === undefined))
    throw new Misuse('of which event? It takes an incident and a revision, or --file');
  if (file !== undefined && logKey === undefined) throw new Misuse('--file is verified without asking anybody, and needs --log-key');
  const params = { path: { id: id ?? '', revision: revision ?? 0 }, query: { with: 'shown' } as const };
  const document =
    file === undefined
      ? ((await answerOf(session.api.GET('/v1/incidents/{id}/events/{revision}/proof', { params }))) as Schemas['ShownProof'])
      : readProof(file);
  if (save !== undefined) writeFileSync(save, `${jsonLine(document)}\n`);
  const { checkpoint, texts, wrong } = verifyShown(document, await keysOf(session, logKey));
  const size = checkpoint?.size ?? null;
  if (session.json) session.document({ index: document.index, size, texts, wrong });
  else for (const what of wrong) session.line(visible(what));
  if (wrong.length > 0) throw new Findings(count(wrong.length, 'finding'));
  if (session.json) return;
  session.line(`The event is leaf ${document.index} of a ledger of ${count(size ?? 0, 'leaf', 'leaves')}, as was signed.`);
  session.line(
    document.shown === null
      ? 'What it says is not shown whole, so that nothing of it is tied to the leaf.'
      : 'What is shown of it is what the leaf is of.',
  );
  for (const { name, value } of texts) session.line(`  ${visible(name)}: ${jsonLine(value)}`);
};

const aboutKey = 'a key that the ledger is signed with, got from elsewhere than the service';

export const addVerify = (program: Command, opened: Opened): void => {
  const command = program.command('verify').description('Verify that history was only ever added to, and what is shown of an event');
  command
    .command('ledger')
    .description('Verify the ledger as it is served: signature, tree, entries')
    .option('--log-key <vkey...>', aboutKey)
    .option('--since <file>', 'a checkpoint that was saved before: the ledger has to begin with it')
    .option('--save <file>', 'save the checkpoint if all holds, for the next time')
    .option('--events', 'compare each event and text too; needs the key of an auditor')
    .addHelpText(
      'after',
      '\nWith --json a line for each finding, and one for the end.\n\n  averment verify ledger --log-key "$(cat ledger.vkey)" --since checkpoint --save checkpoint',
    )
    .action(async (options: LedgerOptions) => opened((session) => verifyServed(session, options)));
  command
    .command('proof')
    .description('Verify that an event of an incident is in the ledger, and that what is shown of it is what the ledger has')
    .argument('[incident]', 'the id of the incident')
    .argument('[revision]', 'the revision of the event', fromZero)
    .option('--log-key <vkey...>', aboutKey)
    .option('--save <file>', 'keep the proof')
    .option('--file <file>', 'a proof that was kept: nobody is asked')
    .action(async (id: string | undefined, revision: number | undefined, options: ProofOptions) =>
      opened((session) => verifyEvent(session, id, revision, options)),
    );
};
