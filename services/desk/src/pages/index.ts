import type { PageSpec } from '../page.ts';
import { adminPages } from './admin/index.ts';
import { auditPages } from './audit/index.ts';
import { contributePages } from './contribute/index.ts';
import { deskPages } from './desk/index.ts';
import { publicPages } from './public/index.ts';
import { signInPages } from './sign-in.ts';

/** Every page. */
export const pages: readonly PageSpec[] = [...publicPages, ...deskPages, ...contributePages, ...auditPages, ...adminPages, ...signInPages];
