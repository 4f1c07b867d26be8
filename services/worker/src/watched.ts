import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { otherLogOf } from '@averment/event-log';
import { countLeaves } from '@averment/ledger';
import { ConfigError, createReading, createRegistry, showGauge } from '@averment/platform';
import { readCounts, type Sent } from '@averment/webhooks';
import { Counter } from '@prometheus-io/client';
import type { Duty } from './duties.ts';
import type { Stores } from './open.ts';

type Registry = ReturnType<typeof createRegistry>;

/** What a worker counts beside the numbers of its process and pools. */
export type Counts = {
  register: Registry;
  /** Does the duty, and counts the failure if it fails. */
  watched(duty: Duty): Duty['run'];
  /** Failures of a duty or of a follower of the log, one unless said otherwise. */
  failed(name: string, times?: number): void;
  /** Events that a follower of the log has passed in this process. */
  followed(follower: string, events: number): void;
  /** An attempt to send something to a webhook. */
  sent(what: Sent): void;
  /** Rows of the vault that the sweep removed. */
  swept(rows: number): void;
};

export const createCounts = ({
  pool,
  applying,
  webhookPool,
  logPool,
}: Pick<Stores, 'pool' | 'applying' | 'webhookPool' | 'logPool'>): Counts => {
  const register = createRegistry({ models: pool, applying, webhooks: webhookPool, log: logPool });
  const registers = [register];
  const failures = new Counter({
    name: 'averment_duty_failures_total',
    help: 'Attempts at a duty of this worker that failed',
    labelNames: ['duty'] as const,
    registers,
  });
  const followed = new Counter({
    name: 'averment_projected_events_total',
    help: 'Events that a projection, or the follower of erasures, has passed in this worker',
    labelNames: ['projection'] as const,
    registers,
  });
  const swept = new Counter({
    name: 'averment_vault_swept_rows_total',
    help: 'Rows that the sweep took out of the vault because their events never reached the log',
    registers,
  });

  const sent = new Counter({
    name: 'averment_webhook_attempts_total',
    help: 'Attempts of this worker to send an event to a webhook, by what became of them',
    labelNames: ['outcome'] as const,
    registers,
  });
  for (const outcome of ['taken', 'failed'] as const) sent.inc({ outcome }, 0);
  const webhooks = createReading(() => readCounts(webhookPool));
  showGauge(register, {
    name: 'averment_webhooks',
    help: 'Webhooks that are sent to, and those that were disabled',
    labelNames: ['state'],
    samples: async () => {
      const read = await webhooks();
      return read === null ? [] : (['active', 'disabled'] as const).map((state) => [{ state }, read[state]] as const);
    },
  });
  showGauge(register, {
    name: 'averment_webhook_deliveries',
    help: 'Events that are on their way to webhooks',
    labelNames: ['state'],
    samples: async () => {
      const read = await webhooks();
      return read === null ? [] : [[{ state: 'waiting' }, read.waiting] as const];
    },
  });

  const ledger = createReading(() => countLeaves(pool));
  showGauge(register, {
    name: 'averment_ledger_leaves',
    help: 'Leaves of the ledger, and how many of them its last checkpoint covers; where these stay behind, nothing is signed',
    labelNames: ['state'],
    samples: async () => {
      const read = await ledger();
      return read === null ? [] : (['made', 'signed'] as const).map((state) => [{ state }, read[state]] as const);
    },
  });

  const failed: Counts['failed'] = (duty, times = 1) => failures.inc({ duty }, times);

  return {
    register,
    watched: ({ name, run }) => {
      failed(name, 0);
      return async () => {
        try {
          return await run();
        } catch (error) {
          failed(name);
          throw error;
        }
      };
    },
    failed,
    followed: (projection, events) => followed.inc({ projection }, events),
    sent: (outcome) => sent.inc({ outcome }),
    swept: (rows) => swept.inc(rows),
  };
};

/** Why the worker cannot do its work now; empty when it can. Answers within some seconds, whatever hangs. Without the jobs it is only slower. */
export const reasonsOf = ({ runner, log }: Pick<Stores, 'runner' | 'log'>): (() => Promise<string[]>) => {
  const names = runner.projections.map(({ name }) => name);
  const status = createReading(() => runner.status(names));
  const head = createReading(() => log.head());
  const other = createReading(() => otherLogOf(log));
  const off = createReading(() => runner.off());
  return async () => {
    const [models, end, wrong, astray] = await Promise.all([status(), head(), other(), off()]);
    const missing = [...(models ?? [])].filter(([, { position }]) => position === null).map(([name]) => name);
    return [
      ...(models === null ? ['the database does not answer'] : []),
      ...missing.map((name) => `the read model ${name} is still being built`),
      ...(end === null ? [wrong ?? 'the event log does not answer'] : []),
      ...(astray ?? new Map<string, string>()).values(),
    ];
  };
};

type Answer = { status: number; type: string; body: string };
const json = (status: number, body: object): Answer => ({ status, type: 'application/json; charset=utf-8', body: JSON.stringify(body) });

/** Answers the probes and shows the numbers, for whoever runs the service. Throws a `ConfigError` when another program has the port. */
export const serveWatched = async (options: {
  host: string;
  port: number;
  register: Registry;
  reasons: () => Promise<string[]>;
}): Promise<{ url: string; close(): Promise<void> }> => {
  const { host, port, register } = options;
  const answers: Readonly<Record<string, () => Promise<Answer>>> = {
    '/livez': async () => json(200, { status: 'ok', reasons: [] }),
    '/readyz': async () => {
      const reasons = await options.reasons();
      return reasons.length === 0 ? json(200, { status: 'ok', reasons }) : json(503, { status: 'unavailable', reasons });
    },
    '/metrics': async () => ({ status: 200, type: register.contentType, body: await register.metrics() }),
  };

  const answer = async ({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = url.split('?')[0] ?? '';
    const known = method === 'GET' && Object.hasOwn(answers, path) ? answers[path] : undefined;
    const { status, type, body } = known === undefined ? json(404, { status: 'not found', reasons: [] }) : await known();
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
  };

  const server = createServer({ headersTimeout: 5000, requestTimeout: 5000, keepAliveTimeout: 5000 }, (request, response) => {
    // Nothing that is sent is read, so a body is not waited for.
    answer(request, response).catch(() => response.destroy());
  });
  await listen(server, host, port);
  const { address, family, port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error);
      reject(new ConfigError(`another program listens on ${host}:${port}: end it, or set METRICS_PORT to another one`, { cause: error }));
    });
    server.listen(port, host, () => resolve());
  });
