import { z } from 'zod';
import type { ClaimEntry, MovedClaim } from '../../incident/state.ts';
import type { Claim } from '../../incident/things/claim.ts';
import type { ClaimStanding, Mark, Standing } from '../../rules/standing.ts';
import { citations } from './citation.ts';
import { claimMembers, scopeOf } from './members.ts';
import { concealed, type EachOf, idOf, oneOf, refGiven, revision, strings, text } from './parts.ts';
import { originalUrl, translatedFrom, translation } from './party.ts';
import { retractionShape } from './reasons.ts';
import { valueShape } from './value.ts';

export { type ValueDocument, valueShape } from './value.ts';

const scopeLine = (of: keyof typeof scopeOf) => z.string().nullable().describe(scopeOf[of]);
const scopeShape = z.object({
  measure: scopeLine('measure'),
  population: scopeLine('population'),
  place: scopeLine('place'),
  period: scopeLine('period'),
  base: scopeLine('base'),
});

const moved = z
  .object({
    incident: idOf('incident').describe('The other incident'),
    claim: idOf('claim').describe('The claim there'),
  } satisfies EachOf<MovedClaim>)
  .nullable();

export const claimShape = z.object({
  id: idOf('claim'),
  incidentId: idOf('incident').describe('The incident in whose events it stands: another one where that is merged into this one'),
  aspect: z.string().describe(claimMembers.aspect),
  about: idOf('party').nullable().describe(claimMembers.about),
  value: valueShape,
  statement: text.describe(`${claimMembers.statement}; null once it was erased`),
  lang: z.string().describe(claimMembers.lang),
  speaker: idOf('party').describe(claimMembers.speaker),
  capacity: oneOf<Claim['capacity']>().describe(claimMembers.capacity),
  stance: oneOf<Claim['stance']>().describe(claimMembers.stance),
  onBehalfOf: idOf('party').nullable().describe(claimMembers.onBehalfOf),
  via: strings.describe(claimMembers.via),
  rendering: oneOf<Claim['rendering']>().nullable().describe(claimMembers.rendering),
  ownReporting: z.boolean().describe(claimMembers.ownReporting),
  saidAt: z.string().nullable().describe(claimMembers.saidAt),
  validAt: z.string().nullable().describe(claimMembers.validAt),
  replaces: idOf('claim').nullable().describe(claimMembers.replaces),
  relatesTo: z
    .array(z.object({ claim: idOf('claim'), as: oneOf<Claim['relatesTo'][number]['as']>().describe(claimMembers.as) }))
    .describe(claimMembers.relatesTo),
  scope: scopeShape.nullable().describe(claimMembers.scope),
  flags: z
    .array(oneOf<Claim['flags'][number]>())
    .describe(
      `${claimMembers.flags}. As sent, and \`machine_translated\` by itself where a source that the claim cites is a machine translation`,
    ),
  translations: z
    .array(z.object({ source: idOf('source'), translation, translatedFrom, originalUrl }))
    .describe('Those of the sources it cites that are translations'),
  citations: citations.describe(claimMembers.citations),
  rank: oneOf<ClaimEntry['rank']>().describe(
    'Whether the editors put it before (`preferred`) or after (`deprecated`) others of its aspect',
  ),
  rankReason: text.describe('Why it was ranked so; null where it was not, and once it was erased'),
  retraction: retractionShape,
  movedTo: moved.describe('Where it went, if it was moved to another incident; here it counts as retracted then'),
  movedFrom: moved.describe('Where it came from, if it was moved here'),
  standing: oneOf<Standing>().describe('The first mark that applies; `standing` (on record, never "true") where there is none'),
  marks: z.array(oneOf<Mark>()).describe('All marks that apply, in the order of strength'),
  voice: idOf('party').nullable().describe('The voice that the claim has in the row of its aspect; null where it is none'),
  attributed: z
    .string()
    .nullable()
    .describe(
      'Who said what, as a sentence for apps to show: "<Speaker> (<capacity>) denied that …". The statement stands beside it. null once a text of the value was erased',
    ),
  decision: text.describe('"contradicted by <court>, <date>", where a ruling decides the claim; with ", subject to appeal" where it is'),
  decidedBy: z
    .object({
      ruling: idOf('ruling'),
      court: idOf('party').nullable().describe('The court'),
      on: z.string().nullable().describe('When it decided'),
      subjectToAppeal: z.boolean().describe('Whether the ruling is open to appeal'),
    } satisfies EachOf<NonNullable<ClaimStanding['decidedBy']>>)
    .nullable()
    .describe('The ruling that a court’s mark rests on; null where no ruling decides the claim'),
  disputes: strings.describe('Ids of the disputes that name it, withdrawn ones too; an inferred one also as its counter-claim'),
  rulings: strings.describe('Ids of the rulings with an effect on it, in force or not'),
  corrections: strings.describe('Ids of the corrections of it'),
  detached: strings.describe(
    'Ids of disputes and rulings that named the claim until a correction changed what it says; they no longer apply',
  ),
  addedAtRevision: revision.describe('The revision at which it entered the record'),
  concealed,
} satisfies EachOf<Claim>);

/** What a claim says, as an edit brings it or sets it anew. */
const said = claimShape
  .pick({
    aspect: true,
    about: true,
    value: true,
    statement: true,
    lang: true,
    speaker: true,
    capacity: true,
    stance: true,
    onBehalfOf: true,
    via: true,
    rendering: true,
    ownReporting: true,
    saidAt: true,
    validAt: true,
    replaces: true,
    relatesTo: true,
    scope: true,
    citations: true,
    concealed: true,
  })
  .extend({ flags: z.array(oneOf<Claim['flags'][number]>()).describe(claimMembers.flags) } satisfies Partial<EachOf<Claim>>);
export const claimInEdit = said.extend({ id: idOf('claim'), ref: refGiven });
export const claimSet = said.partial();

export type ClaimDocument = z.output<typeof claimShape>;
