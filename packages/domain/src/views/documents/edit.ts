import { z } from 'zod';
import { type ChangeDocument, readChange } from '../../incident/changes/index.ts';
import type { Outdated } from '../../incident/outdated.ts';
import type { PartyChangeDocument } from '../../party/changes/index.ts';
import type { Brought } from '../../review/conflicts.ts';
import type { Act, EditState, Vote, Written } from '../../review/edit.ts';
import type { Warning, WarningCode } from '../../rules/contradictions.ts';
import type { BeyondLimit } from '../../rules/share.ts';
import type { Standing } from '../../rules/standing.ts';
import type { AspectState } from '../../rules/states.ts';
import type { SourceChangeDocument } from '../../source/changes/index.ts';
import type { Aggregate } from '../../values/ids.ts';
import { aboutState, type IncidentDocument, incidentShape } from './incident.ts';
import { concealed, type EachOf, etag, idOf, instant, known, oneOf, revision, strings, subject, text } from './parts.ts';

/** Edits, and what one would do. */

const voteShape = z.object({
  decision: oneOf<Vote['decision']>().describe('`approve`, `reject` or `request_changes`'),
  by: subject.describe('Whose vote it is'),
  at: instant.describe('When it was cast'),
  version: z.int().describe('The version that it is on'),
  reason: text.describe('Why; null where none was given, and once it was erased'),
  lapsed: z.boolean().describe('It no longer counts: the edit was revised since, or the same reviewer took it back or voted otherwise'),
  despiteComments: text.describe('Why it approved while comments were open; null where none were, and of other votes'),
  withdrawn: z
    .object({ at: instant.describe('When'), reason: text.describe('Why; null where nobody said') })
    .nullable()
    .describe('When and why its reviewer took it back'),
});
const commentShape = z.object({
  id: idOf('comment'),
  by: subject.describe('Who wrote it'),
  at: instant.describe('When'),
  version: z.int().describe('The version on which it was made'),
  change: z.int().nullable().describe('The index of the change in that version that it is on, from 0; null: on the whole version'),
  inReplyTo: idOf('comment').nullable().describe('The comment that it answers; null where it begins a conversation'),
  text: text.describe('What it says; null once it was erased'),
  resolved: z
    .object({ by: subject.describe('Who resolved it'), at: instant.describe('When') })
    .nullable()
    .describe('Who holds it for answered; null of one that is open, and of a reply, which is never open by itself'),
});
const actShape = z.object({
  act: oneOf<Act['act']>().describe(
    '`handed_over`: it is the own one of `to` since; `reopened`: it was rejected, and is open again; `split`: some of its changes left it, into the edit `other`, or from there',
  ),
  by: subject.describe('Who did it. It makes nobody a contributor'),
  at: instant.describe('When'),
  version: z.int().describe('The current version then; of one that was reopened or split, the version that this made'),
  from: subject.nullable().describe('Whose own it was before; null of other acts'),
  to: subject.nullable().describe('Whom it was handed to; null of other acts'),
  other: z.int().nullable().describe('Of a split, the other edit; null of other acts'),
  reason: text.describe('Why; null once it was erased'),
});
export const commentCounts = {
  open: z.int().describe('Those that wait for an answer: replies are not counted'),
  total: z.int().describe('All, with replies'),
};
export const writtenShape = z.object({
  revision,
  type: z.string().describe('The type of the event'),
  keys: strings.describe('What of the record it wrote'),
} satisfies EachOf<Written>);

export const nextActorShape = oneOf<'reviewer' | 'author'>()
  .nullable()
  .describe(
    'Who has to act next. `author`: changes were requested, or it is outdated, so that a reviewer could only reject it. Null once nobody needs to act',
  );
export const outdatedShape = z
  .object({
    problem: oneOf<Outdated['problem']>().describe('The problem with which an approval is refused: the last part of its type'),
    detail: z.string().describe('What stands against it, in words'),
    events: z.array(writtenShape).describe('The events of the record since its base revision that wrote what it rests on'),
  } satisfies EachOf<Outdated>)
  .nullable()
  .describe(
    'Why an open edit cannot be approved as it is, where that follows from its own incident; null where nothing stands against it. Its author can revise or withdraw it; to reject it is always possible',
  );
export const approvalsShape = z.object({
  needed: z.int().describe('How many it takes'),
  given: z.int().describe('How many of its current version count'),
  why: z.string().describe('Why it takes so many, in words'),
  policy: z.int().describe('The version of the rules by which that was counted'),
});
export const quotesBeyondLimitShape = z
  .array(
    z.object({
      source: idOf('source'),
      quoted: z.int().describe('Code points that are quoted of it'),
      limit: z.int().describe('How many may be public'),
    } satisfies EachOf<BeyondLimit>),
  )
  .describe(
    'The sources of which it would bring quotes that are served shortened without a key: what is quoted with it by all incidents together, and the limit, in code points',
  );

export const editState = oneOf<EditState>().describe('`submitted`, `changes_requested`, `applied`, `rejected` or `withdrawn`');
/** The versions of an edit whose changes are read so. */
export const editVersionsOf = <C>(change: z.ZodType<C>) =>
  z
    .array(
      z.object({
        version: z.int().describe('From 1'),
        submittedAt: instant.describe('When it was submitted'),
        by: subject.describe('Who submitted it'),
        machine: z.boolean().describe('Whether a program that acts by itself submitted it'),
        rationale: text.describe('Why; null once it was erased'),
        changes: z
          .array(change)
          .describe('As they were sent, with the ids and citations that they got. Those of the last version can be sent as they are read'),
      }),
    )
    .describe('All that was submitted, the first version first');
