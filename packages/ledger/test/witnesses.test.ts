import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '@averment/platform';
import { testFolder, testServer } from '@averment/platform/testing';
import {
  emptyRoot,
  formatSignature,
  newSigningKey,
  openCheckpoint,
  parseNote,
  parseSigningKey,
  parseVerifierKey,
  provesConsistency,
  signNote,
  verifyNote,
} from '@averment/verify-log';
import t, { type Test } from 'tap';
import { createCosigning, createStamping, LedgerKeyError, lastStamped, StampFailed, WitnessFailed, witnessesOf } from '../src/index.ts';
import { ledgerFor } from './kit.ts';

const server = await testServer(t, { extra: ['fsync = off'] });
const begin = (t: Test) => ledgerFor(t, server);

const bytesOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
const listening = async (t: Test, answer: (body: Buffer) => { status: number; type?: string; body?: string | Buffer }): Promise<string> => {
  const server = createServer(async (request, response) => {
    const { status, type = 'text/plain', body = '' } = answer(await bytesOf(request));
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  t.teardown(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** A witness as C2SP tlog-witness has it, of one ledger. */
const createWitness = async (t: Test, log: string, name = 'witness.example') => {
  const key = parseSigningKey(newSigningKey(name, 'witness'));
  const state = { size: 0, root: emptyRoot, asked: 0, away: false };
  const url = await listening(t, (body) => {
    state.asked += 1;
    if (state.away) return { status: 503 };
    const [, old = '', proof = '', note = ''] = /^old (\d+)\n((?:[^\n]+\n)*)\n([\s\S]*)$/.exec(body.toString()) ?? [];
    const checkpoint = openCheckpoint(note, parseVerifierKey(log));
    if (Number(old) > checkpoint.size) return { status: 400 };
    if (Number(old) !== state.size) return { status: 409, type: 'text/x.tlog.size', body: `${state.size}\n` };
    const hashes = proof
      .split('\n')
      .slice(0, -1)
      .map((line) => Buffer.from(line, 'base64'));
    const grown = { first: state.size, second: checkpoint.size, firstRoot: state.root, secondRoot: checkpoint.root, proof: hashes };
    if (state.size === 0 ? hashes.length > 0 : !provesConsistency(grown)) return { status: 422 };
    Object.assign(state, { size: checkpoint.size, root: checkpoint.root });
    return { status: 200, body: formatSignature(signNote(parseNote(note).text, key, 1_700_000_000)) };
  });
  return { state, key, witness: { url, vkey: key.vkey } };
};

t.test('witnesses sign what leads on from what they have signed, and one that is away keeps nobody up', async (t) => {
  const { pool, add, events, signer, ledger, keys } = await begin(t);
  const log = keys[0]?.vkey ?? '';
  const [one, other] = [await createWitness(t, log), await createWitness(t, log, 'other.example')];
  const cosign = createCosigning(pool, witnessesOf([one.witness, other.witness]));
  const signedBy = async () => {
    const note = parseNote((await ledger.checkpoint()) ?? '');
    return verifyNote(note, [parseVerifierKey(log), ...[one, other].map(({ key }) => parseVerifierKey(key.vkey))])?.map(({ name }) => name);
  };
  await cosign();
  t.equal(one.state.asked, 0, 'nothing is signed yet');
  await add(events(0, 5));
  await signer.sign();
  await cosign();
  t.same(await signedBy(), ['record.example/log', 'witness.example', 'other.example']);
  await cosign();
  t.equal(one.state.asked, 1, 'what is signed is asked for no more');
  await signer.sign();
  t.same(await signedBy(), ['record.example/log', 'witness.example', 'other.example'], 'and stays');

  other.state.away = true;
  await add(events(5, 300));
  await signer.sign();
  await t.rejects(cosign(), { name: WitnessFailed.name, message: /other.example answered 503/ });
  t.same(await signedBy(), ['record.example/log', 'witness.example']);
  other.state.away = false;
  await cosign();
  t.equal(other.state.size, 305, 'from the last that it has signed');

  // A process that has just been started knows nothing of what they have signed.
  await add(events(305, 1));
  await signer.sign();
  await createCosigning(pool, witnessesOf([one.witness]))();
  t.equal(one.state.size, 306);
  one.state.size = 400;
  await add(events(306, 1));
  await signer.sign();
  await t.rejects(cosign(), { name: WitnessFailed.name, message: /has signed 400 leaves/ });
});

t.test('a witness that signs something else is not believed', async (t) => {
  const { pool, add, events, signer, ledger } = await begin(t);
  const key = parseSigningKey(newSigningKey('witness.example', 'witness'));
  const forger = parseSigningKey(newSigningKey('witness.example', 'witness'));
  await add(events(0, 2));
  await signer.sign();
  const before = await ledger.checkpoint();
  for (const line of [formatSignature(signNote('another text\n', key, 1)), formatSignature(signNote('x\n', forger, 1)), 'rubbish\n', '']) {
    const url = await listening(t, () => ({ status: 200, body: line }));
    await t.rejects(createCosigning(pool, witnessesOf([{ url, vkey: key.vkey }]))());
    t.equal(await ledger.checkpoint(), before);
  }
  const log = parseSigningKey(newSigningKey('a.example'));
  t.throws(() => witnessesOf([{ url: 'http://127.0.0.1:1', vkey: log.vkey }]), { name: LedgerKeyError.name });
});

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

/** A small authority: `openssl ts -reply` with a certificate of its own. */
const createAuthority = async (t: Test) => {
  const folder = await testFolder(t);
  const at = (name: string) => join(folder, name);
  mkdirSync(at('ca'), { recursive: true });
  writeFileSync(at('serial'), '01\n');
  writeFileSync(
    at('openssl.cnf'),
    `[ req ]\ndistinguished_name = dn\n[ dn ]\n[ tsa_ext ]\nextendedKeyUsage = critical,timeStamping\nkeyUsage = critical,digitalSignature\nbasicConstraints = critical,CA:FALSE\n[ ca_ext ]\nbasicConstraints = critical,CA:TRUE\n[ tsa ]\ndefault_tsa = tsa1\n[ tsa1 ]\nserial = ${at('serial')}\ndefault_policy = 1.2.3.4.1\ndigests = sha256\nsigner_digest = sha256\nordering = no\n`,
  );
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const config = ['-config', at('openssl.cnf')];
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '30',
    '-subj',
    '/CN=Authority',
    ...config,
    '-extensions',
    'ca_ext',
  );
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/CN=Stamps', ...config);
  openssl(
    'x509',
    '-req',
    '-in',
    'tsa.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    'tsa.pem',
    '-days',
    '30',
    '-extfile',
    'openssl.cnf',
    '-extensions',
    'tsa_ext',
  );
  const url = await listening(t, (query) => {
    writeFileSync(at('query.tsq'), query);
    openssl(
      'ts',
      '-reply',
      ...config,
      '-queryfile',
      'query.tsq',
      '-signer',
      'tsa.pem',
      '-inkey',
      'tsa.key',
      '-chain',
      'ca.pem',
      '-out',
      'reply.tsr',
    );
    return { status: 200, type: 'application/timestamp-reply', body: readFileSync(at('reply.tsr')) };
  });
  return { url, caFile: at('ca.pem'), folder };
};

t.test('an authority sets the time of checkpoints', { skip: hasOpenssl ? false : 'skipped: openssl is not installed' }, async (t) => {
  const { pool, add, events, signer } = await begin(t);
  const { url, caFile, folder } = await createAuthority(t);
  let now = systemClock.now();
  const stamping = createStamping(pool, { url, caFile, every: 3_600_000 }, { now: () => now });
  await stamping();
  t.equal(await lastStamped(pool), null, 'nothing is signed yet');
  await add(events(0, 5));
  const { note } = await signer.sign();
  await stamping();
  const first = await lastStamped(pool);
  t.equal(first?.text, parseNote(note).text);
  // Verified by openssl alone, as anybody would.
  writeFileSync(join(folder, 'text'), first?.text ?? '');
  writeFileSync(join(folder, 'token'), first?.token ?? '');
  const verify = ['ts', '-verify', '-data', join(folder, 'text'), '-in', join(folder, 'token'), '-CAfile', caFile];
  t.match(execFileSync('openssl', verify, { stdio: 'pipe' }).toString(), 'Verification: OK');
  writeFileSync(join(folder, 'text'), 'another');
  t.throws(() => execFileSync('openssl', verify, { stdio: 'pipe' }));

  await add(events(5, 1));
  await signer.sign();
  await stamping();
  t.same(await lastStamped(pool), first, 'not more often than it is asked for');
  now = new Date(now.getTime() + 3_600_000);
  await stamping();
  t.not((await lastStamped(pool))?.text, first?.text);

  const other = await createAuthority(t);
  await add(events(6, 1));
  await signer.sign();
  now = new Date(now.getTime() + 3_600_000);
  const mistaken = createStamping(pool, { url, caFile: other.caFile, every: 1 }, { now: () => now });
  await t.rejects(mistaken(), { name: StampFailed.name }, 'a token of another authority is not kept');
});
