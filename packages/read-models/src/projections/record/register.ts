import { createHash } from 'node:crypto';
import {
  type DomainEvent,
  evolveParty,
  evolveSource,
  externalIdDocument,
  extractionDocument,
  initialParty,
  initialSource,
  isPartyEvent,
  isSourceEvent,
  type Parties,
  type PartyFacts,
  type PartyRecord,
  publicFacts,
  type SourceDocument,
  type SourceRecord,
} from '@averment/domain';
import type { PartyItem, SourceItem } from '../../items.ts';
import { extend, type Version, type Versions, valueAt } from '../../versions.ts';
import { appendsOf } from '../appends.ts';

/** What stands beside incidents: parties and sources, each with all its versions. `registered` is the position of a source's first event. */
export type SourceVersion = { item: SourceItem; registered: bigint };
export type Register = { parties: Versions<PartyItem>; sources: Versions<SourceVersion> };

export const emptyRegister: Register = { parties: new Map(), sources: new Map() };

/** What a version of a party leads to: the body above it, and its survivor. */
export const nextOf = ({ parent, mergedInto }: PartyItem): string[] => [parent, mergedInto].filter((id) => id !== null);

/** The part of a whole register with these parties and sources, and all ancestors and survivors that the parties ever had. */
export const partOf = (register: Register, ids: ReadonlySet<string>): Register => {
  const parties = new Map<string, readonly Version<PartyItem>[]>();
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

export const partyItem = ({ id, fields, mergedInto, absorbed, version, recordedAt }: PartyRecord): PartyItem | undefined => {
  if (id === null || fields === null || recordedAt === null) return undefined;
  const { kind, name, aliases, private: isPrivate, publicRole, parent, externalId } = fields;
  const texts = { name: name ?? null, aliases: aliases ?? null, externalId: externalIdDocument(externalId) };
  const merged = { mergedInto, mergedFrom: [...absorbed.keys()] };
  return { id, kind, ...texts, private: isPrivate, publicRole: publicRole ?? null, parent, ...merged, version, recordedAt };
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

/** Whether the event changes what is shown of a source or party. An erasure takes a text from all versions; it makes none of its own. */
export const changesItem = (event: DomainEvent): boolean => isSourceEvent(event) || isPartyEvent(event) || event.type === 'TextErased';

const versionsOf = <State, T>(
  events: readonly DomainEvent[],
  state: State,
  evolve: (state: State, event: DomainEvent) => State,
  value: (state: State) => T | undefined,
): Version<T>[] => {
  const versions: Version<T>[] = [];
  for (const { position, events: own } of appendsOf(events.filter(({ type }) => type !== 'TextErased'))) {
    const after = value(own.reduce(evolve, state));
    // What is proposed, or voted on, changes nothing yet.
    if (after !== undefined && own.some(changesItem)) extend(versions, position, after, () => false);
  }
  return versions;
};

/** The versions of a party, one for each append that changed it. Takes all events of its stream, without the erased texts. */
export const partyVersions = (events: readonly DomainEvent[]): Version<PartyItem>[] =>
  versionsOf(events, initialParty(), evolveParty, partyItem);

/** The versions of a source, likewise. */
export const sourceVersions = (events: readonly DomainEvent[]): Version<SourceVersion>[] => {
  const registered = events[0]?.position ?? 0n;
  return versionsOf(events, initialSource(), evolveSource, (source) => {
    const item = sourceItem(source);
    return item && { item, registered };
  });
};

/** What the domain's rules need of a party. */
export const factsOf = ({ id, kind, name, private: isPrivate, publicRole, parent, mergedInto }: PartyItem): PartyFacts => ({
  id,
  kind: kind as PartyFacts['kind'],
  name,
  private: isPrivate,
  publicRole,
  parent,
  mergedInto,
});

/** Looks parties up as they were at a position. */
export const partiesAt = (register: Register, position: bigint): Parties => {
  const found = new Map<string, PartyFacts | undefined>();
  return (id) => {
    if (!found.has(id)) {
      const item = valueAt(register.parties.get(id), position);
      found.set(id, item && factsOf(item));
    }
    return found.get(id);
  };
};

/** The same as the public may know them: whether a party is private counts as it is by now, whatever the position. */
export const publicPartiesAt = (register: Register, position: bigint): Parties => {
  const parties = partiesAt(register, position);
  return (id) => {
    const party = parties(id);
    return party && publicFacts(party, register.parties.get(id)?.at(-1)?.value.private ?? party.private);
  };
};

/** Looks sources up as they were at a position. */
export const sourcesAt =
  (register: Register, position: bigint) =>
  (id: string): SourceDocument | undefined => {
    const item = valueAt(register.sources.get(id), position)?.item;
    if (item === undefined) return undefined;
    const { title, publisher, url, revision, language, translation, translatedFrom, originalUrl } = item;
    return { id, title, publisher, url, revision, language, translation, translatedFrom, originalUrl };
  };
