import { hash } from 'node:crypto';
import {
  comparison,
  type DocumentInput,
  dayRange,
  folded,
  type Incident,
  type IncidentDocument,
  type Installed,
  incidentDocument,
  type LetOutOf,
  listRow,
  type PrivateNames,
  publicText,
  tellingNames,
  type Vocabulary,
  withConcealed,
  withoutPrivateNames,
} from '@averment/domain';
import type { ClaimFacts } from '../../search/facets.ts';
import { facetsOf, factsOf, listedClaims, type Searched, searchedOf } from './found-by.ts';
import { isCut, type Merges, mergedInto } from './merges.ts';
import { partiesAt, publicPartiesAt, type Register, restrictionsIn, restrictsAny, type Side, sourcesAt } from './register.ts';

/** A row of the list of incidents, with the columns that filters look at. The texts in what begins or ends with `search` are searched. */
export type Row = {
  digest: string;
  item: string;
  public_item: string | null;
  review_item: string | null;
  status: string;
  occurred_from: number | null;
  occurred_to: number | null;
  occurred_order: number;
  country: string | null;
  region: string | null;
  locality: string | null;
  lat: number | null;
  lon: number | null;
  facets: string[];
  claims: ClaimFacts[];
  disputed: boolean;
  has_ruling: boolean;
} & Searched;
/**
 * An incident as it shows at a position: `document` to those with a key, `open` to the public, without the names of private persons, and `whole` to reviewers
 * and auditors, with the texts that corrections conceal.
 */
export type Documents = { open: IncidentDocument; document: IncidentDocument; whole: IncidentDocument };
/** The same with its row in the list, null while it is unpublished. */
export type Rendered = Documents & { row: Row | null };

/** An incident's state; `left` is that without the texts that corrections conceal, null where there are none. */
export type Shown = { state: Incident; left: Incident | null };

/** What rendering needs: the incident, those that are or were tied to it by merges, and the register around them. */
export type RenderInput = {
  /** `names`: of the private persons that any of them ever named. */
  unit: { members: ReadonlyMap<string, Shown>; merges: Merges; names: PrivateNames | null };
  member: Shown & { id: string };
  position: bigint;
  register: Register;
};
export type Renderer = (input: RenderInput) => Rendered;

/** A short digest of a text: 160 bits, base64url. */
export const digestOf = (text: string): string => hash('sha256', text, 'base64url').slice(0, 27);
/** A strong ETag of the bytes served, with its quotes. */
export const etagOf = (body: string): string => `"${digestOf(body)}"`;

const unknownDay = -2_147_483_648;
/** One less than the largest, which the range up to it ends before. */
const latestDay = 2_147_483_646;
const asDay = (day: number): number => Math.max(unknownDay + 1, Math.min(latestDay, day));

const daysOf = (date: string | null | undefined): { from: number; to: number } | null => {
  if (date === null || date === undefined) return null;
  const { lower, upper } = dayRange(date);
  return { from: asDay(lower), to: asDay(upper) };
};

const rowOf = ({ open, document, whole }: Documents, vocabulary: Vocabulary): Row => {
  const [item, reviewItem] = [document, whole].map((each) => JSON.stringify(listRow(each)));
  const publicItem = open === document ? item : JSON.stringify(tellingNames(listRow(open)));
  const days = daysOf(document.occurred?.date);
  const { country = null, region = null, locality = null, point = null } = document.place ?? {};
  const listed = listedClaims(document);
  const claims = factsOf(document, vocabulary);
  const columns = {
    item: item ?? '',
    public_item: publicItem === item ? null : (publicItem ?? null),
    review_item: reviewItem === item ? null : (reviewItem ?? null),
    status: document.status,
    occurred_from: days?.from ?? null,
    occurred_to: days?.to ?? null,
    occurred_order: days?.from ?? unknownDay,
    country,
    region,
    locality: locality === null ? null : folded(locality),
    lat: point?.lat ?? null,
    lon: point?.lon ?? null,
    facets: facetsOf(document, claims),
    claims,
    disputed: listed.some(({ marks }) => marks.includes('disputed')),
    has_ruling: document.rulings.some(({ retracted }) => !retracted),
    ...searchedOf({ open, document }, vocabulary),
  };
  return { digest: digestOf(JSON.stringify(columns)), ...columns };
};

