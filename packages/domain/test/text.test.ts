import t from 'tap';
import { z } from 'zod';
import { eventSchemas, excerpt, isText, lineText, longText, markText, recordSchemas, textPaths } from '../src/index.ts';

type Def = {
  type: string;
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
  innerType?: z.ZodType;
  options?: z.ZodType[];
  values?: unknown[];
  entries?: object;
};
const defOf = (schema: z.ZodType) => schema._zod.def as unknown as Def;

/** Data in the shape of a schema, everything there, one for each branch of its unions. Its words are not checked. */
const samples = (schema: z.ZodType): unknown[] => {
  const def = defOf(schema);
  if (def.innerType) return samples(def.innerType);
  switch (def.type) {
    case 'object': {
      const fields = Object.entries(def.shape ?? {}).map(([name, field]) => [name, samples(field)] as const);
      const most = Math.max(1, ...fields.map(([, values]) => values.length));
      return Array.from({ length: most }, (_, index) =>
        Object.fromEntries(fields.map(([name, values]) => [name, values[index % values.length]])),
      );
    }
    case 'array':
      return samples(def.element as z.ZodType).map((item) => [item]);
    case 'union':
      return (def.options ?? []).flatMap(samples);
    case 'literal':
      return def.values ?? [];
    case 'enum':
      return Object.values(def.entries ?? {});
    default:
      return ['something'];
  }
};
const textsOf = (schema: z.ZodType): string[] => {
  const find = textPaths(schema);
  const found = samples(schema).flatMap((sample) =>
    find(sample).map((path) => path.map((key) => (typeof key === 'number' ? '*' : key)).join('.')),
  );
  return [...new Set(found)].sort();
};

const claimTexts = (at: string) =>
  ['citations.*.quote', 'citations.*.scene', 'scope', 'statement', 'value.alternatives', 'value.value'].map((field) => `${at}.${field}`);
const rulingTexts = (at: string) =>
  [
    'caseNumber',
    'citations.*.quote',
    'citations.*.scene',
    'effects.*.citations.*.quote',
    'effects.*.citations.*.scene',
    'onMotionOf',
    'standard',
    'summary',
  ].map((field) => `${at}.${field}`);
const place = ['place.locality', 'place.point', 'place.text'];
const incident = ['occurred.dateText', ...place, 'title'];
const reasoned = ['citations.*.quote', 'citations.*.scene', 'reason'];
const sourceTexts = ['archiveUrl', 'authors', 'originalUrl', 'publisher', 'title', 'url'];

