import type { PageSpec } from '../../page.ts';
import { editPages } from './edit/index.ts';
import { nextPages } from './next.ts';
import { queuePages } from './queue.ts';
import { viewPages } from './views.ts';

/** What those see who have signed in: what waits for them, and edits with what is done about them. */
export const deskPages: readonly PageSpec[] = [...nextPages, ...queuePages, ...viewPages, ...editPages];
