import { createHash } from 'node:crypto';
import {
  type ConcealedText,
  type DomainEvent,
  evolveParty,
  evolveSource,
  externalIdDocument,
  extractionDocument,
  formerNamesDocument,
  type IsRestricted,
  identifiersDocument,
  indexPrivateNames,
  initialParty,
  initialSource,
  isPartyEvent,
  isPrivatePerson,
  isSourceEvent,
  memberOf,
  namesIn,
  type Parties,
  type PartyFacts,
  type PartyRecord,
  type PrivateNames,
  type PrivatePerson,
  publicFacts,
  registerEvents,
  restrictedIn,
  restricts,
  type SourceDocument,
  type SourceRecord,
  textRevision,
  withoutTexts,
} from '@averment/domain';
import { type Kept, type PartyItem, type Restricted, type SourceItem, wholeOf } from '../../items.ts';
import { extend, type Version, type Versions, valueAt } from '../../versions.ts';
import { appendsOf } from '../appends.ts';

/** What stands beside incidents: parties and sources, each with all its versions. `registered` is the position of a source's first event. */
export type SourceVersion = { item: Kept<SourceItem>; registered: bigint };
export type Register = { parties: Versions<Kept<PartyItem>>; sources: Versions<SourceVersion> };

export const emptyRegister: Register = { parties: new Map(), sources: new Map() };

/** What a version of a party leads to: the body above it, and its survivor. */
export const nextOf = ({ parent, mergedInto }: PartyItem): string[] => [parent, mergedInto].filter((id) => id !== null);

/** The part of a whole register with these parties and sources, and all ancestors and survivors that the parties ever had. */
export const partOf = (register: Register, ids: ReadonlySet<string>): Register => {
  const parties = new Map<string, readonly Version<Kept<PartyItem>>[]>();
  const sources = new Map<string, readonly Version<SourceVersion>[]>();
  const wanted = new Set(ids);
  for (const id of wanted) {
    const source = register.sources.get(id);
    if (source !== undefined) sources.set(id, source);
    const party = register.parties.get(id);
    if (party === undefined) continue;
    parties.set(id, party);
    for (const { value } of party) for (const next of nextOf(value)) wanted.add(next);
  }
  return { parties, sources };
};

/** The SHA-256 of a text's UTF-8 bytes in hex, as `textSha256` of the contract. */
export const textHash = (text: string): string => createHash('sha256').update(text).digest('hex');

export const partyItem = ({
  id,
  fields,
  formerNames,
  privacyConfirmed,
  mergedInto,
  absorbed,
  version,
  recordedAt,
}: PartyRecord): PartyItem | undefined => {
  if (id === null || fields === null || recordedAt === null) return undefined;
  const { kind, name, aliases, private: isPrivate, minor, publicRole, parent, externalId, identifiers } = fields;
  const called = { externalId: externalIdDocument(externalId), identifiers: identifiersDocument(identifiers) };
  const texts = { name: name ?? null, aliases: aliases ?? null, formerNames: formerNamesDocument(formerNames), ...called };
  const merged = { mergedInto, mergedFrom: [...absorbed.keys()] };
  const privacy = { private: isPrivate, privacyConfirmed, minor, publicRole: publicRole ?? null };
  return { id, kind, ...texts, ...privacy, parent, ...merged, version, recordedAt };
};

export const sourceItem = ({
  id,
  fields,
  texts,
  extraction,
  originalKept,
  withdrawn,
  version,
  recordedAt,
}: SourceRecord): SourceItem | undefined => {
  if (id === null || fields === null || recordedAt === null) return undefined;
  const { kind, url, publisher, title, authors, publishedAt, language, translation, translatedFrom, originalUrl, externalId } = fields;
  const { translationOf, archiveUrl, accessedAt } = fields;
  const text = texts.at(-1) ?? null;
  return {
    id,
    kind,
    url: url ?? null,
    publisher: publisher ?? null,
    title: title ?? null,
    authors: authors ?? null,
    publishedAt,
    language,
    translation,
    translatedFrom,
    originalUrl: originalUrl ?? null,
    translationOf,
    archiveUrl: archiveUrl ?? null,
    accessedAt,
    externalId: externalIdDocument(externalId),
    textSha256: text === null ? null : textHash(text),
    revision: texts.length,
    extraction: extractionDocument(extraction, originalKept),
    withdrawn,
    version,
    recordedAt,
  };
};

