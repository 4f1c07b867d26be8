import { answer, externalIdShape, extractionShape, ground, identifiersShape } from '@averment/domain';
import { z } from 'zod';

const { idOf, instant, namesWithheld, text } = answer;

const version = z.int().min(1).describe('1 when it was registered, one more with each edit that was applied: `baseRevision` of its edits');

/** What decisions keep of a source or party from all but reviewers and auditors. */
const restricted = z
  .array(
    z.object({
      pointer: z.string().describe('JSON Pointer (RFC 6901) to the member; `/text` for the text, which has a path of its own'),
      revision: z.int().nullable().describe('Of a text, which revision of it; null of all else'),
      on: instant.describe('Since when'),
      ground,
      decision: idOf('erasure').describe('The request that it follows from'),
    }),
  )
  .optional()
  .describe(
    'What a decision keeps for reviewers and auditors: to others it is null, or empty where it is a list. Left out where nothing is',
  );

/** What reads show of sources and parties; the projection keeps them in this very shape. Erased texts are null. */

export const sourceItemShape = z.object({
  id: idOf('source'),
  kind: z.string().describe('`article`, `agency_statement`, `court_filing`, `transcript`, `video`, `post` or `other`'),
  url: text.describe('Where it stands; null where it has no address, and once that was erased'),
  publisher: text.describe('Who published it; null where nobody said, and once it was erased'),
  title: text.describe('Its title; null where it has none, and once it was erased'),
  authors: z.array(z.string()).nullable().describe('Who wrote it; null once they were erased'),
  publishedAt: z.string().nullable().describe('When it was published, as exact as it was sent; null where nobody said'),
  language: z.string().describe('The language of its text: a BCP 47 tag'),
  translation: answer
    .oneOf<'human' | 'machine'>()
    .nullable()
    .describe('Who translated it: `human` or `machine`; null where it is no translation'),
  translatedFrom: z.string().nullable().describe('The language of what it is a translation of'),
  originalUrl: text,
  translationOf: idOf('source').nullable().describe('The source that this is a translation of, where that is registered'),
  archiveUrl: text.describe('Where a copy of it is kept; null where nobody said, and once that was erased'),
  accessedAt: z.string().nullable().describe('When it was read, as exact as it was sent; null where nobody said'),
  externalId: externalIdShape,
  textSha256: z.string().nullable().describe('Of the newest text in UTF-8, hexadecimal; null once that text was erased'),
  revision: z.int().min(0).describe('Of the text, from 1; 0 of a film without one'),
  extraction: extractionShape,
  withdrawn: z.boolean().describe('Whether it was withdrawn, and can be cited no more'),
  version,
  recordedAt: instant.describe('When it was registered'),
  restricted,
  namesWithheld,
});

export const partyItemShape = z.object({
  id: idOf('party'),
  kind: z.string().describe('`agency`, `court`, `outlet`, `organisation`, `person` or `described_role`'),
  name: text.describe('null once it was erased; without a key and for apps also that of a private person'),
  aliases: z.array(z.string()).nullable().describe('Without a key and for apps none of a private party'),
  formerNames: z
    .array(
      z.object({
        name: text,
        from: z.string().nullable().describe('Since when: an EDTF date; null since ever'),
        until: z.string().nullable().describe('Until when, without that day: an EDTF date'),
      }),
    )
    .describe('What a body was called for a time; what it said then it says under that name'),
  private: z.boolean().describe('Whether the name is kept from the public'),
  privacyConfirmed: z.boolean().describe('Whether reviewers have said that it is private: then the name is looked for in every incident'),
  minor: z.boolean().nullable().describe('Whether the person is a minor; without a key and for apps null of a private person'),
  publicRole: text.describe('Why a person may be named; null where that is not so, and once it was erased'),
  parent: idOf('party').nullable().describe('The body that it belongs to'),
  mergedInto: idOf('party')
    .nullable()
    .describe('The party that it is, under another name, which speaks for it; null where it is one of its own'),
  mergedFrom: z.array(idOf('party')).describe('Those that are this party under other names, each with its own `mergedFrom`'),
  externalId: externalIdShape,
  identifiers: identifiersShape,
  version,
  recordedAt: instant.describe('When it was registered'),
  restricted,
});

export type SourceItem = z.output<typeof sourceItemShape>;
export type PartyItem = z.output<typeof partyItemShape>;
export type Restricted = NonNullable<SourceItem['restricted']>[number];

/** A source or party as all but reviewers and auditors read it; `whole`: as these do, where that is more. */
export type Kept<Item> = Item & { whole?: Item };
export const wholeOf = <Item>(item: Kept<Item>): Item => item.whole ?? item;

const textMembers = ['url', 'publisher', 'title', 'authors', 'originalUrl', 'archiveUrl', 'textSha256', 'name', 'aliases', 'publicRole'];
const saysNothing = (text: unknown): boolean => text === null || text === undefined || (Array.isArray(text) && text.length === 0);

/** Whether a decision keeps all that was written of a source or party from those who read it so. */
export const isWithheld = (item: Partial<Pick<PartyItem, 'restricted' | 'externalId' | 'identifiers'>>): boolean =>
  item.restricted !== undefined &&
  [item.externalId, ...(item.identifiers ?? [])].every((called) => saysNothing(called?.value)) &&
  textMembers.every((name) => saysNothing((item as Record<string, unknown>)[name]));
