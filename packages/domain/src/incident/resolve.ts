import { limitOf, type PublicShare, publicShare, quotesOf, type SourceQuotes } from '../rules/share.ts';
import { type Citation, citationsIn, type SentCitation } from '../source/citation.ts';
import { checkTimes, placeOf } from '../source/place.ts';
import { findQuote, type Quote, quotedText, type SearchedText, searchQuotes } from '../source/quote.ts';
import type { TagCase } from '../values/case-number.ts';
import { accept, type ErrorCode, type Problem, type Result, refuseFor } from '../values/errors.ts';
import { derivedId, type Prefix } from '../values/ids.ts';
import { type Change, kindOf, type SentChange } from './changes/index.ts';
import type { Resolving } from './resolving.ts';

/** From the changes of an edit as sent to those that are stored: refs become ids, citations get both quote and position. */

export type ResolveContext = {
  /** Of this version of the edit: things without a ref take their ids from it. */
  command: string;
  /** Of the edit's first version: a ref keeps its id in later versions. */
  editCommand: string;
  /** Ids of what earlier versions of the edit made: a thing that is sent with one of these keeps it. */
  made?: ReadonlySet<string>;
  /**
   * A revision of a source's text; undefined where there is none, null where it was erased. It is searched for all quotes of the edit when the first is
   * looked up, unless it comes searched for those that `sourcesNeeded` names.
   */
  sourceText: (source: string, revision: number) => string | SearchedText | undefined | null;
  tagCase: TagCase;
  /** How much of each text the public may read; as `publicShare` unless it is said. */
  share?: PublicShare;
  /** JSON Pointer of the list of changes in the body. */
  pointer: string;
};
export type ResolvedTo<C> = { changes: C[]; refs: Record<string, string>; quotes: SourceQuotes[] };
export type Resolved = ResolvedTo<Change>;

/** A revision of a source's text, and the quotes that have to be looked for in it. */
export type SourceNeeded = { source: string; revision: number; quotes: Quote[] };

/** The texts that `resolveChanges` will look citations up in, each once. */
export const sourcesNeeded = (changes: readonly object[]): SourceNeeded[] => [...neededBy(changes).values()];

const keyOf = (source: string, revision: number): string => `${source} ${revision}`;
const neededBy = (changes: readonly object[]): Map<string, SourceNeeded> => {
  const needed = new Map<string, SourceNeeded>();
  for (const { source, revision, quote, position, scene } of citationsIn<SentCitation>(changes)) {
    if (scene !== null) continue;
    const one = needed.get(keyOf(source, revision)) ?? { source, revision, quotes: [] };
    if (quote !== null && position === null) one.quotes.push(quote);
    needed.set(keyOf(source, revision), one);
  }
  return needed;
};

type Work = {
  context: ResolveContext;
  refs: Map<string, { id: string; prefix: Prefix }>;
  /** By the id that it had where it was read: the id that a thing of this edit gets. */
  again: Map<string, string>;
  needed: ReadonlyMap<string, SourceNeeded>;
  texts: Map<string, SearchedText | undefined | null>;
  cited: Citation[];
  problems: Problem[];
};

const report = (
  work: Work,
  pointer: string,
  message: string,
  code: ErrorCode = 'InvalidChange',
  more: Pick<Problem, 'offsets' | 'nearest'> = {},
) => void work.problems.push({ code, pointer, message, ...more });

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
  checkTimes(citation, (field, message) => report(work, `${pointer}/${field}`, message));
  if (citation.scene !== null) return { ...citation, quote: null, position: null };
  const text = textOf(work, source, revision);
  if (text === null) {
    report(work, pointer, 'the text of this source was erased or is kept from sight, so nothing can be quoted from it', 'TextErased');
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
      const place = placeOf(text.placed, citation, found.position);
      for (const [field, message] of place.wrong) report(work, `${pointer}/${field}`, message);
      const whole = { ...citation, ...place.told, quote: found.quote, position: found.position };
      work.cited.push(whole);
      return whole;
    }
    const { ok: _, field, message, code, ...more } = found;
    report(work, field ? `${pointer}/${field}` : pointer, message, code, more);
  }
  return { ...citation, ...nowhere };
};

