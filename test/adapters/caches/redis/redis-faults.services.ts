import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { RedisCache } from '../../../../src/adapters/caches/redis/redis-cache.ts';
import { CacheUnavailable } from '../../../../src/ports/errors.ts';
import { serverOf } from '../../../contracts/cache/cache-under-test.ts';
import { unique } from '../../../support/accounts.ts';
import { deadline } from '../../../support/deadline.ts';
import type { FaultProxy } from '../../../support/fault-proxy.ts';
import { redisFixture } from '../../../support/redis-fixture.ts';
import type { RedisServer } from '../../../support/redis-server.ts';
import { rejectionOf } from '../../../support/rejection-of.ts';
import { waitUntilAvailable } from '../../../support/wait-until-available.ts';
import { yieldToEventLoop } from '../../../support/yield-to-event-loop.ts';

const rejected = (promise: Promise<unknown>) => rejectionOf(promise, CacheUnavailable);

describe('RedisCache when the network or the server fails', () => {
  const { startServer, startProxy, connectCache } = redisFixture();
  let server: RedisServer;
  let proxy: FaultProxy;
  /** Connected through the proxy. */
  let cache: RedisCache;
  /** Connected to the server directly. */
  let direct: RedisCache;

  beforeEach(async () => {
    server = await startServer();
    proxy = await startProxy(server);
    [cache, direct] = await Promise.all([connectCache(proxy), connectCache(server)]);
  });

  for (const mode of ['blackhole', 'drop-responses', 'hold-requests'] as const) {
    it(`rejects every operation at its deadline (${mode})`, async () => {
      proxy.mode = mode;
      const began = performance.now();
      await Promise.all([
        rejected(cache.get('a', serverOf(cache), deadline(50))),
        rejected(cache.getMany(['a', 'b'], serverOf(cache), deadline(50))),
        rejected(cache.add('a', '1', 1000, serverOf(cache), deadline(50))),
        rejected(cache.replace('a', '1', '2', 1000, serverOf(cache), deadline(50))),
        rejected(cache.put('a', '3', 1000, serverOf(cache), deadline(50))),
      ]);
      expect(performance.now() - began).to.be.below(2000);
    });
  }

  it('may have applied a put that was rejected because the response was lost', async () => {
    const key = unique('lost-response');
    proxy.mode = 'drop-responses';
    await rejected(cache.put(key, 'applied', 60_000, serverOf(cache), deadline(50)));
    expect(await direct.get(key, serverOf(direct), deadline())).to.equal('applied');
  });

  it('may apply a put after it was rejected', async () => {
    const key = unique('late');
    proxy.mode = 'hold-requests';
    await rejected(cache.put(key, 'late', 60_000, serverOf(cache), deadline(50)));
    expect(await direct.get(key, serverOf(direct), deadline())).to.equal(undefined);
    proxy.mode = 'pass';
    await waitUntilAvailable(cache);
    expect(await direct.get(key, serverOf(direct), deadline())).to.equal('late');
  });

  it('sends each command once, and resends none after a reconnect', async () => {
    const key = unique('once');
    proxy.mode = 'blackhole';
    const lost = [
      rejected(cache.put(key, 'lost-put', 60_000, serverOf(cache), deadline())),
      rejected(cache.add(key, 'lost-add', 60_000, serverOf(cache), deadline())),
      rejected(cache.replace(key, 'x', 'lost-replace', 60_000, serverOf(cache), deadline())),
    ];
    while (!proxy.sent.includes('lost-replace')) await yieldToEventLoop();
    proxy.reset();
    await Promise.all(lost);
    proxy.mode = 'pass';
    await waitUntilAvailable(cache);
    await cache.put(key, 'kept', 60_000, serverOf(cache), deadline());
    expect(await direct.get(key, serverOf(direct), deadline())).to.equal('kept');
    for (const value of ['lost-put', 'lost-add', 'lost-replace']) {
      expect(proxy.sent.split(value).length - 1, `number of times that ${value} was sent`).to.equal(1);
    }
  });

  it('sends a replace once to a server that does not have the script', async () => {
    await cache.replace(unique('fresh'), 'a', 'only-once', 1000, serverOf(cache), deadline());
    expect(proxy.sent.split('only-once').length - 1).to.equal(1);
  });

  it('rejects at once while disconnected, with the cause, and queues nothing', async () => {
    await server.kill();
    await rejected(cache.get('a', serverOf(cache), deadline(50)));
    const { sent } = proxy;
    const { message } = await rejected(cache.put('a', 'queued', 60_000, serverOf(cache), deadline()));
    expect(message).to.match(/^Redis (closed the connection|cannot be reached)|^the connection to Redis/);
    expect(proxy.sent).to.equal(sent);
  });

  it('recovers after the server was killed and restarted, with an empty cache', async () => {
    const key = unique('restart');
    await cache.put(key, 'before', 60_000, serverOf(cache), deadline());
    await server.kill();
    await rejected(cache.get(key, serverOf(cache), deadline(50)));
    await server.start();
    await waitUntilAvailable(cache);
    expect(await cache.get(key, serverOf(cache), deadline())).to.equal(undefined);
  });

  it('recovers after connections were reset', async () => {
    proxy.reset();
    await rejected(cache.get('a', serverOf(cache), deadline(50)));
    await waitUntilAvailable(cache);
  });

  it('closes the connection to a server that has stopped responding, and recovers when it responds again', async () => {
    server.pause();
    await Promise.all(
      Array.from({ length: 100 }, () => rejected(cache.get('a', serverOf(cache), deadline(50)))),
    );
    server.resume();
    await waitUntilAvailable(cache);
  });
});

