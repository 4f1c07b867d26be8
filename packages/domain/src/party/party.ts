import { type DomainEvent, type EventData, isPartyEvent, type NewEvent, type PartyEvent } from '../log/events.ts';
import { followStream, initialStream, type StreamState } from '../log/stream.ts';
import { accept, type Problem, type Result, refuse, refuseFor } from '../values/errors.ts';
import type { Parties, PartyBody, PartyFacts } from './shapes.ts';

/** A party: an agency, court, outlet, organisation, person or described role. Its events are `PartyRegistered` and `PartyCorrected`. */

export type Party = StreamState & {
  /** As corrected. Texts that were erased or not asked for are absent. */
  fields: EventData<'PartyRegistered'> | null;
  /** Position of the event that last said whether it is private, and why not: what reviewers approved before that, they approved of something else. */
  privacySaid: bigint | null;
  recordedAt: string | null;
};

/** The state of a stream without events. */
export const initialParty = (): Party => ({
  ...initialStream(),
  fields: null,
  privacySaid: null,
  recordedAt: null,
});

const fold = (state: Party, event: PartyEvent): void => {
  switch (event.type) {
    case 'PartyRegistered':
      state.fields = { ...event.data };
      state.privacySaid = event.position;
      return;
    case 'PartyCorrected': {
      const { fields, set } = event.data;
      if (fields.includes('private') || fields.includes('publicRole')) state.privacySaid = event.position;
      if (state.fields) Object.assign(state.fields, Object.fromEntries(fields.map((field) => [field, set[field]])));
      return;
    }
    default:
      event satisfies never;
  }
};

/** Folds one event into the state, in place, and returns it. Total, also on erased texts. */
export const evolveParty = (state: Party, event: DomainEvent): Party => {
  if (isPartyEvent(event)) fold(state, event);
  state.recordedAt = event.recordedAt;
  followStream(state, event);
  return state;
};

/** What the rules need to know of the party; undefined before it is registered. */
export const partyFacts = ({ id, fields }: Party): PartyFacts | undefined => {
  if (id === null || fields === null) return undefined;
  return {
    id,
    kind: fields.kind,
    private: fields.private,
    publicRole: fields.publicRole ?? null,
    parent: fields.parent,
    name: fields.name ?? null,
  };
};

type Kind = PartyBody['kind'];
const isPerson = (kind: Kind): boolean => kind === 'person' || kind === 'described_role';

/** Whether the party is somebody whose name is not the public's. What a described role is called names nobody, so that it is no secret. */
export const isPrivatePerson = (party: { kind: string; private: boolean }): boolean => party.private && party.kind === 'person';

/** A party as the public may know it, whatever was known when: of a private person no name. `isPrivate`: as it is by now. */
export const publicFacts = (party: PartyFacts, isPrivate: boolean): PartyFacts =>
  isPrivatePerson({ ...party, private: isPrivate }) ? { ...party, name: null, private: true, withheld: true } : party;

type PartySet = EventData<'PartyCorrected'>['set'];
/** Registering has a route. Correcting is an operation of this package, until changes of parties are reviewed. */
export type PartyCommand = { command: string; actor: string } & (
  | { kind: 'register'; body: PartyBody }
  | { kind: 'correct'; set: PartySet; reason: string }
);

/** Of whatever names a party all that stand above it are read, in commands, models and documents. */
const mostAbove = 16;

const wrong = (pointer: string, message: string): Problem => ({ code: 'InvalidChange', pointer, message });

const checkParent = (own: string | null, kind: Kind, parent: string | null | undefined, parties: Parties): Problem[] => {
  if (parent === null || parent === undefined) return [];
  if (isPerson(kind)) return [wrong('/parent', 'must be null: a person or described role speaks for a body only through onBehalfOf')];
  const found = parties(parent);
  if (!found) return [wrong('/parent', `there is no party ${parent}: register it first`)];
  if (isPerson(found.kind)) return [wrong('/parent', 'must be a body, not a person')];
  const seen = new Set<string | null>([own]);
  for (let above: string | null = parent; above !== null; above = parties(above)?.parent ?? null) {
    if (seen.has(above)) return [wrong('/parent', 'leads back to this party: a body cannot stand above itself')];
    seen.add(above);
  }
  if (seen.size - 1 > mostAbove) return [wrong('/parent', `has too many bodies above it: there can be ${mostAbove}`)];
  return [];
};

const needsRole = () =>
  wrong('/publicRole', 'must say why this person is public; being arrested, charged, shot, quoted or filmed makes nobody public');

const checkPrivacy = (kind: Kind, given: boolean | null | undefined, publicRole: string | null | undefined): Problem[] => {
  if (!isPerson(kind)) return given === true ? [wrong('/private', 'must be false: only persons and described roles are private')] : [];
  return given === false && (publicRole === null || publicRole === undefined) ? [needsRole()] : [];
};

/** A second name of somebody private is mostly a real one, which nobody would see before it is public. */
const checkAliases = (isPrivate: boolean, aliases: readonly string[] | undefined): Problem[] =>
  isPrivate && (aliases?.length ?? 0) > 0
    ? [
        wrong(
          '/aliases',
          'must be empty: a private party has no other names; leave them out, or, if this party is public, send `private` false and say why in `publicRole`',
        ),
      ]
    : [];

const checkDistinct = (others: readonly string[], parties: Parties): Problem[] =>
  others.flatMap((id, index) => (parties(id) === undefined ? [wrong(`/distinctFrom/${index}`, `there is no party ${id}`)] : []));

/** Whom a party corrected to be public is so, has to be said with it: the role on record may have been erased, and nothing is decided on a text. */
const checkSet = (state: Party, held: EventData<'PartyRegistered'>, set: PartySet, parties: Parties): Problem[] => {
  const fields = Object.keys(set);
  const takesRole = isPerson(held.kind) && fields.includes('publicRole') && set.publicRole === null && !(set.private ?? held.private);
  return [
    ...(fields.length === 0 ? [wrong('', 'must set at least one field')] : []),
    ...checkParent(state.id, held.kind, set.parent, parties),
    ...(takesRole ? [needsRole()] : checkPrivacy(held.kind, set.private, set.publicRole)),
    ...checkAliases(set.private ?? held.private, set.aliases),
  ];
};

/** Decides a command on a party. An empty list: its events are in the state already. Refusals: `InvalidChange`, `AggregateState`, `NotFound`. */
export const decideParty = (state: Party, command: PartyCommand, parties: Parties): Result<NewEvent[]> => {
  if (state.commands.has(command.command)) return accept([]);
  if (command.kind === 'register') {
    const { body } = command;
    const isPrivate = isPerson(body.kind) && body.private !== false;
    if (state.fields) return refuse('AggregateState', 'This party is registered already.');
    const [problem, ...more] = [
      ...checkParent(null, body.kind, body.parent, parties),
      ...checkPrivacy(body.kind, body.private, body.publicRole),
      ...checkAliases(isPrivate, body.aliases),
      ...checkDistinct(body.distinctFrom, parties),
    ];
    if (problem) return refuseFor([problem, ...more]);
    return accept([{ type: 'PartyRegistered', edit: null, data: { ...body, private: isPrivate } }]);
  }
  if (!state.fields) return refuse('NotFound', 'There is no such party.');
  const { set, reason } = command;
  const [problem, ...more] = checkSet(state, state.fields, set, parties);
  if (problem) return refuseFor([problem, ...more]);
  const fields = Object.keys(set) as (keyof PartySet)[];
  return accept([{ type: 'PartyCorrected', edit: null, data: { fields, set, reason } }]);
};
