import { isOpenEdit } from '../review/edit.ts';
import { type Anchor, type Reanchored, reanchored } from '../source/anchoring/reanchor.ts';
import { type Cited, citationsIn } from '../source/citation.ts';
import { type SentChange, sentChange } from './changes/index.ts';
import type { Edit, Incident } from './state.ts';

/** What follows for an incident when a source that it quotes gets another text, or is withdrawn: proposals for its reviewers. Nothing here changes the record. */

/** A source as it is now. `texts`: by revision less 1, null where erased. */
export type Revised = { source: string; texts: readonly (string | null)[]; language: string };

/** `changes` as they are sent; `tells` has a line for each quotation, with both passages. */
export type Anchoring = { changes: SentChange[]; tells: string[] };

type Thing = { id: string; word: string; citations: readonly Cited[]; flags: readonly string[] | null };

/** What the record shows and what quotes. Retracted and withdrawn things stay as they are. */
const things = ({ claims, disputes, proceedings, rulings }: Incident): Thing[] => [
  ...[...claims.values()].flatMap(({ claim, retracted }) =>
    retracted ? [] : [{ id: claim.id, word: 'Claim', citations: claim.citations ?? [], flags: claim.flags }],
  ),
  ...[...disputes.values()].flatMap(({ dispute, retracted, withdrawn }) =>
    retracted || withdrawn ? [] : [{ id: dispute.id, word: 'Dispute', citations: dispute.citations ?? [], flags: null }],
  ),
  ...[...proceedings.values()].flatMap(({ proceeding, retracted }) =>
    retracted ? [] : [{ id: proceeding.id, word: 'Proceeding', citations: proceeding.citations ?? [], flags: null }],
  ),
  ...[...rulings.values()].flatMap(({ ruling, retracted }) =>
    retracted ? [] : [{ id: ruling.id, word: 'Ruling', citations: ruling.citations ?? [], flags: null }],
  ),
];

/** The change that sets these fields of a thing. */
const corrects = ({ id, flags }: Thing, set: object, reason: string): SentChange =>
  sentChange.parse(
    flags === null
      ? { kind: 'correct_entry', target: id, set, basis: 'revision', reason }
      : { kind: 'correct_claim', claim: id, set, basis: 'revision', reason },
  );

const withFlag = (flags: readonly string[], flag: string): string[] => [...new Set([...flags, flag])];

/** Where each quotation that rests on an earlier text of the source stands in its newest one. Erased quotations and texts are not looked for. */
const foundIn = (all: readonly Thing[], { source, texts, language }: Revised): Map<Cited, Reanchored> => {
  const newest = texts.at(-1) ?? null;
  const found = new Map<Cited, Reanchored>();
  if (newest === null) return found;
  const resting = all.flatMap(({ citations }) => citations.filter((cited) => cited.source === source && cited.revision < texts.length));
  for (const [revision, cited] of Map.groupBy(resting, (one) => one.revision)) {
    const text = texts[revision - 1] ?? null;
    const anchors = cited.flatMap(({ quote, position }): Anchor[] => (quote && position ? [{ quote, position }] : []));
    if (text === null || anchors.length === 0) continue;
    const places = reanchored(text, newest, anchors, language);
    for (const [index, one] of cited.filter(({ quote, position }) => quote && position).entries()) {
      const place = places[index];
      if (place !== undefined) found.set(one, place);
    }
  }
  return found;
};

const tell = ({ word, id }: Thing, index: number, { quote }: Cited, one: Reanchored): string => {
  const which = `${word} ${id}, quotation ${index + 1}`;
  if (one.state === 'gone') {
    const nearest = one.nearest && `; nearest is “${one.nearest.exact}” (${one.nearest.because.join(', ')})`;
    return `${which}: “${quote?.exact}” is gone${nearest ?? ''}.`;
  }
  return one.state === 'changed'
    ? `${which}: “${quote?.exact}” now reads “${one.passage.exact}”.`
    : `${which}: “${quote?.exact}” stands elsewhere, at ${one.passage.position.start} to ${one.passage.position.end}.`;
};

/**
 * What to propose of an incident whose source has a new text: the places of its quotations there, and for those that it no longer has the flag `quote_gone` of
 * their claims. Where no quotation moved, changed or went there is nothing to propose.
 */
export const anchoringOf = (state: Incident, revised: Revised): Anchoring => {
  const all = things(state);
  const found = foundIn(all, revised);
  const changes: SentChange[] = [];
  const tells: string[] = [];
  for (const thing of all) {
    const own = thing.citations.map((cited) => found.get(cited));
    const told = own.flatMap((one, index) =>
      one && one.state !== 'unchanged' ? [tell(thing, index, thing.citations[index] as Cited, one)] : [],
    );
    if (told.length === 0) continue;
    tells.push(...told);
    const isPlaced = own.some((one) => one && one.state !== 'gone');
    // What was erased would come back with its position, so such citations stay as they are.
    const citations =
      isPlaced &&
      thing.citations.every(({ quote, position }) => quote || position === null) &&
      thing.citations.map((cited, index) => sentAnew(cited, own[index], revised));
    const isGone = own.some((one) => one?.state === 'gone');
    const flags = isGone && thing.flags !== null && !thing.flags.includes('quote_gone') && withFlag(thing.flags, 'quote_gone');
    const set = { ...(citations && { citations }), ...(flags && { flags }) };
    if (Object.keys(set).length > 0) changes.push(corrects(thing, set, 'The text of a source that it quotes was revised.'));
  }
  return { changes, tells };
};

const sentAnew = (cited: Cited, one: Reanchored | undefined, { texts }: Revised): object => {
  if (one === undefined || one.state === 'gone') return cited;
  // The quotation, and where it stands in pages and films, follow from its place.
  const { source, part } = cited as Cited & { part: string | null };
  return { source, part, revision: texts.length, position: one.passage.position };
};

/** What to propose of an incident of which a source was withdrawn: the flag `source_withdrawn` of the claims that quote it. */
export const withdrawalOf = (state: Incident, source: string): Anchoring => {
  const quoting = things(state).filter(({ citations }) => citations.some((cited) => cited.source === source));
  const changes = quoting.flatMap((thing) =>
    thing.flags === null || thing.flags.includes('source_withdrawn')
      ? []
      : [corrects(thing, { flags: withFlag(thing.flags, 'source_withdrawn') }, 'A source that it quotes was withdrawn.')],
  );
  return { changes, tells: quoting.map(({ word, id }) => `${word} ${id} quotes it.`) };
};

/**
 * The open edits of which the current version cites an earlier text of the source than `revision`, or the source at all where it was withdrawn (null), and was
 * submitted before that: at a revision of the incident's stream for which `isBefore` holds.
 */
export const overtakenBy = (
  state: Pick<Incident, 'edits'>,
  source: string,
  revision: number | null,
  isBefore: (revision: number) => boolean,
): Edit[] =>
  [...state.edits.values()].filter((edit) => {
    const version = edit.versions.at(-1);
    if (!isOpenEdit(edit) || version === undefined || version.overtaken !== null || !isBefore(version.revision)) return false;
    return citationsIn(version.changes).some((cited) => cited.source === source && (revision === null || cited.revision < revision));
  });
