import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { SqliteUserStore } from '../../../adapters/sqlite/sqlite-user-store.ts';
import { reasonOf } from '../../../ports/errors.ts';
import { ConfigRefused } from '../config.ts';
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
            const reason = reasonOf(cause);
            throw new ConfigRefused([`SQLITE_PATH: ${JSON.stringify(path)} given; ${reason}`]);
          }
        },
        [TOKENS.clock, TOKENS.ids],
      )
      .inSingletonScope()
      .onDeactivation((store) => store.close());
    bind(TOKENS.store).toService(SQLITE);
  });
}