/** A change as it is read: of an incident, a source or a party. */
type AnyChange = ChangeDocument | SourceChangeDocument | PartyChangeDocument;

/** What an edit is of. */
export const ofShape = z
  .object({
    kind: oneOf<Aggregate>().describe('`incident`, `source` or `party`'),
    id: z.string().describe('Its id'),
  })
  .describe('What the edit is of');
export const editShape = z.object({
  of: ofShape,
  incidentId: idOf('incident').nullable().describe('The incident; null of an edit of a source or a party'),
  edit: z.int().min(1).describe('Its number among the edits of the same'),
  state: editState,
  etag: etag.describe('Send it as `If-Match` with what concerns this version'),
  version: z.int().describe('Its current version, from 1'),
  baseRevision: revision
    .nullable()
    .describe('The revision of the incident, or the version of the source or party, that it was made from; null of a proposal'),
  author: subject.describe('Whose own it is: who submitted it, or whom it was handed to last'),
  nextActor: nextActorShape,
  outdated: outdatedShape,
  refs: z.record(z.string(), z.string()).describe('The id that each ref of the edit got'),
  approvals: approvalsShape.describe('How many it takes, and has'),
  quotesBeyondLimit: quotesBeyondLimitShape,
  versions: editVersionsOf(known<AnyChange>(readChange)),
  votes: z.array(voteShape).describe('All votes, those that no longer count too'),
  comments: z
    .object({ ...commentCounts, items: z.array(commentShape).describe('The first one first') })
    .describe('What its author and reviewers said on it. While one is open, an approval has to say why it passes over it'),
  acts: z.array(actShape).describe('What reviewers did with it beside voting and commenting, the first act first'),
  conflicts: z.array(writtenShape).describe('The events of the record since its base revision that wrote what it rests on'),
  appliedRevision: revision
    .nullable()
    .describe('The revision of the last event by which it was applied, of a source or party its version since then; null until it is'),
  withdrawnReason: text.describe('Why its author took it back; null where none did or said why'),
  reverts: z.int().nullable().describe('The edit that it undoes; null of any other'),
  splitFrom: z.int().nullable().describe('The edit that its changes left; null of any other'),
  splitInto: z.array(z.int()).describe('The edits into which changes left this one, the first one first'),
  waitsFor: z
    .int()
    .nullable()
    .describe('The proposal that it was split from, until that is applied: only then it can be decided, and with it it is closed'),
});

export const differenceShape = z.object({
  pointer: z.string().describe('JSON Pointer (RFC 6901)'),
  from: z.unknown().describe('What stood there; null where nothing did'),
  to: z.unknown().describe('What stands there; null where nothing does'),
  concealed,
});
export const warningsShape = z
  .array(
    z.object({
      pointer: z.string().describe('JSON Pointer (RFC 6901)'),
      code: oneOf<WarningCode>().describe('What kind of warning it is'),
      message: z.string().describe('What to look at, in words'),
    } satisfies EachOf<Warning>),
  )
  .describe(
    'Where what the edit brings says one thing in one place and another in the next. `pointer` leads into the body that brought it. `statement_stays`: a correction sets value, aspect or stance and not the statement; `number_differs`, `negation_differs`: value, statement and quotes differ in a number or a time of the day, or in whether they are negated; `more_than_typing`: an editorial correction changes such a thing. `private_name`: words name somebody who is private, or registered as such, which is of the moment. Told for a reader to look again: nothing is refused for it, and it is not stored',
  );
export const wouldConflictShape = z
  .array(
    z.object({
      edit: z.int().min(1).describe('Its number'),
      author: subject.describe('Whose own it is'),
      keys: strings.describe('What of the record this edit would write that it rests on'),
    } satisfies EachOf<Brought>),
  )
  .describe(
    'Other open edits of the same that would conflict once this one is applied, and do not yet: of those that the caller may read. Empty for an edit that is closed',
  );
const state = oneOf<AspectState>().nullable().describe(aboutState);
const standing = oneOf<Standing>().nullable().describe('`standing`, or the strongest mark; null where there is no such claim');
/** The contract leaves room for a side on which there is no incident. */
const incident = known<IncidentDocument>(incidentShape.nullable());
export const previewShape = z.object({
  before: incident.describe('The incident as it is; null where it is not public yet'),
  after: incident.describe('The incident as it would be'),
  changes: z.array(differenceShape).describe('What differs between the two'),
  standing: z.array(z.object({ claim: idOf('claim'), from: standing, to: standing })).describe('Claims whose standing the edit changes'),
  aspects: z
    .array(
      z.object({
        aspect: z.string().describe('A name of `/v1/vocabulary`'),
        about: idOf('party').nullable().describe('Of whom it is told'),
        from: state,
        to: state,
      }),
    )
    .describe('Aspects whose state the edit changes'),
  conflicts: z.array(writtenShape).describe('The events of the record since its base revision that wrote what it rests on'),
  wouldConflict: wouldConflictShape,
  warnings: warningsShape,
});

export type VoteDocument = z.output<typeof voteShape>;
export type CommentDocument = z.output<typeof commentShape>;
export type EditDocument = z.output<typeof editShape>;
export type Difference = z.output<typeof differenceShape>;
export type Preview = z.output<typeof previewShape>;
