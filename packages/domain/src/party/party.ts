import { type DomainEvent, isPartyEvent, type NewEvent, type PartyEvent } from '../log/events.ts';
import { followStream } from '../log/stream.ts';
import { corrected } from '../register/correction.ts';
import { decideEdits, type EditCommand, type Reviewed } from '../register/decide.ts';
import { evolveEdits, noteWritten } from '../register/evolve.ts';
import type { RegisterFacts } from '../register/kind.ts';
import { initialReview } from '../review/edit.ts';
import { accept, type Result, refuse, refuseFor } from '../values/errors.ts';
import { type PartyChange, partyChanges, type SentPartyChange } from './changes/index.ts';
import { checkAliases, checkDistinct, checkMinor, checkParent, checkPrivacy, isPerson } from './checks.ts';
import type { Parties, PartyBody, PartyFacts } from './shapes.ts';
import type { Party, PartyRecord } from './state.ts';

/** A party: an agency, court, outlet, organisation, person or described role. */

/** The state of a stream without events. */
export const initialParty = (): Party => ({
  ...initialReview<PartyChange>(),
  fields: null,
  formerNames: [],
  namedSince: null,
  privacySaid: null,
  privacyConfirmed: false,
  mergedInto: null,
  absorbed: new Map(),
  recordedAt: null,
  version: 0,
  restricted: new Map(),
});

/** Folds what an event says of the party, and answers the keys that it wrote. */
const fold = (state: Party, event: PartyEvent): string[] => {
  switch (event.type) {
    case 'PartyRegistered':
      state.fields = { ...event.data };
      state.privacySaid = event.position;
      state.recordedAt = event.recordedAt;
      state.version = 1;
      return [];
    case 'PartyCorrected': {
      const { fields } = event.data;
      const isOfPrivacy = fields.includes('private') || fields.includes('publicRole');
      if (state.fields) state.fields = corrected(state.fields, event.data);
      if (isOfPrivacy) state.privacySaid = event.position;
      if (isOfPrivacy) state.privacyConfirmed = state.fields?.private ?? false;
      return [...fields.map((field) => `field:${field}`), ...(isOfPrivacy ? ['privacy'] : [])];
    }
    case 'PartyPrivacySet': {
      const { private: isPrivate, publicRole } = event.data;
      state.privacySaid = event.position;
      state.privacyConfirmed = isPrivate;
      if (state.fields) state.fields = { ...state.fields, private: isPrivate, publicRole };
      return ['privacy'];
    }
    case 'PartyRenamed': {
      const { name, from, until } = event.data;
      if (until !== null) state.formerNames.push({ name, from, until });
      else if (state.fields) {
        state.formerNames.push({ name: state.fields.name, from: state.namedSince, until: from });
        state.fields = { ...state.fields, name };
        state.namedSince = from;
      }
      return ['field:name'];
    }
    case 'PartyMerged':
      state.mergedInto = event.data.into;
      return ['status'];
    case 'PartyUnmerged':
      state.mergedInto = null;
      return ['status'];
    case 'PartyAbsorbed':
      state.absorbed.set(event.data.from, event.data.revision);
      return [];
    case 'PartyReleased':
      state.absorbed.delete(event.data.from);
      return [];
    default:
      return event satisfies never;
  }
};

/** Folds one event into the state, in place, and returns it. Total, also on erased texts. */
export const evolveParty = (state: Party, event: DomainEvent): Party => {
  if (isPartyEvent(event)) noteWritten(state, event, fold(state, event));
  else evolveEdits(state, event);
  followStream(state, event);
  return state;
};

/** What the rules need to know of the party; undefined before it is registered. */
export const partyFacts = ({ id, fields, formerNames, mergedInto }: PartyRecord): PartyFacts | undefined => {
  if (id === null || fields === null) return undefined;
  return {
    id,
    kind: fields.kind,
    private: fields.private,
    publicRole: fields.publicRole ?? null,
    parent: fields.parent,
    mergedInto,
    name: fields.name ?? null,
    ...(formerNames.length > 0 && { formerNames }),
  };
};

/** Whether the party is somebody whose name is not the public's. What a described role is called names nobody, so that it is no secret. */
export const isPrivatePerson = (party: { kind: string; private: boolean }): boolean => party.private && party.kind === 'person';

/** A party as the public may know it, whatever was known when: of a private person no name. `isPrivate`: as it is by now. */
export const publicFacts = (party: PartyFacts, isPrivate: boolean): PartyFacts =>
  isPrivatePerson({ ...party, private: isPrivate }) ? { ...party, name: null, private: true, withheld: true } : party;

/** Whether a merged party takes the change: what takes the merge back, or protects. */
const isOfMerged = (change: PartyChange): boolean => change.kind === 'unmerge_party' || (change.kind === 'set_privacy' && change.private);

/** What is special to the edits of parties. */
export const reviewedParty: Reviewed<Party, SentPartyChange, PartyChange> = {
  what: 'party',
  table: partyChanges,
  closed: ({ mergedInto }, changes) =>
    mergedInto === null || changes.every(isOfMerged)
      ? null
      : `This party is merged into ${mergedInto}: edit that one, or submit an edit of nothing but unmerge_party, or of a set_privacy that makes it private.`,
};

export type PartyCommand = ({ kind: 'register'; body: PartyBody } & { command: string; actor: string }) | EditCommand<PartyChange>;

const register = (state: Party, body: PartyBody, parties: Parties): Result<NewEvent[]> => {
  const isPrivate = isPerson(body.kind) && body.private !== false;
  if (state.fields) return refuse('AggregateState', 'This party is registered already.');
  const [problem, ...more] = [
    ...checkParent(null, body.kind, body.parent, parties),
    ...checkPrivacy(body.kind, body.private, body.publicRole),
    ...checkMinor(body.kind, isPrivate, body.minor),
    ...checkAliases(isPrivate, body.aliases),
    ...checkDistinct(body.distinctFrom, parties),
  ];
  if (problem) return refuseFor([problem, ...more]);
  return accept([{ type: 'PartyRegistered', edit: null, data: { ...body, private: isPrivate } }]);
};

/** Decides a command on a party. An empty list: its events are in the state already. Refusals: `InvalidChange`, `AggregateState`, `NotFound`, those of the review. */
export const decideParty = (state: Party, command: PartyCommand, facts: RegisterFacts): Result<NewEvent[]> => {
  if (state.commands.has(command.command)) return accept([]);
  return command.kind === 'register' ? register(state, command.body, facts.parties) : decideEdits(reviewedParty, state, command, facts);
};
