import type { PageSpec } from '../../page.ts';
import { pagesOfIncidents } from './incident/index.ts';
import { startPages } from './start.ts';

/** What anybody reads. */
export const publicPages: readonly PageSpec[] = [...startPages, ...pagesOfIncidents];
