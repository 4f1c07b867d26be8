import { accept, type ErrorCode, type Problem, type Result, refuseFor } from './errors.ts';
import { derivedId, type Prefix } from './ids.ts';
import { findQuote, type Quote, quotedText, type SearchedText, searchQuotes } from './quote.ts';
import type { Change, Citation, Effect, ProposalBody, SentChange, SentCitation, SentClaim } from './shapes.ts';
import { limitOf, type PublicShare, publicShare, quotesOf, type SourceQuotes } from './share.ts';

/** From the changes of an edit as sent to those that are stored: refs become ids, citations get both quote and position. */

export type ResolveContext = {
  /** Of this version of the edit: things without a ref take their ids from it. */
  command: string;
  /** Of the edit's first version: a ref keeps its id in later versions. */
  editCommand: string;
  /**
   * A revision of a source's text; undefined where there is none, null where it was erased. It is searched for all quotes of the edit when the first is
   * looked up, unless it comes searched for those that `sourcesNeeded` names.
   */
  sourceText: (source: string, revision: number) => string | SearchedText | undefined | null;
  /** How much of each text the public may read; as `publicShare` unless it is said. */
  share?: PublicShare;
  /** JSON Pointer of the list of changes in the body. */
  pointer: string;
};
export type Resolved = { changes: Change[]; refs: Record<string, string>; quotes: SourceQuotes[] };

type SetOf<K extends SentChange['kind']> = Extract<SentChange, { kind: K }> extends { set: infer S } ? S : never;

const citationsIn = (change: SentChange): SentCitation[] => {
  if (change.kind === 'add_claim') return change.claim.citations;
  const own = 'citations' in change ? change.citations : [];
  const effects = change.kind === 'record_ruling' ? change.effects : change.kind === 'correct_entry' ? (change.set.effects ?? []) : [];
  const set = change.kind === 'correct_claim' || change.kind === 'correct_entry' ? (change.set.citations ?? []) : [];
  return [...own, ...set, ...effects.flatMap(({ citations }) => citations)];
};

/** The claims of a proposal as changes, for `sourcesNeeded`. */
export const proposedClaims = (body: Pick<ProposalBody, 'claims'>): SentChange[] =>
  body.claims.map((claim) => ({ kind: 'add_claim', claim }));

/** A revision of a source's text, and the quotes that have to be looked for in it. */
export type SourceNeeded = { source: string; revision: number; quotes: Quote[] };

/** The texts that `resolveChanges` will look citations up in, each once. */
export const sourcesNeeded = (changes: readonly SentChange[]): SourceNeeded[] => [...neededBy(changes).values()];

const keyOf = (source: string, revision: number): string => `${source} ${revision}`;
const neededBy = (changes: readonly SentChange[]): Map<string, SourceNeeded> => {
  const needed = new Map<string, SourceNeeded>();
  for (const { source, revision, quote, position } of changes.flatMap(citationsIn)) {
    const one = needed.get(keyOf(source, revision)) ?? { source, revision, quotes: [] };
    if (quote !== null && position === null) one.quotes.push(quote);
    needed.set(keyOf(source, revision), one);
  }
  return needed;
};

const madeBy = { add_claim: 'claim', dispute_claim: 'dispute', open_proceeding: 'proceeding', record_ruling: 'ruling' } as const;
const refOf = (change: SentChange): string | null => (change.kind === 'add_claim' ? change.claim.ref : 'ref' in change ? change.ref : null);
const prefixOf = (change: SentChange): Prefix | undefined => (madeBy as Partial<Record<SentChange['kind'], Prefix>>)[change.kind];

type Work = {
  context: ResolveContext;
  refs: Map<string, { id: string; prefix: Prefix }>;
  needed: ReadonlyMap<string, SourceNeeded>;
  texts: Map<string, SearchedText | undefined | null>;
  cited: Citation[];
  problems: Problem[];
};

const report = (work: Work, pointer: string, message: string, code: ErrorCode = 'InvalidChange', offsets?: number[]) =>
  void work.problems.push({ code, pointer, message, ...(offsets ? { offsets } : {}) });

const textOf = ({ context, needed, texts }: Work, source: string, revision: number): SearchedText | undefined | null => {
  const key = keyOf(source, revision);
  if (texts.has(key)) return texts.get(key);
  const text = context.sourceText(source, revision);
  const read = typeof text === 'string' ? searchQuotes(quotedText(text), needed.get(key)?.quotes ?? []) : text;
  texts.set(key, read);
  return read;
};

const nowhere = { quote: { exact: '', prefix: null, suffix: null }, position: { start: 0, end: 0 } };

