import { createHash } from 'node:crypto';
import { copyFile, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inTransaction, systemClock } from '@averment/platform';
import { testFolder, testServer } from '@averment/platform/testing';
import {
  decodeEntries,
  decodeEntry,
  encodeEntry,
  leafHash,
  newSigningKey,
  openCheckpoint,
  parseProof,
  parseVerifierKey,
  rootOf,
  verifyProof,
  widthIn,
} from '@averment/verify-log';
import t, { type Test } from 'tap';
import {
  beginAnew,
  countLeaves,
  createLedgerFollower,
  createSigner,
  type Leaf,
  LedgerKeyError,
  LedgerRefused,
  makeLedgerKey,
  readLedgerKeys,
  rotateLedgerKey,
  signedFileOf,
} from '../src/index.ts';
import { eventsFrom, incident, ledgerFor, sha256 } from './kit.ts';

const server = await testServer(t, { extra: ['fsync = off'] });
const begin = (t: Test) => ledgerFor(t, server);

t.test('each event has a leaf, in the order of the log, and the tree is that of the entries', async (t) => {
  const { add, signer, key, ledger } = await begin(t);
  t.equal(await ledger.checkpoint(), null, 'nothing is signed');
  // Whatever pages the log comes in, over the borders of tiles.
  let size = 0;
  for (const count of [1, 254, 1, 1, 300, 1000, 66_000]) {
    await add(eventsFrom(size, count));
    size += count;
    await signer.sign();
    const checkpoint = openCheckpoint((await ledger.checkpoint()) ?? '', key);
    t.equal(checkpoint.size, size);
    const leaves = eventsFrom(0, size).map(({ canonical = '', sha256: event }) => {
      const { actor: _, command: __, correlation: ___, request: ____, ...shown } = JSON.parse(canonical);
      return leafHash(Buffer.from(JSON.stringify({ event, shown: sha256(JSON.stringify(shown)) })));
    });
    const levels = [leaves];
    // The root by the definition alone: our tiles have no part in it.
    const root = await rootOf(size, (level, index) => {
      for (let at = levels.length; at <= level; at += 1) {
        const below = levels[at - 1] as Buffer[];
        levels.push(
          Array.from({ length: Math.floor(below.length / 2) }, (_, n) =>
            createHash('sha256')
              .update(Buffer.concat([Buffer.of(1), below[2 * n] as Buffer, below[2 * n + 1] as Buffer]))
              .digest(),
          ),
        );
      }
      return (levels[level] as Buffer[])[index] as Buffer;
    });
    t.same(checkpoint.root, root, `the root of ${size}`);
    for (const index of [0, size - 1]) {
      const { event = '', shown = null, note = null } = (await ledger.leaf({ stream: incident, revision: index })) ?? {};
      const proof = parseProof((await ledger.proof({ index, note })) ?? '');
      t.same(verifyProof(proof, encodeEntry({ event, shown }), key)?.root, root, `leaf ${index} of ${size}`);
    }
  }
  for (const revision of [0, 255, 256, 66_000, size - 1]) {
    t.match(await ledger.leaf({ stream: incident, revision }), { index: revision, type: 'ClaimAdded' });
    const index = Math.floor(revision / 256);
    const bundle = { level: 'entries', index, width: widthIn(size, { level: 'entries', index }) } as const;
    const entries = decodeEntries((await ledger.tile(bundle)) ?? Buffer.alloc(0), bundle);
    const proof = parseProof((await ledger.proof({ index: revision, note: await ledger.checkpoint() })) ?? '');
    t.equal(verifyProof(proof, entries[revision % 256] as Uint8Array, key)?.size, size, `leaf ${revision} is proved`);
  }
  t.equal(await ledger.tile({ level: 0, index: 300, width: 256 }), null, 'what is not covered is not there');
  t.equal(await ledger.proof({ index: size, note: await ledger.checkpoint() }), null);
});

t.test('nothing of the review is shown', async (t) => {
  const { add, signer, ledger } = await begin(t);
  await add([...eventsFrom(0, 1), ...eventsFrom(1, 1, 'EditSubmitted')]);
  await signer.sign();
  t.match(await ledger.leaf({ stream: incident, revision: 1 }), { index: 1, type: 'EditSubmitted', shown: null });
  const entries = decodeEntries((await ledger.tile({ level: 'entries', index: 0, width: 2 })) ?? Buffer.alloc(0), { width: 2 }).map(
    decodeEntry,
  );
  t.match(entries[0]?.shown, /^[0-9a-f]{64}$/);
  t.equal(entries[1]?.shown, null);
});

