import { type InjectedViolation, inject } from './injected-violation.ts';

const inModules = (name: string): string => `node_modules/${name}/index.js`;

export const injectedImports: readonly InjectedViolation[] = [
  inject(
    'domain-imports-nothing',
    'src/domain/injected-type.ts',
    "import type { Clock } from '../ports/clock.ts';",
    'src/ports/clock.ts',
  ),
  inject(
    'domain-imports-nothing',
    'src/domain/injected-inline-type.ts',
    "export type Late = import('../ports/clock.ts').Clock;",
    'src/ports/clock.ts',
  ),
  inject(
    'domain-imports-nothing',
    'src/domain/injected-package.ts',
    "import 'express';",
    inModules('express'),
  ),
  inject('domain-imports-nothing', 'src/domain/injected-node.ts', "import 'node:crypto';", 'crypto'),
  inject(
    'ports-import-domain',
    'src/ports/injected-app.ts',
    "import '../app/account-service.ts';",
    'src/app/account-service.ts',
  ),
  inject('ports-import-domain', 'src/ports/injected-node.ts', "import 'node:crypto';", 'crypto'),
  inject('ports-import-domain', 'src/ports/injected-npm.ts', "import 'express';", inModules('express')),
  inject(
    'app-imports-inward',
    'src/app/accounts/injected-adapter.ts',
    "import type { memoryStore } from '../../adapters/stores/memory/memory-store.ts';",
    'src/adapters/stores/memory/memory-store.ts',
  ),
  inject(
    'app-imports-inward',
    'src/app/accounts/injected-composition.ts',
    "import '../composition/config/environment.ts';",
    'src/app/composition/config/environment.ts',
  ),
  inject('app-imports-inward', 'src/app/accounts/injected-npm.ts', "import 'express';", inModules('express')),
  inject('app-imports-inward', 'src/app/freshness/injected-node.ts', "import 'node:crypto';", 'crypto'),
  inject(
    'app-imports-inward',
    'src/app/accounts/injected-builtin.ts',
    "process.getBuiltinModule('node:fs');",
    'fs',
  ),
  inject(
    'cockatiel-only-in-freshness',
    'src/app/accounts/injected-cockatiel.ts',
    "import 'cockatiel';",
    inModules('cockatiel'),
  ),
  inject(
    'adapters-import-inward',
    'src/adapters/http/injected-composition.ts',
    "import '../../app/composition/config/environment.ts';",
    'src/app/composition/config/environment.ts',
  ),
  inject(
    'only-drivers-import-app',
    'src/adapters/stores/memory/injected-app.ts',
    "import type { accountService } from '../../../app/account-service.ts';",
    'src/app/account-service.ts',
  ),
  inject(
    'adapters-stay-apart',
    'src/adapters/http/injected-adapter.ts',
    "import '../stores/memory/memory-store.ts';",
    'src/adapters/stores/memory/memory-store.ts',
  ),
  inject(
    'adapters-stay-apart',
    'src/adapters/stores/memory/injected-sibling.ts',
    "import '../sqlite/sqlite-store.ts';",
    'src/adapters/stores/sqlite/sqlite-store.ts',
  ),
  inject(
    'freshness-knows-no-accounts',
    'src/app/freshness/injected-accounts.ts',
    "import '../operations/health.ts';",
    'src/app/operations/health.ts',
  ),
  inject(
    'accounts-know-no-operations',
    'src/app/accounts/injected-operations.ts',
    "import '../operations/health.ts';",
    'src/app/operations/health.ts',
  ),
  inject(
    'http-request-knows-no-answer',
    'src/adapters/http/request/injected-response.ts',
    "import '../response/send.ts';",
    'src/adapters/http/response/send.ts',
  ),
  inject(
    'http-response-knows-no-route',
    'src/adapters/http/response/injected-route.ts',
    "import '../routes/routes.ts';",
    'src/adapters/http/routes/routes.ts',
  ),
  inject(
    'injection-only-in-composition',
    'src/adapters/http/injected-inversify.ts',
    "import type { Container } from 'inversify';",
    inModules('inversify'),
  ),
  {
    title: 'a second file imports reflect-metadata',
    files: { 'src/app/composition/injected-metadata.ts': "import 'reflect-metadata';\n" },
    expected: {
      rule: 'reflect-metadata-once',
      from: inModules('reflect-metadata'),
      to: 'src/app/composition/injected-metadata.ts, src/app/composition/main.ts',
    },
  },
  inject(
    'no-tests-in-src',
    'src/app/composition/injected-test.ts',
    "import '../../../test/support/manual-clock.ts';",
    'test/support/manual-clock.ts',
  ),
  inject('no-dev-dependencies', 'src/adapters/http/injected-dev.ts', "import 'chai';", inModules('chai')),
  inject(
    'no-dev-dependencies',
    'src/adapters/http/injected-dev-types.ts',
    "import type { Typed } from 'typed';",
    inModules('@types/typed'),
  ),
  inject(
    'only-declared-packages',
    'src/adapters/http/injected-stray.ts',
    "import 'stray';",
    inModules('stray'),
  ),
  inject('only-declared-packages', 'src/adapters/http/injected-lost.ts', "import 'lost';", 'lost'),
  {
    title: 'two files import each other',
    files: {
      'src/app/accounts/injected-hen.ts':
        "import { egg } from './injected-egg.ts';\nexport const hen = () => egg;\n",
      'src/app/accounts/injected-egg.ts':
        "import { hen } from './injected-hen.ts';\nexport const egg = () => hen;\n",
    },
    expected: {
      rule: 'no-cycles',
      from: 'src/app/accounts/injected-egg.ts',
      to: 'src/app/accounts/injected-hen.ts → src/app/accounts/injected-egg.ts',
    },
  },
  {
    title: 'two files import types of each other',
    files: {
      'src/domain/injected-day.ts':
        "import type { Night } from './injected-night.ts';\nexport type Day = Night;\n",
      'src/domain/injected-night.ts':
        "import type { Day } from './injected-day.ts';\nexport type Night = Day;\n",
    },
    expected: {
      rule: 'no-cycles',
      from: 'src/domain/injected-day.ts',
      to: 'src/domain/injected-night.ts → src/domain/injected-day.ts',
    },
  },
];
