import type { PageSpec } from '../../../page.ts';
import { differencePages } from './differences.ts';
import { eventPages } from './events.ts';
import { incidentPages } from './incident.ts';
import { pastPages } from './past.ts';

/** What anybody reads of one incident. */
export const pagesOfIncidents: readonly PageSpec[] = [...incidentPages, ...pastPages, ...differencePages, ...eventPages];
