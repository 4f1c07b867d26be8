import { type Checkpoint, NotSigned, openCheckpoint } from './checkpoint.ts';
import { createComparedTree, type ExpectedRoot } from './compared-tree.ts';
import { differences } from './differences.ts';
import { decodeEntry, digestOf, shownOf } from './entry.ts';
import { differenceFound, type Found, type LedgerFinding, ledgerFinding } from './findings.ts';
import { Malformed } from './malformed.ts';
import type { VerifierKey } from './note.ts';
import { createServedLog, type Fetch, NotServed, type RecordedEvent, recordedEvents, type ServedLog } from './served.ts';
import { createTexts } from './texts.ts';
import { widthIn } from './tiles.ts';

export type VerifyLedger = {
  /** Below it stand `checkpoint` and `tile/…`. */
  url: string;
  /** Who may have signed; one of them is enough. */
  keys: readonly VerifierKey[];
  /** A checkpoint that was saved before, as served. */
  since?: string | undefined;
  /** The service whose events are compared too, with the key of an auditor there. */
  events?: { url: string; key: string } | undefined;
  fetch?: Fetch;
  found: (finding: LedgerFinding) => void;
  /** How many leaves of all were looked at. */
  progress?: (done: number, size: number) => void;
};

/** What was verified: `note` is the checkpoint as served, null where it was not to be believed. */
export type VerifiedLedger = { checkpoint: Checkpoint | null; note: string | null; findings: number };

/** The checkpoint, by whichever key holds. Throws `Malformed` or `NotSigned`. */
const opened = (note: string, keys: readonly VerifierKey[]): Checkpoint => {
  let last: unknown = new NotSigned('no key was given');
  for (const key of keys) {
    try {
      return openCheckpoint(note, key);
    } catch (error) {
      if (!(error instanceof NotSigned)) throw error;
      last = error;
    }
  }
  throw last;
};

const saved = (note: string, keys: readonly VerifierKey[]): Checkpoint => {
  try {
    return opened(note, keys);
  } catch (error) {
    if (error instanceof Error) error.message = `of the saved checkpoint: ${error.message}`;
    throw error;
  }
};

/**
 * Verifies a ledger over HTTP: its signature; that it begins with the checkpoint saved before; each tile against the entries, and their root against the
 * checkpoint; and with the key of an auditor each event against its entry, and each text against its digest. Memory does not grow with the ledger. Findings
 * come as they are found. Rejects with nothing: what is not served is a finding.
 */
export const verifyLedger = async (options: VerifyLedger): Promise<VerifiedLedger> => {
  const { url, keys, since, fetch = globalThis.fetch } = options;
  let findings = 0;
  const found: Found = (...finding) => {
    findings += 1;
    options.found(ledgerFinding(...finding));
  };
  const served = createServedLog(url, fetch);
  let [note, checkpoint]: [string | null, Checkpoint | null] = [null, null];
  try {
    const read = await served.checkpoint();
    checkpoint = opened(read, keys);
    note = read;
    const before = since === undefined ? null : saved(since, keys);
    if (before !== null && before.size > checkpoint.size)
      found('tail_cut', `the log had ${before.size} leaves, as the saved checkpoint says, and has ${checkpoint.size}`);
    await verifyLeaves({ ...options, fetch, served, checkpoint, before, found });
  } catch (error) {
    const what = error instanceof NotSigned ? 'signature' : error instanceof NotServed ? 'not_served' : 'malformed';
    if (what === 'malformed' && !(error instanceof Malformed || error instanceof SyntaxError)) throw error;
    found(what, (error as Error).message);
  }
  return { checkpoint, note, findings };
};

type Leaves = Pick<VerifyLedger, 'events' | 'progress'> & {
  fetch: Fetch;
  served: ServedLog;
  checkpoint: Checkpoint;
  before: Checkpoint | null;
  found: Found;
};

const verifyLeaves = async (leaves: Leaves): Promise<void> => {
  const { events, fetch, checkpoint, found } = leaves;
  const entries = readEntries(leaves);
  if (events === undefined) for await (const _ of entries);
  else await compareEvents(entries, recordedEvents(events.url, events.key, fetch), checkpoint, found);
};

type Recorded = { digest: string; shown: string | null; index: number };

/** Reads the entries bundle by bundle, and compares the tree that they make with tiles and checkpoints. */
async function* readEntries({ served, checkpoint, before, found, progress }: Leaves): AsyncGenerator<Recorded> {
  const { size, root } = checkpoint;
  const roots: ExpectedRoot[] = [
    { size, root, what: 'root', detail: `the ${size} entries have another root than the one that was signed` },
  ];
  if (before !== null)
    roots.push({ ...before, what: 'tree_forked', detail: `the first ${before.size} leaves are not those of the saved checkpoint` });
  const tree = createComparedTree({ tile: served.tile, roots, found });
  for (let index = 0; tree.size() < size; index += 1) {
    const bundle = { level: 'entries', index, width: widthIn(size, { level: 'entries', index }) } as const;
    for (const bytes of await served.entries(bundle)) {
      await tree.add(bytes);
      yield recordedOf(bytes, tree.size() - 1, found);
    }
    progress?.(tree.size(), size);
  }
  await tree.end();
}

/** What cannot be read as an entry equals no event. */
const recordedOf = (bytes: Uint8Array, index: number, found: Found): Recorded => {
  try {
    const { event: digest, shown } = decodeEntry(bytes);
    return { digest, shown, index };
  } catch (error) {
    found('malformed', (error as Error).message, { index });
    return { digest: '', shown: null, index };
  }
};

type There = RecordedEvent & { digest: string };
const placeOf = ({ stream, revision, position }: RecordedEvent) => ({ stream, revision, position });

/** Compares what the service tells of its events with the entries. */
const compareEvents = async (
  entries: AsyncIterable<Recorded>,
  events: AsyncIterable<RecordedEvent>,
  { size }: Checkpoint,
  found: Found,
): Promise<void> => {
  const texts = createTexts<Pick<There, 'stream' | 'revision' | 'position'>>();
  const there = async function* () {
    for await (const event of events) {
      texts.add(event.canonical, event.disclosures, placeOf(event));
      for (const { what, place, detail } of texts.taken()) found(what, detail, place);
      yield { ...event, digest: digestOf(event.canonical) };
    }
  };
  const compareShown = ({ shown, index }: Recorded, event: There) => {
    if (shown !== null && shown !== digestOf(shownOf(event.canonical)))
      found('shown_changed', 'the entry says of what the public reads of it that it is something else', { ...placeOf(event), index });
  };
  for await (const each of differences(entries, there(), compareShown)) differenceFound(each, size, found);
  for (const { what, place, detail } of texts.rest()) found(what, detail, place);
};
