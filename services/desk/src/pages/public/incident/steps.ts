import type { Api } from '@averment/client';
import { answerOf } from '../../../answers.ts';
import { type Html, html } from '../../../html.ts';
import { instant } from '../../../parts/dates.ts';
import { eventInWords, isOfReview, type RecordEvent, whoInWords } from '../../../parts/events.ts';
import { link } from '../../../parts/list.ts';

/** What came into the record at once: the events of an append, of which only the last is a state that anybody saw. */
export type Step = { revision: number; recordedAt: string; events: readonly RecordEvent[] };

/** Every event of an incident's record. What insiders see of its review besides is no step of it. */
const eventsOf = async (api: Api, id: string): Promise<RecordEvent[]> => {
  const all: RecordEvent[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 500, ...(cursor !== undefined && { cursor }) };
    const page = await answerOf(api.GET('/v1/incidents/{id}/events', { params: { path: { id }, query } }));
    all.push(...page.items.filter((event) => !isOfReview(event)));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return all;
};

/** The steps in which an incident became what it is, the first one first. */
export const stepsOf = async (api: Api, id: string): Promise<Step[]> => {
  const steps = new Map<number, { revision: number; recordedAt: string; events: RecordEvent[] }>();
  for (const event of await eventsOf(api, id)) {
    const step = steps.get(event.last) ?? { revision: event.last, recordedAt: event.recordedAt, events: [] };
    step.events.push(event);
    steps.set(event.last, step);
  }
  return [...steps.values()].sort((one, other) => one.revision - other.revision);
};

/** Of many events of a step, this many are told, and the others counted. */
const told = 6;

/** How the record came to be, step by step, each with a link to what it said then. */
export const timeline = (id: string, steps: readonly Step[]): Html =>
  html`<ol class="timeline">${steps.map(
    ({
      revision,
      recordedAt,
      events,
    }) => html`<li><p>${instant(recordedAt)} · ${link(`/incidents/${id}/past?revision=${revision}`, `revision ${revision}`)}${events[0] && html` <span class="aside">${whoInWords(events[0])}</span>`}</p>
<ul class="ds-list">${events.slice(0, told).map((event) => html`<li>${eventInWords(event)} ${link(`/incidents/${id}/events/${event.revision}`, html`<span class="ds-sr-only">The event of revision ${event.revision}</span><span aria-hidden="true">#${event.revision}</span>`)}</li>`)}${
      events.length > told && html`<li>and ${events.length - told} more, ${link(`/incidents/${id}/history`, 'as all events tell')}</li>`
    }</ul></li>`,
  )}</ol>`;
