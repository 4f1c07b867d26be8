import { type ConcealedText, type DomainEvent, evolveIncident, type Incident, type PrivateNames } from '@averment/domain';
import { forEver } from '../../versions.ts';
import type { Append } from '../appends.ts';
import { comparedBy } from '../candidates/index.ts';
import { addMerge, type Merges, removeMerge } from './merges.ts';
import type { Register } from './register.ts';
import { changesDocument, isRecorded } from './relevant.ts';
import type { Rendered, Renderer, Row } from './render.ts';

/** One incident while its part of a batch is folded. */
export type Member = {
  id: string;
  state: Incident;
  /** As `state`, without the texts that corrections conceal; null where they conceal none. */
  left: Incident | null;
  /** The texts that are concealed, and by revision the events that hold them, without. */
  concealed: readonly ConcealedText[];
  leftOf: ReadonlyMap<number, DomainEvent>;
  /** Parties, their ancestors, and sources that its documents have named so far, or that it is compared by. */
  uses: Set<string>;
  /** Those among them that are not written yet. */
  newUses: Set<string>;
  /** The keys of the words in its events here that may be names. */
  keys: ReadonlySet<string>;
  /** Of the newest row, null while it has none. */
  digest: string | null;
  /** Position of its last record event. */
  recordPosition: bigint;
  /** Position of the last append that is folded here and changes what is shown of it; 0 where none does. */
  changedAt: bigint;
  /** Positions of the claims that were added here. */
  added: Map<string, bigint>;
  /** New versions of its row in the list. */
  rows: { from: bigint; row: Row; recordPosition: bigint }[];
  /** As it is at the end; null where nothing of it changed. */
  rendered: Rendered | null;
};

/**
 * Incidents that are, or once were, tied by merges, so that a change of one can change what another shows; mostly a single one.
 * `fresh`: folded from the first event, to replace all that was written before. `names`: of the private persons that they name, whenever they do.
 */
export type Unit = { members: Map<string, Member>; merges: Merges; names: PrivateNames | null; fresh: boolean };

/** Something that may change what is shown: an append to a member, or new versions of parties and sources. */
export type Step = { position: bigint; append: Append | null; changed: readonly string[] };

/** Positions from which on the public may see a party or source. */
export type PublicSince = Map<string, bigint>;

const use = (member: Member, id: string): void => {
  if (!member.uses.has(id)) member.newUses.add(id);
  member.uses.add(id);
};

const fold = (unit: Unit, member: Member, append: Append): void => {
  for (const event of append.events) {
    member.state = evolveIncident(member.state, event);
    if (member.left !== null) member.left = evolveIncident(member.left, member.leftOf.get(event.revision) ?? event);
    if (isRecorded(event)) member.recordPosition = append.position;
    if (changesDocument(event)) member.changedAt = append.position;
    if (event.type === 'ClaimAdded') member.added.set(event.data.claim.id, event.position);
    if (event.type === 'IncidentMerged') addMerge(unit.merges, member.id, event.data.into, append.position);
    if (event.type === 'IncidentUnmerged') removeMerge(unit.merges, member.id, append.position);
  }
};

const show = (unit: Unit, member: Member, position: bigint, register: Register, render: Renderer, publicSince: PublicSince): void => {
  if (member.state.streamRevision < 0) return;
  member.rendered = render({ unit, member, position, register });
  const { document, row } = member.rendered;
  const shown = [...document.parties, ...document.sources].map(({ id }) => id);
  for (const id of [...shown, ...comparedBy(member.state)]) use(member, id);
  if (row !== null) for (const id of shown) if ((publicSince.get(id) ?? forEver) > position) publicSince.set(id, position);
  if (row === null || row.digest === member.digest) return;
  member.digest = row.digest;
  member.rows.push({ from: position, row, recordPosition: member.recordPosition });
};

/**
 * Folds the steps into the unit, in order of position, and renders at each what it changes. `publicSince` collects from which position on
 * parties and sources are in public use.
 */
export const playUnit = (unit: Unit, steps: readonly Step[], register: Register, render: Renderer, publicSince: PublicSince): void => {
  for (const { position, append, changed } of steps) {
    const member = append === null ? undefined : unit.members.get(append.stream);
    if (append !== null && member !== undefined) fold(unit, member, append);
    const shows =
      append === null
        ? [...unit.members.values()].some(({ uses }) => changed.some((id) => uses.has(id)))
        : append.events.some(changesDocument);
    if (shows) for (const each of unit.members.values()) show(unit, each, position, register, render, publicSince);
  }
};
