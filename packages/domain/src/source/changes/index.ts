import { type ReadOf, type SentOf, type StoredOf, tableOf } from '../../register/kind.ts';
import type { SourceRecord } from '../state.ts';
import { correctSource } from './correct-source.ts';
import { reviseText } from './revise-text.ts';
import { withdrawSource } from './withdraw-source.ts';

const kinds = [correctSource, reviseText, withdrawSource] as const;
/** A change of a source as an edit's version stores it, and as it is sent and read. */
export type SourceChange = StoredOf<(typeof kinds)[number]>;
export type SentSourceChange = SentOf<(typeof kinds)[number]>;
export type SourceChangeDocument = ReadOf<(typeof kinds)[number]>;

/** All kinds of change of a source. */
export const sourceChanges = tableOf<SourceRecord, SentSourceChange, SourceChange, SourceChangeDocument, (typeof kinds)[number]>(kinds);
