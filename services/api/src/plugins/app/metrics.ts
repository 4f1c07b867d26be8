import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client';
import type { FastifyInstance } from 'fastify';

type Metrics = { text(): Promise<{ text: string; type: string }> };

/** Counts and times requests by route and status, beside what the register has already. Names carry no ids: the label is the route, not the path. */
export const useMetrics = (app: FastifyInstance, { underWay, register }: { underWay: () => number; register: Registry }): Metrics => {
  const registers = [register];
  const seconds = new Histogram({
    name: 'averment_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const unanswered = new Counter({
    name: 'averment_http_requests_aborted_total',
    help: 'Requests whose client left before the answer',
    registers,
  });
  new Gauge({
    name: 'averment_http_requests_under_way',
    help: 'Requests begun and not answered yet',
    registers,
    collect() {
      this.set(underWay());
    },
  });

  app.addHook('onResponse', (request, reply, done) => {
    seconds.observe({ method: request.method, route: request.route ?? 'none', status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    done();
  });
  app.addHook('onRequestAbort', (_request, done) => {
    unanswered.inc();
    done();
  });

  return { text: async () => ({ text: await register.metrics(), type: register.contentType }) };
};
