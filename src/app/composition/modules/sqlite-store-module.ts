import { ContainerModule } from 'inversify';
import { SqliteUserStore } from '../../../adapters/sqlite/sqlite-user-store.ts';
import { ConfigRefused } from '../config.ts';
import { TOKENS } from '../tokens.ts';

export function sqliteStoreModule(path: string, tombstoneTtlMs: number): ContainerModule {
  return new ContainerModule(({ bind, onDeactivation }) => {
    bind(TOKENS.store)
      .toResolvedValue(
        async (clock, ids) => {
          try {
            return await SqliteUserStore.open({ path, clock, ids, tombstoneTtlMs });
          } catch (cause) {
            throw new ConfigRefused([`SQLITE_PATH: ${JSON.stringify(path)} given; ${reasonOf(cause)}`]);
          }
        },
        [TOKENS.clock, TOKENS.ids],
      )
      .inSingletonScope();
    onDeactivation(TOKENS.store, (store) => {
      if (store instanceof SqliteUserStore) store.close();
    });
  });
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
