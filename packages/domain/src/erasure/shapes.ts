import { z } from 'zod';
import { reasonInWords, reasonText, typeId } from '../values/shapes.ts';
import { longText, markText } from '../values/text.ts';

/** Why a text is erased or kept from sight: what the public is told of it. */
export const grounds = ['personal_data', 'court_order', 'copyright', 'safety', 'error'] as const;
export const ground = z
  .enum(grounds)
  .describe('Why: personal data of somebody, the order of a court, copyright, somebody’s safety, or a text that is there by mistake');

/** `erase` takes texts away for ever, `restrict` takes them out of public sight, and `lift` shows them again. */
export const erasureKind = z
  .enum(['erase', 'restrict', 'lift'])
  .describe(
    'What to do: `erase` takes the texts away for ever, `restrict` keeps them for reviewers and auditors alone, `lift` ends a restriction',
  );

const pointers = z
  .array(
    z
      .string()
      .max(300)
      .regex(/^(?:\/[^/]*)+$/, 'must be a JSON Pointer (RFC 6901) that begins with /'),
  )
  .min(1)
  .max(100)
  .nullable()
  .default(null);

/** In code points. A shorter one would be found everywhere. */
const shortestValue = 4;
const value = longText(1000).refine(
  (text) => [...text.replaceAll(/[^\p{L}\p{N}]/gu, '')].length >= shortestValue,
  `must have at least ${shortestValue} letters or digits: a shorter one would be found everywhere`,
);

const ofIncident = z
  .strictObject({
    incident: typeId('incident').describe('The incident'),
    revision: z
      .int()
      .min(0)
      .max(2_147_483_647)
      .nullable()
      .describe('The revision of the event that holds the texts, as in `…/events/{revision}`; null for all of the incident'),
    pointers: pointers.describe('Where the texts stand in the data of that event; null for all of them'),
  })
  .meta({ title: 'Texts of an incident' });
const ofSource = z
  .strictObject({
    source: typeId('source').describe('The source'),
    revision: z.int().min(1).max(2_147_483_647).nullable().default(null).describe('The revision of its text; null for all'),
    pointers: pointers.describe(
      'Which of its members, such as `/title` or `/text`, or `/bytes` for the document that was kept; null for all, or for that revision’s text with the document that it was read from',
    ),
  })
  .meta({ title: 'Texts of a source' });
const ofParty = z
  .strictObject({
    party: typeId('party').describe('The party'),
    pointers: pointers.describe('Which of its members, such as `/name` or `/aliases`; null for all'),
  })
  .meta({ title: 'Texts of a party' });
const ofValue = z
  .strictObject({
    value: value.describe(
      'Words that are looked for wherever they stand, whatever their letter case, accents and signs. Whole fields go; in the text of a source the passage is replaced, and the document that was kept of such a source goes with it',
    ),
  })
  .meta({ title: 'Words, wherever they stand' });

export const sentTarget = z.union([ofIncident, ofSource, ofParty, ofValue]);
export type SentTarget = z.output<typeof sentTarget>;

/** Body of `POST /v1/erasures`. */
export const erasureBody = z.strictObject({
  kind: erasureKind.default('erase'),
  targets: z.array(sentTarget).min(1).max(50).describe('Which texts'),
  ground,
  request: reasonText.nullable().default(null).describe('Who asked for it, and how: a letter, an order, its number'),
  reason: reasonInWords.describe('Why, for those who decide'),
});
export type ErasureBody = z.output<typeof erasureBody>;

/** One text: the event that holds it, and where in its data. */
export const place = z.strictObject({ stream: z.string(), revision: z.int().min(0), pointer: z.string() });
export type Place = z.output<typeof place>;
/** The most places of one event: it has room for no more. */
export const placesInEvent = 300;

/** A target as it is stored; what is looked for by its words stands in `values`. */
export const storedTarget = z.strictObject({
  id: typeId('incident', 'source', 'party'),
  revision: z.int().min(0).nullable(),
  pointers: z.array(z.string()).nullable(),
});
export type StoredTarget = z.output<typeof storedTarget>;

export const erasureEvents = {
  ErasureRequested: z.strictObject({
    kind: erasureKind,
    targets: z.array(storedTarget),
    /** What is looked for wherever it stands; null for nothing. */
    values: markText(z.array(longText(1000)).min(1)).nullable(),
    ground,
    request: reasonText.nullable(),
    reason: reasonText,
  }),
  /** Where the texts stand, as of the log's position `through`; the last event of a list says `whole`. */
  ErasureListed: z.strictObject({
    places: z.array(place).max(placesInEvent),
    through: z.string().regex(/^\d{1,19}$/),
    whole: z.boolean(),
  }),
  ErasureVoted: z.strictObject({
    role: z.enum(['reviewer', 'admin']),
    decision: z.enum(['approve', 'reject']),
    reason: reasonText.nullable(),
  }),
  ErasureApproved: z.strictObject({}),
  ErasureRefused: z.strictObject({}),
  /** It was carried out, and looked for: `fields` texts of `streams` streams. */
  ErasureDone: z.strictObject({ fields: z.int().min(0), streams: z.int().min(0) }),
};
