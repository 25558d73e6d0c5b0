import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { StoreInUse } from '../../../adapters/sqlite/sqlite-file-lock.ts';
import { SqliteUserStore } from '../../../adapters/sqlite/sqlite-user-store.ts';
import { reasonOf } from '../../../ports/errors.ts';
import { ConfigRefused, StoreTaken } from '../config.ts';
import { TOKENS } from '../tokens.ts';

const SQLITE: ServiceIdentifier<SqliteUserStore> = Symbol('SqliteUserStore');

export function sqliteStoreModule(path: string, tombstoneTtlMs: number): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(SQLITE)
      .toResolvedValue(
        async (clock, ids) => {
          try {
            return await SqliteUserStore.open({ path, clock, ids, tombstoneTtlMs });
          } catch (cause) {
            const mistake = `SQLITE_PATH: ${JSON.stringify(path)} given; ${reasonOf(cause)}`;
            throw cause instanceof StoreInUse ? new StoreTaken([mistake]) : new ConfigRefused([mistake]);
          }
        },
        [TOKENS.clock, TOKENS.ids],
      )
      .inSingletonScope()
      .onDeactivation((store) => store.close());
    bind(TOKENS.store).toService(SQLITE);
  });
}
