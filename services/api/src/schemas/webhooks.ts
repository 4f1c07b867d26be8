import { answer } from '@averment/domain';
import {
  type Attempt,
  type AttemptError,
  type DeliveryItem,
  type DeliveryState,
  type DisabledReason,
  type Filters,
  sentFilters,
  type WebhookItem,
} from '@averment/webhooks';
import { z } from 'zod';
import { pageOf } from './basics.ts';
import { exactly, logPosition } from './parameters.ts';
import { answeredAs, sentAs } from './registry.ts';

export const sentWebhook = sentAs(
  'SentWebhook',
  z.strictObject({
    url: exactly(2000).describe('Where events are sent to: `https`, without user name, password or fragment'),
    filters: sentFilters.prefault({}).describe('Which events; all of them unless something is said'),
  }),
  'A webhook that is wanted',
);
export const sentReplay = sentAs(
  'SentReplay',
  z.strictObject({ from: logPosition.describe('The position from which on events are sent, those that were sent before too; 0 for all') }),
  'From where on events are sent once more',
);

const { idOf, instant, oneOf, position, revision } = answer;
const when = (what: string) => instant.nullable().describe(`${what}; null for never`);
const item = {
  id: idOf('webhook'),
  url: z.string().describe('Where events are sent to'),
  filters: z
    .object({
      types: z.array(z.string()).describe('Only these types; all where it is empty'),
      incident: z.string().nullable().describe('Only this incident; null for all'),
      agency: z.string().nullable().describe('Only incidents that name this agency; null for all'),
      region: z.string().nullable().describe('Only incidents in this region; null for all'),
    } satisfies answer.EachOf<Filters>)
    .describe('Which events'),
  state: oneOf<WebhookItem['state']>().describe('`active`, or `disabled` until it is enabled again'),
  disabledAt: when('When it was disabled'),
  reason: oneOf<DisabledReason>()
    .nullable()
    .describe(
      'Why it was disabled: `failing`, as it took nothing for days; `gone`, as it answered 410; `no_key`, as its subject has no valid key any more; null where it is not',
    ),
  failingSince: when('Since when no attempt has succeeded'),
  takenAt: when('When it last took an event'),
  waiting: z.int().min(0).describe('Events that it is to be sent and has not taken; more may follow those'),
  upTo: position.describe('Up to which position of the log events were taken into account'),
  formerSecretUntil: instant.nullable().describe('Until when the secret of before signs too; null where it does not'),
  createdAt: instant.describe('When it was made'),
} satisfies answer.EachOf<WebhookItem>;
export const webhook = answeredAs('Webhook', z.object(item), 'A webhook');
export const webhooks = answeredAs('Webhooks', pageOf(webhook), 'A page of webhooks');
export const webhookMade = answeredAs(
  'WebhookMade',
  z.object({
    ...item,
    secret: z
      .string()
      .nullable()
      .describe('By which requests are signed (`whsec_…`). This answer alone has it: it is null where the same request is answered again'),
  }),
  'A webhook with its secret',
);

const attempt = z.object({
  at: instant.describe('When it was sent'),
  status: z.int().nullable().describe('What the receiver answered; null where no answer came'),
  error: oneOf<AttemptError>()
    .nullable()
    .describe('Why no answer came: `address_not_allowed`, `name_not_found`, `not_connected`, `tls` or `timed_out`; null where one came'),
  milliseconds: z.int().min(0).describe('How long it took'),
} satisfies answer.EachOf<Attempt>);
const delivery = answeredAs(
  'Delivery',
  z.object({
    webhookId: z.string().describe('The `webhook-id` of its requests: the same for this event for ever, whoever is sent it'),
    position: position.describe('The position of the event'),
    incidentId: idOf('incident'),
    revision,
    type: z.string().describe('The type of the event'),
    state: oneOf<DeliveryState>().describe('`waiting`, `taken`, or `given_up`: it was refused for days, while others were taken'),
    createdAt: instant.describe('When it became due'),
    doneAt: instant.nullable().describe('When it was taken or given up; null before'),
    dueAt: instant
      .nullable()
      .describe('When the next attempt comes, once the events of its incident before it are through; null where none does'),
    attempts: z.array(attempt).describe('What was tried, in order'),
  } satisfies answer.EachOf<DeliveryItem>),
  'An event on its way to a webhook',
);
export const deliveries = answeredAs('Deliveries', pageOf(delivery), 'A page of deliveries');
