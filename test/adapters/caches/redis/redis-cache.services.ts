import { cacheContract } from '../../../contracts/cache-contract.ts';
import { redisCacheUnderTest } from '../../../support/open-redis-cache.ts';
import { RedisServer } from '../../../support/redis-server.ts';

describe('RedisCache on a real server', () => {
  let server: RedisServer;
  before(async () => {
    server = await RedisServer.start();
  });
  after(() => server.stop());

  cacheContract(redisCacheUnderTest(() => server.port));
});