t.test('what is there is signed once, and anew when the keys are others', async (t) => {
  const { pool, add, keyFile, signer, ledger } = await begin(t);
  await add(eventsFrom(0, 3));
  const [one, other] = await Promise.all([signer.sign(), signer.sign()]);
  t.equal(one.note, other.note, 'of two at once one signs');
  await writeFile(keyFile, `${newSigningKey('record.example/log')}\n${await readFile(keyFile, 'utf8')}`);
  const keys = await readLedgerKeys(keyFile);
  const rotated = createSigner({ pool, keys, keyFile, clock: systemClock });
  await rotated.announce();
  const { note } = await rotated.sign();
  for (const { vkey } of keys) t.equal(openCheckpoint(note, parseVerifierKey(vkey)).size, 3, 'by the new key and the old');
  t.same(
    await ledger.keys(),
    keys.map(({ vkey }) => vkey),
    'the new one first',
  );
  t.equal((await rotated.sign()).note, note);
});

t.test('another history is never signed', async (t) => {
  const { pool, add, keyFile, signer, ledger } = await begin(t);
  await add(eventsFrom(0, 300));
  await signer.sign();
  const signed = await ledger.checkpoint();
  const forge = async (statement: string, words: RegExp) => {
    await pool.query('BEGIN');
    await pool.query(statement);
    await pool.query('COMMIT');
    await t.rejects(signer.sign(), { name: LedgerRefused.name, message: words }, statement);
    t.equal(await ledger.checkpoint(), signed, 'what was signed stays');
  };
  await pool.query('CREATE TABLE kept AS SELECT * FROM ledger.tiles');
  await forge(
    'UPDATE ledger.tiles SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) WHERE level = 0 AND index = 1',
    /not those that were signed/,
  );
  await pool.query('UPDATE ledger.tiles t SET hashes = k.hashes FROM kept k WHERE k.level = t.level AND k.index = t.index');
  await forge('UPDATE ledger.followed SET size = 299', /300 leaves were signed/);
  await pool.query('UPDATE ledger.followed SET size = 300');
  await signer.sign();
  await writeFile(signedFileOf(keyFile), 'another.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n');
  await t.rejects(signer.sign(), { name: LedgerRefused.name, message: /another.example/ });
});

t.test('a process that ends at any step leaves nothing that is not signed again', async (t) => {
  const { pool, add, keys, keyFile, signer, key, ledger } = await begin(t);
  await add(eventsFrom(0, 5));
  await signer.sign();
  await add(eventsFrom(5, 5));
  // At each statement of the signer the connection fails; after the file is written and before the row is, too.
  for (let step = 0; ; step += 1) {
    let statements = 0;
    const failing = {
      connect: async () => {
        const client = await pool.connect();
        const query = client.query.bind(client);
        const failOnce = (...parameters: Parameters<typeof query>) => {
          statements += 1;
          if (statements === step + 1) throw new Error('the process ends here');
          return query(...parameters);
        };
        return new Proxy(client, { get: (target, name) => (name === 'query' ? failOnce : Reflect.get(target, name, target)) });
      },
    };
    const outcome = await createSigner({ pool: failing as unknown as typeof pool, keys, keyFile, clock: systemClock })
      .sign()
      .then(
        () => 'signed',
        (error: Error) => error.message,
      );
    const served = openCheckpoint((await ledger.checkpoint()) ?? '', key).size;
    t.ok(served === 5 || served === 10, `after step ${step}: ${outcome}, ${served} served`);
    if (outcome === 'signed') break;
    t.ok(step < 20);
  }
  await signer.sign();
  t.equal(openCheckpoint((await ledger.checkpoint()) ?? '', key).size, 10);
});