/** An erasure takes a text from all versions, and a restriction keeps it in all: they make none of their own. */
const takesFromAll = (event: DomainEvent): boolean => event.type === 'TextErased' || restricts(event);

/** Whether the event changes what is shown of a source or party. */
export const changesItem = (event: DomainEvent): boolean => isSourceEvent(event) || isPartyEvent(event) || takesFromAll(event);

const versionsOf = <State, T>(
  events: readonly DomainEvent[],
  state: State,
  evolve: (state: State, event: DomainEvent) => State,
  value: (state: State) => T | undefined,
): Version<T>[] => {
  const versions: Version<T>[] = [];
  for (const { position, events: own } of appendsOf(events.filter((event) => !takesFromAll(event)))) {
    const after = value(own.reduce(evolve, state));
    // What is proposed, or voted on, changes nothing yet.
    if (after !== undefined && own.some(changesItem)) extend(versions, position, after, () => false);
  }
  return versions;
};

/** What decisions keep of a source or party, each member once, and each revision of a text. */
const restrictedOf = (events: readonly DomainEvent[]): Restricted[] => {
  const found = new Map<string, Restricted>();
  const at = new Map(events.map((event) => [event.revision, event]));
  for (const { revision, pointer, ground, on, decision } of restrictedIn(events)) {
    const event = at.get(revision);
    // What an edit says is shown to its author, and to those who see all.
    if (event === undefined || !registerEvents.has(event.type)) continue;
    const member = memberOf(pointer);
    const ofText = member === '/text' ? textRevision(event) : null;
    found.set(`${member} ${ofText}`, { pointer: member, revision: ofText, on, ground, decision });
  }
  return [...found.values()];
};

type Said = { revision?: number; restricted?: Restricted[] | undefined };
/** What of the restricted is in an item, which has less without it. */
const restrictedOfItem = <Item extends Said>(restricted: readonly Restricted[], whole: Item, left: Item): Restricted[] =>
  restricted.filter(({ pointer, revision }) => {
    if (revision !== null) return revision <= (whole.revision ?? 0);
    const name = namesIn(pointer)[0] as keyof Item;
    return !(name in whole) || JSON.stringify(whole[name]) !== JSON.stringify(left[name]);
  });

/** The versions of an item as all but reviewers and auditors read it, with those that these read. */
const keptVersions = <Item extends Said>(
  events: readonly DomainEvent[],
  make: (events: readonly DomainEvent[]) => Version<Item>[],
): Version<Kept<Item>>[] => {
  const versions = make(events);
  const restricted = restrictedOf(events);
  if (restricted.length === 0) return versions;
  const left = make(withoutTexts(events, restrictedIn(events)) ?? events);
  return versions.map(({ value, ...range }, index) => {
    const shown = left[index]?.value ?? value;
    const own = restrictedOfItem(restricted, value, shown);
    return own.length === 0
      ? { ...range, value }
      : { ...range, value: { ...shown, restricted: own, whole: { ...value, restricted: own } } };
  });
};

/** The versions of a party, one for each append that changed it. Takes all events of its stream, without the erased texts. */
export const partyVersions = (events: readonly DomainEvent[]): Version<Kept<PartyItem>>[] =>
  keptVersions(events, (all) => versionsOf(all, initialParty(), evolveParty, partyItem));

/** The versions of a source, likewise. */
export const sourceVersions = (events: readonly DomainEvent[]): Version<SourceVersion>[] => {
  const registered = events[0]?.position ?? 0n;
  const versions = keptVersions(events, (all) => versionsOf(all, initialSource(), evolveSource, sourceItem));
  return versions.map(({ value, ...range }) => ({ ...range, value: { item: value, registered } }));
};

/** The texts that decisions keep of sources and parties, of whole streams. */
export const restrictedTexts = (streams: Iterable<readonly [string, readonly DomainEvent[]]>): ConcealedText[] =>
  [...streams].flatMap(([stream, events]) => restrictedIn(events).map(({ revision, pointer }) => ({ stream, revision, pointer })));

