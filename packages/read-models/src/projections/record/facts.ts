import { createHash } from 'node:crypto';
import type { DomainEvent, Parties, PartyFacts, SourceDocument } from '@averment/domain';
import type { PartyItem, SourceItem } from '../../items.ts';
import { extend, type Version, type Versions, valueAt } from '../../versions.ts';
import { appendsOf } from '../appends.ts';

/** What stands beside incidents: parties and sources, each with all its versions. A source's version also says how many texts it has had. */
export type SourceVersion = { item: SourceItem; texts: number; registered: bigint };
export type Facts = { parties: Versions<PartyItem>; sources: Versions<SourceVersion> };

export const noFacts: Facts = { parties: new Map(), sources: new Map() };

/** The SHA-256 of a text's UTF-8 bytes in hex, as `textSha256` of the contract. */
export const textHash = (text: string): string => createHash('sha256').update(text).digest('hex');

const partyAfter = (item: PartyItem | undefined, event: DomainEvent): PartyItem => {
  if (event.type === 'PartyRegistered') {
    const { kind, name, aliases, publicRole, parent } = event.data;
    const texts = { name: name ?? null, aliases: aliases ?? null, publicRole: publicRole ?? null };
    return { id: event.stream, kind, ...texts, private: event.data.private, parent: parent ?? null, recordedAt: event.recordedAt };
  }
  if (item === undefined) throw new Error(`${event.stream} has ${event.type} before it was registered`);
  if (event.type !== 'PartyCorrected') return item;
  const { fields, set } = event.data;
  // A field that is named but not set had a text that was erased.
  const values = Object.fromEntries(fields.map((field) => [field, set[field] ?? null]));
  return { ...item, ...values, recordedAt: event.recordedAt };
};

const hashOf = (text: string | null | undefined): string | null => (text === null || text === undefined ? null : textHash(text));

const sourceAfter = (version: SourceVersion | undefined, event: DomainEvent): SourceVersion => {
  const { recordedAt } = event;
  if (event.type === 'SourceRegistered') {
    const { kind, url, publisher, title, authors, publishedAt, language, translation, translatedFrom, text } = event.data;
    const texts = {
      url: url ?? null,
      publisher: publisher ?? null,
      title: title ?? null,
      authors: authors ?? null,
      textSha256: hashOf(text),
    };
    const structure = { publishedAt, language, translation, translatedFrom, revision: 1, withdrawn: false, recordedAt };
    return { item: { id: event.stream, kind, ...texts, ...structure }, texts: 1, registered: event.position };
  }
  if (version === undefined) throw new Error(`${event.stream} has ${event.type} before it was registered`);
  const { item } = version;
  switch (event.type) {
    case 'SourceTextRevised':
      return {
        ...version,
        texts: event.data.revision,
        item: { ...item, textSha256: hashOf(event.data.text), revision: event.data.revision, recordedAt },
      };
    case 'SourceWithdrawn':
      return { ...version, item: { ...item, withdrawn: true, recordedAt } };
    default:
      return version;
  }
};

const versionsOf = <T>(events: readonly DomainEvent[], after: (value: T | undefined, event: DomainEvent) => T): Version<T>[] => {
  const versions: Version<T>[] = [];
  for (const append of appendsOf(events)) {
    let value = versions.at(-1)?.value;
    for (const event of append.events) value = after(value, event);
    if (value !== undefined) extend(versions, append.position, value, (one, other) => one === other);
  }
  return versions;
};

/** The versions of a party, one for each append that changed it. Takes all events of its stream, erased texts as null. */
export const partyVersions = (events: readonly DomainEvent[]): Version<PartyItem>[] => versionsOf(events, partyAfter);
/** The versions of a source, likewise. */
export const sourceVersions = (events: readonly DomainEvent[]): Version<SourceVersion>[] => versionsOf(events, sourceAfter);

/** What the domain's rules need of a party. */
export const partyFacts = ({ id, kind, name, private: isPrivate, publicRole, parent }: PartyItem): PartyFacts => ({
  id,
  kind: kind as PartyFacts['kind'],
  name,
  private: isPrivate,
  publicRole,
  parent,
});

/** Looks parties up as they were at a position. */
export const partiesAt = (facts: Facts, position: bigint): Parties => {
  const found = new Map<string, PartyFacts | undefined>();
  return (id) => {
    if (!found.has(id)) {
      const item = valueAt(facts.parties.get(id), position);
      found.set(id, item && partyFacts(item));
    }
    return found.get(id);
  };
};

/** Looks sources up as they were at a position. */
export const sourcesAt =
  (facts: Facts, position: bigint) =>
  (id: string): SourceDocument | undefined => {
    const item = valueAt(facts.sources.get(id), position)?.item;
    return item && { id, title: item.title, publisher: item.publisher, url: item.url, revision: item.revision };
  };
