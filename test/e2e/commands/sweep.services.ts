import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { RedisServer } from '../../support/redis-server.ts';
import { endProcesses, startRollcall } from '../../support/rollcall-process.ts';
import { runRollcall } from '../../support/run-rollcall.ts';
import { sweepScenario } from './sweep-scenario.ts';

for (const store of ['postgres', 'dynamodb']) {
  for (const cache of ['none', 'redis']) sweepScenario(store, cache);
}

/** Longer than all attempts to mark a record without a connection. */
const CONNECT_MS = 700;

describe('rollcall sweep, with a slow connection to Redis', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let far: Server;

  before(async () => {
    redis = await RedisServer.start();
    far = createServer((near: Socket) => {
      setTimeout(() => {
        const behind = connect(redis.port, '127.0.0.1');
        for (const [one, other] of [
          [near, behind],
          [behind, near],
        ] as const) {
          one.pipe(other);
          one.on('error', () => other.destroy());
          one.on('close', () => other.destroy());
        }
      }, CONNECT_MS);
    });
    far.listen(0, '127.0.0.1');
    await once(far, 'listening');
  });
  after(async () => {
    await endProcesses();
    far?.close();
    await redis?.stop();
  });

  it('waits for the connection', async () => {
    const service = await startRollcall({ env: { CACHE: 'redis', REDIS_URL: redis.url } });
    await service.createUser('ann');
    await service.createOrganization('ann', 'gone');
    expect((await service.call('DELETE', '/organizations/gone', { as: 'ann' })).status).to.equal(204);
    const { port } = far.address() as AddressInfo;
    const { exit, lines, stderr } = await runRollcall(['sweep'], {
      folder: service.folder,
      env: { CACHE: 'redis', REDIS_URL: `redis://127.0.0.1:${port}` },
    });
    expect([exit, lines[0]], stderr).to.deep.equal([
      0,
      'ok       removed: 1 orphaned memberships, 0 expired records; repaired: 1 users',
    ]);
  });
});
