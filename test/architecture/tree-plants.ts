import { type Plant, plant } from './plant.ts';

const rooms = 'domain, ports, app or adapters/<name>';

export const treePlants: readonly Plant[] = [
  plant('known-room', 'src/main.ts', 'export {};', rooms),
  plant('known-room', 'src/services/mailer.ts', 'export {};', rooms),
  plant('known-room', 'src/adapters/loose.ts', 'export {};', rooms),
  plant('no-junk-drawer', 'src/domain/utils/text.ts', 'export {};', 'utils'),
  plant('no-junk-drawer', 'src/adapters/shared/text.ts', 'export {};', 'shared'),
  plant('no-junk-drawer', 'src/ports/common.ts', 'export {};', 'common'),
  plant('no-junk-drawer', 'src/app/helpers.ts', 'export {};', 'helpers'),
  plant('no-junk-drawer', 'src/app/misc.ts', 'export {};', 'misc'),
  plant('kebab-case', 'src/domain/plantUser.ts', 'export {};', 'plantUser.ts'),
  plant('kebab-case', 'src/adapters/fileStore/plant.ts', 'export {};', 'fileStore'),
  plant('no-console', 'src/app/plant-console.ts', "console.log('hello');", 'console.'),
  plant(
    'container-only-in-composition',
    'src/adapters/http/plant-container.ts',
    'export const server = rootContainer.get(token);',
    'Container.get',
  ),
  plant(
    'container-only-in-composition',
    'src/app/plant-locator.ts',
    'export const server = await locator.getAsync(token);',
    '.getAsync(',
  ),
  plant(
    'environment-in-one-file',
    'src/adapters/http/plant-environment.ts',
    "export const port = process.env['PORT'];",
    'process.env',
  ),
  plant(
    'environment-in-one-file',
    'src/app/composition/environment.ts',
    'export const { env } = process;',
    'process.env',
  ),
  plant(
    'environment-in-one-file',
    'src/adapters/cli/plant-environment.ts',
    "import { env } from 'node:process';",
    'process.env',
  ),
];
