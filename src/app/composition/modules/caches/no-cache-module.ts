import { ContainerModule } from 'inversify';
import { NoCache } from '../../../../adapters/caches/none/no-cache.ts';
import { TOKENS } from '../../tokens.ts';

export function noCacheModule(): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TOKENS.cache).toConstantValue(new NoCache());
    bind(TOKENS.cacheIdentity).toConstantValue({ description: 'none', isPrivate: false, isAbsent: true });
  });
}
