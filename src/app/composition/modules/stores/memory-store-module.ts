import { ContainerModule } from 'inversify';
import { MemoryUserStore } from '../../../../adapters/stores/memory/memory-user-store.ts';
import { TOKENS } from '../../tokens.ts';

export function memoryStoreModule(tombstoneTtlMs: number): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TOKENS.inspectedStore).toService(TOKENS.store);
    bind(TOKENS.store)
      .toResolvedValue((clock) => new MemoryUserStore({ clock, tombstoneTtlMs }), [TOKENS.clock])
      .inSingletonScope();
  });
}
