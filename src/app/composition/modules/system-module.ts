import { ContainerModule } from 'inversify';
import { SystemClock } from '../../../adapters/system/system-clock.ts';
import { UuidIds } from '../../../adapters/system/uuid-ids.ts';
import { TOKENS } from '../tokens.ts';

/** Time and ids, independent of the configuration. */
export function systemModule(): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TOKENS.clock).toConstantValue(new SystemClock());
    bind(TOKENS.ids).toConstantValue(new UuidIds());
  });
}
