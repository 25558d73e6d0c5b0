import { example, type ViolationExample } from './violation-example.ts';

const packageFile = (name: string): string => `node_modules/${name}/index.js`;

export const importExamples: readonly ViolationExample[] = [
  example(
    'domain-imports-nothing',
    'src/domain/violating-type.ts',
    "import type { Clock } from '../ports/clock.ts';",
    'src/ports/clock.ts',
  ),
  example(
    'domain-imports-nothing',
    'src/domain/violating-inline-type.ts',
    "export type Late = import('../ports/clock.ts').Clock;",
    'src/ports/clock.ts',
  ),
  example(
    'domain-imports-nothing',
    'src/domain/violating-package.ts',
    "import 'express';",
    packageFile('express'),
  ),
  example('domain-imports-nothing', 'src/domain/violating-node.ts', "import 'node:crypto';", 'crypto'),
  example(
    'ports-import-domain',
    'src/ports/violating-app.ts',
    "import '../app/account-service.ts';",
    'src/app/account-service.ts',
  ),
  example('ports-import-domain', 'src/ports/violating-node.ts', "import 'node:crypto';", 'crypto'),
  example('ports-import-domain', 'src/ports/violating-npm.ts', "import 'express';", packageFile('express')),
  example(
    'app-imports-inward',
    'src/app/accounts/violating-adapter.ts',
    "import type { memoryStore } from '../../adapters/stores/memory/memory-store.ts';",
    'src/adapters/stores/memory/memory-store.ts',
  ),
  example(
    'app-imports-inward',
    'src/app/accounts/violating-composition.ts',
    "import '../composition/config/environment.ts';",
    'src/app/composition/config/environment.ts',
  ),
  example(
    'app-imports-inward',
    'src/app/accounts/violating-npm.ts',
    "import 'express';",
    packageFile('express'),
  ),
  example('app-imports-inward', 'src/app/freshness/violating-node.ts', "import 'node:crypto';", 'crypto'),
  example(
    'app-imports-inward',
    'src/app/accounts/violating-builtin.ts',
    "process.getBuiltinModule('node:fs');",
    'fs',
  ),
  example(
    'cockatiel-only-in-freshness',
    'src/app/accounts/violating-cockatiel.ts',
    "import 'cockatiel';",
    packageFile('cockatiel'),
  ),
  example(
    'adapters-import-inward',
    'src/adapters/http/violating-composition.ts',
    "import '../../app/composition/config/environment.ts';",
    'src/app/composition/config/environment.ts',
  ),
  example(
    'only-driving-adapters-import-app',
    'src/adapters/stores/memory/violating-app.ts',
    "import type { accountService } from '../../../app/account-service.ts';",
    'src/app/account-service.ts',
  ),
  example(
    'adapters-independent-of-each-other',
    'src/adapters/http/violating-adapter.ts',
    "import '../stores/memory/memory-store.ts';",
    'src/adapters/stores/memory/memory-store.ts',
  ),
  example(
    'adapters-independent-of-each-other',
    'src/adapters/stores/memory/violating-sibling.ts',
    "import '../sqlite/sqlite-store.ts';",
    'src/adapters/stores/sqlite/sqlite-store.ts',
  ),
  example(
    'freshness-independent-of-accounts',
    'src/app/freshness/violating-accounts.ts',
    "import '../operations/health.ts';",
    'src/app/operations/health.ts',
  ),
  example(
    'accounts-independent-of-operations',
    'src/app/accounts/violating-operations.ts',
    "import '../operations/health.ts';",
    'src/app/operations/health.ts',
  ),
  example(
    'http-request-independent-of-routes',
    'src/adapters/http/request/violating-response.ts',
    "import '../response/send.ts';",
    'src/adapters/http/response/send.ts',
  ),
  example(
    'http-response-independent-of-routes',
    'src/adapters/http/response/violating-route.ts',
    "import '../routes/routes.ts';",
    'src/adapters/http/routes/routes.ts',
  ),
  example(
    'injection-only-in-composition',
    'src/adapters/http/violating-inversify.ts',
    "import type { Container } from 'inversify';",
    packageFile('inversify'),
  ),
  {
    title: 'a second file that imports reflect-metadata',
    files: { 'src/app/composition/violating-metadata.ts': "import 'reflect-metadata';\n" },
    expected: {
      rule: 'reflect-metadata-once',
      from: packageFile('reflect-metadata'),
      to: 'src/app/composition/main.ts, src/app/composition/violating-metadata.ts',
    },
  },
  example(
    'no-tests-in-src',
    'src/app/composition/violating-test.ts',
    "import '../../../test/support/manual-clock.ts';",
    'test/support/manual-clock.ts',
  ),
  example('no-dev-dependencies', 'src/adapters/http/violating-dev.ts', "import 'chai';", packageFile('chai')),
  example(
    'no-dev-dependencies',
    'src/adapters/http/violating-dev-types.ts',
    "import type { Typed } from 'typed';",
    packageFile('@types/typed'),
  ),
  example(
    'only-declared-packages',
    'src/adapters/http/violating-stray.ts',
    "import 'stray';",
    packageFile('stray'),
  ),
  example('only-declared-packages', 'src/adapters/http/violating-lost.ts', "import 'lost';", 'lost'),
  {
    title: 'two files that import each other',
    files: {
      'src/app/accounts/violating-a.ts': "import { b } from './violating-b.ts';\nexport const a = () => b;\n",
      'src/app/accounts/violating-b.ts': "import { a } from './violating-a.ts';\nexport const b = () => a;\n",
    },
    expected: {
      rule: 'no-cycles',
      from: 'src/app/accounts/violating-a.ts',
      to: 'src/app/accounts/violating-b.ts → src/app/accounts/violating-a.ts',
    },
  },
  {
    title: 'two files that import types from each other',
    files: {
      'src/domain/violating-type-a.ts':
        "import type { B } from './violating-type-b.ts';\nexport type A = B;\n",
      'src/domain/violating-type-b.ts':
        "import type { A } from './violating-type-a.ts';\nexport type B = A;\n",
    },
    expected: {
      rule: 'no-cycles',
      from: 'src/domain/violating-type-a.ts',
      to: 'src/domain/violating-type-b.ts → src/domain/violating-type-a.ts',
    },
  },
];
