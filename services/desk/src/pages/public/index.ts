import type { PageSpec } from '../../page.ts';
import { aboutPages } from './about.ts';
import { correctionPages } from './corrections.ts';
import { pagesOfIncidents } from './incident/index.ts';
import { incidentListPages } from './incidents.ts';
import { partyPages } from './parties.ts';
import { sourcePages } from './sources.ts';
import { startPages } from './start.ts';
import { takedownPages } from './takedowns.ts';
import { tipPages } from './tips.ts';

/** What anybody reads. */
export const publicPages: readonly PageSpec[] = [
  ...startPages,
  ...incidentListPages,
  ...pagesOfIncidents,
  ...sourcePages,
  ...partyPages,
  ...correctionPages,
  ...takedownPages,
  ...aboutPages,
  ...tipPages,
];
