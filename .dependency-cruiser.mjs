// Import rules between the layers of src/. test/architecture runs them on src/ and on examples that violate them.
// Layer rules are allowlists, so an unforeseen import is rejected.

const composition = '^src/app/composition/';
const appWithoutComposition = '^src/app/(?!composition/)';
const domainAndPorts = '^src/(domain|ports)/';
/** One adapter: a folder below its port, a driving adapter, or the system adapter. */
const adapter = '^src/adapters/((?:stores|caches|auth|telemetry)/[^/]+|system|http|cli|lambda)/';
const cockatiel = '(^|/)node_modules/cockatiel/';
// A package that is not installed is reported by its bare name, hence both forms.
const injection = '(^|(^|/)node_modules/)(inversify|@inversifyjs/[^/]+|reflect-metadata)(/|$)';

const undeclared = ['npm-no-pkg', 'npm-unknown', 'unknown'];
const installed = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled'];

const rules = [
  {
    name: 'domain-imports-nothing',
    comment: 'The domain is pure: no other layer, no package, no node: module.',
    from: { path: '^src/domain/' },
    to: { pathNot: '^src/domain/' },
  },
  {
    name: 'ports-import-domain',
    comment: 'A port depends only on the domain and on other ports.',
    from: { path: '^src/ports/' },
    to: { pathNot: domainAndPorts },
  },
  {
    name: 'app-imports-inward',
    comment: 'The application depends on ports and domain, not on technologies or on the composition.',
    from: { path: appWithoutComposition },
    to: { pathNot: [domainAndPorts, appWithoutComposition, cockatiel] },
  },
  {
    name: 'cockatiel-only-in-freshness',
    comment: 'The circuit breaker belongs to the freshness protocol.',
    from: { path: appWithoutComposition, pathNot: '^src/app/freshness/' },
    to: { path: cockatiel },
  },
  {
    name: 'adapters-import-inward',
    comment:
      'An adapter depends on ports, domain, its own folder and its technology, never on the composition.',
    from: { path: '^src/adapters/' },
    to: {
      pathNot: [domainAndPorts, appWithoutComposition, '^src/adapters/'],
      dependencyTypesNot: ['core', ...installed, ...undeclared],
    },
  },
  {
    name: 'only-driving-adapters-import-app',
    comment: 'Only the adapters that drive the application depend on it.',
    from: { path: '^src/adapters/', pathNot: '^src/adapters/(http|cli|lambda)/' },
    to: { path: appWithoutComposition },
  },
  {
    name: 'adapters-independent-of-each-other',
    comment: 'One adapter never imports another.',
    from: { path: adapter },
    to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
  },
  {
    name: 'freshness-independent-of-accounts',
    comment: 'The freshness protocol reads and writes records of any kind.',
    from: { path: '^src/app/freshness/' },
    to: { path: '^src/app/(?!freshness/)' },
  },
  {
    name: 'accounts-independent-of-operations',
    comment: 'Use cases are independent of the operation of the process.',
    from: { path: '^src/app/(accounts/|account-service)' },
    to: { path: '^src/app/operations/' },
  },
  {
    name: 'http-request-independent-of-routes',
    comment: 'Parsing a request is independent of routes and responses.',
    from: { path: '^src/adapters/http/request/' },
    to: { path: '^src/adapters/http/(routes|response)/' },
  },
  {
    name: 'http-response-independent-of-routes',
    comment: 'Sending a response is independent of routes.',
    from: { path: '^src/adapters/http/response/' },
    to: { path: '^src/adapters/http/routes/' },
  },
  {
    name: 'injection-only-in-composition',
    comment: 'Only the composition uses inversify and reflect-metadata.',
    from: { path: '^src/', pathNot: composition },
    to: { path: injection },
  },
  {
    name: 'reflect-metadata-once',
    comment: 'reflect-metadata patches a global object, so only one file imports it.',
    from: { path: '^src/' },
    module: { path: '(^|/)node_modules/reflect-metadata/', numberOfDependentsMoreThan: 1 },
  },
  {
    name: 'no-tests-in-src',
    comment: 'Production code never imports tests or their support.',
    from: { path: '^src/' },
    to: { path: '^test/' },
  },
  {
    name: 'no-dev-dependencies',
    comment: 'Every package that src imports is installed by npm install --omit=dev.',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'npm-optional', 'npm-peer'] },
  },
  {
    name: 'only-declared-packages',
    comment: 'Every import can be resolved, and every package is listed in package.json.',
    from: { path: '^src/' },
    // Part of newer Nodes than the oldest one supported.
    to: { dependencyTypes: undeclared, pathNot: '^node:sqlite$' },
  },
  {
    name: 'no-cycles',
    comment: 'No circular dependencies, including type-only imports.',
    from: {},
    to: { circular: true },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
const configuration = {
  forbidden: rules.map((rule) => ({ ...rule, severity: 'error' })),
  options: {
    // Without this option, `import type` is ignored.
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
};

// biome-ignore lint/style/noDefaultExport: dependency-cruiser reads the default export.
export default configuration;
