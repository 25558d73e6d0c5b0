import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { RedisCache } from '../../../../src/adapters/caches/redis/redis-cache.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { CacheUnavailable } from '../../../../src/ports/errors.ts';
import { unique } from '../../../support/accounts.ts';
import { FaultProxy } from '../../../support/fault-proxy.ts';
import {
  type OpenedRedisCache,
  openRedisCache,
  waitUntilAvailable,
} from '../../../support/open-redis-cache.ts';
import { RedisServer } from '../../../support/redis-server.ts';
import { yieldToEventLoop } from '../../../support/yield-to-event-loop.ts';

describe('RedisCache when the network or the server fails', () => {
  const clock = new SystemClock();
  const soon = () => clock.monotonic() + 5000;
  const in50 = () => clock.monotonic() + 50;
  let server: RedisServer;
  let proxy: FaultProxy;
  let through: OpenedRedisCache;
  let direct: OpenedRedisCache;

  beforeEach(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.to(server.port);
    through = openRedisCache(proxy.port);
    direct = openRedisCache(server.port);
    await Promise.all([waitUntilAvailable(through.cache), waitUntilAvailable(direct.cache)]);
  });
  afterEach(async () => {
    through.close();
    direct.close();
    await proxy.close();
    await server.stop();
  });

  const failureOf = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.fail('it should have failed'),
      (error: unknown) => error as Error,
    );

  for (const mode of ['black hole', 'deaf', 'late'] as const) {
    it(`keeps the deadline of every operation (${mode})`, async () => {
      proxy.mode = mode;
      const { cache } = through;
      const began = clock.monotonic();
      const failures = await Promise.all([
        failureOf(cache.get('a', in50())),
        failureOf(cache.getMany(['a', 'b'], in50())),
        failureOf(cache.add('a', '1', 1000, in50())),
        failureOf(cache.replace('a', '1', '2', 1000, in50())),
        failureOf(cache.put('a', '3', 1000, in50())),
      ]);
      for (const failure of failures) expect(failure).to.be.instanceOf(CacheUnavailable);
      expect(clock.monotonic() - began).to.be.below(2000);
    });
  }

  it('may have been applied although it failed: the answer was lost', async () => {
    const key = unique('deaf');
    proxy.mode = 'deaf';
    await failureOf(through.cache.put(key, 'applied', 60_000, in50()));
    expect(await direct.cache.get(key, soon())).to.equal('applied');
  });

  it('may be applied late, after it failed: the protocol has to expect that', async () => {
    const key = unique('late');
    proxy.mode = 'late';
    await failureOf(through.cache.put(key, 'late', 60_000, in50()));
    expect(await direct.cache.get(key, soon())).to.equal(undefined);
    proxy.mode = 'pass';
    await waitUntilAvailable(through.cache);
    expect(await direct.cache.get(key, soon())).to.equal('late');
  });

  it('sends each command once, and none again after it has reconnected', async () => {
    const key = unique('once');
    proxy.mode = 'black hole';
    const lost = [
      failureOf(through.cache.put(key, 'lost-put', 60_000, soon())),
      failureOf(through.cache.add(key, 'lost-add', 60_000, soon())),
      failureOf(through.cache.replace(key, 'x', 'lost-replace', 60_000, soon())),
    ];
    while (!proxy.sent.includes('lost-replace')) await yieldToEventLoop();
    proxy.reset();
    for (const failure of await Promise.all(lost)) expect(failure).to.be.instanceOf(CacheUnavailable);
    proxy.mode = 'pass';
    await waitUntilAvailable(through.cache);
    await through.cache.put(key, 'kept', 60_000, soon());
    expect(await direct.cache.get(key, soon())).to.equal('kept');
    for (const value of ['lost-put', 'lost-add', 'lost-replace']) {
      expect(proxy.sent.split(value).length - 1, `how often ${value} was sent`).to.equal(1);
    }
  });

  it('sends a replacement once to a server that has never seen the script', async () => {
    await through.cache.replace(unique('fresh'), 'a', 'only-once', 1000, soon());
    expect(proxy.sent.split('only-once').length - 1).to.equal(1);
  });

  it('queues nothing while it is disconnected: it refuses at once, saying why', async () => {
    await server.kill();
    await failureOf(through.cache.get('a', in50()));
    const sent = proxy.sent;
    const failure = await failureOf(through.cache.put('a', 'queued', 60_000, soon()));
    expect(failure).to.be.instanceOf(CacheUnavailable);
    expect(failure.message).to.match(/^Redis (cannot be reached|failed): /);
    expect(proxy.sent).to.equal(sent);
  });

  it('recovers by itself when the server was killed and started again, and starts cold', async () => {
    const key = unique('restart');
    await through.cache.put(key, 'before', 60_000, soon());
    await server.kill();
    await failureOf(through.cache.get(key, in50()));
    await server.start();
    await waitUntilAvailable(through.cache);
    expect(await through.cache.get(key, soon())).to.equal(undefined);
  });

  it('recovers by itself when connections are reset', async () => {
    proxy.reset();
    await failureOf(through.cache.get('a', in50()));
    await waitUntilAvailable(through.cache);
  });

  it('gives up a server that has stopped answering, and recovers when it goes on', async () => {
    server.pause();
    const stuck = Array.from({ length: 100 }, () => failureOf(through.cache.get('a', in50())));
    for (const failure of await Promise.all(stuck)) expect(failure).to.be.instanceOf(CacheUnavailable);
    server.resume();
    await waitUntilAvailable(through.cache);
  });
});

