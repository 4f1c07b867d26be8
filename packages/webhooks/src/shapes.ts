import { recordEvents, region, typeId } from '@averment/domain';
import { z } from 'zod';

/** What a webhook may be told of: the types of the feed's items, as apps see them. */
export const webhookTypes = [...recordEvents, 'TextErased', 'FeedEventMended', 'Unreadable'].sort();

export const sentFilters = z.strictObject({
  types: z.array(z.enum(webhookTypes)).max(webhookTypes.length).default([]).describe('Only events of these types; all where it is empty'),
  incident: typeId('incident').nullable().default(null).describe('Only events of this incident; null for all'),
  agency: typeId('party')
    .nullable()
    .default(null)
    .describe('Only events of incidents that name this agency, or one that is merged into it, before the event or after it; null for all'),
  region: region
    .nullable()
    .default(null)
    .describe('Only events of incidents in this region (ISO 3166-2), before the event or after it; null for all'),
});
export type Filters = z.output<typeof sentFilters>;
export type SentWebhook = { url: string; filters: Filters };

/** Why a webhook is told of nothing any more. */
export type DisabledReason = 'failing' | 'gone' | 'no_key';

/** A webhook as its owner sees it. `upTo`: the position up to which events were taken into account. */
export type WebhookItem = {
  id: string;
  url: string;
  filters: Filters;
  state: 'active' | 'disabled';
  disabledAt: string | null;
  reason: DisabledReason | null;
  failingSince: string | null;
  takenAt: string | null;
  waiting: number;
  upTo: string;
  formerSecretUntil: string | null;
  createdAt: string;
};
/** `secret` is told once: null where the same request is answered again. */
export type WebhookMade = WebhookItem & { secret: string | null };

/** Why no answer came. */
export type AttemptError = 'address_not_allowed' | 'name_not_found' | 'not_connected' | 'tls' | 'timed_out' | 'interrupted';
export type Attempt = { at: string; status: number | null; error: AttemptError | null; milliseconds: number };
export type DeliveryState = 'waiting' | 'taken' | 'given_up';
/** An event on its way to a webhook. `dueAt`: when it is tried next, if those of its incident before it are through. */
export type DeliveryItem = {
  webhookId: string;
  position: string;
  incidentId: string;
  revision: number;
  type: string;
  state: DeliveryState;
  createdAt: string;
  doneAt: string | null;
  dueAt: string | null;
  attempts: Attempt[];
};
