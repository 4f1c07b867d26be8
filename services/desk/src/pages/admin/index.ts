import type { PageSpec } from '../../page.ts';
import { erasurePages } from './erasures.ts';
import { keyPages } from './keys.ts';
import { parkedPages } from './parked.ts';
import { peoplePages } from './people.ts';
import { policyPages } from './policy.ts';
import { adminStartPages } from './start.ts';

/** What those who run an installation do. */
export const adminPages: readonly PageSpec[] = [
  ...adminStartPages,
  ...parkedPages,
  ...keyPages,
  ...peoplePages,
  ...policyPages,
  ...erasurePages,
];
