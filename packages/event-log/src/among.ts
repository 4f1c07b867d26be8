import type { ReadAllOptions, ReadStreamOptions, StoredEvent } from './port.ts';

/** Whether an event of a stream is among those that a read asks for, of which it begins at `from` and ends at `to`. */
export const among =
  ({ until, types, revisions }: Pick<ReadStreamOptions, 'until' | 'types' | 'revisions'>) =>
  ({ position, type, revision }: Pick<StoredEvent, 'position' | 'type' | 'revision'>): boolean =>
    (until === undefined || position <= until) && (types === undefined || types.has(type) || revisions?.has(revision) === true);

/** How the names of the streams begin whose texts a read wants. */
export const prefixesOf = (texts: ReadAllOptions['texts'] = true): readonly string[] =>
  typeof texts === 'boolean' ? (texts ? [''] : []) : texts;

/** Whether a read wants the texts of an event. */
export const wantsTexts = (texts: ReadAllOptions['texts']): ((event: Pick<StoredEvent, 'stream'>) => boolean) => {
  const prefixes = prefixesOf(texts);
  return ({ stream }) => prefixes.some((prefix) => stream.startsWith(prefix));
};