/** Tells which revisions of the texts of sources a decision keeps. Null where it keeps none. */
export const isRestrictedIn = ({ sources }: Register): IsRestricted | null => {
  const kept = [...sources].flatMap(([id, versions]) =>
    (versions.at(-1)?.value.item.restricted ?? []).flatMap(({ revision }) => (revision === null ? [] : [`${id} ${revision}`])),
  );
  const known = new Set(kept);
  return known.size === 0 ? null : (source, revision) => known.has(`${source} ${revision}`);
};

/** What decisions keep of a party or source by now. */
export const restrictionsIn =
  ({ parties, sources }: Register) =>
  (id: string): readonly Restricted[] =>
    (parties.get(id)?.at(-1)?.value ?? sources.get(id)?.at(-1)?.value.item)?.restricted ?? [];

/** Whether decisions keep anything of these parties and sources. */
export const restrictsAny = ({ parties, sources }: Register): boolean =>
  [...parties.values()].some((versions) => versions.some(({ value }) => value.whole !== undefined)) ||
  [...sources.values()].some((versions) => versions.some(({ value }) => value.item.whole !== undefined));

/** What the domain's rules need of a party. */
export const factsOf = ({ id, kind, name, formerNames, private: isPrivate, publicRole, parent, mergedInto }: PartyItem): PartyFacts => ({
  id,
  ...(formerNames.length > 0 && { formerNames: formerNames.map((former) => ({ ...former, name: former.name ?? undefined })) }),
  kind: kind as PartyFacts['kind'],
  name,
  private: isPrivate,
  publicRole,
  parent,
  mergedInto,
});

/** Whether something is for reviewers and auditors, or as it is left to others. */
export type Side = 'whole' | 'left';

/** Looks parties up as they were at a position. */
export const partiesAt = (register: Register, position: bigint, side: Side): Parties => {
  const found = new Map<string, PartyFacts | undefined>();
  return (id) => {
    if (!found.has(id)) {
      const item = valueAt(register.parties.get(id), position);
      const isKept = item?.name === null && item.whole?.name != null;
      found.set(id, item && { ...factsOf(side === 'whole' ? wholeOf(item) : item), ...(side === 'left' && isKept && { withheld: true }) });
    }
    return found.get(id);
  };
};

/** The same as the public may know them: whether a party is private counts as it is by now, whatever the position. */
export const publicPartiesAt = (register: Register, position: bigint, side: Side): Parties => {
  const parties = partiesAt(register, position, side);
  return (id) => {
    const party = parties(id);
    return party && publicFacts(party, register.parties.get(id)?.at(-1)?.value.private ?? party.private);
  };
};

/**
 * The names of the private persons among some parties, their survivors included: all that they ever had. Who is private counts as it is by now. Null where
 * nobody is.
 */
export const privateNamesAmong = ({ parties }: Register, ids: Iterable<string>): PrivateNames | null => {
  const among = new Set(ids);
  const people: PrivatePerson[] = [];
  for (const id of among) {
    const versions = parties.get(id) ?? [];
    for (const { value } of versions) for (const next of nextOf(value)) among.add(next);
    const now = versions.at(-1)?.value;
    if (now !== undefined && isPrivatePerson(now)) people.push(...versions.flatMap(({ value }) => namedAs(wholeOf(value))));
  }
  return people.length === 0 ? null : indexPrivateNames(people);
};

/** All names by which a party is, or was, known, what it is called now first; an erased one is none. */
export const namesOf = ({ name, aliases, formerNames }: Pick<PartyItem, 'name' | 'aliases' | 'formerNames'>): string[] =>
  [name, ...(aliases ?? []), ...formerNames.map((former) => former.name)].filter((each) => each !== null);

/** What a person is called. */
export const namedAs = (party: Pick<PartyItem, 'id' | 'name' | 'aliases' | 'formerNames'>): PrivatePerson[] => {
  const { id } = party;
  const [first, ...others] = namesOf(party);
  return first === undefined ? [] : [{ party: id, name: first, aliases: others }];
};

/** Looks sources up as they were at a position. */
export const sourcesAt =
  (register: Register, position: bigint, side: Side) =>
  (id: string): SourceDocument | undefined => {
    const item = valueAt(register.sources.get(id), position)?.item;
    if (item === undefined) return undefined;
    const { title, publisher, url, revision, language, translation, translatedFrom, originalUrl } = side === 'whole' ? wholeOf(item) : item;
    return { id, title, publisher, url, revision, language, translation, translatedFrom, originalUrl };
  };
