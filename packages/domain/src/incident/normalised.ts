import { isCitation, type SentCitation } from '../source/citation.ts';
import { type Change, kindOf } from './changes/index.ts';
import { type EditBody, type ProposalBody, type ReadProposalBody, sentThings } from './proposal.ts';

/** The quotes of which an edit stores other words, or other signs, than were sent: what the text has where they stand. */

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object';

const differing = (sent: unknown, stored: unknown, pointer: string): string[] => {
  if (!isObject(sent) || !isObject(stored)) return [];
  if (!isCitation(sent)) return Object.keys(sent).flatMap((name) => differing(sent[name], stored[name], `${pointer}/${name}`));
  const [was, is] = [(sent as SentCitation).quote, (stored as SentCitation).quote];
  const same = was === null || is === null || (was.exact === is.exact && was.prefix === is.prefix && was.suffix === is.suffix);
  return same ? [] : [`${pointer}/quote`];
};

const documentOf = (change: Change | undefined): Record<string, unknown> => (change ? kindOf(change).document(change, () => null) : {});

/** The same of an edit of a source or party; `stored` are the documents of the changes that it stores. */
export const normalisedIn = (sent: readonly object[], stored: readonly object[]): string[] =>
  sent.flatMap((change, index) => differing(change, stored[index], `/changes/${index}`));

/** JSON Pointers into the body of a request, to its quotes that were normalised. `changes`: those that the edit stores for it. */
export const normalisedQuotes = (body: EditBody | ReadProposalBody | ProposalBody, changes: readonly Change[]): string[] =>
  sentThings(body).flatMap(({ sent, pointer, within, index }) => {
    const stored = documentOf(changes[index]);
    return differing(sent, within === '' ? stored : stored[within.slice(1)], pointer);
  });
