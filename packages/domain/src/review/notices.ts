import { contributors, type EditOf, type Review, type Vote } from './edit.ts';
import type { ReviewEvent } from './events.ts';

/** What happened to an edit, for those who take part in it: who wrote a version of it, voted or commented on it. */
export const noticeCodes = [
  'decided',
  'approved',
  'vote_withdrawn',
  'lapsed',
  'revised',
  'withdrawn',
  'overtaken',
  'commented',
  'answered',
  'comment_resolved',
  'lease_broken',
  'reverted',
  'handed_over',
  'reopened',
  'split',
  'closed',
] as const;
export type NoticeCode = (typeof noticeCodes)[number];
/** `edit`: that which it is told of. `decision`: of `decided` and `approved`. */
export type Notice = { subject: string; code: NoticeCode; edit: number; decision: Vote['decision'] | null };

/** What an event tells: of which edit, where that is another one than its own; to whom, where not to all who take part, or also to somebody who does not. */
type Told = { code: NoticeCode; decision?: Vote['decision']; of?: number | null; to?: (subject: string) => boolean; also?: string };

/** Whose votes on a version had not been taken back when it was revised. */
const votersOn = ({ votes }: EditOf<unknown>, version: number): Set<string> =>
  new Set(votes.filter((vote) => vote.version === version && vote.withdrawn === null).map(({ by }) => by));

/** Whether the vote of that revision applied the edit, which takes no vote after that. */
const applies = ({ state, votes }: EditOf<unknown>, revision: number): boolean =>
  state === 'applied' && votes.at(-1)?.revision === revision;

/** The one place that says what an event of the review tells. */
const toldBy = (edit: EditOf<unknown>, event: ReviewEvent<unknown>): Told[] => {
  switch (event.type) {
    case 'EditSubmitted':
      return [];
    case 'EditRevised':
    case 'EditSplit': {
      if (event.type === 'EditSplit' && event.data.splitFrom !== null) return [];
      const voters = votersOn(edit, event.data.version - 1);
      return [
        { code: 'lapsed', to: (subject) => voters.has(subject) },
        { code: event.type === 'EditSplit' ? 'split' : 'revised', to: (subject) => !voters.has(subject) },
      ];
    }
    case 'EditHandedOver':
      return [{ code: 'handed_over', also: event.data.to }];
    case 'EditReopened':
      return [{ code: 'reopened' }];
    case 'EditClosed':
      return [{ code: 'closed' }];
    case 'EditApproved':
      return [{ code: applies(edit, event.revision) ? 'decided' : 'approved', decision: 'approve' }];
    case 'EditRejected':
      return [{ code: 'decided', decision: 'reject' }];
    case 'EditChangesRequested':
      return [{ code: 'decided', decision: 'request_changes' }];
    case 'EditApplied':
      return edit.reverts === null ? [] : [{ code: 'reverted', of: edit.reverts }];
    case 'EditVoteWithdrawn':
      return [{ code: 'vote_withdrawn' }];
    case 'EditWithdrawn':
      return [{ code: 'withdrawn' }];
    case 'EditOvertaken':
      return [{ code: 'overtaken' }];
    case 'EditCommented':
      return [{ code: event.data.inReplyTo === null ? 'commented' : 'answered' }];
    case 'EditCommentResolved':
      return [{ code: 'comment_resolved' }];
    case 'ReviewLeaseBroken':
      return [{ code: 'lease_broken', to: (subject) => subject === event.data.holder, also: event.data.holder }];
    default:
      return event satisfies never;
  }
};

/** Who took part in an edit before that revision of its stream. */
const partakers = (edit: EditOf<unknown>, before: number): Set<string> => {
  const earlier = <T extends { revision: number }>(all: readonly T[]) => all.filter(({ revision }) => revision < before);
  const next = edit.acts.find(({ act, revision }) => act === 'handed_over' && revision >= before);
  const own = contributors({
    ...edit,
    author: next?.from ?? edit.author,
    contributed: edit.splitFrom === null ? [] : edit.contributed,
    versions: earlier(edit.versions),
  });
  for (const { by } of [...earlier(edit.votes), ...earlier(edit.comments)]) own.add(by);
  return own;
};

/**
 * Whom an event of the review tells what, each subject once. `edits` are those of its stream, folded at least to the event; what came later changes nothing.
 * Nobody is told what they did themselves.
 */
export const noticesOf = ({ edits }: Pick<Review<unknown>, 'edits'>, event: ReviewEvent<unknown>): Notice[] => {
  const own = event.edit === null ? undefined : edits.get(event.edit);
  if (own === undefined) return [];
  return toldBy(own, event).flatMap(({ code, decision = null, of = own.edit, to = () => true, also }) => {
    const edit = edits.get(of ?? own.edit);
    const subjects = new Set(edit === undefined ? [] : partakers(edit, event.revision));
    if (also !== undefined) subjects.add(also);
    return [...subjects]
      .filter((subject) => subject !== event.actor && to(subject))
      .map((subject) => ({ subject, code, edit: of ?? own.edit, decision }));
  });
};