describe('RedisCache on a server that hangs under load', () => {
  const { startServer, connectCache } = redisFixture();

  it('limits the unanswered commands to 10,000, and rejects others at once', async () => {
    const server = await startServer();
    const cache = await connectCache(server);
    server.pause();
    const messages = await Promise.all(
      Array.from({ length: 12_000 }, () =>
        cache.get('a', serverOf(cache), deadline(500)).then(String, (error: Error) => error.message),
      ),
    );
    const excess = messages.filter((message) => message.includes('10000 commands are still unanswered'));
    expect(excess).to.have.length(2000);
    server.resume();
    await waitUntilAvailable(cache);
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(Array.from({ length: 9000 }, () => cache.get('a', serverOf(cache), deadline())));
    }
  });
});

describe('RedisCache on servers with old entries', () => {
  const { startServer, openCache, connectCache } = redisFixture();

  async function waitUntilRejectedAsReplica(cache: RedisCache, onReply = () => {}): Promise<void> {
    let message = '';
    const limit = deadline();
    while (!message.includes('replica') && performance.now() < limit) {
      message = await cache.get('a', serverOf(cache), deadline()).then(
        () => {
          onReply();
          return '';
        },
        (error: Error) => error.message,
      );
      await yieldToEventLoop();
    }
    expect(message).to.match(/^this Redis server is a replica/);
  }

  it('reads no entries that a restarted server has loaded from its append-only file', async () => {
    const server = await startServer(['--appendonly', 'yes', '--appendfsync', 'always']);
    const cache = await connectCache(server);
    await cache.put('key', 'old', 60_000, serverOf(cache), deadline());
    await server.kill();
    await server.start();
    await waitUntilAvailable(cache);
    const raw = new Redis(server.url);
    expect(await raw.dbsize(), 'entries that the server has loaded').to.equal(1);
    expect(await cache.get('key', serverOf(cache), deadline())).to.equal(undefined);
    raw.disconnect();
  });

  for (const [when, trigger] of [
    [
      'immediately after it rejects a SET',
      (cache: RedisCache) => cache.put('a', 'new', 1000, serverOf(cache), deadline()),
    ],
    ['soon after, without any SET', () => Promise.resolve()],
  ] as const) {
    it(`stops using a primary that is demoted to a replica: ${when}`, async () => {
      const primary = await startServer();
      const server = await startServer();
      const cache = await connectCache(server);
      const admin = new Redis(server.url);
      await admin.replicaof('127.0.0.1', primary.port);
      admin.disconnect();
      await trigger(cache).catch((error: unknown) => expect(error).to.be.instanceOf(CacheUnavailable));
      await waitUntilRejectedAsReplica(cache);
    });
  }

  it('never uses a replica', async () => {
    const primary = await startServer();
    const replica = await startServer(['--replicaof', '127.0.0.1', String(primary.port)]);
    await waitUntilRejectedAsReplica(openCache(replica.url), () => expect.fail('a replica answered a read'));
  });
});
