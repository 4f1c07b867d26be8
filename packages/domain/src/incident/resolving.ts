import type { Citation, SentCitation } from '../source/citation.ts';
import type { Case } from '../values/case-number.ts';
import type { Prefix } from '../values/ids.ts';

/** What a change as sent is resolved with. Pointers are relative to where the change's thing stands in the body. */
export type Resolving = {
  /** The id of what the change makes. */
  id(prefix: Prefix): string;
  /** Which case a case number is of. */
  caseOf(caseNumber: string | null): Case | null;
  citations(sent: readonly SentCitation[], pointer: string): Citation[];
  /** The id that a ref of the edit stands for; an id stands for itself. */
  named(value: string, pointer: string, ...prefixes: Prefix[]): string;
  namedOrNull(value: string | null, pointer: string, prefix: Prefix): string | null;
  namedAll(values: readonly string[], pointer: string, ...prefixes: Prefix[]): string[];
};
