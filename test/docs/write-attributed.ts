import { writeFileSync } from 'node:fs';
import { attributedPage } from './attributed.ts';

/** `npm run attributed`: writes docs/attributed.md. */
writeFileSync(new URL('../../docs/attributed.md', import.meta.url), attributedPage());
