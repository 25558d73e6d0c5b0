import { MemoryCache } from '../../../../src/adapters/caches/memory/memory-cache.ts';
import { cacheContract } from '../../../contracts/cache-contract.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

describe('MemoryCache', () =>
  cacheContract(async () => {
    const clock = new ManualClock();
    return {
      cache: new MemoryCache({ clock }),
      clock,
      pass: (ms) => clock.advance(ms),
      close: async () => {},
    };
  }));
