import type { Files } from './temporary-tree.ts';

function packages(...names: string[]): Files {
  return Object.fromEntries(
    names.flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
      [`node_modules/${name}/index.js`, 'module.exports = {};\n'],
    ]),
  );
}

/** A minimal project without violations that uses everything the rules allow. Examples of violations are added to it. */
export const validTree: Files = {
  ...packages('inversify', 'reflect-metadata', 'cockatiel', 'express', 'chai', 'stray', '@types/typed'),
  'package.json': JSON.stringify({
    dependencies: { inversify: '1', 'reflect-metadata': '1', cockatiel: '1', express: '1' },
    devDependencies: { chai: '1', '@types/typed': '1' },
  }),
  'test/support/manual-clock.ts': 'export const manualClock = 1;\n',
  'src/domain/user.ts': 'export interface User { readonly id: string }\n',
  'src/domain/names.ts': "import type { User } from './user.ts';\nexport const name = (u: User) => u.id;\n",
  'src/ports/clock.ts': 'export interface Clock { now(): number }\n',
  'src/ports/user-store.ts': [
    "import type { User } from '../domain/user.ts';",
    "import type { Clock } from './clock.ts';",
    'export interface UserStore { readonly clock: Clock; get(id: string): User }',
  ].join('\n'),
  'src/app/account-service.ts': [
    "import { name } from '../domain/names.ts';",
    "import type { UserStore } from '../ports/user-store.ts';",
    "import { breaker } from './freshness/breaker.ts';",
    'export const accountService = (store: UserStore) => [name(store.get("1")), breaker];',
  ].join('\n'),
  'src/app/operations/health.ts': "import '../account-service.ts';\nexport const health = 1;\n",
  'src/adapters/stores/sqlite/sqlite-store.ts': 'export const sqliteStore = 1;\n',
  'src/adapters/http/response/send.ts':
    "import { path } from '../request/path.ts';\nexport const send = path;\n",
  'src/app/freshness/breaker.ts': "import { circuit } from 'cockatiel';\nexport const breaker = circuit;\n",
  'src/app/composition/config/environment.ts': 'export const config = process.env;\n',
  'src/app/composition/main.ts': [
    "import 'reflect-metadata';",
    "import { createServer } from 'node:http';",
    "import { Container } from 'inversify';",
    "import { routes } from '../../adapters/http/routes/routes.ts';",
    "import { memoryStore } from '../../adapters/stores/memory/memory-store.ts';",
    "import { accountService } from '../account-service.ts';",
    "import { config } from './config/environment.ts';",
    'const container = new Container();',
    'createServer(await container.getAsync(routes), container.get(config), accountService(memoryStore));',
  ].join('\n'),
  'src/adapters/http/routes/routes.ts': [
    "import { randomUUID } from 'node:crypto';",
    "import type { Express } from 'express';",
    "import type { accountService } from '../../../app/account-service.ts';",
    "import { path } from '../request/path.ts';",
    '// A comment may say process.env, console.log( and container.get(.',
    "export const docs = 'https://console.example/keys';",
    'export const routes = (app: Express, service: typeof accountService) => [app, service, path, randomUUID()];',
  ].join('\n'),
  'src/adapters/http/request/path.ts': "export const path = '/users';\n",
  'src/adapters/stores/memory/memory-store.ts': [
    "import type { UserStore } from '../../../ports/user-store.ts';",
    'export declare const memoryStore: UserStore;',
  ].join('\n'),
};
