import rateLimit, { type RateLimitPluginOptions } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addressOf, clientOf } from '../../http/client.ts';
import { Refusal } from '../../problems/problem.ts';

/** How much is taken of one client in a minute; null is without limit. */
export type Limits = {
  /** Requests, by the subject of the key, else by address. */
  requests: number | null;
  /** Keys that are not valid, by address. */
  wrongKeys: number | null;
  /** Tips in an hour, by address. */
  tips: number | null;
  /** Where the counts of all processes are one; without it each counts for itself. */
  redis?: RateLimitPluginOptions['redis'];
};

export type Limiting = {
  /** Counts a request that came with no key or a valid one, and rejects with `RateLimited` where it is one too many. Undefined where nothing is counted. */
  count(request: FastifyRequest): Promise<void> | undefined;
  /** The same for a request whose key is not valid: neither the valid keys nor the keyless reads of its address pay for it. */
  countWrongKey(request: FastifyRequest): Promise<void> | undefined;
  /** The same for what anybody may send, by address, whoever it is. */
  countLimited(request: FastifyRequest): Promise<void> | undefined;
};

const minute = 60_000;
const hour = 60 * minute;
const never = () => undefined;

/** Limits how often one client may ask. If the counts cannot be had, nobody is refused: the limits protect the service, and no promise rests on them. */
export const useLimits = async (app: FastifyInstance, { requests, wrongKeys, tips, redis }: Limits): Promise<Limiting> => {
  await app.register(rateLimit, {
    global: false,
    skipOnError: true,
    nameSpace: 'averment-limits-',
    ...(redis === undefined ? {} : { redis }),
  });
  const limiter = (
    max: number | null,
    keyGenerator: (request: FastifyRequest) => string,
    { told, timeWindow = minute }: { told: string; timeWindow?: number },
  ) => {
    if (max === null) return never;
    const take = app.createRateLimit({ max, timeWindow, keyGenerator });
    return async (request: FastifyRequest) => {
      const taken = await take(request);
      if (taken.isAllowed || !taken.isExceeded) return;
      throw new Refusal(
        'RateLimited',
        { detail: `${told} ${max} in ${timeWindow === hour ? 'an hour' : 'a minute'}.` },
        { 'retry-after': String(Math.max(1, taken.ttlInSeconds)) },
      );
    };
  };
  return {
    count: limiter(requests, (request) => `asks ${clientOf(request)}`, { told: 'Too many requests: there may be' }),
    countWrongKey: limiter(wrongKeys, ({ ip }) => `wrong key ${addressOf(ip)}`, { told: 'Too many keys that are not valid: there may be' }),
    countLimited: limiter(tips, ({ ip }) => `tip ${addressOf(ip)}`, { told: 'Too many tips: there may be', timeWindow: hour }),
  };
};

/** Says once that a proxy speaks for clients whom nobody told the service to believe. */
export const warnOfProxies = (app: FastifyInstance): void => {
  let told = false;
  app.addHook('onRequest', (request, _reply, done) => {
    if (!told && request.headers['x-forwarded-for'] !== undefined) {
      told = true;
      app.log.warn('X-Forwarded-For comes from a proxy that TRUST_PROXY does not name: all its clients without a key count as one');
    }
    done();
  });
};
