import type { Change, Citation, Claim, Decision, Note, Party, ReviewerName, Value } from './shapes.ts';

/** Short forms for writing samples down. */

export const yes: Value = { kind: 'boolean', value: true };
export const no: Value = { kind: 'boolean', value: false };
export const none: Value = { kind: 'none' };
export const unknown: Value = { kind: 'unknown' };
export const term = (value: string): Value => ({ kind: 'term', value });
export const text = (value: string): Value => ({ kind: 'text', value });
export const party = (value: string): Value => ({ kind: 'party', value });
export const quantity = (value: string, unit: string, comparator = 'exact'): Value => ({ kind: 'quantity', value, unit, comparator });

/** Cites the one place of a note where these words stand. */
export const cite = (note: string, exact: string): Citation => ({ source: `@${note}`, revision: 1, quote: { exact } });

/** Who speaks in a claim, and how the words came to the note. */
export type Voice = Pick<Claim, 'speaker' | 'capacity' | 'via' | 'rendering'> & Partial<Pick<Claim, 'onBehalfOf'>>;

/** A report's own words, of which it says no speaker: a relay, so no voice. */
export const report = (outlet: string): Voice => ({ speaker: outlet, capacity: 'reporter', via: [], rendering: 'unattributed' });

type Told = { ref: string; by: Voice; aspect: string; value: Value; statement: string; quotes: [string, ...string[]] } & Partial<
  Pick<Claim, 'about' | 'stance' | 'validAt' | 'relatesTo' | 'scope' | 'flags'>
>;

/** Makes claims that quote one note. The stance is `asserts` unless another is given. */
export const claimsFrom =
  (note: string) =>
  ({ ref, by, aspect, value, statement, quotes, ...rest }: Told): Claim => ({
    ref,
    aspect,
    about: null,
    value,
    statement,
    lang: 'en',
    stance: 'asserts',
    onBehalfOf: null,
    validAt: null,
    relatesTo: [],
    scope: null,
    flags: [],
    ...by,
    ...rest,
    citations: quotes.map((exact) => cite(note, exact)),
  });

export const addClaim = (claim: Claim): Change => ({ kind: 'add_claim', claim });

/** Opens a proceeding of which only type, status and the words of a note are known; `more` gives whatever else is. */
export const openProceeding = (
  ref: string,
  type: string,
  title: string,
  citation: Citation,
  more: Record<string, unknown> = {},
): Change => ({
  kind: 'open_proceeding',
  ref,
  type,
  title,
  by: null,
  against: null,
  forum: null,
  openedOn: null,
  status: 'open',
  caseNumber: null,
  continues: null,
  claims: [],
  citations: [citation],
  ...more,
});

export const approve = (by: ReviewerName, reason: string): Decision => ({ decision: 'approve', by, reason });

export const note = (ref: string, title: string, paragraphs: string[]): Note => ({ ref, title, text: paragraphs.join('\n\n') });

const publicParty =
  (kind: Party['kind']) =>
  (ref: string, name: string, parent: string | null = null): Party => ({
    ref,
    kind,
    name,
    private: false,
    publicRole: null,
    parent: parent === null ? null : `@${parent}`,
  });
export const agency = publicParty('agency');
export const court = publicParty('court');
export const outlet = publicParty('outlet');

/** Somebody named by function alone. */
export const privateRole = (ref: string, name: string): Party => ({
  ref,
  kind: 'described_role',
  name,
  private: true,
  publicRole: null,
  parent: null,
});

/** Somebody whose public function is the reason why the record may treat them as public. */
export const publicRole = (ref: string, name: string, role: string): Party => ({
  ref,
  kind: 'described_role',
  name,
  private: false,
  publicRole: role,
  parent: null,
});
