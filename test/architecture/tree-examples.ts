import { KNOWN_FOLDERS } from './tree-rules.ts';
import { example, type ViolationExample } from './violation-example.ts';

export const treeExamples: readonly ViolationExample[] = [
  example('known-folder', 'src/main.ts', 'export {};', KNOWN_FOLDERS),
  example('known-folder', 'src/services/mailer.ts', 'export {};', KNOWN_FOLDERS),
  example('known-folder', 'src/adapters/loose.ts', 'export {};', KNOWN_FOLDERS),
  example('known-folder', 'src/adapters/mysql/mysql-user-store.ts', 'export {};', KNOWN_FOLDERS),
  example('known-folder', 'src/adapters/stores/loose-store.ts', 'export {};', KNOWN_FOLDERS),
  example('known-folder', 'src/adapters/http/middleware/cookies.ts', 'export {};', KNOWN_FOLDERS),
  example('known-folder', 'src/app/loose-service.ts', 'export {};', KNOWN_FOLDERS),
  example('known-folder', 'src/app/jobs/nightly.ts', 'export {};', KNOWN_FOLDERS),
  example('no-catch-all-name', 'src/domain/utils/text.ts', 'export {};', 'utils'),
  example('no-catch-all-name', 'src/adapters/caches/shared/text.ts', 'export {};', 'shared'),
  example('no-catch-all-name', 'src/ports/common.ts', 'export {};', 'common'),
  example('no-catch-all-name', 'src/app/accounts/helpers.ts', 'export {};', 'helpers'),
  example('no-catch-all-name', 'src/app/operations/misc.ts', 'export {};', 'misc'),
  example('kebab-case', 'src/domain/violatingUser.ts', 'export {};', 'violatingUser.ts'),
  example('kebab-case', 'src/adapters/stores/fileStore/violating.ts', 'export {};', 'fileStore'),
  example('no-console', 'src/app/accounts/violating-console.ts', "console.log('hello');", 'console.'),
  example(
    'container-only-in-composition',
    'src/adapters/http/violating-container.ts',
    'export const server = rootContainer.get(token);',
    'Container.get',
  ),
  example(
    'container-only-in-composition',
    'src/app/accounts/violating-locator.ts',
    'export const server = await locator.getAsync(token);',
    '.getAsync(',
  ),
  example(
    'environment-in-one-file',
    'src/adapters/http/violating-environment.ts',
    "export const port = process.env['PORT'];",
    'process.env',
  ),
  example(
    'environment-in-one-file',
    'src/app/composition/config/config.ts',
    'export const { env } = process;',
    'process.env',
  ),
  example(
    'environment-in-one-file',
    'src/adapters/cli/violating-environment.ts',
    "import { env } from 'node:process';",
    'process.env',
  ),
];
