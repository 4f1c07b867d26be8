import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { loadConfig, settings } from '@averment/platform';
import t from 'tap';
import { parse } from 'yaml';
import { compose, composeText, programsOf, type Service, startedOf, variables } from './compose.ts';

const root = new URL('../../', import.meta.url);
const file = compose(variables);
const programs = programsOf(file);
const desk = file.services.desk as Service;

t.test('it runs the three stores, two api, two workers and the desk', async (t) => {
  t.same(
    startedOf(file)
      .map(([name]) => name)
      .sort(),
    ['api-1', 'api-2', 'desk', 'eventstore', 'postgres', 'redis', 'worker'],
  );
  t.same(programs.map(([name]) => name).sort(), ['api-1', 'api-2', 'worker']);
  t.equal(file.services.worker?.deploy?.replicas, 2);
});

t.test('nothing starts without the passwords and the server key, and none has a default', async (t) => {
  for (const name of Object.keys(variables)) {
    for (const value of [undefined, '']) {
      const { [name as keyof typeof variables]: _, ...others } = variables;
      t.throws(
        () => compose({ ...others, ...(value === undefined ? {} : { [name]: value }) }),
        { name: 'Unset', message: new RegExp(`^${name}: .*openssl rand -hex 32`) },
        `${name} = ${value}`,
      );
    }
  }
  const secret = [...composeText.matchAll(/\$\{(\w+)(:[-?])?/g)].filter(([, name = '']) => Object.hasOwn(variables, name));
  t.ok(secret.length >= 6);
  for (const [found, , kind] of secret) t.equal(kind, ':?', found);
  // Whatever looks like a secret comes from a variable.
  const values = JSON.stringify(parse(composeText, { merge: true }));
  for (const [found, value = ''] of values.matchAll(/"[A-Z_]*(?:PASSWORD|AUTH|KEY)":"([^"]*)"/g)) t.match(value, /^\$\{\w+:\?/, found);
  for (const [found, password = ''] of values.matchAll(/\w+:\/\/\w+:([^"@]+)@/g)) t.match(password, /^\$\{\w+:\?/, found);
  t.notMatch(readFileSync(new URL('.dockerignore', root), 'utf8'), /^!\.env/m);
  t.match(readFileSync(new URL('.gitignore', root), 'utf8'), /^\/\.env$/m);
});

t.test('the commands of the page make everything that it insists on', async (t) => {
  const page = readFileSync(new URL('docs/operations.md', root), 'utf8');
  const [, command = ''] = /^(\(umask 077[\s\S]*?\)) > \.env$/m.exec(page) ?? [];
  const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8', env: { PATH: process.env.PATH, PWD: '/somewhere' } });
  const made = Object.fromEntries(stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('=')])));
  t.same(Object.keys(made).sort(), Object.keys(variables).sort());
  const used = compose(made);
  t.match(used.services.worker?.environment?.EVENT_LOG_URL, /^esdb:\/\/averment:[0-9a-f]{64}@/);
  t.match(page, 'docker compose run --rm eventstore-user');
  t.ok(existsSync(new URL('tools/eventstore-certificates.sh', root)));
});

for (const [name, { environment = {}, command = [], secrets = [], healthcheck, ports = [] }] of programs) {
  t.test(`${name} has settings that there are, which say what is meant`, async (t) => {
    const known = new Set<string>(settings.map((setting) => setting.name));
    for (const variable of Object.keys(environment)) t.ok(known.has(variable), variable);
    const config = loadConfig(environment);
    t.match(config, {
      host: '0.0.0.0',
      databaseUrl: `postgres://averment:${variables.POSTGRES_PASSWORD}@postgres:5432/averment`,
      eventLogUrl: `esdb://averment:${variables.EVENTSTORE_PASSWORD}@eventstore:2113?tls=true&tlsCAFile=/run/secrets/eventstore_ca`,
      redisUrl: `redis://default:${variables.REDIS_PASSWORD}@redis:6379`,
    });
    for (const url of [config.databaseUrl, config.eventLogUrl, config.redisUrl])
      t.ok(Object.hasOwn(file.services, new URL(url ?? '').hostname), `the host of ${url} is a service`);
    t.same(
      secrets.map((secret) => `/run/secrets/${secret}`),
      [config.serverKeyFile, '/run/secrets/eventstore_ca'],
    );
    for (const secret of secrets) t.ok(Object.hasOwn(file.secrets, String(secret)));

    const port = name === 'worker' ? config.metricsPort : config.port;
    t.match(healthcheck?.test.join(' '), `http://127.0.0.1:${port}/readyz'`);
    for (const published of ports) t.match(published, new RegExp(`^127\\.0\\.0\\.1:\\d+:${port}$`));
    t.equal(command[0], 'node');
    t.ok(existsSync(new URL(command[1] ?? 'nothing', root)), `${command[1]} is there`);
  });
}

t.test('the desk has what it needs, and nothing of a store', async (t) => {
  const { environment = {}, command = [], secrets, depends_on, healthcheck, networks } = desk;
  const known = new Set<string>(settings.map((setting) => setting.name));
  for (const variable of Object.keys(environment)) t.ok(known.has(variable), variable);
  t.match(loadConfig(environment, { serverKey: false }), {
    host: '0.0.0.0',
    databaseUrl: null,
    eventLogUrl: null,
    redisUrl: null,
    serverKeyFile: '/run/secrets/server_key',
    desk: { origin: null, port: 8090, apiUrl: 'http://api:8080', client: null },
  });
  t.same([secrets, networks, depends_on], [['server_key'], ['front'], { 'api-1': { condition: 'service_healthy' } }]);
  t.match(healthcheck?.test.join(' '), "http://127.0.0.1:8090/livez'");
  t.ok(existsSync(new URL(command[1] ?? 'nothing', root)));
  t.match(parse(composeText, { merge: true }).services['api-2'].networks.front.aliases, ['api'], 'any api is found by that name');
  for (const [name, { environment = {} }] of programs) if (name !== 'worker') t.equal(loadConfig(environment).pages, false, name);
  const given = {
    DESK_ORIGIN: 'https://record.example',
    DESK_OIDC_CLIENT_ID: 'averment-desk',
    DESK_OIDC_CLIENT_SECRET: 'a1b2',
    DESK_OIDC_SCOPE: 'openid profile',
    DESK_OIDC_RESOURCE: 'urn:averment',
    OIDC_ISSUER: 'https://login.example',
    OIDC_AUDIENCE: 'averment',
    OIDC_ROLES: 'desk=reviewer',
    TRUST_PROXY: '1',
  };
  t.match(loadConfig(compose({ ...variables, ...given }).services.desk?.environment ?? {}, { serverKey: false }), {
    trustProxy: 1,
    tokens: { issuer: 'https://login.example' },
    desk: {
      origin: 'https://record.example',
      client: { id: 'averment-desk', secret: 'a1b2', scope: 'openid profile', resource: 'urn:averment' },
    },
  });
});

t.test('settings that are given from outside arrive', async (t) => {
  const given = {
    PUBLIC_READ: 'off',
    TRUST_PROXY: '1',
    CORS_ORIGINS: 'https://app.example, https://other.example:8443',
    RATE_LIMIT: 'off',
    WRONG_KEY_LIMIT: '5',
    TIP_LIMIT: '7',
    TIP_RETENTION: '30d',
    WEBHOOK_LIMIT: '3',
    WEBHOOK_TIMEOUT: '2s',
    WEBHOOK_CONCURRENCY: '4',
    WEBHOOK_GIVE_UP: '5d',
    WEBHOOK_RETENTION: '6d',
    WEBHOOK_SECRET_GRACE: '7h',
    WEBHOOK_PRIVATE_ADDRESSES: 'on',
    SOURCE_QUOTA: '1GB',
    OPEN_EDIT_QUOTA: '7',
    QUOTED_SHARE: '20',
    QUOTED_LENGTH: '900',
    REQUEST_LOG: 'debug',
    SECURITY_CONTACT: 'mailto:security@example.org',
    REVIEW_LEASE: '2h',
    KEYS_TWO_ADMINS: 'on',
    AUDIT_READS: 'on',
    OIDC_ISSUER: 'https://login.example',
    OIDC_AUDIENCE: 'averment',
    OIDC_ALGORITHMS: 'ES256',
    OIDC_JWKS_URL: 'https://login.example/jwks',
    OIDC_ROLES_CLAIM: 'groups',
    OIDC_ROLES: 'desk=reviewer',
    OIDC_CLOCK_TOLERANCE: '5s',
    LOG_LEVEL: 'warn',
  };
  for (const [name, { environment = {} }] of programsOf(compose({ ...variables, ...given })))
    t.match(
      loadConfig(environment),
      {
        publicRead: false,
        trustProxy: 1,
        corsOrigins: ['https://app.example', 'https://other.example:8443'],
        rateLimit: null,
        wrongKeyLimit: 5,
        tipLimit: 7,
        tipRetention: 30 * 86_400_000,
        webhooks: {
          limit: 3,
          timeout: 2000,
          concurrency: 4,
          giveUp: 5 * 86_400_000,
          retention: 6 * 86_400_000,
          secretGrace: 7 * 3_600_000,
          privateAddresses: true,
        },
        sourceQuota: 1_000_000_000,
        openEditQuota: 7,
        quotedShare: 20,
        quotedLength: 900,
        requestLog: 'debug',
        securityContacts: ['mailto:security@example.org'],
        reviewLease: 7_200_000,
        keysTwoAdmins: true,
        auditReads: true,
        tokens: {
          issuer: 'https://login.example',
          audience: ['averment'],
          algorithms: ['ES256'],
          jwks: 'https://login.example/jwks',
          rolesClaim: 'groups',
          roles: [['desk', 'reviewer']],
          tolerance: 5000,
        },
        logLevel: 'warn',
      },
      name,
    );
});

t.test('only the api and the desk are reached from outside, on loopback, each at a port of its own', async (t) => {
  const published = Object.entries(file.services).flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
  t.same(published, [
    ['api-1', '127.0.0.1:8080:8080'],
    ['api-2', '127.0.0.1:8081:8080'],
    ['desk', '127.0.0.1:8090:8090'],
  ]);
  t.equal(file.networks.stores?.internal, true);
  for (const [name, { networks }] of Object.entries(file.services)) {
    t.same(networks, name.startsWith('api') ? ['stores', 'front'] : name === 'desk' ? ['front'] : ['stores'], name);
    for (const network of networks) t.ok(Object.hasOwn(file.networks, network), network);
  }
});

t.test('images are pinned, and the stores are those that the project was tried with', async (t) => {
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  for (const [name, { image }] of Object.entries(file.services))
    t.match(image, /^[a-z/]+:\d+\.\d+\.\d+(-[a-z-]+)?$|^postgres:\d+\.\d+(-[a-z-]+)?$/, name);
  for (const { image } of [desk, ...programs.map(([, service]) => service)]) t.equal(image, `averment:${version}`);
  t.match(file.services.eventstore?.image, /^eventstore\/eventstore:23\.10\.6-/, 'the version that the adapter was run against');
  t.match(readFileSync(new URL('docs/operations.md', root), 'utf8'), 'The adapter was run against EventStoreDB 23.10.6.');
  const { optionalDependencies } = JSON.parse(readFileSync(new URL('packages/platform/package.json', root), 'utf8'));
  const [embedded = ''] = Object.values(optionalDependencies as Record<string, string>);
  t.match(file.services.postgres?.image, `postgres:${embedded.split('.').slice(0, 2).join('.')}-`, 'as the embedded one');
});

t.test('each is started again, is asked for its health, and waits for the health of what it needs', async (t) => {
  for (const [name, { restart, healthcheck }] of startedOf(file)) {
    t.equal(restart, 'unless-stopped', name);
    t.equal(healthcheck?.test[0], 'CMD', name);
  }
  const stores = {
    eventstore: { condition: 'service_healthy' },
    redis: { condition: 'service_healthy' },
    postgres: { condition: 'service_healthy' },
  };
  for (const [name, service] of programs) t.same(service.depends_on, stores, name);
});

t.test('EventStoreDB has certificates, no password that everybody knows, and time to build its index', async (t) => {
  const { environment = {}, secrets = [], healthcheck } = file.services.eventstore ?? { networks: [] };
  t.notOk('EVENTSTORE_INSECURE' in environment);
  t.match(environment, {
    EVENTSTORE_DEFAULT_ADMIN_PASSWORD: variables.EVENTSTORE_ADMIN_PASSWORD,
    EVENTSTORE_DEFAULT_OPS_PASSWORD: variables.EVENTSTORE_OPS_PASSWORD,
  });
  const files = secrets.map((secret) => (typeof secret === 'string' ? { source: secret } : secret));
  const places = files.map(({ source, target = `/run/secrets/${source}` }) => target);
  t.ok(places.includes(environment.EVENTSTORE_CERTIFICATE_FILE ?? ''));
  t.ok(places.includes(environment.EVENTSTORE_CERTIFICATE_PRIVATE_KEY_FILE ?? ''));
  t.ok(places.some((place) => place.startsWith(`${environment.EVENTSTORE_TRUSTED_ROOT_CERTIFICATES_PATH}/`) && place.endsWith('.crt')));
  for (const { source } of files) t.match(file.secrets[source]?.file, /^\/somewhere\/certificates\/(?:ca\.crt|node\.crt|node\.key)$/);
  t.match(healthcheck, {
    start_period: '30m',
    test: ['CMD', 'curl', '--fail', '--silent', '--cacert', places[0], /^https:\/\/localhost:/],
  });
  for (const url of composeText.matchAll(/esdb:\/\/\S*@([^:]+):/g)) t.notMatch(url[1], /^[\d.]+$/, 'a certificate is for a name');
});

t.test('its user is set up by hand, with what the programs use', async (t) => {
  const { profiles, command, environment = {}, depends_on, restart } = file.services['eventstore-user'] ?? { networks: [] };
  t.same(profiles, ['setup']);
  t.ok(existsSync(new URL(command?.[1] ?? 'nothing', root)));
  t.equal(environment.EVENT_LOG_URL, file.services.worker?.environment?.EVENT_LOG_URL);
  t.equal(environment.EVENTSTORE_ADMIN_PASSWORD, variables.EVENTSTORE_ADMIN_PASSWORD);
  t.same(depends_on, { eventstore: { condition: 'service_healthy' } });
  t.equal(restart, 'no');
});

t.test('what has to last lies in volumes that are declared', async (t) => {
  const used = Object.values(file.services).flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0] ?? ''));
  t.same([...new Set(used)].sort(), Object.keys(file.volumes).sort());
  t.match(file.services.eventstore?.volumes, ['eventstore:/var/lib/eventstore']);
  t.match(file.services.redis?.volumes, ['redis:/data']);
  t.match(
    file.services.postgres?.volumes,
    ['postgres:/var/lib/postgresql'],
    'from 18 on the cluster lies in a folder of its version in there',
  );
});

t.test('Redis keeps what it is given, and PostgreSQL what it acknowledges', async (t) => {
  const redis = file.services.redis?.command?.join(' ') ?? '';
  t.match(redis, '--appendonly yes');
  t.match(redis, '--maxmemory-policy noeviction');
  t.match(redis, `--requirepass ${variables.REDIS_PASSWORD}`);
  const postgres = file.services.postgres?.command?.join(' ') ?? '';
  t.notMatch(postgres, /fsync|full_page_writes|synchronous_commit/);
  t.match(postgres, 'wal_recycle=off');
});
