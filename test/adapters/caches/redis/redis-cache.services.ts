import { cacheContract } from '../../../contracts/cache-contract.ts';
import { redisUnderTest } from '../../../support/redis.ts';
import { RedisServer } from '../../../support/redis-server.ts';

describe('RedisCache on a real server', () => {
  let server: RedisServer;
  before(async () => {
    server = await RedisServer.start();
  });
  after(() => server.stop());

  cacheContract(redisUnderTest(() => server.port));
});
