import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { inspect, isDeepStrictEqual } from 'node:util';
import { catalogue as domainCatalogue, eventSchemas } from '@averment/domain';
import { decodeSdJwtSync, getClaimsSync } from '@sd-jwt/decode';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import t from 'tap';
import { createCodec } from '../src/codec.ts';
import { createSalts, digestOf, restore, structure, withhold } from '../src/disclosure.ts';
import { isUndecodable, type StoredEvent } from '../src/index.ts';
import { catalogue, decoded, event, newStream, note, random, type TestEvent } from './events.ts';
import { samples } from './samples.ts';

const codec = createCodec<TestEvent>({ catalogue, random });
const domainCodec = createCodec<TestEvent>({ catalogue: domainCatalogue, random });
const place = { position: 1n, recordedAt: '2026-03-01T12:00:00.000000Z' };
const usable = (name: string) => !['_sd', '...', '__proto__'].includes(name);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    tie('object'),
    tie('array'),
  ),
  object: fc.dictionary(fc.string().filter(usable), tie('value'), { noNullPrototype: true }),
  array: fc.array(tie('value')),
})).object;
const word = { text: 'canary', number: 41.9172635 };

t.test('a stock SD-JWT library puts every kind of event together unchanged', async (t) => {
  const hasher = (data: string | ArrayBuffer) => hash('sha256', typeof data === 'string' ? data : new Uint8Array(data), 'buffer');
  const header = Buffer.from('{"alg":"none"}').toString('base64url');
  for (const { type, data } of samples(word)) {
    const [stored] = domainCodec.encode(newStream(), -1, [event(type, data)]);
    const parts = [`${header}.${Buffer.from(stored?.canonical ?? '').toString('base64url')}.`, ...(stored?.disclosures ?? []), ''];
    const { jwt, disclosures } = decodeSdJwtSync(parts.join('~'), hasher);
    const claims = getClaimsSync<{ data: object }>(jwt.payload, disclosures, hasher);
    t.same(claims.data, data, type);
  }
});

t.test('no text of any event type stands in its bytes, nor the hash of one', async (t) => {
  for (const { type, data } of samples(word)) {
    const [stored] = domainCodec.encode(newStream(), -1, [event(type, data)]);
    const canonical = stored?.canonical ?? '';
    const bare = [word.text, String(word.number)].flatMap((text) => [
      text,
      ...['base64', 'base64url', 'hex'].map((form) => hash('sha256', text, form as 'hex')),
    ]);
    t.same(
      bare.filter((trace) => canonical.includes(trace)),
      [],
      type,
    );
  }
});

t.test('an equal text has another digest each time', async (t) => {
  const digests = [note('same'), note('same')].flatMap((each) => codec.encode(newStream(), -1, [each])[0]?.disclosures.map(digestOf) ?? []);
  t.equal(new Set(digests).size, 2);
});

t.test('digests are sorted, so that their order tells nothing of the fields', async (t) => {
  const data = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`field${n}`, `text ${n}`]));
  const { data: left } = withhold(
    data,
    Object.keys(data).map((name) => [name]),
    createSalts(random),
  );
  const { _sd } = left as { _sd: string[] };
  t.same(_sd, _sd.toSorted());
  t.equal(_sd.length, 12);
});

t.test('any data is put together again, and its structure is what the texts left', async (t) => {
  const fieldsOf = (value: unknown, path: (string | number)[] = []): (string | number)[][] => {
    if (value === null || typeof value !== 'object') return [];
    return Object.entries(value).flatMap(([key, field]) => {
      const own = [...path, Array.isArray(value) ? Number(key) : key];
      return Array.isArray(value) ? fieldsOf(field, own) : [own, ...fieldsOf(field, own)];
    });
  };
  fc.assert(
    fc.property(json, fc.infiniteStream(fc.boolean()), (data, choices) => {
      // A text inside a text is disclosed with it.
      const paths = fieldsOf(data).filter(() => choices.next().value);
      const outer = paths.filter(
        (path) => !paths.some((other) => other.length < path.length && other.every((step, n) => step === path[n])),
      );
      const original = JSON.stringify(data);
      const { data: left, disclosures } = withhold(data as object, outer, createSalts(random));
      const through: unknown = JSON.parse(JSON.stringify(left));
      const restored = restore(structuredClone(through), disclosures);
      t.equal(disclosures.length, outer.length);
      t.same(restored.missing, []);
      return (
        canonicalize(restored.data) === canonicalize(data) &&
        JSON.stringify(data) === original &&
        !JSON.stringify(structure(through)).includes('"_sd"')
      );
    }),
  );
});

