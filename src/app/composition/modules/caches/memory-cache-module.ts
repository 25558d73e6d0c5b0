import { ContainerModule } from 'inversify';
import { MemoryCache } from '../../../../adapters/caches/memory/memory-cache.ts';
import { StoreCheckedCache } from '../../../../adapters/caches/memory/store-checked-cache.ts';
import type { Cache } from '../../../../ports/cache.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { ExternalCommits } from '../../../../ports/external-commits.ts';
import { TOKENS } from '../../tokens.ts';

export function memoryCacheModule(): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TOKENS.cache)
      .toResolvedValue<[Clock, ExternalCommits | undefined]>(
        (clock, commits): Cache => {
          const cache = new MemoryCache({ clock });
          return commits === undefined ? cache : new StoreCheckedCache(cache, commits);
        },
        [TOKENS.clock, { optional: true, serviceIdentifier: TOKENS.externalCommits }],
      )
      .inSingletonScope();
    bind(TOKENS.cacheIdentity).toConstantValue({ description: 'memory', isPrivate: true, isAbsent: false });
  });
}