/**
 * What the domain's documents of an incident are made of, as of a position: all of it, or what is left where corrections conceal texts and decisions keep them.
 * `partiesOf`: who is known by name.
 */
export const documentInput = (
  input: RenderInput,
  installed: Installed,
  side: Side = 'whole',
  partiesOf: typeof partiesAt = partiesAt,
): DocumentInput => {
  const { member, position, register } = input;
  return {
    state: side === 'whole' ? member.state : (member.left ?? member.state),
    parties: partiesOf(register, position, side),
    sources: sourcesAt(register, position, side),
    ...installed,
    merges: mergesOf(input),
    restrictions: restrictionsIn(register),
  };
};

/** What the streams of other incidents say of this one: what they have decided and its own stream has not yet. */
const mergesOf = ({ unit, member: { id, state }, position }: RenderInput): DocumentInput['merges'] => {
  const decided = new Set(mergedInto(unit.merges, id, position));
  const status = state.mergedInto === null ? undefined : unit.members.get(state.mergedInto)?.state.status;
  // Of one that is not there, because it waits, nothing is known.
  const released = [...state.absorbed].filter(([from, { revision }]) => {
    return !decided.has(from) && (unit.members.get(from)?.state.streamRevision ?? -1) > revision;
  });
  return {
    mergedIntoStatus: status === undefined || status === 'none' ? null : status,
    mergeCut: isCut(unit.merges, id, position),
    mergesUnderWay: [
      ...[...decided].filter((from) => !state.absorbed.has(from)).map((incident) => ({ incident, to: 'absorbed' as const })),
      ...released.map(([incident]) => ({ incident, to: 'released' as const })),
    ],
  };
};

/** Whether a text of the incident, of one that ever was merged with it, or of what it names is for reviewers and auditors alone. */
export const concealsText = ({ unit, register }: RenderInput): boolean =>
  [...unit.members.values()].some(({ left }) => left !== null) || restrictsAny(register);

/** The document with the texts that corrections conceal and decisions keep, and without. */
const bothOf = (input: RenderInput, installed: Installed, partiesOf: typeof partiesAt = partiesAt): Omit<Documents, 'open'> => {
  const documentOf = (side: Side) => incidentDocument(documentInput(input, installed, side, partiesOf));
  const whole = documentOf('whole');
  return { document: concealsText(input) ? withConcealed(whole, documentOf('left')) : whole, whole };
};

/** The documents of an incident as of a position. */
export const documentsOf = (input: RenderInput, installed: Installed): Documents => {
  const both = bothOf(input, installed);
  const parties = publicPartiesAt(input.register, input.position, 'whole');
  const withholds = both.whole.parties.some(({ id }) => parties(id)?.withheld);
  const open = withholds ? bothOf(input, installed, publicPartiesAt).document : both.document;
  return { ...both, open: withoutPrivateNames(open, input.unit.names) };
};

/** Makes the function that renders an incident as of a position. */
export const createRenderer =
  (installed: Installed): Renderer =>
  (input) => {
    const documents = documentsOf(input, installed);
    return { ...documents, row: documents.document.revision === null ? null : rowOf(documents, installed.vocabulary) };
  };

/** The texts to serve of a rendered incident; those for the public and for reviewers null where they are the same. */
export const served = ({ open, document, whole }: Documents, letOutOf: LetOutOf) => {
  const body = JSON.stringify(document);
  const reviewed = whole === document ? body : JSON.stringify(whole);
  const forReview = reviewed === body ? null : reviewed;
  const cut = tellingNames(publicText(open, letOutOf));
  // The same object where nothing is withheld or cut.
  const shortened = cut === document ? body : JSON.stringify(cut);
  const compared = JSON.stringify(comparison(document));
  const publicCompared = open === document ? compared : JSON.stringify(comparison(open));
  const forPublic = shortened === body ? null : shortened;
  const comparedForPublic = publicCompared === compared ? null : publicCompared;
  return {
    document: body,
    etag: etagOf(body),
    public_document: forPublic,
    public_etag: forPublic === null ? null : etagOf(forPublic),
    review_document: forReview,
    review_etag: forReview === null ? null : etagOf(forReview),
    comparison: compared,
    comparison_etag: etagOf(compared),
    public_comparison: comparedForPublic,
    public_comparison_etag: comparedForPublic === null ? null : etagOf(comparedForPublic),
  };
};
