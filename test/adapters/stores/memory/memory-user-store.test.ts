import { MemoryUserStore } from '../../../../src/adapters/stores/memory/memory-user-store.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { userStoreContract } from '../../../contracts/user-store-contract.ts';

describe('MemoryUserStore', () =>
  userStoreContract(() => ({ store: new MemoryUserStore({ clock: new SystemClock() }) })));
