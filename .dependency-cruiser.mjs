// Arrows point inward: domain imports nothing of ours, packages never import services, services never import each other. What talks to a
// foreign system stays behind the one package that knows it.

/** Which others a package may import: the table of rooms in docs/architecture.md, and platform. */
const mayImport = {
  platform: [],
  domain: [],
  samples: ['platform'],
  client: ['verify-log'],
  'verify-log': [],
  ledger: ['domain', 'event-log', 'platform', 'verify-log'],
  cli: ['client', 'verify-log'],
  access: ['platform'],
  jobs: ['platform'],
  extraction: ['platform'],
  'event-log': ['domain', 'platform'],
  'read-models': ['access', 'domain', 'event-log', 'platform'],
  commands: ['access', 'domain', 'event-log', 'platform'],
  webhooks: ['access', 'domain', 'event-log', 'platform', 'read-models'],
  exports: ['domain', 'platform', 'read-models'],
};
const rooms = Object.entries(mayImport).map(([room, others]) => ({
  name: `${room}-imports-${others.join('-') || 'nothing-of-ours'}`,
  severity: 'error',
  from: { path: `^packages/${room}/src/` },
  to: { path: '^(packages|services|test)/', pathNot: `^packages/(${[room, ...others].join('|')})/` },
}));
const dependencyOf = (name) => `(^|/)node_modules/${name}(/|$)`;

// dependency-cruiser reads its rules from a default export.
const rules = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'resolvable', severity: 'error', from: { pathNot: '^test/clients/apps/' }, to: { couldNotResolve: true } },
    ...rooms,
    {
      name: 'domain-does-no-io',
      severity: 'error',
      from: { path: '^packages/domain/src/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'review-knows-no-incident',
      comment: 'The review of edits is told what it reviews: other aggregates are to use it too.',
      severity: 'error',
      from: { path: '^packages/domain/src/review/' },
      to: { path: '^packages/domain/src/(incident|source|party|views)/' },
    },
    { name: 'packages-below-services', severity: 'error', from: { path: '^packages/' }, to: { path: '^(services|test)/' } },
    {
      name: 'services-apart',
      severity: 'error',
      from: { path: '^services/([^/]+)/', pathNot: '^services/api/src/main\\.ts$' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'pages-know-the-published-api',
      comment:
        'The desk asks the product as every other client does; the api alone has it in its own process, and says so where it starts.',
      severity: 'error',
      from: { path: '^services/desk/src/' },
      to: { path: '^packages/', pathNot: '^packages/(client|platform)/' },
    },
    { name: 'queue-behind-jobs', severity: 'error', from: { pathNot: '^packages/jobs/' }, to: { path: dependencyOf('bullmq') } },
    {
      name: 'redis-behind-jobs-and-limits',
      severity: 'error',
      from: { pathNot: '^(packages/jobs/|services/api/src/limit-store\\.ts$)' },
      to: { path: dependencyOf('ioredis') },
    },
    {
      name: 'log-behind-event-log',
      severity: 'error',
      from: { pathNot: '^(packages/event-log/|test/bench/)' },
      to: { path: dependencyOf('@eventstore/db-client') },
    },
    {
      name: 'protocol-in-one-file',
      comment: 'What the client package does not promise: docs/decisions, 29.',
      severity: 'error',
      from: { pathNot: '^packages/event-log/(src/eventstoredb/protocol\\.ts$|test/eventstore-stand-in/)' },
      to: { path: '/@eventstore/db-client/generated/' },
    },
    {
      name: 'through-the-front-door',
      comment: 'One package uses another by what its index exports, its tests also by what testing.ts exports.',
      severity: 'error',
      from: { path: '^(packages|services)/([^/]+)/' },
      to: { path: '^packages/([^/]+)/src/', pathNot: ['^packages/[^/]+/src/(index|testing)\\.ts$', '^$1/$2/'] },
    },
    { name: 'tests-import-not-tests', severity: 'error', from: { path: '/src/' }, to: { path: '/test/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)node_modules/\\.bin/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};

export default rules;
