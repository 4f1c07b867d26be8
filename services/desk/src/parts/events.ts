import type { Schemas } from '@averment/client';
import { type Html, html } from '../html.ts';
import { inWords } from '../vocabulary.ts';
import { instant } from './dates.ts';
import { link, table } from './list.ts';
import { safeText } from './text.ts';

export type RecordEvent = Schemas['Event'];

/** The name of an event as people read it: `ClaimAdded` is Claim added. */
export const typeInWords = (type: string): string => {
  const [first = '', ...rest] = type.split(/(?=[A-Z])/);
  return [first, ...rest.map((word) => word.toLowerCase())].join(' ');
};

const textAt = (value: unknown, ...path: string[]): string | null => {
  let at = value;
  for (const name of path) at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined;
  return typeof at === 'string' && at !== '' ? at : null;
};

/** What most tells an event from others of its type. */
const telling = ({ data }: RecordEvent): string | null =>
  textAt(data, 'claim', 'statement') ??
  textAt(data, 'dispute', 'grounds') ??
  textAt(data, 'ruling', 'summary') ??
  textAt(data, 'proceeding', 'title') ??
  textAt(data, 'title') ??
  textAt(data, 'note') ??
  textAt(data, 'reason') ??
  (textAt(data, 'status') === null ? null : inWords(textAt(data, 'status') ?? ''));

/** An event in a line. */
export const eventInWords = (event: RecordEvent): Html => {
  const text = telling(event);
  return html`<strong>${typeInWords(event.type)}</strong>${text !== null && html`: ${safeText(text)}`}`;
};

/** Whether an event is of the review, and changes nothing on record. */
export const isOfReview = ({ type }: Pick<RecordEvent, 'type'>): boolean => type.startsWith('Edit');

/** Roles stand in the place of names for outsiders: two of one role are two people. */
const approversInWords = (approvedBy: readonly string[]): string => {
  const [first] = approvedBy;
  const isOneRole = approvedBy.length > 1 && approvedBy.every((one) => one === first);
  return isOneRole ? `${approvedBy.length} ${first}s` : approvedBy.join(' and ');
};

/** Who made a change and who approved it, by what the reader may know of them; of the review, who acted. */
export const whoInWords = ({ type, actor, author, approvedBy }: Pick<RecordEvent, 'type' | 'actor' | 'author' | 'approvedBy'>): string =>
  isOfReview({ type })
    ? `by ${actor ?? 'the service'}`
    : `by ${author ?? 'the service'}${approvedBy.length > 0 ? `, approved by ${approversInWords(approvedBy)}` : ''}`;

/** The address of an edit's page. `of` is the incident, source or party that it is of. */
export const editHref = (of: string, edit: number): string => `/desk/edits/${of}/${edit}`;

/** Events of a source or party, one a row. */
export const eventTable = (caption: string, items: readonly RecordEvent[]): Html =>
  table(
    caption,
    ['Revision', 'What', 'When', 'Who'],
    items.map((event) => [
      String(event.revision),
      eventInWords(event),
      instant(event.recordedAt),
      html`${whoInWords(event)}${event.edit !== null && html` (${link(editHref(event.stream, event.edit), `edit ${event.edit}`)})`}`,
    ]),
  );