const named = (work: Work, value: string, pointer: string, prefixes: readonly Prefix[]): string => {
  if (value.includes('_')) return work.again.get(value) ?? value;
  const made = work.refs.get(value);
  if (!made) report(work, pointer, `nothing in this edit has the ref ${value}: give it to the thing that is meant, or send an id`);
  else if (!prefixes.includes(made.prefix))
    report(work, pointer, `the ref ${value} is that of a ${made.prefix}, but a ${prefixes.join(' or ')} is needed here`);
  return made?.id ?? value;
};

/** `base`: where in the body the thing stands that the change is about. */
const resolving = (work: Work, base: string, id: Resolving['id']): Resolving => ({
  id,
  caseOf: (caseNumber) => (caseNumber === null ? null : work.context.tagCase(caseNumber)),
  citations: (sent, pointer) => sent.map((citation, index) => cite(work, citation, `${base}${pointer}/${index}`)),
  named: (value, pointer, ...prefixes) => named(work, value, `${base}${pointer}`, prefixes),
  namedOrNull: (value, pointer, prefix) => (value === null ? null : named(work, value, `${base}${pointer}`, [prefix])),
  namedAll: (values, pointer, ...prefixes) => values.map((value, index) => named(work, value, `${base}${pointer}/${index}`, prefixes)),
});

/** What resolving asks of a kind of change. */
type Resolvable<S, C> = {
  makes: Prefix | null;
  makesElsewhere?: { thing: Prefix } | null;
  refOf(sent: S): string | null;
  idOf(sent: S): string | null;
  resolve(sent: S, at: Resolving): C;
};
/** `places` says where in the body each change's thing stands, `kindOf` what kind it is of; `first` is the number of the first one. */
type Places<S, C> = { first: number; places: (change: S, index: number) => string; kindOf: (change: S) => Resolvable<S, C> };

/** The ids of what the changes make: of a ref, of what was read, or new ones. */
const idsOf = <S, C>(work: Work, changes: readonly S[], { first, places, kindOf }: Places<S, C>) => {
  const { command, editCommand, made } = work.context;
  const taken = new Set<string>();
  return changes.map((change, index) => {
    const kind = kindOf(change);
    const [ref, read] = [kind.refOf(change), kind.idOf(change)];
    const prefix: Prefix = kind.makes ?? kind.makesElsewhere?.thing ?? 'correction';
    const at = places(change, index);
    const id =
      ref !== null
        ? derivedId(prefix, editCommand, `ref:${ref}`)
        : read !== null && made?.has(read)
          ? read
          : derivedId(prefix, command, `change:${index + first}`);
    if (ref !== null) {
      if (work.refs.has(ref)) report(work, `${at}/ref`, `the ref ${ref} stands twice in this edit: refs are unique in an edit`);
      work.refs.set(ref, { prefix, id });
    } else if (taken.has(id)) report(work, `${at}/id`, `the id ${id} stands twice in this edit: leave it out where a thing is new`);
    if (read !== null) work.again.set(read, id);
    taken.add(id);
    return id;
  });
};

const resolveEach = <S, C>(changes: readonly S[], context: ResolveContext, at: Places<S, C>): Result<ResolvedTo<C>> => {
  const work: Work = {
    context,
    refs: new Map(),
    again: new Map(),
    needed: neededBy(changes as readonly object[]),
    texts: new Map(),
    cited: [],
    problems: [],
  };
  const ids = idsOf(work, changes, at);
  const resolved = changes.map((change, index) => {
    const id = () => ids[index] ?? '';
    return at.kindOf(change).resolve(change, resolving(work, at.places(change, index), id));
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

/** The same for the changes of an incident. */
export const resolveAt = (
  changes: readonly SentChange[],
  context: ResolveContext,
  first: number,
  places: (change: SentChange, index: number) => string,
): Result<Resolved> => resolveEach(changes, context, { first, places, kindOf });

/** Resolves the changes of an edit of a source or party. Refusals: as those of an incident's. */
export const resolveRegister = <S extends { kind: string }, C>(
  changes: readonly S[],
  context: ResolveContext,
  kindOf: (change: S) => Resolvable<S, C>,
): Result<ResolvedTo<C>> => resolveEach(changes, context, { first: 0, places: (_, index) => `${context.pointer}/${index}`, kindOf });

/** Resolves the changes of an edit. Refusals: `InvalidChange`, `SourceTextUnknown`, `TextErased`, `QuoteNotFound`, `QuoteAmbiguous`. */
export const resolveChanges = (changes: readonly SentChange[], context: ResolveContext): Result<Resolved> =>
  resolveAt(changes, context, 0, (change, index) => `${context.pointer}/${index}${kindOf(change).within}`);
