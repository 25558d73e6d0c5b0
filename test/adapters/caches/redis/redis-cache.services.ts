import { cacheContract } from '../../../contracts/cache-contract.ts';
import { redisCacheUnderTest } from '../../../support/redis-fixture.ts';

describe('RedisCache on a real server', () => cacheContract(redisCacheUnderTest()));
