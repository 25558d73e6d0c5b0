import { expect } from 'chai';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { CacheUnavailable, CacheUnproven } from '../../../../src/ports/errors.ts';
import { cacheAtomicityRules } from '../../../contracts/cache/atomicity.ts';
import type { CacheUnderTest } from '../../../contracts/cache/cache-under-test.ts';
import { serverOf } from '../../../contracts/cache/cache-under-test.ts';
import { cacheEntryRules } from '../../../contracts/cache/entries.ts';
import { deadline } from '../../../support/deadline.ts';
import {
  idOf,
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
    const KEY = 'test:key';

    it('sends GET and MGET', async () => {
      await double.cache.get('key', serverOf(double.cache), deadline());
      await double.cache.getMany(['key', 'other'], serverOf(double.cache), deadline());
      expect(double.sent).to.deep.equal([
        ['get', KEY],
        ['mget', [KEY, 'test:other']],
      ]);
    });

    it('sends SET with a TTL that is rounded up to whole milliseconds', async () => {
      await double.cache.add('key', 'value', 1500.25, serverOf(double.cache), deadline());
      await double.cache.put('key', 'value', 0.5, serverOf(double.cache), deadline());
      expect(double.sent).to.deep.equal([
        ['set', KEY, 'value', 'PX', 1501, 'NX'],
        ['set', KEY, 'value', 'PX', 1],
      ]);
    });

    it('sends EVAL with the whole script, because EVALSHA may be sent twice', async () => {
      await double.cache.replace('key', 'old', 'new', 1500.25, serverOf(double.cache), deadline());
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
    await cache.add('added', 'value', 60_000, serverOf(cache), deadline());
    await cache.put('put', 'value', 61_000, serverOf(cache), deadline());
    await cache.put('replaced', 'value', 5000, serverOf(cache), deadline());
    await cache.replace('replaced', 'value', 'other', 62_000, serverOf(cache), deadline());
    const ttls = await Promise.all(['added', 'put', 'replaced'].map((key) => raw.pttl(`test:${key}`)));
    for (const [i, ttl] of ttls.entries()) expect(ttl).to.be.within(59_000 + i * 1000, 60_000 + i * 1000);
    expect((await raw.keys('*')).sort()).to.deep.equal(['test:added', 'test:put', 'test:replaced']);
  });

  const turns = async (count = 5) => {
    for (let turn = 0; turn < count; turn += 1) await yieldToEventLoop();
  };

  describe('identifies the server', () => {
    it('by its process, term, database and prefix', () => {
      const id = `${idOf('term-1')} redis ${idOf('run-1')} 0 test:`;
      expect(double.cache.server()).to.include({ id, legacyScope: `${idOf('run-1')}:` });
    });

    it('sends nothing if another process is expected', async () => {
      const other = await redisDouble(address, infoReply('run-2'));
      const on = serverOf(other.cache);
      await reasonOf(double.cache.get('key', on, deadline()));
      await reasonOf(double.cache.put('key', 'value', 60_000, on, deadline()));
      await reasonOf(double.cache.add('key', 'value', 60_000, on, deadline()));
      await reasonOf(double.cache.replace('key', 'a', 'b', 60_000, on, deadline()));
      expect(double.sent).to.deep.equal([]);
      other.connection.close();
    });

    it('accepts writes for another term of the same process, and rejects reads', async () => {
      const { cache } = double;
      const on = serverOf(cache).replace(idOf('term-1'), idOf('term-2'));
      await cache.put('key', 'value', 60_000, on, deadline());
      expect(await reasonOf(cache.get('key', on, deadline()))).to.equal(
        'the connected Redis server is not the one that the store names',
      );
      expect(double.sent).to.have.length(1);
    });

    for (const [what, reply] of [
      ['became a replica', infoReply('run-1', 'slave')],
      ['began another term', infoReply('run-1', 'master', 'term-2')],
    ] as const) {
      it(`does not believe a read after which the server ${what}, and reconnects`, async () => {
        const { cache } = double;
        const on = serverOf(cache);
        await cache.put('key', 'value', 60_000, on, deadline());
        double.info = async () => reply;
        await rejectionOf(cache.getMany(['key'], on, deadline()), CacheUnproven);
        expect(cache.server()).to.equal(undefined);
      });
    }

    it('proves the reads of one turn with one INFO', async () => {
      const { cache } = double;
      let requests = 0;
      double.info = async () => {
        requests += 1;
        return infoReply('run-1');
      };
      await Promise.all(['a', 'b', 'c'].map((key) => cache.get(key, serverOf(cache), deadline())));
      expect(requests).to.equal(1);
      await cache.get('a', serverOf(cache), deadline());
      expect(requests).to.equal(2);
    });

    it('sends no command on a new connection before INFO has been answered', async () => {
      const { cache, raw } = double;
      const on = serverOf(cache);
      await cache.put('key', 'from the first run', 60_000, on, deadline());
      raw.emit('close');
      expect(await reasonOf(cache.get('key', on, deadline()))).to.equal('Redis closed the connection');
      let reply: (info: string) => void = () => {};
      double.info = () =>
        new Promise((resolve) => {
          reply = resolve;
        });
      double.scriptedInfo = async () => infoReply('run-2');
      raw.emit('ready');
      await turns();
      const sent = double.sent.length;
      await rejectionOf(cache.put('key', 'too early', 60_000, on, deadline()), CacheUnavailable);
      expect(double.sent).to.have.length(sent);
      reply(infoReply('run-2'));
      await turns();
      expect(cache.server()?.id).to.include(idOf('run-2'));
      await rejectionOf(cache.get('key', on, deadline()), CacheUnavailable);
    });

    it('recognizes the server that it was promoted to replace', async () => {
      const promoted = `${infoReply('run-2', 'master', 'term-2')}master_replid2:${idOf('term-1')}\r\n`;
      const successor = await redisDouble(address, promoted);
      expect(successor.cache.server()?.succeeds(serverOf(double.cache))).to.equal(true);
      expect(double.cache.server()?.succeeds(serverOf(successor.cache))).to.equal(false);
      successor.connection.close();
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
        `run_id:${idOf('run-1')}\r\nredis_mode:sentinel\r\n`,
        'this server is a Redis Sentinel; REDIS_URL must point to the primary, or be a redis+sentinel:// URL',
      ],
      'a server without a run id': [
        'role:master\r\n',
        'the server does not report a run_id in INFO, where 40 hexadecimal digits are expected; REDIS_URL must point to a Redis or Valkey server',
      ],
      'a server whose run id is constant': [
        `role:master\r\nrun_id:${'0'.repeat(40)}\r\nmaster_replid:${idOf('t')}\r\n`,
        `the server reports run_id:${'0'.repeat(40)} in INFO, where 40 hexadecimal digits are expected; REDIS_URL must point to a Redis or Valkey server`,
      ],
      'a server that is loading': [
        `${infoReply('run-1')}loading:1\r\n`,
        'the Redis server is loading its data',
      ],
    };
    for (const [name, [info, reason]] of Object.entries(unusable)) {
      it(`rejects ${name}`, async () => {
        const other = await redisDouble(address, info);
        expect(other.cache.server()).to.equal(undefined);
        expect(await reasonOf(other.cache.get('key', 'any', deadline()))).to.equal(reason);
        expect(other.sent).to.deep.equal([]);
        other.connection.close();
      });
    }

    it('rejects a proxy that sends scripts to another server than commands', async () => {
      const { cache, raw } = double;
      raw.emit('close');
      double.scriptedInfo = async () => infoReply('run-2');
      raw.emit('ready');
      await turns();
      expect(await reasonOf(cache.get('key', 'any', deadline()))).to.match(/different servers/);
    });
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
      raw.emit('ready');
      for (const error of errors.slice(0, -1)) raw.emit('error', error);
      reject(errors.at(-1));
      await turns();
      return reasonOf(cache.get('key', 'any', deadline()));
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
      expect(await reasonOf(double.cache.get('key', 'any', deadline()))).to.equal(
        'Redis cannot be reached: connection refused (127.0.0.1:1)',
      );
    });
  });

  describe('when a command fails', () => {
    it('sends nothing after the deadline', async () => {
      expect(
        await reasonOf(double.cache.put('key', 'late', 60_000, serverOf(double.cache), deadline(-1))),
      ).to.equal('Redis was not called: the deadline had already passed');
      expect(double.sent).to.deep.equal([]);
    });

    it('rejects with the reason, the advice and the cause', async () => {
      const cause = Object.assign(new Error("OOM command not allowed when used memory > 'maxmemory'."), {
        name: 'ReplyError',
        command: { name: 'set', args: ['test:run-1:key', 'secret'] },
      });
      Object.assign(double.raw, { set: () => Promise.reject(cause) });
      const rejection = await rejectionOf(
        double.cache.put('key', 'value', 60_000, serverOf(double.cache), deadline()),
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
      expect(await reasonOf(double.cache.get('key', serverOf(double.cache), deadline()))).to.equal(
        'the connection to Redis was lost before it answered',
      );
    });

    it('rejects at the deadline if there is no answer', async () => {
      Object.assign(double.raw, { get: () => new Promise(() => {}) });
      expect(await reasonOf(double.cache.get('key', serverOf(double.cache), deadline(20)))).to.equal(
        'Redis did not answer in time',
      );
    });
  });
});
