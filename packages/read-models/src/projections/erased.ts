import type { DomainEvent } from '@averment/domain';

/** The tokens of a JSON Pointer (RFC 6901). */
const tokensOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

const blank = (data: unknown, pointer: string): void => {
  const tokens = tokensOf(pointer);
  const name = tokens.pop();
  let parent = data;
  for (const token of tokens) {
    if (parent === null || typeof parent !== 'object') return;
    parent = (parent as Record<string, unknown>)[token];
  }
  if (name !== undefined && parent !== null && typeof parent === 'object') (parent as Record<string, unknown>)[name] = null;
};

/**
 * The events of one stream with null for each text that a `TextErased` among them names. The vault may still hold those texts when a projection comes to the
 * erasure, and a model must not depend on which of the two is quicker. Null and not absent: a correction that set an erased title must not bring
 * back the title before it.
 */
export const withoutErased = (events: readonly DomainEvent[]): DomainEvent[] => {
  const pointers = new Map<number, string[]>();
  for (const event of events) {
    if (event.type !== 'TextErased') continue;
    for (const { revision, pointer } of event.data.items) pointers.set(revision, [...(pointers.get(revision) ?? []), pointer]);
  }
  if (pointers.size === 0) return [...events];
  return events.map((event) => {
    const named = pointers.get(event.revision);
    if (named === undefined) return event;
    const data = structuredClone(event.data);
    for (const pointer of named) blank(data, pointer);
    return { ...event, data } as DomainEvent;
  });
};
