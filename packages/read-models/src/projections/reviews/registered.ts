import {
  type DomainEvent,
  type EditOf,
  evolveParty,
  evolveSource,
  initialParty,
  initialSource,
  type Party,
  type PartyChange,
  type PolicyInForce,
  partyChanges,
  type Review,
  registerEditDocument,
  reviewedParty,
  reviewedSource,
  type Source,
  sourceChanges,
} from '@averment/domain';
import type { PoolClient } from 'pg';
import type { ProjectionContext } from '../../projection.ts';
import type { Streams } from './ground.ts';
import { type EditRow, editRow, type Heading, wordsOf } from './render.ts';

/** The edits of sources and parties. Their streams are short: each is folded whole, and all its edits are rendered, whenever something of it changes. */

/** What tells of the review: the state of a stream, and the events of it that are new. */
export type Reviewed = { state: Pick<Review<{ kind: string }>, 'edits'>; news: readonly DomainEvent[] };
export type Registered = { heading: Heading & { id: string }; edits: EditRow[]; reviewed: Reviewed };
/** Up to where two approved of what makes a party what it is, if they did. */
type ReviewedAt = (party: string) => bigint | undefined;

const parentIn = (change: PartyChange): string | null =>
  change.kind === 'correct_party' ? (change.set.parent ?? null) : change.kind === 'merge_party' ? change.into : null;

/** The body that a party would belong to, and the party that it would be: where this one is public, they become so too. */
const parentsIn = (edit: EditOf<PartyChange>): Set<string> =>
  new Set(edit.versions.at(-1)?.changes.flatMap((change) => parentIn(change) ?? []));

const wordsOfSource = wordsOf(sourceChanges.storedChange);
const wordsOfParty = wordsOf(partyChanges.storedChange);

const ofSource = (state: Source, policy: PolicyInForce): EditRow[] =>
  [...state.edits.values()].map((edit) => {
    const document = registerEditDocument(reviewedSource, state, edit, { policy, privacyReviewed: () => false });
    const changes = edit.versions.at(-1)?.changes ?? [];
    return editRow(document, edit, {
      policy,
      uses: new Set(),
      urgent: false,
      words: [state.fields?.title ?? null, ...wordsOfSource(changes)],
    });
  });

const ofParty = (state: Party, policy: PolicyInForce, reviewedAt: ReviewedAt): EditRow[] => {
  const at = reviewedAt(state.id ?? '');
  const ground = { policy, privacyReviewed: () => at !== undefined && at >= (state.privacySaid ?? 0n) };
  return [...state.edits.values()].map((edit) => {
    const changes = edit.versions.at(-1)?.changes ?? [];
    const urgent = changes.some((change) => reviewedParty.table.kindOf(change).isUrgent(change));
    const words = [state.fields?.name ?? null, ...wordsOfParty(changes)];
    return editRow(registerEditDocument(reviewedParty, state, edit, ground), edit, { policy, uses: parentsIn(edit), urgent, words });
  });
};

const hasEdits = (events: readonly DomainEvent[]): boolean => events.some(({ type }) => type === 'EditSubmitted');

/** What is shown of the edits of a source or party, of all its events; null where it has none. `news`: those of them that tell something now. */
export const registeredOf = (
  id: string,
  {
    events,
    news,
    policy,
    reviewedAt,
  }: { events: readonly DomainEvent[]; news: readonly DomainEvent[]; policy: PolicyInForce; reviewedAt: ReviewedAt },
): Registered | null => {
  if (!hasEdits(events)) return null;
  if (id.startsWith('source_')) {
    const state = events.reduce(evolveSource, initialSource());
    const heading = { id, title: state.fields?.title ?? null, region: null };
    return { heading, edits: ofSource(state, policy), reviewed: { state, news } };
  }
  const state = events.reduce(evolveParty, initialParty());
  const heading = { id, title: state.fields?.name ?? null, region: null };
  return { heading, edits: ofParty(state, policy, reviewedAt), reviewed: { state, news } };
};

export const isRegistered = (stream: string): boolean => stream.startsWith('source_') || stream.startsWith('party_');

/** What the batch changes of the edits of sources and parties. `changed`: those of which another number of approvals may be needed now. */
export const registeredIn = async (
  tx: PoolClient,
  context: ProjectionContext,
  { streams, changed, policy }: { streams: Streams; changed: readonly string[]; policy: PolicyInForce },
): Promise<Registered[]> => {
  const own = [...streams].filter(([stream]) => isRegistered(stream));
  const begun = [...own.filter(([, [first]]) => (first?.revision ?? 0) > 0).map(([stream]) => stream), ...changed];
  const read = await context.readStreams([...new Set(begun)].map((stream) => ({ stream, from: 0 })));
  const whole = [...new Map<string, readonly DomainEvent[]>([...own, ...read])].filter(([, events]) => hasEdits(events));
  if (whole.length === 0) return [];
  const { rows } = await tx.query<{ party: string; position: string }>(
    `SELECT party, position::text FROM ${context.schema}.reviewed WHERE party = ANY($1)`,
    [whole.map(([stream]) => stream)],
  );
  const positions = new Map(rows.map(({ party, position }) => [party, BigInt(position)]));
  const reviewedAt: ReviewedAt = (party) => positions.get(party);
  return whole.flatMap(([id, events]) => registeredOf(id, { events, news: streams.get(id) ?? [], policy, reviewedAt }) ?? []);
};
