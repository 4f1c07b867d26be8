import type { Schemas } from '@averment/client';
import { type Html, html } from '../../../html.ts';
import { wordDiff } from '../../../parts/diff.ts';
import { table } from '../../../parts/list.ts';
import { inField, labelOf } from './fields.ts';
import type { Known } from './known.ts';

type Difference = Schemas['Difference'];

/** A JSON Pointer as people read it, from 1: `/changes/2/claim/statement` is Changes 3, claim, in words of the record. */
export const pointerInWords = (pointer: string): string => {
  const words = pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : labelOf(part.replaceAll('~1', '/').replaceAll('~0', '~'))));
  return words.reduce((said, word) => (said === '' ? word : /^\d+$/.test(word) ? `${said} ${word}` : `${said}, ${word.toLowerCase()}`), '');
};

/** What differs between two states of something, place by place. */
export const differencesShown = (caption: string, differences: readonly Difference[], known: Known): Html =>
  differences.length === 0
    ? html`<p class="ds-paragraph">Nothing differs.</p>`
    : table(
        caption,
        ['Where', 'Before', 'After'],
        differences.map(({ pointer, from, to }) => {
          const name = pointer.split('/').findLast((part) => !/^\d*$/.test(part)) ?? '';
          return [
            pointerInWords(pointer) || 'All',
            inField(name, from, known),
            typeof from === 'string' && typeof to === 'string' && /\s/.test(from + to)
              ? wordDiff(from, to, null)
              : inField(name, to, known),
          ];
        }),
      );
