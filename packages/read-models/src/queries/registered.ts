import { seesConcealed, seesEdit, seesPrivateNames, seesUnused, type Viewer } from '@averment/access';
import {
  broughtIntoConflict,
  conflictsOfEdit,
  contributors,
  contributorsOf,
  type DomainEvent,
  diffDocuments,
  type EditOf,
  evolveParty,
  evolveSource,
  initialParty,
  initialSource,
  isTypeId,
  type Party,
  type PartyChange,
  type Review,
  type Reviewed,
  restrictedIn,
  reviewedParty,
  reviewedSource,
  type SentPartyChange,
  type SentSourceChange,
  type Source,
  type SourceChange,
  stateAfter,
  withoutTexts,
} from '@averment/domain';
import { decoded } from '@averment/event-log';
import type { PartyItem, SourceItem } from '../items.ts';
import { partyItem, sourceItem } from '../projections/record/register.ts';
import { forEver } from '../versions.ts';
import type { IntoPast } from './index.ts';
import { itemFor } from './known.ts';
import { createSourcesFor } from './private-names.ts';
import type { Queries, ReadContext, RegisterMoment } from './types.ts';
import { partyFor } from './viewers.ts';

type Items = { parties: PartyItem; sources: SourceItem };
type Row<Item> = { item: Item; private: boolean; position: string };
type Then<Item> = { item: Item; private: boolean; position: string };

/** Sources and parties as they were, and what an edit of one would do. */
export const createRegisterQueries = (options: IntoPast): Pick<Queries, 'sourceAt' | 'partyAt' | 'registerPreview'> => {
  const { pool, log, reach } = options;
  const sourcesFor = createSourcesFor(options);
  /** The item as it was; null where there was none yet, or none that the viewer may know of. `private`: as it is by now. */
  const itemAt = async <T extends keyof Items>(
    table: T,
    id: string,
    moment: RegisterMoment,
    viewer: Viewer,
    context: ReadContext,
  ): Promise<Then<Items[T]> | null> => {
    const head = 'version' in moment ? await log.head() : null;
    const then = await reach(['record'], 'version' in moment ? { position: head ?? 0n } : moment, context);
    const record = then.tables('record');
    // Of a version that the public could see at some time it sees what it was. It lies where it came to be, wherever the log ends.
    const chosen =
      'version' in moment
        ? `(k.item ->> 'version')::int = $2 AND ($3 OR used.from_position < k.to_position)`
        : `k.from_position <= $2 AND k.to_position > $2 AND ($3 OR used.from_position <= $2)`;
    const { rows } = await pool.query<Row<Items[T]>>(
      `SELECT ${itemFor(viewer, 'k')} AS item, (now.item ->> 'private')::boolean AS private, ${'version' in moment ? 'k.from_position' : '$2::bigint'}::text AS position
       FROM ${record}.${table} AS k JOIN ${record}.${table} AS now ON now.id = k.id AND now.to_position = ${forEver}
         LEFT JOIN ${record}.public AS used ON used.id = k.id
       WHERE k.id = $1 AND ${chosen} ORDER BY k.from_position DESC LIMIT 1`,
      [id, 'version' in moment ? moment.version : String(then.position), seesUnused(viewer)],
    );
    return rows[0] ?? null;
  };

  const eventsOf = async (stream: string): Promise<DomainEvent[]> => decoded(await log.readStream(stream, 0));

  /** The source or party as it was before an applied edit, else as it is, and as the edit would leave it. */
  const previewOf = async <S extends Review<C> & { version: number; recordedAt: string | null }, Sent, C extends { kind: string }>(
    of: Reviewed<S, Sent, C>,
    stream: string,
    number: number,
    viewer: Viewer,
    { initial, evolve, item }: { initial: () => S; evolve: (state: S, event: DomainEvent) => S; item: (state: S) => object | undefined },
  ) => {
    const read = await eventsOf(stream);
    // An author gets back what the own edit says, and not what a decision keeps of the rest.
    const events = seesConcealed(viewer) ? read : (withoutTexts(read, restrictedIn(read)) ?? read);
    const applied = events.find(({ type, edit }) => type === 'EditApplied' && edit === number);
    const state = events.filter(({ position }) => applied === undefined || position < applied.position).reduce(evolve, initial());
    const edit: EditOf<C> | undefined = state.edits.get(number);
    if (edit === undefined || !seesEdit(viewer, contributors(edit))) return null;
    const [before, after] = [item(state), item(stateAfter(of, state, edit, evolve))];
    const conflicts = conflictsOfEdit(state, number, of.table.keysOf);
    const shownTo = ({ edit }: { edit: number }) => seesEdit(viewer, contributorsOf(state, edit));
    const wouldConflict = applied === undefined ? broughtIntoConflict(state, number, of.table.keysOf).filter(shownTo) : [];
    return { before: before ?? null, after: after ?? null, changes: diffDocuments(before, after), conflicts, wouldConflict };
  };

  return {
    sourceAt: async (id, moment, viewer, context) => {
      const found = await itemAt('sources', id, moment, viewer, context);
      const [shown] = found === null ? [] : await sourcesFor(viewer, [found.item]);
      return found && shown ? { item: shown, position: found.position } : null;
    },
    partyAt: async (id, moment, viewer, context) => {
      const found = await itemAt('parties', id, moment, viewer, context);
      // The past, under the protection of now.
      const shown = found && (found.private && !seesPrivateNames(viewer) ? partyFor(viewer, { ...found.item, private: true }) : found.item);
      return found && shown && { item: shown, position: found.position };
    },
    registerPreview: async (stream, edit, viewer) => {
      if (isTypeId('source', stream))
        return previewOf<Source, SentSourceChange, SourceChange>(reviewedSource, stream, edit, viewer, {
          initial: initialSource,
          evolve: evolveSource,
          item: sourceItem,
        });
      return previewOf<Party, SentPartyChange, PartyChange>(reviewedParty, stream, edit, viewer, {
        initial: initialParty,
        evolve: evolveParty,
        item: partyItem,
      });
    },
  };
};
