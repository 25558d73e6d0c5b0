import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { StoreInUse } from '../../../../adapters/stores/sqlite/files/sqlite-file-lock.ts';
import { SqliteUserStore } from '../../../../adapters/stores/sqlite/sqlite-user-store.ts';
import { reasonOf } from '../../../../ports/errors.ts';
import { InvalidConfiguration, StoreLocked } from '../../config/invalid-configuration.ts';
import { TOKENS } from '../../tokens.ts';

const SQLITE: ServiceIdentifier<SqliteUserStore> = Symbol('SqliteUserStore');

export function sqliteStoreModule(path: string, tombstoneTtlMs: number): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(SQLITE)
      .toResolvedValue(
        async (clock, ids) => {
          try {
            return await SqliteUserStore.open({ path, clock, ids, tombstoneTtlMs });
          } catch (cause) {
            const problem = `SQLITE_PATH: ${JSON.stringify(path)} cannot be used: ${reasonOf(cause)}`;
            throw cause instanceof StoreInUse
              ? new StoreLocked([problem])
              : new InvalidConfiguration([problem]);
          }
        },
        [TOKENS.clock, TOKENS.ids],
      )
      .inSingletonScope()
      .onDeactivation((store) => store.close());
    bind(TOKENS.store).toService(SQLITE);
    bind(TOKENS.externalCommits).toService(SQLITE);
    bind(TOKENS.selfChecking).toService(SQLITE);
  });
}
