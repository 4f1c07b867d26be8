import { resolve } from 'node:path';
import t from 'tap';
import { ConfigError, loadConfig, settings } from '../src/index.ts';

const database = { DATABASE_URL: 'postgres://averment:secret@db.example:5432/averment', SERVER_KEY_FILE: '/etc/averment/server.key' };

const messageOf = (env: Record<string, string>): string => {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'no error';
};

t.test('an empty environment is the embedded default', async (t) => {
  t.same(loadConfig({}), {
    host: '127.0.0.1',
    port: 8080,
    metricsPort: null,
    dataDir: resolve('data'),
    databaseUrl: null,
    eventLogUrl: null,
    eventLogName: 'averment',
    redisUrl: null,
    trustProxy: false,
    corsOrigins: [],
    rateLimit: 6000,
    wrongKeyLimit: 60,
    tipLimit: 10,
    tipRetention: 90 * 86_400_000,
    exports: { atOnce: 4, time: 3_600_000 },
    sourceQuota: 100_000_000,
    openEditQuota: 200,
    quotedShare: 15,
    quotedLength: 1200,
    samples: true,
    publicRead: true,
    pages: true,
    securityContacts: [],
    reviewLease: 15 * 60_000,
    keysTwoAdmins: false,
    auditReads: false,
    tokens: null,
    desk: { origin: null, port: 8090, apiUrl: 'http://127.0.0.1:8080', client: null },
    webhooks: {
      limit: 20,
      timeout: 10_000,
      concurrency: 32,
      giveUp: 3 * 86_400_000,
      retention: 30 * 86_400_000,
      secretGrace: 86_400_000,
      privateAddresses: false,
    },
    streamLimit: 20_000,
    ledger: { keyFile: resolve('data/ledger.key'), origin: null, witnesses: [], stamping: null },
    serverKeyFile: resolve('data/server.key'),
    erasureListFile: resolve('data/erasures.jsonl'),
    vocabulary: {},
    logLevel: 'info',
    requestLog: 'info',
  });
  t.same(loadConfig({ PORT: '', HOST: '  ' }), loadConfig({}), 'an empty value counts as not set');
});

t.test('every setting is read: what none of them can be is refused by its name', async (t) => {
  for (const { name } of settings) t.match(messageOf({ [name]: 'x\0' }), `${name}: `, name);
});

t.test('the proxies that are trusted are none, a number of them, or addresses', async (t) => {
  const of = (value: string) => loadConfig({ TRUST_PROXY: value }).trustProxy;
  t.equal(of('off'), false);
  t.equal(of('2'), 2);
  t.same(of('10.0.0.1, 192.168.0.0/16,2001:db8::/32'), ['10.0.0.1', '192.168.0.0/16', '2001:db8::/32']);
  for (const wrong of ['on', '0', '10', '10.0.0.1/33', '10.0.0', 'proxy.example', '1,2', '10.0.0.1/8/8', '::/129', '10.0.0.1/'])
    t.match(messageOf({ TRUST_PROXY: wrong }), /TRUST_PROXY: .* is neither off/, wrong);
});

t.test('an OpenID provider is named with what its tokens are for and which roles they give', async (t) => {
  const oidc = { OIDC_ISSUER: 'https://login.example', OIDC_AUDIENCE: 'averment, other', OIDC_ROLES: 'a=b=reviewer,writers=contributor' };
  t.same(loadConfig(oidc).tokens, {
    issuer: 'https://login.example',
    audience: ['averment', 'other'],
    algorithms: ['RS256'],
    jwks: null,
    rolesClaim: 'roles',
    roles: [
      ['a=b', 'reviewer'],
      ['writers', 'contributor'],
    ],
    tolerance: 30_000,
  });
  t.match(messageOf({ OIDC_ISSUER: oidc.OIDC_ISSUER }), /OIDC_AUDIENCE has to be set.*\n.*OIDC_ROLES has to be set/);
  for (const [wrong, told] of [
    [{ OIDC_ALGORITHMS: 'HS256' }, /OIDC_ALGORITHMS: .* is no list of algorithms/],
    [{ OIDC_ALGORITHMS: 'none' }, /OIDC_ALGORITHMS: /],
    [{ OIDC_ROLES: 'desk=owner' }, /OIDC_ROLES: .* roles are contributor, reviewer/],
    [{ OIDC_ROLES: 'reviewer' }, /OIDC_ROLES: /],
  ] as const)
    t.match(messageOf({ ...oidc, ...wrong }), told);
});

