import type { Restrictions } from '../erasure/restricted.ts';
import type { Review } from '../review/edit.ts';
import type { SourceChange } from './changes/index.ts';
import type { Extraction } from './imported.ts';
import type { SourceBody } from './shapes.ts';

export type SourceFields = Omit<SourceBody, 'text'>;

/** What a source's stream says of the source. */
export type SourceRecord = {
  id: string | null;
  /** As corrected, without the text. Texts that were erased or not asked for are absent. */
  fields: SourceFields | null;
  /** By revision of the text less 1; null where it was erased or not asked for. */
  texts: (string | null)[];
  /** What the first text was read from; null of one that was sent as a text. */
  extraction: Extraction | null;
  /** Whether the bytes that it was read from are kept. Not known where texts were not asked for. */
  originalKept: boolean;
  withdrawn: boolean;
  /** Which revisions of the text the events at these revisions hold, and which of those were erased. */
  textsAt: Map<number, number>;
  erasedTexts: Set<number>;
  /** When it was registered. */
  recordedAt: string | null;
  /** 1 once it is registered, one more with each edit that is applied. */
  version: number;
  /** The texts that a decision keeps from all but reviewers and auditors. */
  restricted: Restrictions;
};

/** The state of a source's stream: the source, and the review of its edits. */
export type Source = SourceRecord & Review<SourceChange>;

/** What the rules need to know of a source. `textRevisions`: how many revisions of its text there are; `erased`: which of them were erased, absent where none was. */
export type SourceFacts = { textRevisions: number; isFilm: boolean; withdrawn: boolean; erased?: ReadonlySet<number> };
