import { readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { type DeskClient, type DeskSettings, describedDesk, deskSchemas, readDesk } from './desk-settings.ts';
import { describedExports, type ExportSettings, exportSchemas, readExports } from './export-settings.ts';
import { describedLedger, type LedgerSettings, ledgerSchemas, readLedger } from './ledger-settings.ts';
import { type LogLevel, logLevels } from './logger.ts';
import {
  count,
  countOrOff,
  duration,
  host,
  isOrigin,
  onOff,
  path,
  percent,
  port,
  type Setting,
  sizeOrOff,
  type TrustProxy,
  trustProxy,
  url,
} from './setting-shapes.ts';
import { describedStreams, streamSchemas } from './stream-settings.ts';
import { describedTokens, readTokens, type TokenSettings, tokenSchemas } from './token-settings.ts';
import { describedWebhooks, readWebhooks, type WebhookSettings, webhookSchemas } from './webhook-settings.ts';

/** A cluster is written `esdb://a:2113,b:2113,c:2113`, which is no URL of the standard's. */
const eventLogUrl = z.string().regex(/^esdb(\+discover)?:\/\/[^/?#\s]+(\/)?(\?\S*)?$/, 'is not the address of an EventStoreDB');
/** Without a hyphen, so that no log's name with its hyphen is the beginning of another's: streams are found by what their names begin with. */
const eventLogName = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, 'is not a name of 1 to 32 lower-case letters, digits and underscores');

const origins = z
  .string()
  .transform((value): '*' | string[] => (value === '*' ? value : value.split(',').map((part) => part.trim())))
  .refine(
    (value) => value === '*' || value.every(isOrigin),
    'is neither * nor a list of origins, which have a scheme and a host and no path',
  );

/** As `Contact` of RFC 9116 has them. */
const contacts = z
  .string()
  .transform((value) => value.split(',').map((part) => part.trim()))
  .refine(
    (parts) => parts.every((part) => /^(?:https:\/\/|mailto:|tel:)[!-~]+$/.test(part) && URL.canParse(part)),
    'is no list of addresses that begin with mailto:, https:// or tel:',
  );

const schemas = {
  HOST: host,
  PORT: port,
  METRICS_PORT: port,
  DATA_DIR: path,
  DATABASE_URL: url(['postgres', 'postgresql'], 'a PostgreSQL database'),
  EVENT_LOG_URL: eventLogUrl,
  EVENT_LOG_NAME: eventLogName,
  REDIS_URL: url(['redis', 'rediss'], 'a Redis server'),
  TRUST_PROXY: trustProxy,
  CORS_ORIGINS: origins,
  RATE_LIMIT: countOrOff,
  WRONG_KEY_LIMIT: countOrOff,
  TIP_LIMIT: countOrOff,
  TIP_RETENTION: duration,
  SOURCE_QUOTA: sizeOrOff,
  OPEN_EDIT_QUOTA: countOrOff,
  QUOTED_SHARE: percent,
  QUOTED_LENGTH: count,
  SAMPLES: onOff,
  PUBLIC_READ: onOff,
  PAGES: onOff,
  SECURITY_CONTACT: contacts,
  REVIEW_LEASE: duration,
  KEYS_TWO_ADMINS: onOff,
  AUDIT_READS: onOff,
  ...exportSchemas,
  ...streamSchemas,
  ...tokenSchemas,
  ...deskSchemas,
  ...webhookSchemas,
  ...ledgerSchemas,
  SERVER_KEY_FILE: path,
  ERASURE_LIST_FILE: path,
  VOCABULARY_FILE: path,
  LOG_LEVEL: z.enum(logLevels, `is not a log level: ${logLevels.join(', ')}`),
  REQUEST_LOG: z.enum(logLevels, `is not a log level: ${logLevels.join(', ')}`),
};

const described: Record<keyof typeof schemas, Setting> = {
  HOST: { fallback: '127.0.0.1', example: '0.0.0.0', about: 'The address that the API listens on.', secret: false },
  PORT: { fallback: '8080', example: '8080', about: 'The port that the API listens on; 0 picks a free one.', secret: false },
  METRICS_PORT: {
    fallback: null,
    example: '9090',
    about: 'The port at HOST on which a worker answers /livez, /readyz and /metrics, to anybody. Without it a worker listens nowhere.',
    secret: false,
  },
  DATA_DIR: {
    fallback: './data',
    example: './data',
    about: 'Where the embedded PostgreSQL, its keys and the server key lie.',
    secret: false,
  },
  DATABASE_URL: {
    fallback: null,
    example: 'postgres://averment:secret@db.example:5432/averment',
    about: 'A PostgreSQL database of your own (version 17 or newer). Without it an embedded one is started in DATA_DIR.',
    secret: true,
  },
  EVENT_LOG_URL: {
    fallback: null,
    example: 'esdb://averment:secret@node1.example:2113,node2.example:2113?tls=true',
    about: 'An EventStoreDB (version 23.10) that holds the event log instead of PostgreSQL, which keeps the texts and the read models.',
    secret: true,
  },
  EVENT_LOG_NAME: {
    fallback: 'averment',
    example: 'averment',
    about: 'What the names of its streams begin with in EventStoreDB. Two installations on one cluster need two names.',
    secret: false,
  },
  REDIS_URL: {
    fallback: null,
    example: 'redis://cache.example:6379',
    about: 'A Redis (version 6.2 or newer) that holds the jobs instead of PostgreSQL.',
    secret: true,
  },
  TRUST_PROXY: {
    fallback: 'off',
    example: '1',
    about: 'How many proxies stand before the API, or their addresses and networks: whose X-Forwarded-For tells the address of a client.',
    secret: false,
  },
  CORS_ORIGINS: {
    fallback: null,
    example: 'https://app.example',
    about: 'The origins whose pages may use keys in browsers; * for all. Pages of any origin read what needs no key.',
    secret: false,
  },
  RATE_LIMIT: {
    fallback: '6000',
    example: '6000',
    about: 'How many requests a minute each key subject, and each address without a key, may send; off for no limit.',
    secret: false,
  },
  WRONG_KEY_LIMIT: {
    fallback: '60',
    example: '60',
    about: 'How many keys a minute that are not valid each address may send before they are answered 429; off for no limit.',
    secret: false,
  },
  TIP_LIMIT: {
    fallback: '10',
    example: '10',
    about: 'How many tips an hour each address may send; off for no limit.',
    secret: false,
  },
  TIP_RETENTION: {
    fallback: '90d',
    example: '90d',
    about: 'How long a tip is kept, with how its sender can be asked: a number and s, m, h or d.',
    secret: false,
  },
  SOURCE_QUOTA: {
    fallback: '100MB',
    example: '100MB',
    about: 'How many bytes of source texts a subject may register in a day of UTC: a number and kB, MB or GB; off for no limit.',
    secret: false,
  },
  OPEN_EDIT_QUOTA: {
    fallback: '200',
    example: '200',
    about: 'How many edits of a subject may be open at once; off for no limit.',
    secret: false,
  },
  QUOTED_SHARE: {
    fallback: '15',
    example: '15',
    about: 'How many per cent of a source’s text may be public by quotes, all incidents together; QUOTED_LENGTH where that is more.',
    secret: false,
  },
  QUOTED_LENGTH: {
    fallback: '1200',
    example: '1200',
    about: 'How many characters of a source’s text may be public by quotes however short it is.',
    secret: false,
  },
  SAMPLES: {
    fallback: 'on',
    example: 'off',
    about: 'Whether an empty embedded data directory is filled with the sample incidents.',
    secret: false,
  },
  PUBLIC_READ: { fallback: 'on', example: 'off', about: 'Whether published incidents can be read without a key.', secret: false },
  PAGES: { fallback: 'on', example: 'off', about: 'Whether the API answers browsers with pages, beside its own paths.', secret: false },
  SECURITY_CONTACT: {
    fallback: null,
    example: 'mailto:security@example.org',
    about: 'Where weaknesses of the service are told of: addresses (mailto:, https:, tel:), which /.well-known/security.txt has.',
    secret: false,
  },
  REVIEW_LEASE: {
    fallback: '15m',
    example: '15m',
    about: 'How long a reviewer holds an edit: a number and s, m, h or d.',
    secret: false,
  },
  KEYS_TWO_ADMINS: {
    fallback: 'off',
    example: 'on',
    about: 'Whether a key of a contributor, a reviewer or an admin works only once another admin has confirmed it.',
    secret: false,
  },
  AUDIT_READS: {
    fallback: 'off',
    example: 'on',
    about: 'Whether it is noted what reviewers and auditors read that the public may not see.',
    secret: false,
  },
  ...describedExports,
  ...describedStreams,
  ...describedTokens,
  ...describedDesk,
  ...describedWebhooks,
  ...describedLedger,
  SERVER_KEY_FILE: {
    fallback: null,
    example: '/etc/averment/server.key',
    about:
      'A file of 64 hexadecimal digits that authenticates repeated requests and tells cases by their numbers. Made in DATA_DIR on the embedded default, required with DATABASE_URL.',
    secret: false,
  },
  ERASURE_LIST_FILE: {
    fallback: null,
    example: '/var/lib/averment/erasures.jsonl',
    about:
      'A file, in no backup of the database or the event log, in which the worker lists what was erased: what a restored log has forgotten is erased again. In DATA_DIR on the embedded default.',
    secret: false,
  },
  VOCABULARY_FILE: {
    fallback: null,
    example: '/etc/averment/vocabulary.json',
    about: 'A JSON file of aspects, units, terms, and types and statuses of proceedings that are added to the vocabulary.',
    secret: false,
  },
  LOG_LEVEL: { fallback: 'info', example: 'warn', about: `How much is logged: ${logLevels.join(', ')}.`, secret: false },
  REQUEST_LOG: {
    fallback: 'info',
    example: 'debug',
    about: 'The log level of the line that tells of each request.',
    secret: false,
  },
};

/** Every setting there is, in the order in which the documentation lists them. */
/** `name` is the variable's. */
export const settings: readonly (Setting & { name: keyof typeof schemas })[] = (Object.keys(described) as (keyof typeof schemas)[]).map(
  (name) => ({ name, ...described[name] }),
);

/** The settings as the usage of a program that serves lists them: name, what it is for, and what holds without it. */
export const settingsHelp = (): string =>
  settings.map(({ name, about, fallback }) => `  ${name.padEnd(19)}${about}${fallback === null ? '' : ` (${fallback})`}`).join('\n');

/** The settings as the program uses them. Paths are absolute, `reviewLease` is in milliseconds, null is what was not set. */
export type Config = {
  host: string;
  port: number;
  metricsPort: number | null;
  dataDir: string;
  databaseUrl: string | null;
  eventLogUrl: string | null;
  eventLogName: string;
  redisUrl: string | null;
  trustProxy: TrustProxy;
  /** Whose pages may use keys. */
  corsOrigins: '*' | string[];
  /** A minute; null for no limit. */
  rateLimit: number | null;
  wrongKeyLimit: number | null;
  /** An hour; null for no limit. */
  tipLimit: number | null;
  /** In milliseconds. */
  tipRetention: number;
  /** In bytes; null for no limit. */
  sourceQuota: number | null;
  openEditQuota: number | null;
  /** In per cent, and in code points. */
  quotedShare: number;
  quotedLength: number;
  samples: boolean;
  publicRead: boolean;
  pages: boolean;
  securityContacts: string[];
  reviewLease: number;
  keysTwoAdmins: boolean;
  auditReads: boolean;
  exports: ExportSettings;
  /** Whose tokens are taken; null for nobody's. */
  tokens: TokenSettings | null;
  desk: DeskSettings;
  webhooks: WebhookSettings;
  ledger: LedgerSettings;
  streamLimit: number;
  serverKeyFile: string;
  erasureListFile: string | null;
  /** What is added to the vocabulary, as parsed from its file; the domain checks it. */
  vocabulary: unknown;
  logLevel: LogLevel;
  requestLog: LogLevel;
};

/** The provider by which people sign in at the pages; null where that is by keys alone. */
export const providerOf = ({ tokens, desk }: Pick<Config, 'tokens' | 'desk'>): { issuer: string; client: DeskClient } | null =>
  tokens === null || desk.client === null ? null : { issuer: tokens.issuer, client: desk.client };

/** The settings cannot be used; the message names each variable that is wrong, what is wrong with it, and an example. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** The code that a program ends with for that (`EX_CONFIG` of sysexits.h): the same settings will not do the next time either. */
export const configExit = 78;

/**
 * Reads the settings from the environment; an empty value counts as not set.
 * `serverKey: false` is for commands that need none, such as those that manage keys.
 * Throws one `ConfigError` that names everything that is wrong.
 */
export const loadConfig = (env: Readonly<Record<string, string | undefined>>, options: { serverKey?: boolean } = {}): Config => {
  const problems: string[] = [];
  const given = new Map(settings.map((setting) => [setting.name, env[setting.name]?.trim() || setting.fallback]));

  const read = <T>(name: keyof typeof schemas, schema: z.ZodType<T, string>): T | null => {
    const value = given.get(name) ?? null;
    if (value === null) return null;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    problems.push(problem(name, value, parsed.error.issues[0]?.message ?? 'is not valid'));
    return null;
  };
  const isOn = (name: 'SAMPLES' | 'PUBLIC_READ' | 'PAGES' | 'KEYS_TWO_ADMINS' | 'AUDIT_READS'): boolean =>
    read(name, schemas[name]) ?? false;

  const config = {
    host: read('HOST', schemas.HOST) ?? '',
    port: read('PORT', schemas.PORT) ?? 0,
    metricsPort: read('METRICS_PORT', schemas.METRICS_PORT),
    dataDir: resolve(read('DATA_DIR', schemas.DATA_DIR) ?? '.'),
    databaseUrl: read('DATABASE_URL', schemas.DATABASE_URL),
    eventLogUrl: read('EVENT_LOG_URL', schemas.EVENT_LOG_URL),
    eventLogName: read('EVENT_LOG_NAME', schemas.EVENT_LOG_NAME) ?? '',
    redisUrl: read('REDIS_URL', schemas.REDIS_URL),
    trustProxy: read('TRUST_PROXY', schemas.TRUST_PROXY) ?? false,
    corsOrigins: read('CORS_ORIGINS', schemas.CORS_ORIGINS) ?? [],
    rateLimit: read('RATE_LIMIT', schemas.RATE_LIMIT),
    wrongKeyLimit: read('WRONG_KEY_LIMIT', schemas.WRONG_KEY_LIMIT),
    tipLimit: read('TIP_LIMIT', schemas.TIP_LIMIT),
    tipRetention: read('TIP_RETENTION', schemas.TIP_RETENTION) ?? 0,
    sourceQuota: read('SOURCE_QUOTA', schemas.SOURCE_QUOTA),
    openEditQuota: read('OPEN_EDIT_QUOTA', schemas.OPEN_EDIT_QUOTA),
    quotedShare: read('QUOTED_SHARE', schemas.QUOTED_SHARE) ?? 0,
    quotedLength: read('QUOTED_LENGTH', schemas.QUOTED_LENGTH) ?? 0,
    samples: isOn('SAMPLES'),
    publicRead: isOn('PUBLIC_READ'),
    pages: isOn('PAGES'),
    securityContacts: read('SECURITY_CONTACT', schemas.SECURITY_CONTACT) ?? [],
    reviewLease: read('REVIEW_LEASE', schemas.REVIEW_LEASE) ?? 0,
    keysTwoAdmins: isOn('KEYS_TWO_ADMINS'),
    auditReads: isOn('AUDIT_READS'),
    exports: readExports(read),
    streamLimit: read('STREAM_LIMIT', schemas.STREAM_LIMIT) ?? 0,
    tokens: readTokens(read, (name) => given.get(name) === null, problems),
    desk: readDesk(read, (name) => given.get(name) !== null, problems),
    webhooks: readWebhooks(read),
    logLevel: read('LOG_LEVEL', schemas.LOG_LEVEL) ?? ('info' as const),
    requestLog: read('REQUEST_LOG', schemas.REQUEST_LOG) ?? ('info' as const),
  };
  const ledger = readLedger(read, config, problems);
  const keyFile = read('SERVER_KEY_FILE', schemas.SERVER_KEY_FILE);
  const listFile = read('ERASURE_LIST_FILE', schemas.ERASURE_LIST_FILE);
  const vocabularyFile = read('VOCABULARY_FILE', schemas.VOCABULARY_FILE);
  let vocabulary: unknown = {};
  try {
    if (vocabularyFile !== null) vocabulary = JSON.parse(readFileSync(vocabularyFile, 'utf8'));
  } catch (error) {
    problems.push(
      `VOCABULARY_FILE: ${vocabularyFile} is not a JSON file that can be read: ${error instanceof Error ? error.message : error}`,
    );
  }

  if (config.databaseUrl !== null && keyFile === null && options.serverKey !== false) {
    problems.push(
      'SERVER_KEY_FILE has to be set when DATABASE_URL is, so that every process uses the same key, for example SERVER_KEY_FILE=/etc/averment/server.key',
    );
  }
  if (problems.length > 0) throw new ConfigError(`these settings cannot be used:\n${problems.map((line) => `  ${line}`).join('\n')}`);

  return {
    ...config,
    vocabulary,
    ledger,
    erasureListFile: listFile !== null ? resolve(listFile) : config.databaseUrl === null ? join(config.dataDir, 'erasures.jsonl') : null,
    serverKeyFile: keyFile === null ? join(config.dataDir, 'server.key') : isAbsolute(keyFile) ? keyFile : resolve(keyFile),
  };
};

const problem = (name: string, value: string, message: string): string => {
  const setting = settings.find((one) => one.name === name);
  const shown = setting?.secret ? 'its value' : JSON.stringify(value.slice(0, 80));
  return `${name}: ${shown} ${message}, for example ${name}=${setting?.example ?? ''}`;
};