t.test('the pages are told where they and the API are, and as what they are known to a provider', async (t) => {
  const oidc = { OIDC_ISSUER: 'https://login.example', OIDC_AUDIENCE: 'averment', OIDC_ROLES: 'desk=reviewer' };
  const desk = { DESK_ORIGIN: 'https://record.example', DESK_PORT: '0', DESK_API_URL: 'http://api:8080', DESK_OIDC_CLIENT_ID: 'desk' };
  t.same(loadConfig({ ...oidc, ...desk, DESK_OIDC_RESOURCE: 'urn:averment' }).desk, {
    origin: 'https://record.example',
    port: 0,
    apiUrl: 'http://api:8080',
    client: { id: 'desk', secret: null, scope: 'openid', resource: 'urn:averment' },
  });
  t.match(messageOf(desk), /OIDC_ISSUER has to be set when DESK_OIDC_CLIENT_ID is/);
  for (const wrong of ['profile', 'openid  profile', 'openidx'])
    t.match(messageOf({ DESK_OIDC_SCOPE: wrong }), /DESK_OIDC_SCOPE: .* is no list of scopes with openid/, wrong);
  t.match(messageOf({ DESK_ORIGIN: 'https://record.example/pages' }), /DESK_ORIGIN: .* is no origin/);
  t.notMatch(messageOf({ DESK_OIDC_CLIENT_SECRET: 'hunter\n2' }), 'hunter');
});

t.test('limits are numbers, or off', async (t) => {
  t.match(loadConfig({ RATE_LIMIT: 'off', WRONG_KEY_LIMIT: '5', TIP_LIMIT: 'off', TIP_RETENTION: '2d' }), {
    rateLimit: null,
    wrongKeyLimit: 5,
    tipLimit: null,
    tipRetention: 172_800_000,
  });
  t.match(loadConfig({ SOURCE_QUOTA: '5kb', OPEN_EDIT_QUOTA: 'Off' }), { sourceQuota: 5000, openEditQuota: null });
  t.match(loadConfig({ SOURCE_QUOTA: 'off' }), { sourceQuota: null });
  for (const wrong of ['100', '0MB', '5 MB', '5m'])
    t.match(messageOf({ SOURCE_QUOTA: wrong }), /SOURCE_QUOTA: .* is neither off nor a size/, wrong);
  for (const wrong of ['0', '-1', '1.5', 'none', '10000000000'])
    t.match(messageOf({ RATE_LIMIT: wrong }), /RATE_LIMIT: .* is neither off nor a whole number above 0/, wrong);
});

t.test('each setting is read', async (t) => {
  const config = loadConfig({
    ...database,
    HOST: '0.0.0.0',
    PORT: '0',
    METRICS_PORT: '9090',
    DATA_DIR: '/srv/a',
    SAMPLES: 'off',
    PUBLIC_READ: 'No',
    REVIEW_LEASE: '2h',
    KEYS_TWO_ADMINS: 'on',
    AUDIT_READS: 'on',
    SECURITY_CONTACT: 'mailto:security@example.org, https://example.org/security',
    LOG_LEVEL: 'warn',
  });
  t.match(config, {
    host: '0.0.0.0',
    port: 0,
    metricsPort: 9090,
    dataDir: resolve('/srv/a'),
    databaseUrl: database.DATABASE_URL,
    samples: false,
    publicRead: false,
    reviewLease: 7_200_000,
    keysTwoAdmins: true,
    auditReads: true,
    securityContacts: ['mailto:security@example.org', 'https://example.org/security'],
    serverKeyFile: resolve('/etc/averment/server.key'),
    logLevel: 'warn',
  });
});

t.test('origins have a scheme and a host, and nothing behind it', async (t) => {
  t.strictSame(loadConfig({}).corsOrigins, []);
  t.equal(loadConfig({ CORS_ORIGINS: '*' }).corsOrigins, '*');
  t.strictSame(loadConfig({ CORS_ORIGINS: 'https://a.example, http://localhost:3000' }).corsOrigins, [
    'https://a.example',
    'http://localhost:3000',
  ]);
  for (const wrong of ['a.example', 'https://a.example/', 'https://a.example/app', 'https://a.example,*', 'null', 'file://'])
    t.match(messageOf({ CORS_ORIGINS: wrong }), /CORS_ORIGINS: .* is neither \* nor a list of origins/, wrong);
});

const authority = { LEDGER_TSA_URL: 'https://stamps.example/tsr', LEDGER_TSA_CA_FILE: '/etc/averment/stamps.pem' };
const provider = { OIDC_ISSUER: 'https://login.example', OIDC_AUDIENCE: 'averment', OIDC_ROLES: 'desk=reviewer' };
t.test('every default and every example is itself valid', async (t) => {
  for (const { name, fallback, example } of settings) {
    for (const value of [fallback, example]) {
      // It names a file that is not on every machine.
      if (value === null || name === 'VOCABULARY_FILE') continue;
      t.equal(messageOf({ ...database, ...provider, ...authority, [name]: value }), 'no error', `${name}=${value}`);
    }
  }
});

