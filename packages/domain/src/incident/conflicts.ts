import { kindOf } from '../events.ts';
import { type Change, type ChangeKind, type Effect, incidentFields } from '../shapes.ts';
import type { Incident, Written } from './state.ts';

/**
 * What each change reads and writes, over the keys `status`, `incident:<field>`, `claim:<id>:content|rank|standing`, `dispute:<id>`,
 * `proceeding:<id>`, `ruling:<id>` (rules.md, conflicts between edits). Every change reads `status` besides.
 */
export type Keys = { reads: string[]; writes: string[] };

type Data<K extends ChangeKind> = Omit<Extract<Change, { kind: K }>, 'kind'>;

const content = (claim: string) => `claim:${claim}:content`;
const standing = (claim: string) => `claim:${claim}:standing`;
/** `dispute:<id>`, `proceeding:<id>` or `ruling:<id>`. */
const entry = (id: string) => `${id.slice(0, id.indexOf('_'))}:${id}`;
const some = (id: string | null | undefined, key: (id: string) => string): string[] => (id === null || id === undefined ? [] : [key(id)]);

const effectKeys = (effects: readonly Effect[]): Keys => ({
  reads: effects.flatMap(({ claim }) => some(claim, content)),
  writes: effects.flatMap(({ claim, ruling, proceeding }) => [
    ...some(claim, standing),
    ...some(ruling, entry),
    ...some(proceeding, entry),
  ]),
});

const declared: { [K in ChangeKind]: (data: Data<K>) => Keys } = {
  report_incident: () => ({ reads: [], writes: ['status', ...Object.keys(incidentFields).map((field) => `incident:${field}`)] }),
  add_claim: ({ claim }) => ({ reads: [], writes: [content(claim.id)] }),
  add_citation: ({ claim }) => ({ reads: [content(claim)], writes: [content(claim)] }),
  dispute_claim: ({ dispute }) => ({
    reads: [content(dispute.claim), standing(dispute.claim), ...some(dispute.counterClaim, content)],
    writes: [entry(dispute.id)],
  }),
  withdraw_dispute: ({ dispute }) => ({ reads: [entry(dispute)], writes: [entry(dispute)] }),
  open_proceeding: ({ proceeding }) => ({
    reads: [...proceeding.claims.map(content), ...some(proceeding.continues, entry)],
    writes: [entry(proceeding.id)],
  }),
  update_proceeding: ({ proceeding }) => ({ reads: [entry(proceeding)], writes: [entry(proceeding)] }),
  record_ruling: ({ ruling }) => {
    const effects = effectKeys(ruling.effects);
    return { reads: effects.reads, writes: [entry(ruling.id), ...effects.writes] };
  },
  correct_incident: ({ fields }) => {
    const keys = fields.map((field) => `incident:${field}`);
    return { reads: keys, writes: keys };
  },
  correct_claim: ({ claim, carry }) => ({ reads: [content(claim), standing(claim), ...carry.map(entry)], writes: [content(claim)] }),
  correct_entry: ({ target, set }) => {
    const effects = effectKeys(set.effects ?? []);
    return {
      reads: [
        entry(target),
        ...some(set.counterClaim, content),
        ...some(set.continues, entry),
        ...(set.claims ?? []).map(content),
        ...effects.reads,
      ],
      writes: [entry(target), ...effects.writes],
    };
  },
  rank_claim: ({ claim }) => ({ reads: [content(claim)], writes: [`claim:${claim}:rank`] }),
  retract_claim: ({ claim }) => ({ reads: [content(claim)], writes: [standing(claim)] }),
  reinstate_claim: ({ claim }) => ({ reads: [content(claim)], writes: [standing(claim)] }),
  retract_entry: ({ target }) => ({ reads: [entry(target)], writes: [entry(target)] }),
  merge_incident: () => ({ reads: [], writes: ['status'] }),
  unmerge_incident: () => ({ reads: [], writes: ['status'] }),
  retract_incident: () => ({ reads: [], writes: ['status'] }),
};

/** The keys of a change. */
export const keysOf = (change: Change): Keys => {
  const { reads, writes } = (declared[change.kind] as (data: Change) => Keys)(change);
  return { reads: ['status', ...reads], writes };
};

/** The keys that a record event wrote, from its type and data. */
export const writtenBy = (type: string, data: object): string[] => keysOf({ kind: kindOf[type], ...data } as Change).writes;

/** Record events after `baseRevision` (null: before the first) that wrote a key which one of the changes reads or writes, oldest first. */
export const conflicts = (state: Incident, changes: readonly Change[], baseRevision: number | null): Written[] => {
  const base = baseRevision ?? -1;
  const between: Written[] = [];
  for (let index = state.written.length - 1; index >= 0; index -= 1) {
    const written = state.written[index];
    if (!written || written.revision <= base) break;
    between.push(written);
  }
  if (between.length === 0) return [];
  const touched = new Set(changes.map(keysOf).flatMap(({ reads, writes }) => [...reads, ...writes]));
  return between.reverse().filter(({ keys }) => keys.some((key) => touched.has(key)));
};

/** What an open edit conflicts with now; empty for an edit that is decided or withdrawn, and for one that there is not. */
export const conflictsOf = (state: Incident, edit: number): Written[] => {
  const found = state.edits.get(edit);
  const version = found?.versions.at(-1);
  const open = found?.state === 'submitted' || found?.state === 'changes_requested';
  return version && open ? conflicts(state, version.changes, version.baseRevision) : [];
};
