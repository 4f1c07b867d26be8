import type { z } from 'zod';
import { count, duration, onOff, type Setting } from './setting-shapes.ts';

/** The settings of webhooks. */

export const webhookSchemas = {
  WEBHOOK_LIMIT: count,
  WEBHOOK_TIMEOUT: duration,
  WEBHOOK_CONCURRENCY: count,
  WEBHOOK_GIVE_UP: duration,
  WEBHOOK_RETENTION: duration,
  WEBHOOK_SECRET_GRACE: duration,
  WEBHOOK_PRIVATE_ADDRESSES: onOff,
};

export const describedWebhooks: Record<keyof typeof webhookSchemas, Setting> = {
  WEBHOOK_LIMIT: { fallback: '20', example: '20', about: 'How many webhooks a subject may have.', secret: false },
  WEBHOOK_TIMEOUT: {
    fallback: '10s',
    example: '10s',
    about: 'How long a receiver may take to answer: a number and s, m, h or d.',
    secret: false,
  },
  WEBHOOK_CONCURRENCY: {
    fallback: '32',
    example: '32',
    about: 'How many requests to receivers a worker has under way at once; at most four to one webhook.',
    secret: false,
  },
  WEBHOOK_GIVE_UP: {
    fallback: '3d',
    example: '3d',
    about:
      'For how long an event is sent again that a receiver does not take. A webhook that took nothing else meanwhile is then disabled.',
    secret: false,
  },
  WEBHOOK_RETENTION: {
    fallback: '30d',
    example: '30d',
    about: 'How long it can be read what became of deliveries.',
    secret: false,
  },
  WEBHOOK_SECRET_GRACE: {
    fallback: '1d',
    example: '1d',
    about: 'For how long the secret of before signs too once a webhook has another one.',
    secret: false,
  },
  WEBHOOK_PRIVATE_ADDRESSES: {
    fallback: 'off',
    example: 'on',
    about: 'Whether webhooks may lead to private and loopback addresses, any port, and by http: for a receiver in the same network.',
    secret: false,
  },
};

/** Durations are in milliseconds. */
export type WebhookSettings = {
  /** Webhooks of one subject. */
  limit: number;
  timeout: number;
  /** Requests at once in one worker. */
  concurrency: number;
  giveUp: number;
  retention: number;
  secretGrace: number;
  privateAddresses: boolean;
};

type Read = <T>(name: keyof typeof webhookSchemas, schema: z.ZodType<T, string>) => T | null;

export const readWebhooks = (read: Read): WebhookSettings => ({
  limit: read('WEBHOOK_LIMIT', webhookSchemas.WEBHOOK_LIMIT) ?? 0,
  timeout: read('WEBHOOK_TIMEOUT', webhookSchemas.WEBHOOK_TIMEOUT) ?? 0,
  concurrency: read('WEBHOOK_CONCURRENCY', webhookSchemas.WEBHOOK_CONCURRENCY) ?? 0,
  giveUp: read('WEBHOOK_GIVE_UP', webhookSchemas.WEBHOOK_GIVE_UP) ?? 0,
  retention: read('WEBHOOK_RETENTION', webhookSchemas.WEBHOOK_RETENTION) ?? 0,
  secretGrace: read('WEBHOOK_SECRET_GRACE', webhookSchemas.WEBHOOK_SECRET_GRACE) ?? 0,
  privateAddresses: read('WEBHOOK_PRIVATE_ADDRESSES', webhookSchemas.WEBHOOK_PRIVATE_ADDRESSES) ?? false,
});
