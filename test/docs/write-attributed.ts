import { writeFileSync } from 'node:fs';
import { commandLine } from '@averment/platform';
import { attributedPage } from './attributed.ts';

const usage = `npm run attributed

Writes docs/attributed.md, the page of sentences, anew from the vocabulary.`;

commandLine('npm run attributed', usage).read({});
writeFileSync(new URL('../../docs/attributed.md', import.meta.url), attributedPage());
