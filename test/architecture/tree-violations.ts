import { type InjectedViolation, inject } from './injected-violation.ts';
import { KNOWN_ROOMS } from './tree-rules.ts';

export const injectedTrees: readonly InjectedViolation[] = [
  inject('known-room', 'src/main.ts', 'export {};', KNOWN_ROOMS),
  inject('known-room', 'src/services/mailer.ts', 'export {};', KNOWN_ROOMS),
  inject('known-room', 'src/adapters/loose.ts', 'export {};', KNOWN_ROOMS),
  inject('known-room', 'src/adapters/mysql/mysql-user-store.ts', 'export {};', KNOWN_ROOMS),
  inject('known-room', 'src/adapters/stores/loose-store.ts', 'export {};', KNOWN_ROOMS),
  inject('known-room', 'src/adapters/http/middleware/cookies.ts', 'export {};', KNOWN_ROOMS),
  inject('known-room', 'src/app/loose-service.ts', 'export {};', KNOWN_ROOMS),
  inject('known-room', 'src/app/jobs/nightly.ts', 'export {};', KNOWN_ROOMS),
  inject('no-junk-drawer', 'src/domain/utils/text.ts', 'export {};', 'utils'),
  inject('no-junk-drawer', 'src/adapters/caches/shared/text.ts', 'export {};', 'shared'),
  inject('no-junk-drawer', 'src/ports/common.ts', 'export {};', 'common'),
  inject('no-junk-drawer', 'src/app/accounts/helpers.ts', 'export {};', 'helpers'),
  inject('no-junk-drawer', 'src/app/operations/misc.ts', 'export {};', 'misc'),
  inject('kebab-case', 'src/domain/injectedUser.ts', 'export {};', 'injectedUser.ts'),
  inject('kebab-case', 'src/adapters/stores/fileStore/injected.ts', 'export {};', 'fileStore'),
  inject('no-console', 'src/app/accounts/injected-console.ts', "console.log('hello');", 'console.'),
  inject(
    'container-only-in-composition',
    'src/adapters/http/injected-container.ts',
    'export const server = rootContainer.get(token);',
    'Container.get',
  ),
  inject(
    'container-only-in-composition',
    'src/app/accounts/injected-locator.ts',
    'export const server = await locator.getAsync(token);',
    '.getAsync(',
  ),
  inject(
    'environment-in-one-file',
    'src/adapters/http/injected-environment.ts',
    "export const port = process.env['PORT'];",
    'process.env',
  ),
  inject(
    'environment-in-one-file',
    'src/app/composition/config/config.ts',
    'export const { env } = process;',
    'process.env',
  ),
  inject(
    'environment-in-one-file',
    'src/adapters/cli/injected-environment.ts',
    "import { env } from 'node:process';",
    'process.env',
  ),
];
