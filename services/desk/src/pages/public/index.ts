import type { PageSpec } from '../../page.ts';
import { startPages } from './start.ts';

/** What anybody reads. */
export const publicPages: readonly PageSpec[] = [...startPages];
