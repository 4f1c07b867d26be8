import { z } from 'zod';
import type { Outdated } from '../../incident/outdated.ts';
import type { EditState, Vote, Written } from '../../review/edit.ts';
import type { Warning, WarningCode } from '../../rules/contradictions.ts';
import type { BeyondLimit } from '../../rules/share.ts';
import type { Standing } from '../../rules/standing.ts';
import type { AspectState } from '../../rules/states.ts';
import { type IncidentDocument, incidentShape } from './incident.ts';
import { concealed, type EachOf, etag, idOf, instant, known, oneOf, revision, strings, subject, text } from './parts.ts';

/** Edits, and what one would do. */

/** A change of an edit in the shape in which it was sent, with the ids and citations that it got. */
const changeShape = known<Record<string, unknown>>(z.looseObject({ kind: z.string() }));
const voteShape = z.object({
  decision: oneOf<Vote['decision']>(),
  by: subject,
  at: instant,
  version: z.int(),
  reason: text,
  lapsed: z.boolean().describe('It no longer counts: the edit was revised since, or the same reviewer took it back or voted otherwise'),
  withdrawn: z.object({ at: instant, reason: text }).nullable().describe('When and why its reviewer took it back'),
});
export const writtenShape = z.object({ revision, type: z.string(), keys: strings } satisfies EachOf<Written>);

export const nextActorShape = oneOf<'reviewer' | 'author'>()
  .nullable()
  .describe(
    'Who has to act next. `author`: changes were requested, or it is outdated, so that a reviewer could only reject it. Null once nobody needs to act',
  );
export const outdatedShape = z
  .object({
    problem: oneOf<Outdated['problem']>().describe('The problem with which an approval is refused: the last part of its type'),
    detail: z.string(),
    events: z.array(writtenShape).describe('The events of the record since its base revision that wrote what it rests on'),
  } satisfies EachOf<Outdated>)
  .nullable()
  .describe(
    'Why an open edit cannot be approved as it is, where that follows from its own incident; null where nothing stands against it. Its author can revise or withdraw it; to reject it is always possible',
  );
export const approvalsShape = z.object({ needed: z.int(), given: z.int(), why: z.string(), policy: z.int() });
export const quotesBeyondLimitShape = z
  .array(z.object({ source: idOf('source'), quoted: z.int(), limit: z.int() } satisfies EachOf<BeyondLimit>))
  .describe(
    'The sources of which it would bring quotes that are served shortened without a key: what is quoted with it by all incidents together, and the limit, in code points',
  );

export const editShape = z.object({
  incidentId: idOf('incident'),
  edit: z.int().min(1),
  state: oneOf<EditState>(),
  etag,
  version: z.int(),
  baseRevision: revision.nullable(),
  author: subject,
  nextActor: nextActorShape,
  outdated: outdatedShape,
  refs: z.record(z.string(), z.string()).describe('The id that each ref of the edit got'),
  approvals: approvalsShape,
  /** Empty once it is closed. */
  quotesBeyondLimit: quotesBeyondLimitShape,
  versions: z.array(
    z.object({
      version: z.int(),
      submittedAt: instant,
      by: subject,
      rationale: text,
      changes: z.array(changeShape).describe('As sent, with the ids and citations that they got'),
    }),
  ),
  votes: z.array(voteShape),
  conflicts: z.array(writtenShape),
  appliedRevision: revision.nullable(),
  withdrawnReason: text,
});

export const differenceShape = z.object({
  pointer: z.string().describe('JSON Pointer (RFC 6901)'),
  from: z.unknown(),
  to: z.unknown(),
  concealed,
});
export const warningsShape = z
  .array(z.object({ pointer: z.string(), code: oneOf<WarningCode>(), message: z.string() } satisfies EachOf<Warning>))
  .describe(
    'Where what the edit brings says one thing in one place and another in the next. `pointer` leads into the body that brought it. `statement_stays`: a correction sets value, aspect or stance and not the statement; `number_differs`, `negation_differs`: value, statement and quotes differ in a number, or in whether they are negated; `more_than_typing`: an editorial correction changes such a thing. Told for a reader to look again: nothing is refused for it, and it is not stored',
  );
const state = oneOf<AspectState>().nullable();
const standing = oneOf<Standing>().nullable();
/** The contract leaves room for a side on which there is no incident. */
const incident = known<IncidentDocument>(incidentShape.nullable());
export const previewShape = z.object({
  before: incident,
  after: incident,
  changes: z.array(differenceShape),
  /** Claims whose standing the edit changes; null on the side where there is no such claim. */
  standing: z.array(z.object({ claim: idOf('claim'), from: standing, to: standing })),
  aspects: z.array(z.object({ aspect: z.string(), about: idOf('party').nullable(), from: state, to: state })),
  conflicts: z.array(writtenShape),
  warnings: warningsShape,
});

export type ChangeDocument = z.output<typeof changeShape>;
export type VoteDocument = z.output<typeof voteShape>;
export type EditDocument = z.output<typeof editShape>;
export type Difference = z.output<typeof differenceShape>;
export type Preview = z.output<typeof previewShape>;