describe('RedisCache on a server that hangs under load', () => {
  const clock = new SystemClock();
  const { startServer, openCache } = cleanedUp();

  it('leaves no more than ten thousand commands unanswered, and refuses at once what comes on top', async () => {
    const server = await startServer();
    const cache = openCache(server);
    await waitUntilAvailable(cache);
    server.pause();
    const messages = await Promise.all(
      Array.from({ length: 12_000 }, () =>
        cache.get('a', clock.monotonic() + 50).then(String, (error: Error) => error.message),
      ),
    );
    const refused = messages.filter((message) => message === 'Redis owes too many answers.');
    expect(refused).to.have.length(2000);
    server.resume();
    await waitUntilAvailable(cache);
    for (let n = 0; n < 3; n += 1) {
      await Promise.all(Array.from({ length: 9000 }, () => cache.get('a', clock.monotonic() + 5000)));
    }
  });
});

describe('RedisCache and what a server brings back', () => {
  const clock = new SystemClock();
  const soon = () => clock.monotonic() + 5000;
  const { startServer, openCache } = cleanedUp();

  async function untilRefusedAsReplica(cache: RedisCache, onAnswer = () => {}): Promise<void> {
    let message = '';
    const deadline = clock.monotonic() + 5000;
    while (!message.includes('replica') && clock.monotonic() < deadline) {
      message = await cache.get('a', soon()).then(
        () => {
          onAnswer();
          return '';
        },
        (error: Error) => error.message,
      );
      await yieldToEventLoop();
    }
    expect(message).to.equal('This Redis is a replica; its answers may be old.');
  }

  it('does not believe entries that a restarted server has read from its dump file', async () => {
    const server = await startServer(['--appendonly', 'yes', '--appendfsync', 'always']);
    const cache = openCache(server);
    await waitUntilAvailable(cache);
    await cache.put('key', 'from before', 60_000, soon());
    await server.kill();
    await server.start();
    await waitUntilAvailable(cache);
    const raw = new Redis(server.url);
    expect(await raw.dbsize(), 'what the server brought back').to.equal(1);
    expect(await cache.get('key', soon())).to.equal(undefined);
    raw.disconnect();
  });

  for (const [when, make] of [
    ['as soon as it has refused a set', (cache: RedisCache) => cache.put('a', 'new', 1000, soon())],
    ['a little later, though nothing is set', () => Promise.resolve()],
  ] as const) {
    it(`is not used any more once it was made a replica: ${when}`, async () => {
      const primary = await startServer();
      const server = await startServer();
      const cache = openCache(server);
      await waitUntilAvailable(cache);
      const admin = new Redis(server.url);
      await admin.replicaof('127.0.0.1', primary.port);
      admin.disconnect();
      await make(cache).catch((error: unknown) => expect(error).to.be.instanceOf(CacheUnavailable));
      await untilRefusedAsReplica(cache);
    });
  }

  it('is not used while it is a replica', async () => {
    const primary = await startServer();
    const replica = await startServer(['--replicaof', '127.0.0.1', String(primary.port)]);
    const cache = openCache(replica);
    await untilRefusedAsReplica(cache, () => expect.fail('a replica was asked'));
  });
});

/** Servers and caches that are closed after each test, however it ends. */
function cleanedUp() {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  return {
    async startServer(args?: readonly string[]): Promise<RedisServer> {
      const server = await RedisServer.start(args);
      closing.push(() => server.stop());
      return server;
    },
    openCache({ port }: RedisServer): RedisCache {
      const { cache, close } = openRedisCache(port);
      closing.push(close);
      return cache;
    },
  };
}
