import type { Difference } from '@averment/read-models';

const meaning = {
  changed: 'differs in',
  only_live: 'is only in the tables in use',
  only_rebuilt: 'is only in the rebuilt tables',
} as const;

/** Says which row differs and in what, without the values: they may be texts that are to be erased. */
export const lineOf = ({ key, difference, columns }: Difference): string =>
  `${JSON.stringify(key)} ${meaning[difference]}${columns.length > 0 ? `: ${columns.join(', ')}` : ''}`;