t.test('the bytes are those that the library writes, whatever the data are', async (t) => {
  // Names that JavaScript puts in an order of its own, halves of pairs, and numbers that JSON does not have or that print oddly.
  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('10', '9', '01', '-1', 'a', '_', 'Z', '\ud800', '\\ud800', 'constructor', 'toString'),
  );
  const { object } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'binary' }),
      fc.constantFrom(null, true, -0, 1e21, 1e-7, undefined, '\ud83d', '\\ud83d', '\\\\udead'),
      fc.double(),
      tie('object'),
      fc.array(tie('value')),
    ),
    object: fc.dictionary(name.filter(usable), tie('value'), { noNullPrototype: true, maxKeys: 12 }),
  }));
  const outcome = (run: () => string | undefined) => {
    try {
      return run() ?? '';
    } catch {
      return 'refused';
    }
  };
  const place = { schema: 1, stream: 'stream', revision: 3, last: 3 };
  fc.assert(
    fc.property(object, (data) => {
      const sent = event('MarkSet', data as object);
      const encoded = outcome(() => codec.encode('stream', 2, [sent])[0]?.canonical);
      return encoded === outcome(() => canonicalize({ ...sent, ...place }));
    }),
    { numRuns: 2000 },
  );
  t.pass('2000 of them');
});

t.test('what is handed back after an append is what a read without texts decodes', async (t) => {
  const isSame = ({ encode, decode, handBack }: typeof codec, type: string, data: object): boolean => {
    const [encoded] = encode(newStream(), -1, [event(type, data)]);
    if (!encoded) throw new Error('nothing was encoded');
    const { envelope: _, ...stored } = encoded;
    const { event: read } = decode({ ...stored, ...place }, false);
    const handed = handBack(encoded, place);
    // In the same order as well, and with no minus zero.
    return !isUndecodable(read) && isDeepStrictEqual(handed, read) && inspect(handed, everything) === inspect(read, everything);
  };
  const everything = { depth: null, maxStringLength: null, maxArrayLength: null };
  for (const { type, data } of samples(word)) t.ok(isSame(domainCodec, type, data), type);
  fc.assert(
    fc.property(json, (data) => isSame(codec, 'MarkSet', { ...(data as object), zero: -0, none: undefined, list: [undefined, -0] })),
  );
});

t.test('only a disclosure whose digest stands in the event is used', async (t) => {
  const [one, other] = ['mine', 'not mine'].map((title) => codec.encode(newStream(), -1, [note(title, { n: 1 })])[0]);
  if (!one || !other) throw new Error('nothing was encoded');
  const stored = (disclosures: readonly string[]): StoredEvent => ({ ...one, ...place, disclosures });
  t.same(decoded(codec.decode(stored([...other.disclosures, ...one.disclosures]), true).event).data, { title: 'mine', n: 1 });
  const [salt] = JSON.parse(Buffer.from(one.disclosures[0] ?? '', 'base64url').toString()) as string[];
  const forged = Buffer.from(JSON.stringify([salt, 'title', 'forged'])).toString('base64url');
  const { event: left, missing } = codec.decode(stored([forged]), true);
  t.same(decoded(left).data, { n: 1 });
  t.equal(missing.length, 1);
});

t.test('what is not as it was stored is a value that says so', async (t) => {
  const [good] = codec.encode('incident_one', -1, [note('A title', { n: 1 })]);
  if (!good) throw new Error('nothing was encoded');
  const rehashed = (canonical: string) => ({ canonical, sha256: hash('sha256', canonical, 'hex') });
  const digest = digestOf(good.disclosures[0] ?? '');
  const twice = Buffer.from(JSON.stringify(['salt', 'n', 'again'])).toString('base64url');
  const cases: [string, Partial<StoredEvent>][] = [
    ['a changed byte', { canonical: good.canonical.replace('"n":1', '"n":2') }],
    ['another hash', { sha256: hash('sha256', '', 'hex') }],
    ['no JSON', rehashed('{')],
    ['no event', rehashed('null')],
    ['another stream in the columns', { stream: 'incident_two' }],
    ['another revision in the columns', { revision: 1 }],
    ['another type in the columns', { type: 'MarkSet' }],
    ['another end of the append in the columns', { last: 1 }],
    ['digests that are none', rehashed(good.canonical.replace(`"${digest}"`, '7'))],
    ['a disclosure that would replace structure', { ...rehashed(good.canonical.replace(digest, digestOf(twice))), disclosures: [twice] }],
  ];
  for (const [name, change] of cases) {
    t.match(codec.decode({ ...good, ...place, ...change }, true).event, { undecodable: 'corrupt', position: 1n, error: String }, name);
  }
});

/** When an incident was, as the present forms say it, wherever it stands in an event that was stored before `fold`. */
const withFold = (value: unknown): unknown => {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(withFold);
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => [name, name === 'occurred' ? { fold: null, ...held } : withFold(held)]),
  );
};

/** Citations as they are since they say page and times. */
const withPlaces = (value: unknown): unknown => {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(withPlaces);
  const held = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withPlaces(part)]));
  const isOlder = 'source' in held && 'position' in held && !('scene' in held);
  return isOlder ? { ...held, page: null, from: null, to: null, scene: null } : held;
};

