import { z } from 'zod';
import { externalId, identifiers } from '../values/external-id.ts';
import { line, partyOrNull, typeId } from '../values/shapes.ts';
import { lineText, markText } from '../values/text.ts';

export const partyKinds = ['agency', 'court', 'outlet', 'organisation', 'person', 'described_role'] as const;
const partyKind = z
  .enum(partyKinds)
  .describe('What it is. `described_role`: somebody of whom a source says only a role, such as “a witness on the bank”');
/** What can be said anew of a party. */
export const partyFields = {
  name: line(300).describe('The name, or the role in words. A private person has none in public: write a role'),
  aliases: markText(z.array(lineText(300)).max(50)).describe('Other names that it is found by'),
  private: z.boolean().describe('Whether the name of the person is kept from the public'),
  minor: z.boolean().describe('Whether the person is a minor: while that is said nobody makes the name public'),
  publicRole: line(300).nullable().describe('Why a person may be named: the office or function that is public'),
  parent: partyOrNull.describe('The body that it belongs to: a claim of the one speaks for the other'),
  identifiers,
};
/** Parties with a name that looks like one of this party's, and which a reviewer has said to be others. */
export const distinctFrom = z
  .array(typeId('party'))
  .max(50)
  .describe('Parties whose names look like this one’s and who are others: only a reviewer may say so');
export const registeredParty = z.strictObject({ kind: partyKind, ...partyFields, distinctFrom, externalId });
export type RegisteredParty = z.output<typeof registeredParty>;
/** Body of `POST /v1/parties`. Without `private` the kind says what holds. */
export const partyBody = z.strictObject({
  kind: partyKind,
  name: partyFields.name,
  aliases: partyFields.aliases.default([]),
  private: partyFields.private
    .nullable()
    .default(null)
    .describe('Whether the name of the person is kept from the public. Null: persons and described roles are private, others not'),
  minor: partyFields.minor.default(false),
  publicRole: partyFields.publicRole.default(null),
  parent: partyFields.parent.default(null),
  identifiers: identifiers.default([]),
  distinctFrom: distinctFrom.default([]),
  externalId: externalId.default(null),
});
export type PartyBody = z.output<typeof partyBody>;

/** A name that a body had for a time, as EDTF dates; `until` is the day after. The name is absent where it was erased or not asked for. */
export type FormerName = { name?: string | undefined; from: string | null; until: string | null };

/** What the rules need to know of a party. */
export type PartyFacts = {
  id: string;
  kind: PartyBody['kind'];
  private: boolean;
  publicRole: string | null;
  parent: string | null;
  /** The party that it is said to be, under another name. */
  mergedInto: string | null;
  name: string | null;
  /** Absent where it never had another. */
  formerNames?: readonly FormerName[];
  /** The name is there, and not for whom this is told. */
  withheld?: true;
};
/** Looks up parties with all their ancestors and survivors; undefined where there is none of that id. */
export type Parties = (id: string) => PartyFacts | undefined;