/** The storage format: these fields are in the vault and can be erased, all others stand in the log for ever. */
const texts: Record<keyof typeof eventSchemas, string[]> = {
  IncidentReported: ['externalId.value', ...incident],
  ClaimAdded: claimTexts('claim'),
  CitationAdded: ['citations.*.quote', 'citations.*.scene'],
  ClaimDisputed: ['dispute.citations.*.quote', 'dispute.citations.*.scene', 'dispute.grounds'],
  DisputeWithdrawn: reasoned,
  ProceedingOpened: ['proceeding.caseNumber', 'proceeding.citations.*.quote', 'proceeding.citations.*.scene', 'proceeding.title'],
  ProceedingUpdated: ['citations.*.quote', 'citations.*.scene', 'note'],
  ProceedingUpdateRetracted: reasoned,
  CourtRulingRecorded: rulingTexts('ruling'),
  IncidentCorrected: [...reasoned, ...incident.map((field) => `set.${field}`)],
  ClaimCorrected: [...reasoned, ...claimTexts('set')],
  EntryCorrected: [...reasoned, ...rulingTexts('set'), 'set.grounds', 'set.title'],
  ClaimRanked: ['reason'],
  ChangeCorrected: [...reasoned, 'set.citations.*.quote', 'set.citations.*.scene', 'set.note', 'set.reason'],
  ClaimRetracted: reasoned,
  ClaimReinstated: reasoned,
  ClaimMoved: ['reason'],
  EntryRetracted: reasoned,
  EntryReinstated: reasoned,
  IncidentMerged: ['reason'],
  IncidentUnmerged: ['reason'],
  IncidentDistinguished: ['reason'],
  IncidentUndistinguished: ['reason'],
  IncidentRetracted: reasoned,
  IncidentReinstated: reasoned,
  IncidentAbsorbed: [],
  IncidentReleased: [],
  ChangesReturned: [],
  ClaimReceived: claimTexts('claim'),
  EditSubmitted: [],
  EditRevised: [],
  EditHandedOver: ['reason'],
  EditReopened: ['reason'],
  EditSplit: ['reason'],
  EditClosed: [],
  EditApproved: ['despiteComments', 'reason'],
  EditChangesRequested: ['reason'],
  EditRejected: ['reason'],
  EditVoteWithdrawn: ['reason'],
  EditWithdrawn: ['reason'],
  EditApplied: [],
  EditOvertaken: [],
  EditCommented: ['text'],
  EditCommentResolved: [],
  ReviewLeaseBroken: ['reason'],
  TextErased: [],
  TextRestricted: [],
  TextReleased: [],
  ErasureRequested: ['reason', 'request', 'values'],
  ErasureListed: [],
  ErasureVoted: ['reason'],
  ErasureApproved: [],
  ErasureRefused: [],
  ErasureDone: [],
  SourceRegistered: [
    ...sourceTexts,
    'externalId.value',
    'extraction.cues',
    'extraction.original.sha256',
    'extraction.pages',
    'extraction.response.sha256',
    'extraction.response.url',
    'text',
  ],
  SourceOriginalKept: ['bytes'],
  SourceCorrected: [...reasoned, ...sourceTexts.map((field) => `set.${field}`)],
  SourceTextRevised: [...reasoned, 'text'],
  SourceWithdrawn: ['reason'],
  PartyRegistered: ['aliases', 'externalId.value', 'identifiers.*.value', 'name', 'publicRole'],
  PartyCorrected: [...reasoned, 'set.aliases', 'set.identifiers.*.value', 'set.name', 'set.publicRole'],
  PartyPrivacySet: ['publicRole', 'reason'],
  PartyRenamed: ['name', 'reason'],
  PartyMerged: ['reason'],
  PartyUnmerged: ['reason'],
  PartyAbsorbed: [],
  PartyReleased: [],
  ValueReserved: [],
  PersonSet: ['person'],
  RecusalDeclared: ['reason'],
  RecusalEnded: ['reason'],
  PolicyNoted: [],
  PolicyProposed: ['reason'],
  PolicyAdopted: [],
  PolicyRejected: ['reason'],
  TipTaken: [],
  KeyCreated: ['name'],
  KeyNoted: [],
  KeyRotated: [],
  KeyConfirmed: [],
  KeyRevoked: [],
  FeedEventSkipped: ['reason'],
  FeedEventMended: [],
};
/** What the changes of sources and parties hold, which are stored with less than their events have. */
const ofRegister = [
  ...texts.SourceCorrected,
  ...[
    'text',
    'citations.*.quote',
    'citations.*.scene',
    'reason',
    'set.aliases',
    'set.identifiers.*.value',
    'set.name',
    'publicRole',
    'name',
  ],
];
const recordTexts = Object.keys(recordSchemas) as (keyof typeof texts)[];
const versionTexts = [
  ...new Set(['rationale', 'refs', ...[...recordTexts.flatMap((type) => texts[type]), ...ofRegister].map((field) => `changes.*.${field}`)]),
];

t.test('the texts of every event', async (t) => {
  const expected = {
    ...texts,
    EditSubmitted: versionTexts,
    EditRevised: versionTexts,
    EditReopened: [...texts.EditReopened, ...versionTexts],
    EditSplit: [...texts.EditSplit, ...versionTexts],
  };
  for (const [type, schema] of Object.entries(eventSchemas))
    t.same(textsOf(schema), [...(expected[type as keyof typeof texts] ?? [])].sort(), type);
});

