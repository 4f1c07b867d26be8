import type { PageSpec } from '../../page.ts';
import { editPages } from './edits.ts';
import { sentPages } from './sent.ts';
import { sourcePages } from './source.ts';
import { startPages } from './start.ts';

/** What contributors use: sources, claims, and all other changes of the record. */
export const contributePages: readonly PageSpec[] = [...startPages, ...sourcePages, ...editPages, ...sentPages];
