import { ContainerModule } from 'inversify';
import { MemoryCache } from '../../../../adapters/caches/memory/memory-cache.ts';
import { TOKENS } from '../../tokens.ts';

export function memoryCacheModule(): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TOKENS.cache)
      .toResolvedValue((clock) => new MemoryCache({ clock }), [TOKENS.clock])
      .inSingletonScope();
    bind(TOKENS.cacheIdentity).toConstantValue({ description: 'memory', isPrivate: true });
  });
}
