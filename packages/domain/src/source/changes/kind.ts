import { kindsOf } from '../../register/kind.ts';
import type { SourceRecord } from '../state.ts';

/** Defines one kind of change of a source. */
export const sourceChange = kindsOf<SourceRecord>();
