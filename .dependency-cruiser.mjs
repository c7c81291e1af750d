// Who may import whom. Each rule is tripped by a probe in infra/checks/import-rules.test.ts.
const anyOf = (...paths) => `^(${paths.join('|')})`;
const notTest = '\\.test\\.ts$|^shared/testing/';

/** `from` may import only `allowed` of what lies in this repository. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: notTest },
  to: { path: '^(functions|workflows|infra|shared|marketplace|clients)/', pathNot: allowed },
});

const io = [
  'fs',
  'net',
  'http',
  'https',
  'http2',
  'dns',
  'child_process',
  'worker_threads',
  'cluster',
  'dgram',
  'tls',
  'os',
  'process',
  'timers',
].map((name) => `^(node:)?${name}(/|$)`);

const everywhere = '^(functions|workflows|infra|shared|clients|marketplace)/';
const otlpSdk = '^shared/adapters/telemetry/otlp-sdk\\.ts$';
const googleSdks = 'node_modules/(@google-cloud/(firestore|pubsub|storage)|google-auth-library)/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle has no beginning to read from.',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    only('schema-stands-alone', '^shared/schema/', '^shared/schema/', 'Schemas are the bottom: they know only zod.'),
    {
      name: 'schema-uses-zod-only',
      severity: 'error',
      comment: 'Schemas depend on zod and nothing else.',
      from: { path: '^shared/schema/', pathNot: notTest },
      to: { dependencyTypes: ['npm', 'core'], pathNot: 'node_modules/zod/' },
    },
    only(
      'core-is-pure',
      '^shared/core/',
      anyOf('shared/core/', 'shared/schema/', 'shared/errors\\.ts'),
      'Core works on bytes and documents; it knows schemas and errors.',
    ),
    {
      name: 'core-does-no-io',
      severity: 'error',
      comment: 'No files, network, processes or clocks in core.',
      from: { path: '^shared/core/', pathNot: notTest },
      to: { dependencyTypes: ['core'], path: io },
    },
    only(
      'metering-is-pure',
      '^shared/metering/',
      anyOf('shared/metering/', 'shared/schema/', 'shared/ids\\.ts'),
      'Prices follow from schemas alone.',
    ),
    only(
      'profiles-are-data',
      '^shared/profiles/',
      anyOf('shared/profiles/', 'shared/schema/', 'shared/errors\\.ts'),
      'Profiles are data over schemas.',
    ),
    only(
      'ports-know-types',
      '^shared/ports/',
      anyOf('shared/ports/', 'shared/schema/', 'shared/errors\\.ts'),
      'A port names types, never an adapter.',
    ),
    only(
      'records-use-ports',
      '^shared/records/',
      anyOf('shared/(records|ports|schema)/', 'shared/(errors|ids)\\.ts'),
      'Records are rules over the document port.',
    ),
    only(
      'receipts-use-ports',
      '^shared/receipt/',
      anyOf('shared/(receipt|ports|schema)/', 'shared/errors\\.ts'),
      'A receipt is made and checked without a store.',
    ),
    only(
      'adapters-use-ports',
      '^shared/adapters/',
      anyOf('shared/(adapters|ports|schema)/', 'shared/(errors|ids|log|optional-module|post|trace-context)\\.ts'),
      'An adapter translates; it knows ports, schemas and errors.',
    ),
    only(
      'bottom-modules-stand-alone',
      '^shared/(errors|ids|log|optional-module|post|trace-context)\\.ts$',
      '^shared/(errors|ids|log|optional-module|post|trace-context)\\.ts$',
      'What everything may import imports nothing of ours.',
    ),
    {
      name: 'adapters-keep-apart',
      severity: 'error',
      comment: 'Never another adapter family.',
      from: { path: '^shared/adapters/([^/]+)/', pathNot: notTest },
      to: { path: '^shared/adapters/', pathNot: '^shared/adapters/$1/' },
    },
    {
      name: 'deps-chooses-adapters',
      severity: 'error',
      comment: 'Only the composition root knows adapters.',
      from: { path: '^functions/', pathNot: `^functions/deps\\.ts$|${notTest}` },
      to: { path: '^shared/adapters/' },
    },
    {
      name: 'google-sdks-only-in-gcp',
      severity: 'error',
      comment: 'Google’s clients cost half a second of a cold start each: one folder knows them.',
      from: {
        path: everywhere,
        pathNot: `^shared/adapters/gcp/|${notTest}`,
      },
      to: { path: googleSdks },
    },
    {
      name: 'google-sdks-load-lazily',
      severity: 'error',
      comment: 'A client is loaded when it is first used; types may be named anywhere in the folder.',
      from: { path: '^shared/adapters/gcp/', pathNot: notTest },
      to: { path: googleSdks, dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'opentelemetry-in-one-file',
      severity: 'error',
      comment: 'Everything else knows the Telemetry port.',
      from: { path: everywhere, pathNot: `${otlpSdk}|${notTest}` },
      to: { path: 'node_modules/@opentelemetry/' },
    },
    {
      name: 'opentelemetry-loads-lazily',
      severity: 'error',
      comment: 'OpenTelemetry is loaded when a span is sent; its types may be named.',
      from: { path: everywhere, pathNot: notTest },
      to: { path: otlpSdk, dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'functions-keep-apart',
      severity: 'error',
      comment: 'A function never imports another.',
      from: { path: '^functions/([^/]+)/', pathNot: `${notTest}` },
      to: { path: '^functions/[^/]+/', pathNot: '^functions/($1|engine)/' },
    },
    {
      name: 'engine-runs-in-its-own-place',
      severity: 'error',
      comment: '3D work goes through the Engine port; only the scoring job is a place of its own.',
      from: { path: '^functions/', pathNot: `^functions/(engine|score-job)/|${notTest}` },
      to: { path: '^functions/engine/' },
    },
    {
      name: 'functions-stay-below-infra',
      severity: 'error',
      comment: 'Functions do not know where they run.',
      from: { path: '^(functions|shared)/', pathNot: notTest },
      to: { path: '^(infra|clients|marketplace|workflows)/' },
    },
    only(
      'clients-use-the-api',
      '^clients/',
      anyOf(
        'clients/',
        'shared/(schema|receipt)/',
        'shared/(errors|ids|config)\\.ts',
        'infra/local/(dead-letters|duel|embedded|examine|keys|present-file|score|tenants)\\.ts',
        'infra/build/ensure\\.mjs',
        'dist/',
      ),
      'Clients talk to the public API; the command line may start it.',
    ),
    only(
      'executor-stands-alone',
      '^workflows/local/',
      anyOf('workflows/local/'),
      'The workflow executor is a program of its own.',
    ),
    {
      name: 'product-imports-no-tests',
      severity: 'error',
      comment: 'Tests and fixtures stay out of the product.',
      from: { path: '^(functions|workflows|shared|clients|marketplace)/', pathNot: notTest },
      to: { path: notTest },
    },
    {
      name: 'dependencies-are-declared',
      severity: 'error',
      comment: 'What is imported stands in package.json.',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'unknown'], pathNot: 'dist/' },
    },
    {
      name: 'product-uses-dependencies',
      severity: 'error',
      comment: 'The product needs no development package.',
      from: { path: '^(functions|workflows|clients|shared)/', pathNot: notTest },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js'],
    },
  },
};
