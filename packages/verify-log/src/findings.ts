import type { Difference } from './differences.ts';

/** What is wrong, and where: `what` is a stable name, `detail` is for people. What does not apply is null; `position` is that of the event in the feed. */
export type LedgerFinding = {
  what:
    | 'signature'
    | 'not_served'
    | 'malformed'
    | 'tail_cut'
    | 'tree_forked'
    | 'root'
    | 'tile_changed'
    | 'leaf_changed'
    | 'leaf_swapped'
    | 'leaf_dropped'
    | 'leaf_inserted'
    | 'shown_changed'
    | 'text_changed'
    | 'text_gone';
  index: number | null;
  stream: string | null;
  revision: number | null;
  position: string | null;
  detail: string;
};

/** Where something is; what does not apply is left out. */
type Where = Partial<Omit<LedgerFinding, 'what' | 'detail'>>;
export type Found = (what: LedgerFinding['what'], detail: string, where?: Where) => void;

/** A finding without a place, but for what is said of it. */
export const ledgerFinding = (what: LedgerFinding['what'], detail: string, where: Where = {}): LedgerFinding => ({
  index: null,
  stream: null,
  revision: null,
  position: null,
  ...where,
  what,
  detail,
});

type Told = Omit<LedgerFinding, 'what' | 'index' | 'position'> & { what: string; index?: number | null; position: string | bigint | null };

/** A finding as a line for people. */
export const findingLine = ({ what, index = null, stream, revision, position, detail }: Told): string => {
  const place = [
    index === null ? null : `leaf ${index}`,
    stream,
    revision === null ? null : `revision ${revision}`,
    position === null ? null : `position ${position}`,
  ].filter((part) => part !== null);
  return `${what}: ${place.length === 0 ? '' : `${place.join(', ')}: `}${detail}`;
};

/** What the difference between a leaf and an event is called. `size` is how many leaves there are. */
export const differenceFound = (
  { what, at, count, there }: Difference<unknown, Pick<LedgerFinding, 'stream' | 'revision'> & { position: string | bigint }>,
  size: number,
  found: Found,
): void => {
  const where = there && { stream: there.stream, revision: there.revision, position: String(there.position) };
  const events = count === 1 ? 'one event' : `${count} events`;
  const details = {
    changed: `the event is not what leaf ${at} is of`,
    swapped: `the event is what another leaf than ${at} is of`,
    dropped: `what leaf ${at} is of is missing before the event: ${events} in all`,
    inserted: `no leaf is of the event, and it stands before what leaf ${at} is of: ${events} in all`,
  };
  const isTail = what === 'dropped' && there === undefined && at + count === size;
  if (isTail) found('tail_cut', `the events end before what leaf ${at} is of: ${events} missing`, { index: at });
  else found(`leaf_${what}`, details[what], { ...where, index: at });
};
