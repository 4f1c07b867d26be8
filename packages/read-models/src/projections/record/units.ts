import { concealedTexts, type DomainEvent, type Incident, initialIncident, textKey } from '@averment/domain';
import type { PoolClient } from 'pg';
import type { Group, ProjectionContext } from '../../projection.ts';
import { tiesIn } from '../absorbed.ts';
import type { Append } from '../appends.ts';
import { appendsOf } from '../appends.ts';
import { byStreams, type Concealed, withoutConcealed } from '../concealed.ts';
import { loadFolded } from '../folded.ts';
import type { States } from '../states.ts';
import { loadRegisterChanged, type RegisterChanged } from './changed.ts';
import { loadClaims, loadConcealed, loadMerges, loadRegister, loadShown, loadTies, loadUses } from './load.ts';
import { isRestrictedIn, privateNamesAmong, type Register } from './register.ts';
import { namedBy } from './relevant.ts';
import { keysOf, loadSpoken, type Speaking, type Spoken } from './spoken.ts';
import type { Member, Step, Unit } from './unit.ts';

/** What a batch does to incidents: their events, those to fold from the start, and the parties and sources that changed (from the checkpoint on). */
export type Work = { events: ReadonlyMap<string, DomainEvent[]>; fresh: ReadonlySet<string>; changed: Register };

/** What is looked for of names in an incident with these events. */
export const speakingIn = (events: readonly DomainEvent[], named: ReadonlySet<string> = namedBy(events)): Speaking => ({
  keys: keysOf(events),
  sources: [...named].filter((id) => id.startsWith('source_')),
});

/** A unit with what happens to it in a batch, and the parties and sources that this needs. */
type Plan = { unit: Unit; steps: Step[] };

/** Groups the incidents, with all that merges ever tied to them, into sets that must be rendered together. */
export const groupIncidents = async (
  tx: PoolClient,
  schema: string,
  incidents: ReadonlySet<string>,
  events: ReadonlyMap<string, DomainEvent[]>,
): Promise<string[][]> => {
  const group = new Map<string, Set<string>>();
  const tie = (one: string, other: string) => {
    const united = new Set([...(group.get(one) ?? [one]), ...(group.get(other) ?? [other])]);
    for (const id of united) group.set(id, united);
  };
  for (const id of incidents) group.set(id, new Set([id]));
  for (const own of events.values()) for (const [one, other] of tiesIn(own)) tie(one, other);

  let wanted = [...group.keys()];
  const asked = new Set(wanted);
  while (wanted.length > 0) {
    for (const [incident, target] of await loadTies(tx, schema, wanted)) tie(incident, target);
    wanted = [...group.keys()].filter((id) => !asked.has(id));
    for (const id of wanted) asked.add(id);
  }
  return [...new Set(group.values())].map((ids) => [...ids]);
};

/** The steps of a unit in order of position: its appends, and the positions at which parties and sources changed. */
const stepsOf = (appends: readonly Append[], register: Register, after: bigint): Step[] => {
  const steps = new Map<bigint, Step>(appends.map((append) => [append.position, { position: append.position, append, changed: [] }]));
  for (const [id, versions] of [...register.parties, ...register.sources]) {
    for (const { from } of versions) {
      if (from > after) steps.set(from, { position: from, append: null, changed: [...(steps.get(from)?.changed ?? []), id] });
    }
  }
  return [...steps.values()].sort((one, other) => (one.position < other.position ? -1 : 1));
};

/** `named`: what its events here name, shown or not, by ids or by name. */
const newMember = (id: string, state: Incident, uses: Set<string>, named: Iterable<string>, keys: ReadonlySet<string>): Member => ({
  id,
  state,
  left: null,
  concealed: [],
  leftOf: new Map(),
  uses,
  newUses: new Set([...named].filter((each) => !uses.has(each))),
  keys,
  digest: null,
  recordPosition: 0n,
  changedAt: 0n,
  added: new Map(),
  rows: [],
  rendered: null,
});

/** What a member folds beside its state where corrections conceal texts of its unit: they may stand in what it absorbed. */
const leftBeside = (
  id: string,
  concealed: Concealed,
  events: readonly DomainEvent[],
  begun: Incident | undefined,
): Pick<Member, 'left' | 'concealed' | 'leftOf'> => ({
  left: concealed.size === 0 ? null : (begun ?? initialIncident()),
  concealed: concealed.get(id) ?? [],
  leftOf: new Map(concealed.size === 0 ? [] : withoutConcealed(events, concealed).map((event) => [event.revision, event])),
});

/** The texts of these streams that are for reviewers and auditors alone, in whichever of them they stand. */
const concealedIn = (streams: Iterable<readonly DomainEvent[]>, register: Register): Concealed => {
  const isRestricted = isRestrictedIn(register);
  const texts = [...streams].flatMap((events) => concealedTexts(events, isRestricted));
  return byStreams([...new Map(texts.map((text) => [`${text.stream} ${textKey(text)}`, text])).values()]);
};