/** What later forms have that the golden files of earlier ones do not say. */
const since: Record<string, object> = {
  IncidentReported: { externalId: null },
  PartyRegistered: { distinctFrom: [], externalId: null, identifiers: [], minor: false },
  PartyCorrected: { citations: [] },
  SourceRegistered: { originalUrl: null, externalId: null, translationOf: null, archiveUrl: null, accessedAt: null, extraction: null },
  SourceTextRevised: { why: null, citations: [] },
  EditSubmitted: { quotes: null, reverts: null, machine: false, tally: null },
  EditRevised: { quotes: null, machine: false, tally: null },
  EditReopened: { machine: false, tally: null },
  EditSplit: { tally: null },
  EditApproved: { despiteComments: null },
  EditApplied: { quotes: null },
  ClaimRetracted: { replacedBy: null, citations: [] },
  EntryRetracted: { replacedBy: null, citations: [] },
  IncidentRetracted: { replacedBy: null, citations: [] },
  ClaimReinstated: { citations: [] },
  DisputeWithdrawn: { citations: [] },
  IncidentCorrected: { basis: 'source' },
  ClaimCorrected: { basis: 'source' },
  EntryCorrected: { basis: 'source' },
  TextErased: { decision: null },
};
/** The same of a change in an edit, by its kind. */
const sinceInEdits: Record<string, object> = {
  report_incident: { externalId: null },
  retract_claim: { replacedBy: null, citations: [] },
  retract_entry: { replacedBy: null, citations: [] },
  retract_incident: { replacedBy: null, citations: [] },
  reinstate_claim: { citations: [] },
  withdraw_dispute: { citations: [] },
  correct_incident: { basis: 'source' },
  correct_claim: { basis: 'source' },
  correct_entry: { basis: 'source' },
};
/** The same of the rules of the review. */
const sinceInRules = { machines: { kinds: null, approvals: 1 }, authors: { applied: null, rejectedPercent: null, decided: 10 } };
/** Keeps the order of what is stored, in which its texts get their salts. */
const filled = (stored: object, later: object = {}): object => ({
  ...stored,
  ...Object.fromEntries(Object.entries(later).filter(([name]) => !Object.hasOwn(stored, name))),
});
const asRead = (type: string, stored: { changes?: { kind: string }[]; rules?: object }): object => ({
  ...filled(stored, since[type]),
  ...(stored.rules && { rules: filled(stored.rules, sinceInRules) }),
  ...(stored.changes && { changes: stored.changes.map((change) => filled(change, sinceInEdits[change.kind])) }),
});

/** A number that was stored as structure tells the case by itself. */
const withCases = (value: unknown): unknown => {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(withCases);
  const fields = Object.entries(value).map(([name, field]) => [name, withCases(field)]);
  const { caseNumber: number, case: known } = value as { caseNumber?: string | null; case?: unknown };
  const isOlder = number !== undefined && known === undefined;
  return Object.fromEntries(isOlder ? [...fields, ['case', number === null ? null : { number }]] : fields);
};

t.test('what an older form has as structure and is a text by now is not read without texts', async (t) => {
  const file = new URL('golden/schema-1-case-numbers.json', import.meta.url);
  for (const { canonical, sha256, disclosures } of JSON.parse(readFileSync(file, 'utf8')) as StoredEvent[]) {
    const { id, type, stream, revision, last } = JSON.parse(canonical) as TestEvent;
    const { event } = domainCodec.decode({ id, type, stream, revision, last, canonical, sha256, disclosures, ...place }, false);
    const data = JSON.stringify(decoded(event).data);
    t.match(data, /"case":\{"number":"25.(CR|cr).\d+"\}/, type);
    t.notMatch(data, '"caseNumber"', type);
  }
});

t.test('events that were stored by any version are read for ever', async (t) => {
  type Golden = Pick<StoredEvent, 'canonical' | 'sha256' | 'disclosures'> & { data: object };
  const folder = new URL('golden/', import.meta.url);
  const golden = readdirSync(folder).flatMap((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden[]);
  t.ok(golden.length >= 19);
  for (const { canonical, sha256, disclosures, data: stored } of golden) {
    const { id, type, stream, revision, last, schema: form, ...rest } = JSON.parse(canonical) as TestEvent;
    const data = withFold(withPlaces(withCases(asRead(type, stored)))) as TestEvent['data'];
    const read = decoded(domainCodec.decode({ id, type, stream, revision, last, canonical, sha256, disclosures, ...place }, true).event);
    t.same(read.data, data, type);
    const schema = eventSchemas[type as keyof typeof eventSchemas];
    t.same(schema.parse(read.data), data, `${type}, as its present schema has it`);

    // An older form is never written again.
    if (form !== domainCatalogue[type]?.schema) continue;
    const salts = disclosures.map((each) =>
      Buffer.from((JSON.parse(Buffer.from(each, 'base64url').toString()) as string[])[0] ?? '', 'base64url'),
    );
    const salted = createCodec({ catalogue: domainCatalogue, random: { bytes: () => Buffer.concat(salts) } });
    const [again] = salted.encode(stream, revision - 1, [{ ...rest, id, type, data }]);
    t.same(
      { canonical: again?.canonical, sha256: again?.sha256, disclosures: again?.disclosures },
      { canonical, sha256, disclosures },
      'and written the same',
    );
  }
});
