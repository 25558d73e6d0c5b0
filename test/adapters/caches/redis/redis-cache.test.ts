import { expect } from 'chai';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { CacheUnavailable } from '../../../../src/ports/errors.ts';
import { cacheAtomicityRules } from '../../../contracts/cache/atomicity.ts';
import type { CacheUnderTest } from '../../../contracts/cache/cache-under-test.ts';
import { cacheEntryRules } from '../../../contracts/cache/entries.ts';
import { deadline } from '../../../support/deadline.ts';
import {
  infoReply,
  type RedisDouble,
  redisDouble,
  uniqueRedisAddress,
} from '../../../support/redis-double.ts';
import { rejectionOf } from '../../../support/rejection-of.ts';
import { yieldToEventLoop } from '../../../support/yield-to-event-loop.ts';

/**
 * Tests that need no server: commands, keys and error handling. ioredis-mock executes the commands and the Lua script
 * closely enough for the contract. Expiry and real connection failures are tested on a real server (`.services.ts`).
 */
describe('RedisCache on a test double', () => {
  let address: string;
  let double: RedisDouble;

  beforeEach(async () => {
    address = uniqueRedisAddress();
    double = await redisDouble(address);
  });
  afterEach(() => double.connection.close());

  const reasonOf = async (promise: Promise<unknown>): Promise<string> =>
    (await rejectionOf(promise, CacheUnavailable)).message;

  describe('fulfils the contract', () => {
    const current = (): CacheUnderTest => ({
      cache: double.cache,
      clock: new SystemClock(),
      advance: () => expect.fail('the test double does not expire entries'),
      openAnother: async () => (await redisDouble(address)).cache,
    });
    describe('entries', () => cacheEntryRules(current));
    describe('atomicity', () => cacheAtomicityRules(current));
  });

  describe('sends one command per call', () => {
    const KEY = 'test:run-1:key';

    it('sends GET and MGET', async () => {
      await double.cache.get('key', deadline());
      await double.cache.getMany(['key', 'other'], deadline());
      expect(double.sent).to.deep.equal([
        ['get', KEY],
        ['mget', [KEY, 'test:run-1:other']],
      ]);
    });

    it('sends SET with a TTL that is rounded up to whole milliseconds', async () => {
      await double.cache.add('key', 'value', 1500.25, deadline());
      await double.cache.put('key', 'value', 0.5, deadline());
      expect(double.sent).to.deep.equal([
        ['set', KEY, 'value', 'PX', 1501, 'NX'],
        ['set', KEY, 'value', 'PX', 1],
      ]);
    });

    it('sends EVAL with the whole script, because EVALSHA may be sent twice', async () => {
      await double.cache.replace('key', 'old', 'new', 1500.25, deadline());
      const [[command, script, ...rest] = []] = double.sent;
      expect(command).to.equal('eval');
      expect(script).to.be.a('string').that.includes('ARGV[1]');
      expect(rest).to.deep.equal([1, KEY, 'old', 'new', 1501]);
      expect(double.sent).to.have.length(1);
    });

    it('configures the driver to queue nothing, to resend nothing and to reconnect forever', () => {
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

  it('sets a TTL on every entry', async () => {
    const { cache, raw } = double;
    await cache.add('added', 'value', 60_000, deadline());
    await cache.put('put', 'value', 61_000, deadline());
    await cache.put('replaced', 'value', 5000, deadline());
    await cache.replace('replaced', 'value', 'other', 62_000, deadline());
    const ttls = await Promise.all(['added', 'put', 'replaced'].map((key) => raw.pttl(`test:run-1:${key}`)));
    for (const [i, ttl] of ttls.entries()) expect(ttl).to.be.within(59_000 + i * 1000, 60_000 + i * 1000);
    expect((await raw.keys('*')).sort()).to.deep.equal([
      'test:run-1:added',
      'test:run-1:put',
      'test:run-1:replaced',
    ]);
  });

  describe('identifies the server', () => {
    it('reads no entries from an earlier run of the server', async () => {
      await double.cache.put('key', 'from the first run', 60_000, deadline());
      const next = await redisDouble(address, infoReply('run-2'));
      expect(await next.cache.get('key', deadline())).to.equal(undefined);
      expect(await next.cache.replace('key', 'from the first run', 'x', 60_000, deadline())).to.equal(false);
      expect(await next.cache.add('key', 'from the second run', 60_000, deadline())).to.equal(true);
      expect(await double.cache.get('key', deadline())).to.equal('from the first run');
      next.connection.close();
    });

    it('sends no command on a new connection before INFO has been answered', async () => {
      const { cache, raw } = double;
      await cache.put('key', 'from the first run', 60_000, deadline());
      raw.emit('close');
      expect(await reasonOf(cache.get('key', deadline()))).to.equal('Redis closed the connection');
      let reply: (info: string) => void = () => {};
      double.info = () =>
        new Promise((resolve) => {
          reply = resolve;
        });
      raw.emit('connect');
      await yieldToEventLoop();
      const sent = double.sent.length;
      await rejectionOf(cache.put('key', 'too early', 60_000, deadline()), CacheUnavailable);
      expect(double.sent).to.have.length(sent);
      reply(infoReply('run-2'));
      await yieldToEventLoop();
      expect(await cache.get('key', deadline())).to.equal(undefined);
      expect(double.sent.at(-1)).to.deep.equal(['get', 'test:run-2:key']);
    });

    const unusable: Readonly<Record<string, [info: string, reason: string]>> = {
      'a replica': [
        infoReply('run-1', 'slave'),
        'this Redis server is a replica, whose data may be stale; REDIS_URL must point to the primary',
      ],
      'a replica of Valkey': [
        `valkey_version:9.1.2\r\n${infoReply('run-1', 'slave')}`,
        'this Valkey server is a replica, whose data may be stale; REDIS_URL must point to the primary',
      ],
      'a Sentinel': [
        'run_id:run-1\r\nredis_mode:sentinel\r\n',
        'this server is a Redis Sentinel; REDIS_URL must point to the primary',
      ],
      'a server without a run id': [
        'role:master\r\n',
        'the server does not report a run_id in INFO; REDIS_URL must point to a Redis or Valkey server',
      ],
    };
    for (const [name, [info, reason]] of Object.entries(unusable)) {
      it(`rejects ${name}`, async () => {
        const other = await redisDouble(address, info);
        expect(await reasonOf(other.cache.get('key', deadline()))).to.equal(reason);
        expect(other.sent).to.deep.equal([]);
        other.connection.close();
      });
    }
  });

  describe('reports why there is no connection', () => {
    const replyError = (command: string, message: string) =>
      Object.assign(new Error(message), { name: 'ReplyError', command: { name: command, args: ['secret'] } });
    /** Reconnects; the driver reports these errors before INFO fails with the last one. */
    async function failToConnect(...errors: readonly Error[]): Promise<string> {
      const { cache, raw } = double;
      raw.emit('close');
      let reject: (error: Error | undefined) => void = () => {};
      double.info = () =>
        new Promise((_, fail) => {
          reject = fail;
        });
      raw.emit('connect');
      for (const error of errors.slice(0, -1)) raw.emit('error', error);
      reject(errors.at(-1));
      await yieldToEventLoop();
      return reasonOf(cache.get('key', deadline()));
    }

    it('reports a rejected INFO, with advice', async () => {
      const error = replyError('info', "NOPERM this user has no permissions to run the 'info' command");
      expect(await failToConnect(error)).to.equal(
        "Redis rejected INFO: NOPERM this user has no permissions to run the 'info' command; grant this user INFO, GET, MGET, SET and EVAL on all keys that begin with CACHE_PREFIX",
      );
    });

    it('reports the wrong password rather than the rejected INFO, on every attempt', async () => {
      for (let attempt = 1; attempt <= 2; attempt += 1) {
        const reason = await failToConnect(
          replyError('auth', 'WRONGPASS invalid username-password pair'),
          replyError('info', 'NOAUTH Authentication required.'),
        );
        expect(reason, `attempt ${attempt}`).to.equal(
          'Redis rejected AUTH: WRONGPASS invalid username-password pair; check the user and password in REDIS_URL',
        );
      }
    });

    it('reports the cause rather than a later error of the driver without one', async () => {
      const reason = await failToConnect(
        Object.assign(new Error('write ECONNRESET'), { code: 'ECONNRESET' }),
        new Error("Stream isn't writeable and enableOfflineQueue options is false"),
        Object.assign(new Error('Reached the max retries per request limit'), {
          name: 'MaxRetriesPerRequestError',
        }),
      );
      expect(reason).to.equal('Redis closed the connection: connection reset');
    });

    it('reports a TLS failure in a few words', async () => {
      const error = Object.assign(new Error('80BC:error:0A00045C:SSL routines:…:rec_layer_s3.c:1601:'), {
        reason: 'tlsv13 alert certificate required',
      });
      expect(await failToConnect(error)).to.equal(
        'the connection to Redis failed: tlsv13 alert certificate required',
      );
    });

    it('reports that the server cannot be reached', async () => {
      double.raw.emit('close');
      const error = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
        code: 'ECONNREFUSED',
        address: '127.0.0.1',
        port: 1,
      });
      double.raw.emit('error', error);
      expect(await reasonOf(double.cache.get('key', deadline()))).to.equal(
        'Redis cannot be reached: connection refused (127.0.0.1:1)',
      );
    });
  });

  describe('when a command fails', () => {
    it('sends nothing after the deadline', async () => {
      expect(await reasonOf(double.cache.put('key', 'late', 60_000, deadline(-1)))).to.equal(
        'Redis was not called: the deadline had already passed',
      );
      expect(double.sent).to.deep.equal([]);
    });

    it('rejects with the reason, the advice and the cause', async () => {
      const cause = Object.assign(new Error("OOM command not allowed when used memory > 'maxmemory'."), {
        name: 'ReplyError',
        command: { name: 'set', args: ['test:run-1:key', 'secret'] },
      });
      Object.assign(double.raw, { set: () => Promise.reject(cause) });
      const rejection = await rejectionOf(
        double.cache.put('key', 'value', 60_000, deadline()),
        CacheUnavailable,
      );
      expect(rejection.message).to.equal(
        "Redis rejected SET: OOM command not allowed when used memory > 'maxmemory'; raise maxmemory, or set maxmemory-policy to allkeys-lru",
      );
      expect(rejection.cause).to.equal(cause);
    });

    it('reports a lost connection', async () => {
      const cause = Object.assign(new Error('Reached the max retries per request limit (which is 0).'), {
        name: 'MaxRetriesPerRequestError',
      });
      Object.assign(double.raw, { get: () => Promise.reject(cause) });
      expect(await reasonOf(double.cache.get('key', deadline()))).to.equal(
        'the connection to Redis was lost before it answered',
      );
    });

    it('rejects at the deadline if there is no answer', async () => {
      Object.assign(double.raw, { get: () => new Promise(() => {}) });
      expect(await reasonOf(double.cache.get('key', deadline(20)))).to.equal('Redis did not answer in time');
    });
  });
});
