import { type Plant, plant } from './plant.ts';

const inModules = (name: string): string => `node_modules/${name}/index.js`;

export const importPlants: readonly Plant[] = [
  plant(
    'domain-imports-nothing',
    'src/domain/plant-type.ts',
    "import type { Clock } from '../ports/clock.ts';",
    'src/ports/clock.ts',
  ),
  plant(
    'domain-imports-nothing',
    'src/domain/plant-inline-type.ts',
    "export type Late = import('../ports/clock.ts').Clock;",
    'src/ports/clock.ts',
  ),
  plant('domain-imports-nothing', 'src/domain/plant-package.ts', "import 'express';", inModules('express')),
  plant('domain-imports-nothing', 'src/domain/plant-node.ts', "import 'node:crypto';", 'crypto'),
  plant(
    'ports-import-domain',
    'src/ports/plant-app.ts',
    "import '../app/account-service.ts';",
    'src/app/account-service.ts',
  ),
  plant('ports-import-domain', 'src/ports/plant-node.ts', "import 'node:crypto';", 'crypto'),
  plant('ports-import-domain', 'src/ports/plant-npm.ts', "import 'express';", inModules('express')),
  plant(
    'app-imports-inward',
    'src/app/plant-adapter.ts',
    "import type { memoryStore } from '../adapters/memory/memory-store.ts';",
    'src/adapters/memory/memory-store.ts',
  ),
  plant(
    'app-imports-inward',
    'src/app/plant-composition.ts',
    "import './composition/config.ts';",
    'src/app/composition/config.ts',
  ),
  plant('app-imports-inward', 'src/app/plant-npm.ts', "import 'express';", inModules('express')),
  plant('app-imports-inward', 'src/app/freshness/plant-node.ts', "import 'node:crypto';", 'crypto'),
  plant('app-imports-inward', 'src/app/plant-builtin.ts', "process.getBuiltinModule('node:fs');", 'fs'),
  plant(
    'cockatiel-only-in-freshness',
    'src/app/plant-cockatiel.ts',
    "import 'cockatiel';",
    inModules('cockatiel'),
  ),
  plant(
    'adapters-import-inward',
    'src/adapters/http/plant-composition.ts',
    "import '../../app/composition/config.ts';",
    'src/app/composition/config.ts',
  ),
  plant(
    'only-drivers-import-app',
    'src/adapters/memory/plant-app.ts',
    "import type { accountService } from '../../app/account-service.ts';",
    'src/app/account-service.ts',
  ),
  plant(
    'adapters-stay-apart',
    'src/adapters/http/plant-adapter.ts',
    "import '../memory/memory-store.ts';",
    'src/adapters/memory/memory-store.ts',
  ),
  plant(
    'injection-only-in-composition',
    'src/adapters/http/plant-inversify.ts',
    "import type { Container } from 'inversify';",
    inModules('inversify'),
  ),
  {
    title: 'a second file imports reflect-metadata',
    files: { 'src/app/composition/plant-metadata.ts': "import 'reflect-metadata';\n" },
    caught: {
      rule: 'reflect-metadata-once',
      from: inModules('reflect-metadata'),
      to: 'src/app/composition/main.ts, src/app/composition/plant-metadata.ts',
    },
  },
  plant(
    'no-tests-in-src',
    'src/app/composition/plant-test.ts',
    "import '../../../test/support/manual-clock.ts';",
    'test/support/manual-clock.ts',
  ),
  plant('no-dev-dependencies', 'src/adapters/http/plant-dev.ts', "import 'chai';", inModules('chai')),
  plant(
    'no-dev-dependencies',
    'src/adapters/http/plant-dev-types.ts',
    "import type { Typed } from 'typed';",
    inModules('@types/typed'),
  ),
  plant('only-declared-packages', 'src/adapters/http/plant-stray.ts', "import 'stray';", inModules('stray')),
  plant('only-declared-packages', 'src/adapters/http/plant-lost.ts', "import 'lost';", 'lost'),
  {
    title: 'two files import each other',
    files: {
      'src/app/plant-hen.ts': "import { egg } from './plant-egg.ts';\nexport const hen = () => egg;\n",
      'src/app/plant-egg.ts': "import { hen } from './plant-hen.ts';\nexport const egg = () => hen;\n",
    },
    caught: {
      rule: 'no-cycles',
      from: 'src/app/plant-egg.ts',
      to: 'src/app/plant-hen.ts → src/app/plant-egg.ts',
    },
  },
  {
    title: 'two files import types of each other',
    files: {
      'src/domain/plant-day.ts': "import type { Night } from './plant-night.ts';\nexport type Day = Night;\n",
      'src/domain/plant-night.ts': "import type { Day } from './plant-day.ts';\nexport type Night = Day;\n",
    },
    caught: {
      rule: 'no-cycles',
      from: 'src/domain/plant-day.ts',
      to: 'src/domain/plant-night.ts → src/domain/plant-day.ts',
    },
  },
];
