import type { Environment } from '../../src/app/composition/config/environment.ts';
import { ServiceUnderTest } from './service-under-test.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Registers hooks that run a service with the memory store during the tests of the surrounding suite. */
export function useService(environment: Environment = {}): ServiceUnderTest {
  const service = new ServiceUnderTest();
  before(() => service.start(environment));
  after(() => service.stop());
  return service;
}

/**
 * The same with the default store, a SQLite file, and the cache in the process.
 * @param fill may write to the database file before the service opens it
 */
export function useEmbeddedService(fill?: (file: string) => Promise<void>): ServiceUnderTest {
  const service = new ServiceUnderTest();
  let folder: ReturnType<typeof temporaryFolder> | undefined;
  before(async () => {
    folder = temporaryFolder();
    const file = `${folder.path}/rollcall.db`;
    await fill?.(file);
    await service.start({ STORE: 'sqlite', SQLITE_PATH: file });
  });
  after(async () => {
    await service.stop();
    folder?.remove();
  });
  return service;
}
