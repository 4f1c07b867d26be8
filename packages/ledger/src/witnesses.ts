import { inTransaction } from '@averment/platform';
import {
  type Checkpoint,
  consistencyProof,
  formatNote,
  Malformed,
  type Note,
  parseCheckpoint,
  parseNote,
  parseSignature,
  parseVerifierKey,
  type Signature,
  type VerifierKey,
  verifyNote,
} from '@averment/verify-log';
import type { Pool } from 'pg';
import { LedgerKeyError } from './key-file.ts';
import { createTrees } from './tiles.ts';

/** Who else signs checkpoints, once it has seen that they lead on from those before (C2SP tlog-witness). */
export type Witness = { url: string; key: VerifierKey };

/** A witness did not sign; the message says which, and why. Nothing waits for it. */
export class WitnessFailed extends Error {
  override readonly name = 'WitnessFailed';
}

/** Reads what the settings name. Throws `LedgerKeyError` for a key that is none of a witness. */
export const witnessesOf = (settings: readonly { url: string; vkey: string }[]): Witness[] =>
  settings.map(({ url, vkey }) => {
    try {
      const key = parseVerifierKey(vkey);
      if (key.kind !== 'witness') throw new Malformed('it is the key of a log');
      return { url: url.replace(/\/$/, ''), key };
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw new LedgerKeyError(`LEDGER_WITNESSES names a key that cannot be used: ${error.message}`);
    }
  });

const isBy = ({ name, id }: Pick<Signature, 'name' | 'id'>, { key }: Witness): boolean => name === key.name && id === key.id;

/** How long a witness may take to answer, in milliseconds. */
const patience = 10_000;
/** The longest answer that is read, in bytes. */
const longest = 16 * 1024;

type Asked = { checkpoint: Checkpoint; served: string; witness: Witness; proofFrom: (size: number) => Promise<readonly Buffer[]> };

/** The witness's line below the checkpoint. What it has signed last it says itself, where that is not `old`. */
const cosign = async ({ witness, served, checkpoint, proofFrom }: Asked, old: number, isLast = false): Promise<Signature> => {
  const { url, key } = witness;
  const failed = (why: string) => new WitnessFailed(`the witness ${key.name} ${why}`);
  const proof = old === 0 ? [] : await proofFrom(old);
  const body = [`old ${old}`, ...proof.map((hash) => hash.toString('base64')), '', served].join('\n');
  const signal = AbortSignal.timeout(patience);
  const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body, signal, redirect: 'error' }).catch((error: unknown) => {
    throw failed(`does not answer: ${String(error)}`);
  });
  const text = (await answer.text()).slice(0, longest);
  if (answer.status === 409 && !isLast) {
    const size = /^(0|[1-9]\d{0,15})\n$/.exec(text)?.[1];
    if (size === undefined) throw failed('answered 409 without the size that it has signed');
    if (Number(size) > checkpoint.size)
      throw failed(`has signed ${size} leaves, and there are ${checkpoint.size}: this ledger is behind, or forked`);
    return cosign({ witness, served, checkpoint, proofFrom }, Number(size), true);
  }
  if (answer.status !== 200) throw failed(`answered ${answer.status}: ${text.slice(0, 200).trim()}`);
  const note = parseNote(served);
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const signature = parseSignature(line);
    if (isBy(signature, witness) && verifyNote({ text: note.text, signatures: [signature] }, [key])?.length === 1) return signature;
  }
  throw failed('did not answer with a signature of its key that holds');
};

/**
 * Has the last checkpoint signed by those witnesses that have not signed it, and appends their lines to it, unless another one was signed meanwhile. One that
 * is away or refuses keeps nobody up: rejects with `WitnessFailed` once the others have been asked.
 */
export const createCosigning = (pool: Pool, witnesses: readonly Witness[]) => {
  const signed = new Map<Witness, number>();
  const treeOf = createTrees(pool);

  const add = (text: string, signatures: readonly Signature[]): Promise<void> =>
    inTransaction(pool, async (tx) => {
      const { rows } = await tx.query<{ note: string | null }>('SELECT note FROM ledger.checkpoint FOR UPDATE');
      const note: Note | null = rows[0]?.note ? parseNote(rows[0].note) : null;
      if (note?.text !== text) return;
      const more = signatures.filter(({ name, id }) => !note.signatures.some((one) => one.name === name && one.id === id));
      await tx.query('UPDATE ledger.checkpoint SET note = $1', [formatNote({ text, signatures: [...note.signatures, ...more] })]);
    });

  return async (): Promise<void> => {
    const { rows } = await pool.query<{ note: string | null }>('SELECT note FROM ledger.checkpoint');
    const served = rows[0]?.note ?? null;
    if (served === null) return;
    const { text, signatures } = parseNote(served);
    const checkpoint = parseCheckpoint(text);
    const nodes = treeOf(checkpoint);
    const proofFrom = (size: number) => consistencyProof(size, checkpoint.size, nodes);
    const missing = witnesses.filter((witness) => !signatures.some((signature) => isBy(signature, witness)));
    const outcomes = await Promise.allSettled(
      missing.map(async (witness) => {
        const signature = await cosign({ witness, served, checkpoint, proofFrom }, signed.get(witness) ?? 0);
        signed.set(witness, checkpoint.size);
        return signature;
      }),
    );
    const lines = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    if (lines.length > 0) await add(text, lines);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  };
};
