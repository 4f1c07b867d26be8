import { fileURLToPath } from 'node:url';
import { allOfRows, type Migrations } from '@averment/platform';

export { backoff } from './backoff.ts';
export { createDelivering, type Delivering, type Sent } from './delivering.ts';
export { createFollowing } from './following.ts';
export { createPost } from './post.ts';
export { type Asked, createWebhooks, type Refused, type Webhooks } from './registered.ts';
export { deleteDeliveries, readCounts } from './rows.ts';
export * from './shapes.ts';

/** What the jobs are called that tell a worker to look for something to send. */
export const webhookHint = 'webhooks';

/** The tables of this package: rows, and no events. */
export const migrations: Migrations = {
  schema: 'webhooks',
  dir: fileURLToPath(new URL('../migrations', import.meta.url)),
  api: {
    tables: {
      webhooks: allOfRows,
      deliveries: ['SELECT', 'UPDATE'],
      lines: ['SELECT', 'UPDATE'],
      events: ['SELECT'],
      requests: ['SELECT', 'INSERT', 'UPDATE'],
    },
  },
};
