import type { PageSpec } from '../../page.ts';
import { editPages } from './edit/index.ts';
import { homePages } from './home.ts';
import { mePages } from './me.ts';
import { nextPages } from './next.ts';
import { queuePages } from './queue.ts';
import { statisticsPages } from './statistics.ts';
import { tipPages } from './tips.ts';
import { viewPages } from './views.ts';

/** What those see who have signed in: what waits for them, and edits with what is done about them. */
export const deskPages: readonly PageSpec[] = [
  ...homePages,
  ...mePages,
  ...nextPages,
  ...queuePages,
  ...viewPages,
  ...editPages,
  ...tipPages,
  ...statisticsPages,
];
