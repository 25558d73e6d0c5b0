// Which room of src/ may import which; test/architecture runs these rules on src/ and on planted violations.
// Layer rules list what is allowed, so an import nobody thought of is refused.

const composition = '^src/app/composition/';
const appWithoutComposition = '^src/app/(?!composition/)';
const domainAndPorts = '^src/(domain|ports)/';
/** One adapter: a folder below the port that it serves, or what drives the service, or the system. */
const adapter = '^src/adapters/((?:stores|caches|auth|telemetry)/[^/]+|system|http|cli|lambda)/';
const cockatiel = '(^|/)node_modules/cockatiel/';
// A package that is not installed keeps its bare name, hence both forms.
const injection = '(^|(^|/)node_modules/)(inversify|@inversifyjs/[^/]+|reflect-metadata)(/|$)';

const undeclared = ['npm-no-pkg', 'npm-unknown', 'unknown'];
const installed = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled'];

const rules = [
  {
    name: 'domain-imports-nothing',
    comment: 'The domain is pure: no other room, no package, no node: module.',
    from: { path: '^src/domain/' },
    to: { pathNot: '^src/domain/' },
  },
  {
    name: 'ports-import-domain',
    comment: 'A port speaks in terms of the domain and of other ports only.',
    from: { path: '^src/ports/' },
    to: { pathNot: domainAndPorts },
  },
  {
    name: 'app-imports-inward',
    comment: 'The application knows ports and domain, no technology and not its own wiring.',
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
    comment: 'An adapter knows ports, domain, its own folder and its technology, never the composition.',
    from: { path: '^src/adapters/' },
    to: {
      pathNot: [domainAndPorts, appWithoutComposition, '^src/adapters/'],
      dependencyTypesNot: ['core', ...installed, ...undeclared],
    },
  },
  {
    name: 'only-drivers-import-app',
    comment: 'Only the adapters that drive the application know it.',
    from: { path: '^src/adapters/', pathNot: '^src/adapters/(http|cli|lambda)/' },
    to: { path: appWithoutComposition },
  },
  {
    name: 'adapters-stay-apart',
    comment: 'One adapter never imports another.',
    from: { path: adapter },
    to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
  },
  {
    name: 'freshness-knows-no-accounts',
    comment: 'The freshness protocol reads and writes records, whatever the service does with them.',
    from: { path: '^src/app/freshness/' },
    to: { path: '^src/app/(?!freshness/)' },
  },
  {
    name: 'accounts-know-no-operations',
    comment: 'What the service does is independent of how its process is run.',
    from: { path: '^src/app/(accounts/|account-service)' },
    to: { path: '^src/app/operations/' },
  },
  {
    name: 'http-request-knows-no-answer',
    comment: 'Reading a request is independent of routes and of how they answer.',
    from: { path: '^src/adapters/http/request/' },
    to: { path: '^src/adapters/http/(routes|response)/' },
  },
  {
    name: 'http-response-knows-no-route',
    comment: 'Answering is the same for every route.',
    from: { path: '^src/adapters/http/response/' },
    to: { path: '^src/adapters/http/routes/' },
  },
  {
    name: 'injection-only-in-composition',
    comment: 'inversify and reflect-metadata are known to the composition only.',
    from: { path: '^src/', pathNot: composition },
    to: { path: injection },
  },
  {
    name: 'reflect-metadata-once',
    comment: 'reflect-metadata patches a global: one file imports it.',
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
    comment: 'What src imports must be there after npm install --omit=dev.',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'npm-optional', 'npm-peer'] },
  },
  {
    name: 'only-declared-packages',
    comment: 'Every import resolves, and every package is in package.json.',
    from: { path: '^src/' },
    to: { dependencyTypes: undeclared },
  },
  {
    name: 'no-cycles',
    comment: 'No circular dependency, type-only ones included.',
    from: {},
    to: { circular: true },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
const configuration = {
  forbidden: rules.map((rule) => ({ ...rule, severity: 'error' })),
  options: {
    // Without it `import type` is invisible.
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
