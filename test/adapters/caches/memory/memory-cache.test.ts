import { MemoryCache } from '../../../../src/adapters/caches/memory/memory-cache.ts';
import { cacheContract } from '../../../contracts/cache-contract.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

describe('MemoryCache', () =>
  cacheContract(() => {
    const clock = new ManualClock();
    return { cache: new MemoryCache({ clock }), clock, advance: (ms) => clock.advance(ms) };
  }));