const cite = (work: Work, citation: SentCitation, pointer: string): Citation => {
  const { source, revision, quote, position } = citation;
  const text = textOf(work, source, revision);
  if (text === null) {
    report(work, pointer, 'the text of this source was erased, so nothing can be quoted from it any more', 'TextErased');
  } else if (text === undefined) {
    report(
      work,
      pointer,
      `there is no source ${source} with a text of revision ${revision}: register the source first`,
      'SourceTextUnknown',
    );
  } else {
    const found = findQuote(text, quote, position);
    if (found.ok) {
      const { quote, position } = found;
      const whole = { ...citation, quote, position };
      work.cited.push(whole);
      return whole;
    }
    report(work, found.field ? `${pointer}/${found.field}` : pointer, found.message, found.code, found.offsets);
  }
  return { ...citation, ...nowhere };
};

const citeAll = (work: Work, citations: readonly SentCitation[], pointer: string): Citation[] =>
  citations.map((citation, index) => cite(work, citation, `${pointer}/${index}`));

/** The id that a ref of the edit stands for; an id stands for itself. */
const named = (work: Work, value: string, pointer: string, ...prefixes: Prefix[]): string => {
  if (value.includes('_')) return value;
  const made = work.refs.get(value);
  if (!made) report(work, pointer, `nothing in this edit has the ref ${value}: give it to the thing that is meant, or send an id`);
  else if (!prefixes.includes(made.prefix))
    report(work, pointer, `the ref ${value} is that of a ${made.prefix}, but a ${prefixes.join(' or ')} is needed here`);
  return made?.id ?? value;
};
const namedOrNull = (work: Work, value: string | null, pointer: string, prefix: Prefix): string | null =>
  value === null ? null : named(work, value, pointer, prefix);
const namedAll = (work: Work, values: readonly string[], pointer: string, ...prefixes: Prefix[]): string[] =>
  values.map((value, index) => named(work, value, `${pointer}/${index}`, ...prefixes));

const relations = (work: Work, relatesTo: SentClaim['relatesTo'], pointer: string) =>
  relatesTo.map((relation, index) => ({ ...relation, claim: named(work, relation.claim, `${pointer}/${index}/claim`, 'claim') }));

type SentEffect = Extract<SentChange, { kind: 'record_ruling' }>['effects'][number];
const effectsOf = (work: Work, effects: readonly SentEffect[], pointer: string): Effect[] =>
  effects.map((effect, index) => ({
    ...effect,
    claim: namedOrNull(work, effect.claim, `${pointer}/${index}/claim`, 'claim'),
    ruling: namedOrNull(work, effect.ruling, `${pointer}/${index}/ruling`, 'ruling'),
    proceeding: namedOrNull(work, effect.proceeding, `${pointer}/${index}/proceeding`, 'proceeding'),
    citations: citeAll(work, effect.citations, `${pointer}/${index}/citations`),
  }));

/** The fields that are there, each with its stored form. */
const claimSet = (work: Work, set: SetOf<'correct_claim'>, pointer: string) => {
  const { citations, replaces, relatesTo, ...rest } = set;
  return {
    ...rest,
    ...(replaces === undefined ? {} : { replaces: namedOrNull(work, replaces, `${pointer}/replaces`, 'claim') }),
    ...(relatesTo === undefined ? {} : { relatesTo: relations(work, relatesTo, `${pointer}/relatesTo`) }),
    ...(citations === undefined ? {} : { citations: citeAll(work, citations, `${pointer}/citations`) }),
  };
};
const entrySet = (work: Work, set: SetOf<'correct_entry'>, pointer: string) => {
  const { citations, counterClaim, continues, claims, effects, ...rest } = set;
  return {
    ...rest,
    ...(counterClaim === undefined ? {} : { counterClaim: namedOrNull(work, counterClaim, `${pointer}/counterClaim`, 'claim') }),
    ...(continues === undefined ? {} : { continues: namedOrNull(work, continues, `${pointer}/continues`, 'proceeding') }),
    ...(claims === undefined ? {} : { claims: namedAll(work, claims, `${pointer}/claims`, 'claim') }),
    ...(effects === undefined ? {} : { effects: effectsOf(work, effects, `${pointer}/effects`) }),
    ...(citations === undefined ? {} : { citations: citeAll(work, citations, `${pointer}/citations`) }),
  };
};
const fieldsOf = <S extends object>(set: S): (keyof S & string)[] => Object.keys(set) as (keyof S & string)[];

const claimOf = (work: Work, { ref: _, ...claim }: SentClaim, id: string, pointer: string) => ({
  ...claim,
  id,
  replaces: namedOrNull(work, claim.replaces, `${pointer}/replaces`, 'claim'),
  relatesTo: relations(work, claim.relatesTo, `${pointer}/relatesTo`),
  citations: citeAll(work, claim.citations, `${pointer}/citations`),
});