/**
 * A unit of whole streams, to be folded from their first events, with all that happens to it. `register` has what its documents name, and it alone: each change
 * in it is a step. `spoken`: whose names may stand in them.
 */
export const wholeUnit = (streams: Group, register: Register, spoken: Spoken): Plan => {
  const concealed = concealedIn(streams.values(), register);
  const memberOf = (id: string, events: readonly DomainEvent[]): Member => ({
    ...newMember(id, initialIncident(), new Set(), [...namedBy(events), ...(spoken.get(id) ?? [])], keysOf(events)),
    ...leftBeside(id, concealed, events, undefined),
  });
  const members = new Map([...streams].map(([id, events]) => [id, memberOf(id, events)]));
  const unit = { members, merges: new Map(), names: privateNamesAmong(register, register.parties.keys()), fresh: true };
  return { unit, steps: stepsOf([...streams.values()].flatMap(appendsOf), register, -1n) };
};

/** Makes the units of some groups ready to be played. Reads each table and the log once for all of them. `claims` are the digests of those that stay. */
export const prepareUnits = async (
  tx: PoolClient,
  context: ProjectionContext,
  { states, left }: { states: States; left: States },
  groups: readonly string[][],
  work: Work,
): Promise<{ plans: Plan[]; register: Register; claims: ReadonlyMap<string, string>; registerChanged: RegisterChanged }> => {
  const { schema } = context;
  const isFresh = (group: readonly string[]): boolean => group.some((id) => work.fresh.has(id));
  const fresh = new Set(groups.filter(isFresh).flat());
  const living = groups.filter((group) => !isFresh(group)).flat();

  const folded = await loadFolded(tx, schema, groups.flat());
  const lastOf = (id: string): number => Math.max(folded.get(id) ?? -1, work.events.get(id)?.at(-1)?.revision ?? -1);
  const histories = await context.readStreams(
    [...fresh].filter((id) => lastOf(id) >= 0).map((id) => ({ stream: id, from: 0, to: lastOf(id) })),
  );
  const eventsOf = (id: string): readonly DomainEvent[] => (fresh.has(id) ? histories : work.events).get(id) ?? [];

  const uses = await loadUses(tx, schema, living);
  const named = new Set([...uses.values()].flatMap((ids) => [...ids]));
  const namedIn = new Map(groups.flat().map((id) => [id, namedBy(eventsOf(id))]));
  const speaking = new Map(groups.flat().map((id) => [id, speakingIn(eventsOf(id), namedIn.get(id))]));
  for (const [id, people] of await loadSpoken(tx, schema, speaking)) for (const each of people) namedIn.get(id)?.add(each);
  for (const ids of namedIn.values()) for (const each of ids) named.add(each);
  const register = await loadRegister(tx, schema, named, work.changed);
  const known = await loadConcealed(tx, schema, living);
  const concealed = new Map<string, Concealed>();
  for (const group of groups) {
    const own = isFresh(group) ? concealedIn(group.map(eventsOf), register) : new Map([...known].filter(([id]) => group.includes(id)));
    for (const id of group) concealed.set(id, own);
  }
  const concealing = (id: string): boolean => (concealed.get(id)?.size ?? 0) > 0;
  const livingAt = (ids: readonly string[]) => new Map(ids.map((id) => [id, folded.get(id) ?? -1]));
  const begun = await states.take(context, livingAt(living));
  const begunLeft = await left.take(context, livingAt(living.filter(concealing)), known);
  const shown = await loadShown(tx, schema, living);
  const merges = await loadMerges(tx, schema, living);

  const memberOf = (id: string): Member => ({
    ...newMember(
      id,
      begun.get(id) ?? initialIncident(),
      uses.get(id) ?? new Set(),
      namedIn.get(id) ?? [],
      speaking.get(id)?.keys ?? new Set(),
    ),
    ...leftBeside(id, concealed.get(id) ?? new Map(), eventsOf(id), begunLeft.get(id)),
    ...shown.get(id),
  });
  const plans = groups.map((group): Plan => {
    const appends = group.flatMap((id) => appendsOf(eventsOf(id)));
    const unit: Unit = {
      members: new Map(group.map((id) => [id, memberOf(id)])),
      merges: new Map(group.flatMap((id) => (merges.has(id) ? [[id, merges.get(id) ?? []]] : []))),
      names: privateNamesAmong(
        register,
        group.flatMap((id) => [...(uses.get(id) ?? []), ...(namedIn.get(id) ?? [])]),
      ),
      fresh: isFresh(group),
    };
    return { unit, steps: unit.fresh ? stepsOf(appends, register, -1n) : stepsOf(appends, work.changed, context.checkpoint) };
  });
  const registerChanged = await loadRegisterChanged(tx, schema, [...register.parties.keys(), ...register.sources.keys()]);
  return { plans, register, claims: await loadClaims(tx, schema, living), registerChanged };
};