t.test('an authority that sets the time, and witnesses, are named whole', async (t) => {
  const { LEDGER_TSA_URL, LEDGER_TSA_CA_FILE } = authority;
  const halves: Record<string, string>[] = [{ LEDGER_TSA_URL }, { LEDGER_TSA_CA_FILE }];
  for (const half of halves) t.match(messageOf(half), 'LEDGER_TSA_URL and LEDGER_TSA_CA_FILE have to be set together');
  const witness = (text: string) => loadConfig({ LEDGER_WITNESSES: text }).ledger.witnesses;
  t.same(witness('https://a.example a+1+b, http://b.example/w b+2+c'), [
    { url: 'https://a.example', vkey: 'a+1+b' },
    { url: 'http://b.example/w', vkey: 'b+2+c' },
  ]);
  for (const LEDGER_WITNESSES of ['a+1+b', 'https://a.example', 'ftp://a.example a+1+b', 'https://a.example a b'])
    t.match(messageOf({ LEDGER_WITNESSES }), 'LEDGER_WITNESSES: ', LEDGER_WITNESSES);
});

t.test('what is wrong is named with an example, all of it at once', async (t) => {
  const message = messageOf({ PORT: '80800', SAMPLES: 'maybe', REVIEW_LEASE: '15', LOG_LEVEL: 'loud', HOST: 'a b' });
  t.match(message, 'PORT: "80800" is not a port: a whole number from 0 to 65535, for example PORT=8080');
  t.match(message, 'SAMPLES: "maybe" is neither on nor off, for example SAMPLES=off');
  t.match(message, 'REVIEW_LEASE: "15" is not a duration: a whole number above 0 and s, m, h or d, for example REVIEW_LEASE=15m');
  t.match(message, 'LOG_LEVEL: "loud" is not a log level: trace, debug');
  t.match(message, 'HOST: "a b" is not a host name or an address');
  for (const PORT of ['-1', '1.5', '1e3', 'http', '999999']) t.match(messageOf({ PORT }), 'PORT: ', PORT);
  for (const REVIEW_LEASE of ['0m', '-1m', '1.5h', '1 m', '1w']) t.match(messageOf({ REVIEW_LEASE }), 'REVIEW_LEASE: ', REVIEW_LEASE);
});

t.test('an address that is not one is not shown, because it may hold a password', async (t) => {
  const message = messageOf({ ...database, DATABASE_URL: 'postgress://averment:hunter2@db/averment' });
  t.match(message, 'DATABASE_URL: its value is not the address of a PostgreSQL database, for example DATABASE_URL=postgres://');
  t.notMatch(message, 'hunter2');
  t.match(messageOf({ EVENT_LOG_URL: 'http://x' }), 'EVENT_LOG_URL: its value is not the address of an EventStoreDB');
  t.match(messageOf({ REDIS_URL: 'http://x' }), 'REDIS_URL: its value is not the address of a Redis server');
});

t.test("a database of one's own needs a server key", async (t) => {
  t.match(messageOf({ DATABASE_URL: database.DATABASE_URL }), 'SERVER_KEY_FILE has to be set when DATABASE_URL is');
  t.equal(loadConfig({ DATABASE_URL: database.DATABASE_URL }, { serverKey: false }).databaseUrl, database.DATABASE_URL);
});

t.test('event log and Redis can be given each alone, with a database or with the embedded one', async (t) => {
  const [eventLogUrl, redisUrl] = ['esdb://a:2113,b:2113?tls=true', 'redis://127.0.0.1:6379'];
  t.match(loadConfig({ EVENT_LOG_URL: eventLogUrl }), { databaseUrl: null, eventLogUrl, redisUrl: null });
  t.match(loadConfig({ REDIS_URL: redisUrl }), { databaseUrl: null, eventLogUrl: null, redisUrl });
  t.match(loadConfig({ ...database, EVENT_LOG_URL: eventLogUrl, REDIS_URL: redisUrl, EVENT_LOG_NAME: 'staging_2' }), {
    databaseUrl: database.DATABASE_URL,
    eventLogUrl,
    eventLogName: 'staging_2',
    redisUrl,
  });
  for (const EVENT_LOG_NAME of ['$all', 'a-b', 'A', '1a', 'a'.repeat(33)]) t.match(messageOf({ EVENT_LOG_NAME }), 'EVENT_LOG_NAME: ');
});

t.test('what is added to the vocabulary is read from its file', async (t) => {
  const path = resolve(t.testdir({ 'vocabulary.json': '{"units": ["horse"]}', 'broken.json': '{' }));
  t.same(loadConfig({ VOCABULARY_FILE: `${path}/vocabulary.json` }).vocabulary, { units: ['horse'] });
  t.match(messageOf({ VOCABULARY_FILE: `${path}/broken.json` }), /VOCABULARY_FILE: .*broken\.json is not a JSON file that can be read/);
  t.match(messageOf({ VOCABULARY_FILE: `${path}/none.json` }), /VOCABULARY_FILE: .*none\.json is not a JSON file that can be read/);
});