t.test('a database from a backup: nothing is signed before it has caught up, and only what was signed', async (t) => {
  const first = await begin(t);
  await first.add(eventsFrom(0, 5));
  await first.signer.sign();
  // A second database that has what the first had a while ago.
  const second = await begin(t);
  await second.add(eventsFrom(0, 3));
  await first.add(eventsFrom(5, 5));
  await first.signer.sign();
  await copyFile(first.keyFile, second.keyFile);
  await copyFile(signedFileOf(first.keyFile), signedFileOf(second.keyFile));
  const restored = createSigner({ pool: second.pool, keys: first.keys, keyFile: second.keyFile, clock: systemClock });
  await t.rejects(restored.sign(), { name: LedgerRefused.name, message: /10 leaves were signed.*there are 3/ });
  t.equal(await second.ledger.checkpoint(), null);
  await second.add(eventsFrom(3, 7));
  t.equal((await restored.sign()).checkpoint.size, 10, 'the same events again');

  const third = await begin(t);
  await copyFile(first.keyFile, third.keyFile);
  await copyFile(signedFileOf(first.keyFile), signedFileOf(third.keyFile));
  await third.add([...eventsFrom(0, 9), ...eventsFrom(9, 1, 'ClaimRetracted')]);
  await third.add(eventsFrom(10, 5));
  const forked = createSigner({ pool: third.pool, keys: first.keys, keyFile: third.keyFile, clock: systemClock });
  await t.rejects(forked.sign(), { name: LedgerRefused.name, message: /not those that were signed/ });
  t.equal(await third.ledger.checkpoint(), null);
});

t.test('where the log has lost events for good, another ledger is begun, under another name', async (t) => {
  const { pool, add, keys, ledger, signer } = await begin(t);
  await add(eventsFrom(0, 300));
  await signer.sign();
  const { note = null } = (await ledger.leaf({ stream: incident, revision: 7 })) ?? {};
  t.ok(await ledger.proof({ index: 7, note }));
  await t.rejects(beginAnew(pool, keys), { name: LedgerRefused.name, message: /of another name/ });
  t.same(await countLeaves(pool), { made: 300, signed: 300 });

  const otherFile = join(await testFolder(t), 'other.key');
  const others = await makeLedgerKey(otherFile, 'other.example/log');
  t.same(await beginAnew(pool, others), { size: 300, origin: 'record.example/log' });
  t.same(await countLeaves(pool), { made: 0, signed: 0 });
  t.equal(await ledger.checkpoint(), null);
  const follower = createLedgerFollower({ holds: async () => true });
  t.same(await follower.current(pool), { position: 0n, mark: null }, 'the follower begins at the start');
  await inTransaction(pool, (tx) => follower.apply(tx, eventsFrom(100, 280)));
  await createSigner({ pool, keys: others, keyFile: otherFile, clock: systemClock }).sign();
  const { index, event, shown, note: now } = (await ledger.leaf({ stream: incident, revision: 107 })) as Leaf;
  const proof = parseProof((await ledger.proof({ index, note: now })) ?? '');
  t.equal(index, 7);
  t.ok(verifyProof(proof, encodeEntry({ event, shown }), parseVerifierKey(others[0]?.vkey ?? '')), 'nothing of the old tree is left');
  await t.rejects(signer.sign(), { name: LedgerRefused.name }, 'and the old key signs nothing of it');
});

t.test('keys', async (t) => {
  const { keyFile, pool } = await begin(t);
  const another = [...(await readLedgerKeys(keyFile))];
  const { vkey } = await rotateLedgerKey(keyFile);
  t.same(
    (await readLedgerKeys(keyFile)).map((key) => key.vkey),
    [vkey, ...another.map((key) => key.vkey)],
    'a new key goes before those that are there',
  );
  t.equal((await stat(keyFile)).mode & 0o777, 0o600);
  await writeFile(keyFile, `${newSigningKey('a.example')}\n${newSigningKey('b.example')}\n`);
  await t.rejects(readLedgerKeys(keyFile), { name: LedgerKeyError.name, message: /several names/ });
  await writeFile(keyFile, 'no key\n');
  await t.rejects(readLedgerKeys(keyFile), { name: LedgerKeyError.name });
  await rm(keyFile);
  await t.rejects(readLedgerKeys(keyFile), { name: LedgerKeyError.name, message: /is not there/ });
  await createSigner({ pool, keys: another, keyFile, clock: systemClock }).sign();
  const other = await makeLedgerKey(join(await testFolder(t), 'other.key'), 'other.example/log');
  await t.rejects(createSigner({ pool, keys: other, keyFile: join(await testFolder(t), 'x'), clock: systemClock }).sign(), {
    name: LedgerRefused.name,
    message: /the database has the ledger record.example\/log/,
  });
});