const resolveChange = (work: Work, change: SentChange, id: (prefix: Prefix) => string, pointer: string): Change => {
  const citations = () => citeAll(work, 'citations' in change ? change.citations : [], `${pointer}/citations`);
  const claim = (value: string) => named(work, value, `${pointer}/claim`, 'claim');
  switch (change.kind) {
    case 'add_claim':
      return { kind: change.kind, claim: claimOf(work, change.claim, id('claim'), pointer) };
    case 'add_citation':
      return { ...change, claim: claim(change.claim), citations: citations() };
    case 'dispute_claim': {
      const { kind, ref: _, ...dispute } = change;
      const counterClaim = namedOrNull(work, dispute.counterClaim, `${pointer}/counterClaim`, 'claim');
      return { kind, dispute: { ...dispute, id: id('dispute'), claim: claim(dispute.claim), counterClaim, citations: citations() } };
    }
    case 'open_proceeding': {
      const { kind, ref: _, ...proceeding } = change;
      const continues = namedOrNull(work, proceeding.continues, `${pointer}/continues`, 'proceeding');
      const claims = namedAll(work, proceeding.claims, `${pointer}/claims`, 'claim');
      return { kind, proceeding: { ...proceeding, id: id('proceeding'), continues, claims, citations: citations() } };
    }
    case 'update_proceeding':
      return { ...change, proceeding: named(work, change.proceeding, `${pointer}/proceeding`, 'proceeding'), citations: citations() };
    case 'record_ruling': {
      const { kind, ref: _, ...ruling } = change;
      const effects = effectsOf(work, ruling.effects, `${pointer}/effects`);
      return { kind, ruling: { ...ruling, id: id('ruling'), citations: citations(), effects } };
    }
    case 'correct_incident':
      return { ...change, id: id('correction'), fields: fieldsOf(change.set), citations: citations() };
    case 'correct_claim': {
      const set = claimSet(work, change.set, `${pointer}/set`);
      const carry = namedAll(work, change.carry, `${pointer}/carry`, 'dispute', 'ruling');
      return {
        ...change,
        id: id('correction'),
        claim: claim(change.claim),
        fields: fieldsOf(change.set),
        set,
        carry,
        citations: citations(),
      };
    }
    case 'correct_entry': {
      const set = entrySet(work, change.set, `${pointer}/set`);
      return { ...change, id: id('correction'), fields: fieldsOf(change.set), set, citations: citations() };
    }
    case 'rank_claim':
      return { ...change, claim: claim(change.claim) };
    default:
      return change;
  }
};

/** `places` says where in the body each change stands. */
const resolveAt = (
  changes: readonly SentChange[],
  context: ResolveContext,
  first: number,
  places: (change: SentChange, index: number) => string,
): Result<Resolved> => {
  const work: Work = { context, refs: new Map(), needed: neededBy(changes), texts: new Map(), cited: [], problems: [] };
  for (const [index, change] of changes.entries()) {
    const [ref, prefix] = [refOf(change), prefixOf(change)];
    if (ref === null || prefix === undefined) continue;
    if (work.refs.has(ref))
      report(work, `${places(change, index)}/ref`, `the ref ${ref} stands twice in this edit: refs are unique in an edit`);
    work.refs.set(ref, { prefix, id: derivedId(prefix, context.editCommand, `ref:${ref}`) });
  }
  const resolved = changes.map((change, index) => {
    const ref = refOf(change);
    const id = (prefix: Prefix) =>
      (ref !== null && work.refs.get(ref)?.id) || derivedId(prefix, context.command, `change:${index + first}`);
    return resolveChange(work, change, id, places(change, index));
  });
  const [problem, ...problems] = work.problems;
  if (problem) return refuseFor([problem, ...problems]);
  const limit = (source: string, revision: number) => limitOf(textOf(work, source, revision)?.length ?? 0, context.share ?? publicShare);
  return accept({
    changes: resolved,
    refs: Object.fromEntries([...work.refs].map(([ref, { id }]) => [ref, id])),
    quotes: quotesOf(work.cited, limit),
  });
};

/** Resolves the changes of an edit. Refusals: `InvalidChange`, `SourceTextUnknown`, `TextErased`, `QuoteNotFound`, `QuoteAmbiguous`. */
export const resolveChanges = (changes: readonly SentChange[], context: ResolveContext): Result<Resolved> =>
  resolveAt(changes, context, 0, (change, index) => `${context.pointer}/${index}${change.kind === 'add_claim' ? '/claim' : ''}`);

/** Resolves a proposal: the incident is its first change, the claims follow. Pointers are those of the body of `POST /v1/incidents`. */
export const proposalChanges = (body: ProposalBody, context: Omit<ResolveContext, 'pointer'>): Result<Resolved> => {
  const { title, occurred, place, agencies } = body;
  const resolved = resolveAt(proposedClaims(body), { ...context, pointer: '' }, 1, (_, index) => `/claims/${index}`);
  if (!resolved.ok) return resolved;
  return accept({ ...resolved.value, changes: [{ kind: 'report_incident', title, occurred, place, agencies }, ...resolved.value.changes] });
};
