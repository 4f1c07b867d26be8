import {
  type DomainEvent,
  evolveIncident,
  evolvePolicy,
  type Ground,
  type Incident,
  initialIncident,
  initialPolicy,
  type PartyFacts,
  type PolicyInForce,
  policyIn,
  policyStream,
  type Vocabulary,
} from '@averment/domain';
import type { Building, Folded, Group, Rows } from '../../projection.ts';
import { groupAbsorbing, tiesIn } from '../absorbed.ts';
import { foldedRows } from '../folded.ts';
import { collectQuotes } from '../quotes.ts';
import { factsOf } from '../record/register.ts';
import { countedRows, createCounts, voteColumns, waitColumns, wholeFigures } from './figures.ts';
import { foldRows } from './folds.ts';
import { policyColumns, policyRows } from './policy.ts';
import { isRegistered, registeredOf } from './registered.ts';
import { createEditRenderer, type EditRenderer, headingOf } from './render.ts';
import { reviewedBy } from './reviewed.ts';
import * as rowsOf from './rows.ts';

const foldOf = (events: readonly DomainEvent[], folded: Folded): Incident => {
  const known = folded.get(events);
  if (known !== undefined) return known;
  const state = events.reduce(evolveIncident, initialIncident());
  folded.set(events, state);
  return state;
};

/**
 * Builds the model from whole streams: each edit is rendered once, as it is in the end. In memory stay, of the whole log, the parties as they are now and the
 * places of the quotes.
 */
export const buildReviews = (vocabulary: Vocabulary): Building => {
  const versions = initialPolicy();
  let rendering: { policy: PolicyInForce; render: EditRenderer } | undefined;
  /** By the rules in force in the end: asked once all has passed. */
  const rendered = () => {
    const policy = policyIn(versions, vocabulary);
    rendering ??= { policy, render: createEditRenderer(policy) };
    return rendering;
  };
  const quotes = collectQuotes();
  const reviewed = new Map<string, bigint>();
  const counts = createCounts();
  const ties: [string, string][] = [];
  const parties = new Map<string, { facts: PartyFacts; privacySaid: bigint }>();

  const enter = (groups: readonly Group[]) => {
    const own = groups.flatMap((group) => [...group]).filter(([stream]) => stream.startsWith('party_'));
    const rows = own.flatMap(([id, events]) => rowsOf.partyRows(id, events));
    for (const { id, item, privacy_said } of rows) parties.set(id, { facts: factsOf(item), privacySaid: privacy_said });
    return rows;
  };

  /** What an edit's approvals rest on; of parties only those that edits of the same incident ever used. */
  const groundOf = (used: ReadonlySet<string>): Omit<Ground, 'record'> => ({
    parties: (id) => (used.has(id) ? parties.get(id)?.facts : undefined),
    privacyReviewed: (id) => used.has(id) && (reviewed.get(id) ?? -1n) >= (parties.get(id)?.privacySaid ?? 0n),
    quoted: quotes.decided().quoted,
  });

  const show = (id: string, events: readonly DomainEvent[], folded: Folded) => {
    const state = foldOf(events, folded);
    const uses = rowsOf.useRows(id, events);
    const ground = groundOf(new Set(uses.map(({ used }) => used)));
    const heading = headingOf(state);
    const { render } = rendered();
    const edits = [...state.edits.values()].map((edit) => render(state, edit, ground, heading.title));
    return { heading: { id: state.id ?? '', ...heading }, edits, uses, reviewed: { state, news: events } };
  };

  return {
    takes: { first: ['party_', 'source_'], after: ['incident_'] },
    pass: (appends) => {
      for (const append of appends) {
        quotes.pass(append);
        ties.push(...tiesIn(append.events));
        if (append.stream === policyStream) append.events.reduce(evolvePolicy, versions);
        for (const [party, position] of reviewedBy(append.events)) reviewed.set(party, position);
      }
      return [];
    },
    ties: () => ties,
    take: (groups, folded): Rows[] => {
      const entered = enter(groups);
      const incidents = groups.flatMap((group) => [...groupAbsorbing(group)]).filter(([stream]) => stream.startsWith('incident_'));
      const shown = incidents.map(([id, events]) => show(id, events, folded));
      const registered = groups
        .flatMap((group) => [...group])
        .filter(([stream]) => isRegistered(stream))
        .flatMap(
          ([id, events]) =>
            registeredOf(id, { events, news: events, policy: rendered().policy, reviewedAt: (party) => reviewed.get(party) }) ?? [],
        );
      const reviews = [...shown, ...registered].map((one) => one.reviewed);
      for (const row of [...shown, ...registered].flatMap(({ edits }) => edits)) counts.stand(row, 1);
      const figures = reviews.map(({ state, news }) => wholeFigures(state, news, counts));
      return [
        { table: 'parties', columns: rowsOf.partyColumns, rows: entered },
        { table: 'headings', columns: rowsOf.headingColumns, rows: [...shown, ...registered].map(({ heading }) => heading) },
        {
          table: 'edits',
          columns: rowsOf.editColumns,
          made: rowsOf.madeOfEdits,
          rows: [...shown, ...registered].flatMap(({ edits }) => edits),
        },
        { table: 'waits', columns: waitColumns, rows: figures.flatMap(({ waits }) => waits) },
        { table: 'votes', columns: voteColumns, rows: figures.flatMap(({ votes }) => votes) },
        { table: 'notices', columns: rowsOf.noticeColumns, rows: reviews.flatMap(({ state, news }) => rowsOf.noticeRows(state, news)) },
        { table: 'edit_uses', columns: rowsOf.useColumns, rows: shown.flatMap(({ uses }) => uses) },
        foldRows(incidents.map(([, events]) => events)),
        foldedRows(groups),
      ];
    },
    rest: () => [
      { table: 'policies', columns: policyColumns, rows: policyRows(versions) },
      quotes.decided().rows(),
      countedRows(counts),
      { table: 'reviewed', columns: rowsOf.reviewedColumns, rows: [...reviewed].map(([party, position]) => ({ party, position })) },
    ],
  };
};
