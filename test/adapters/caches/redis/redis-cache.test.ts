import { expect } from 'chai';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { CacheUnavailable } from '../../../../src/ports/errors.ts';
import { cacheAtomicityRules } from '../../../contracts/cache/atomicity.ts';
import type { CacheUnderTest } from '../../../contracts/cache/cache-under-test.ts';
import { cacheEntryRules } from '../../../contracts/cache/entries.ts';
import {
  infoReply,
  type RedisDouble,
  redisDouble,
  uniqueRedisAddress,
} from '../../../support/redis-double.ts';
import { yieldToEventLoop } from '../../../support/yield-to-event-loop.ts';

/**
 * What can be seen without a server: what is sent, under which keys, and what is refused. ioredis-mock runs the commands
 * and the Lua script faithfully enough for the contract. That entries expire, and how a real connection fails, is tested
 * on a real server in the .services.ts beside this file.
 */
describe('RedisCache on a double of the server', () => {
  const clock = new SystemClock();
  const soon = () => clock.monotonic() + 5000;
  let address: string;
  let double: RedisDouble;

  beforeEach(async () => {
    address = uniqueRedisAddress();
    double = await redisDouble(address);
  });
  afterEach(() => double.connection.close());

  const failureOf = (promise: Promise<unknown>): Promise<CacheUnavailable> =>
    promise.then(
      () => expect.fail('it should have failed'),
      (error: unknown) => {
        expect(error).to.be.instanceOf(CacheUnavailable);
        return error as CacheUnavailable;
      },
    );

  describe('keeps the contract', () => {
    const opened = (): CacheUnderTest => ({
      cache: double.cache,
      clock,
      pass: () => expect.fail('time does not pass here'),
      another: async () => (await redisDouble(address)).cache,
      close: async () => {},
    });
    describe('entries', () => cacheEntryRules(opened));
    describe('races', () => cacheAtomicityRules(opened));
  });

  describe('sends one command for each call', () => {
    const KEY = 'test:run-1:key';

    it('get and getMany', async () => {
      await double.cache.get('key', soon());
      await double.cache.getMany(['key', 'other'], soon());
      expect(double.sent).to.deep.equal([
        ['get', KEY],
        ['mget', [KEY, 'test:run-1:other']],
      ]);
    });

    it('add and put, with a time to live in whole milliseconds, rounded up', async () => {
      await double.cache.add('key', 'value', 1500.25, soon());
      await double.cache.put('key', 'value', 0.5, soon());
      expect(double.sent).to.deep.equal([
        ['set', KEY, 'value', 'PX', 1501, 'NX'],
        ['set', KEY, 'value', 'PX', 1],
      ]);
    });

    it('replace, as a script in full: a digest would be sent twice to a server that does not know it', async () => {
      await double.cache.replace('key', 'old', 'new', 1500.25, soon());
      const [[command, script, ...rest] = []] = double.sent;
      expect(command).to.equal('eval');
      expect(script).to.be.a('string').that.includes('ARGV[1]');
      expect(rest).to.deep.equal([1, KEY, 'old', 'new', 1501]);
      expect(double.sent).to.have.length(1);
    });

    it('of a client that queues nothing, sends nothing again, and never gives up to connect', () => {
      expect(double.options).to.include({
        enableOfflineQueue: false,
        autoResendUnfulfilledCommands: false,
        maxRetriesPerRequest: 0,
      });
      for (const attempt of [1, 2, 5, 10, 1000]) {
        expect(double.options.retryStrategy?.(attempt)).to.be.within(1, 1000);
      }
    });
  });

  it('gives every entry its time to live', async () => {
    const { cache, raw } = double;
    await cache.add('added', 'value', 60_000, soon());
    await cache.put('put', 'value', 61_000, soon());
    await cache.put('replaced', 'value', 5000, soon());
    await cache.replace('replaced', 'value', 'other', 62_000, soon());
    const ttls = await Promise.all(['added', 'put', 'replaced'].map((key) => raw.pttl(`test:run-1:${key}`)));
    for (const [i, ttl] of ttls.entries()) expect(ttl).to.be.within(59_000 + i * 1000, 60_000 + i * 1000);
    expect((await raw.keys('*')).sort()).to.deep.equal([
      'test:run-1:added',
      'test:run-1:put',
      'test:run-1:replaced',
    ]);
  });

  describe('and which server it talks to', () => {
    it('finds nothing of another run of the server', async () => {
      await double.cache.put('key', 'of the first run', 60_000, soon());
      const next = await redisDouble(address, infoReply('run-2'));
      expect(await next.cache.get('key', soon())).to.equal(undefined);
      expect(await next.cache.replace('key', 'of the first run', 'x', 60_000, soon())).to.equal(false);
      expect(await next.cache.add('key', 'of the second run', 60_000, soon())).to.equal(true);
      expect(await double.cache.get('key', soon())).to.equal('of the first run');
    });

    it('asks anew at each connect, and sends nothing before it knows', async () => {
      const { cache, raw } = double;
      await cache.put('key', 'of the first run', 60_000, soon());
      raw.emit('close');
      expect((await failureOf(cache.get('key', soon()))).message).to.match(/^Redis cannot be reached/);
      let tell: (info: string) => void = () => {};
      double.info = () =>
        new Promise((resolve) => {
          tell = resolve;
        });
      raw.emit('connect');
      await yieldToEventLoop();
      const sent = double.sent.length;
      await failureOf(cache.put('key', 'too early', 60_000, soon()));
      expect(double.sent).to.have.length(sent);
      tell(infoReply('run-2'));
      await yieldToEventLoop();
      expect(await cache.get('key', soon())).to.equal(undefined);
      expect(double.sent.at(-1)).to.deep.equal(['get', 'test:run-2:key']);
    });

    it('is not used where it is a replica, or does not say which run it is', async () => {
      const replica = await redisDouble(address, infoReply('run-1', 'slave'));
      expect((await failureOf(replica.cache.get('key', soon()))).message).to.include('is a replica');
      const nameless = await redisDouble(address, 'role:master\r\n');
      expect((await failureOf(nameless.cache.get('key', soon()))).message).to.include('run id');
      expect([...replica.sent, ...nameless.sent]).to.deep.equal([]);
    });

    it('is not used while it refuses to say who it is, and the reason is told', async () => {
      const { cache, raw } = double;
      raw.emit('close');
      double.info = () => Promise.reject(new Error('NOAUTH Authentication required.'));
      raw.emit('connect');
      await yieldToEventLoop();
      const { message } = await failureOf(cache.get('key', soon()));
      expect(message).to.equal('Redis cannot be reached: NOAUTH Authentication required.');
    });

    it('is told with the reason why it is not let in', async () => {
      const { cache, raw } = double;
      for (let time = 1; time <= 2; time += 1) {
        raw.emit('close');
        let refuse: (error: Error) => void = () => {};
        double.info = () =>
          new Promise((_, reject) => {
            refuse = reject;
          });
        raw.emit('connect');
        raw.emit('error', new Error('WRONGPASS invalid username-password pair'));
        refuse(new Error('NOAUTH Authentication required.'));
        await yieldToEventLoop();
        const { message } = await failureOf(cache.get('key', soon()));
        expect(message, `time ${time}`).to.equal(
          'Redis cannot be reached: WRONGPASS invalid username-password pair',
        );
      }
    });

    it('is told with the reason why it cannot be reached', async () => {
      double.raw.emit('close');
      double.raw.emit('error', new Error('connect ECONNREFUSED 127.0.0.1:1'));
      const { message } = await failureOf(double.cache.get('key', soon()));
      expect(message).to.equal('Redis cannot be reached: connect ECONNREFUSED 127.0.0.1:1');
    });
  });

  describe('when a command fails', () => {
    it('sends nothing after the deadline', async () => {
      await failureOf(double.cache.put('key', 'late', 60_000, clock.monotonic() - 1));
      expect(double.sent).to.deep.equal([]);
    });

    it('is unavailable, with the reason and the cause', async () => {
      const cause = new Error('READONLY You cannot write against a read only replica.');
      Object.assign(double.raw, { set: () => Promise.reject(cause) });
      const failure = await failureOf(double.cache.put('key', 'value', 60_000, soon()));
      expect(failure.message).to.equal(`Redis failed: ${cause.message}`);
      expect(failure.cause).to.equal(cause);
    });

    it('is unavailable at the deadline, whatever the answer would have been', async () => {
      Object.assign(double.raw, { get: () => new Promise(() => {}) });
      const { message } = await failureOf(double.cache.get('key', clock.monotonic() + 20));
      expect(message).to.equal('Redis did not answer in time.');
    });
  });
});