t.test('a text is found in every wrapping, and once erased is not', async (t) => {
  const text = markText(z.string());
  const schema = z.strictObject({
    nullable: text.nullable(),
    optional: text.optional(),
    defaulted: text.default('x'),
    both: text.nullable().default(null).readonly(),
    refined: text.refine((value) => value !== '', 'no'),
    checked: text.check(z.minLength(1)),
    list: z.array(z.strictObject({ text, number: z.number() })).check((_) => {}),
    partial: z
      .strictObject({ text })
      .partial()
      .refine(() => true),
    piped: z.strictObject({ text }).pipe(z.strictObject({ text })),
    either: z.discriminatedUnion('kind', [
      z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('a'), text }), z.strictObject({ kind: z.literal('b') })]),
      z.strictObject({ kind: z.enum(['c', 'd']), other: text }),
    ]),
    whole: markText(z.record(z.string(), z.string())),
  });
  const find = (data: unknown) =>
    textPaths(schema)(data)
      .map((path) => path.join('/'))
      .sort();
  const both = { text: 'x' };
  const full = {
    nullable: 'x',
    optional: 'x',
    defaulted: 'x',
    both: 'x',
    refined: 'x',
    checked: 'x',
    list: [{ text: 'x', number: 1 }],
    partial: both,
    piped: both,
    either: { kind: 'a', text: 'x' },
    whole: {},
  };
  t.same(find(full), [
    'both',
    'checked',
    'defaulted',
    'either/text',
    'list/0/text',
    'nullable',
    'optional',
    'partial/text',
    'piped/text',
    'refined',
    'whole',
  ]);
  t.same(
    find({ ...full, either: { kind: 'd', other: 'x' } }).filter((path) => path.startsWith('either')),
    ['either/other'],
  );
  t.same(
    find({ ...full, either: { kind: 'b' } }).filter((path) => path.startsWith('either')),
    [],
  );
  t.same(find({ nullable: null, list: [{ number: 1 }, {}], partial: {}, either: { kind: 'a' } }), []);
  for (const nothing of [null, undefined, 'x', 1, []]) t.same(find(nothing), []);
  t.same(textPaths(text)('x'), [[]]);
  t.ok(isText(text.refine(() => true)));
  t.notOk(isText(text.nullable()));
});

t.test('a schema that texts could hide in is refused', async (t) => {
  const text = markText(z.string());
  t.throws(() => textPaths(z.union([z.strictObject({ text }), z.string()])), /needs a discriminator/);
  t.throws(() => textPaths(z.record(z.string(), text)), /type record/);
  t.throws(() => textPaths(z.tuple([text])), /type tuple/);
  t.throws(() => textPaths(z.lazy(() => text)), /type lazy/);
  t.throws(() => textPaths(z.intersection(z.strictObject({ text }), z.strictObject({}))), /type intersection/);
  t.throws(() => textPaths(z.unknown()), /type unknown/);
  t.same(textPaths(z.union([z.string(), z.number()]))('x'), []);
});

t.test('texts', async (t) => {
  const ok = (schema: z.ZodType, value: string) => schema.safeParse(value).success;
  t.ok(ok(longText(5), 'a\n\tb'));
  t.notOk(ok(lineText(5), 'a\nb'));
  t.notOk(ok(lineText(5), 'a\u2028b'));
  t.notOk(ok(lineText(5), 'a\u202eb'), 'no bidirectional overrides in a line');
  t.ok(ok(longText(3), '😀😀😀'), 'length counts code points');
  t.notOk(ok(longText(2), '😀😀😀'));
  for (const value of ['', ' \n ', '\u0000', 'a\u0007', '\ud800', 'a\udc00b']) t.notOk(ok(longText(9), value));
  for (const value of ['', ' ']) t.ok(ok(excerpt(9), value), 'an excerpt may be blank');
  t.notOk(ok(excerpt(1), 'ab'));
});
