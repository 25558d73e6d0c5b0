import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { CacheUnavailable } from '../../../../src/ports/errors.ts';
import { unique } from '../../../support/accounts.ts';
import { FaultProxy } from '../../../support/fault-proxy.ts';
import type { Ending } from '../../../support/momento-server/momento-fault.ts';
import { MomentoServer } from '../../../support/momento-server/momento-server.ts';
import {
  type OpenedMomentoCache,
  openMomentoCache,
  waitUntilAvailable,
} from '../../../support/open-momento-cache.ts';
import { failureOf } from './failure-of.ts';

/** Twice as long, timers of the SDK keep this process alive after failures. */
const TIMEOUT_MS = 1500;
/** Longer than a test may take. */
const NEVER_MS = 30_000;

describe('MomentoCache when the network or Momento fails', () => {
  const clock = new SystemClock();
  const soon = () => clock.monotonic() + 5000;
  const in50 = () => clock.monotonic() + 50;
  /** Where the request has to arrive before its deadline. */
  const in300 = () => clock.monotonic() + 300;
  let server: MomentoServer;
  let opened: OpenedMomentoCache;

  beforeEach(async () => {
    server = await MomentoServer.start();
    opened = openMomentoCache(server.port, 'rollcall', TIMEOUT_MS);
  });
  afterEach(async () => {
    opened.close();
    await server.stop();
  });

  /** Uses each of the SDK's six connections. */
  const connected = async (): Promise<void> => {
    for (let turn = 0; turn < 6; turn += 1) await opened.cache.get('connected', soon());
  };

  const everyOperation = (by: () => number): Record<string, () => Promise<unknown>> => ({
    get: () => opened.cache.get('a', by()),
    getMany: () => opened.cache.getMany(['a', 'b'], by()),
    add: () => opened.cache.add('a', '1', 1000, by()),
    replace: () => opened.cache.replace('a', '1', '2', 1000, by()),
    put: () => opened.cache.put('a', '3', 1000, by()),
  });

  for (const ending of ['silent', 'mute', 'late'] as const) {
    it(`keeps the deadline of every operation (${ending})`, async () => {
      server.fault({ ending });
      const operations = Object.values(everyOperation(in50));
      for (const failure of await Promise.all(operations.map((operation) => failureOf(operation())))) {
        expect(failure).to.be.instanceOf(CacheUnavailable);
        expect(failure.message).to.equal('Momento did not answer in time.');
      }
    });
  }

  it('gives a request up at its deadline', async () => {
    opened.close();
    opened = openMomentoCache(server.port, 'rollcall', NEVER_MS);
    server.fault({ ending: 'silent' });
    const pending = failureOf(opened.cache.put('a', '1', 1000, in300()));
    await server.arrival(({ key }) => key === 'a');
    await pending;
    await server.abandonment(1);
  });

  it('keeps the deadline of every operation where a connection is accepted and never heard of again', async () => {
    const proxy = await FaultProxy.to(server.port);
    proxy.mode = 'black hole';
    opened.close();
    opened = openMomentoCache(proxy.port, 'rollcall', TIMEOUT_MS);
    const operations = Object.values(everyOperation(in50));
    const failures = await Promise.all(operations.map((operation) => failureOf(operation())));
    for (const { message } of failures) expect(message).to.equal('Momento did not answer in time.');
    await proxy.close();
  });

  it('asks nothing when the deadline has passed', async () => {
    await connected();
    for (const [name, operation] of Object.entries(everyOperation(() => clock.monotonic()))) {
      expect(await failureOf(operation()), name).to.be.instanceOf(CacheUnavailable);
    }
    await connected();
    expect(new Set(server.requests.map(({ key }) => key))).to.deep.equal(new Set(['connected']));
  });

  const endings: Record<string, Ending> = {
    'the connection is reset before it was applied': 'reset',
    'the connection is reset before the answer': 'lost',
    'Momento is unavailable': { status: status.UNAVAILABLE },
    'Momento fails': { status: status.INTERNAL },
    'Momento cancels': { status: status.CANCELLED },
    'Momento gives up': { status: status.DEADLINE_EXCEEDED },
    'Momento throttles': { status: status.RESOURCE_EXHAUSTED, err: 'operations_rate_limit_exceeded' },
    'Momento refuses the key': { status: status.UNAUTHENTICATED },
  };
  for (const [name, ending] of Object.entries(endings)) {
    it(`sends one request and says that it failed where ${name}`, async () => {
      server.fault({ ending });
      for (const [operation, run] of Object.entries(everyOperation(soon))) {
        const before = server.requests.length;
        const failure = await failureOf(run());
        expect(failure, operation).to.be.instanceOf(CacheUnavailable);
        expect(failure.message, operation).to.match(/^Momento failed: \d+ [A-Z_]+: /);
        expect(failure.cause, operation).to.be.instanceOf(Error);
        expect(server.requests.length - before, operation).to.equal(operation === 'getMany' ? 2 : 1);
      }
    });
  }

  for (const ending of ['lost', 'mute'] as const) {
    it(`may have been applied although it failed (${ending})`, async () => {
      const key = unique(ending);
      await connected();
      server.fault({ ending, times: 1 });
      await failureOf(opened.cache.put(key, 'applied', 60_000, in300()));
      expect(server.peek(key)).to.equal('applied');
      expect(await opened.cache.get(key, soon())).to.equal('applied');
    });
  }

  it('may be applied late, after it failed: the protocol has to expect that', async () => {
    const key = unique('late');
    await connected();
    server.fault({ ending: 'late', times: 1 });
    await failureOf(opened.cache.put(key, 'late', 60_000, in300()));
    await server.abandonment(1);
    expect(await opened.cache.get(key, soon())).to.equal(undefined);
    server.release();
    expect(await opened.cache.get(key, soon())).to.equal('late');
  });

  it('queues nothing while Momento cannot be reached, and goes on by itself when it can', async () => {
    await opened.cache.put('a', 'before', 60_000, soon());
    await server.stop();
    for (const operation of Object.values(everyOperation(soon))) {
      expect(await failureOf(operation())).to.be.instanceOf(CacheUnavailable);
    }
    await server.start();
    expect(await opened.cache.get('a', soon())).to.equal('before');
    expect(server.requests.filter(({ method }) => method === 'SetIf')).to.have.length(1);
  });

  it('can be opened before Momento can be reached', async () => {
    await server.stop();
    const early = openMomentoCache(server.port, 'rollcall', TIMEOUT_MS);
    await failureOf(early.cache.get('a', soon()));
    await server.start();
    await early.cache.put('a', 'at last', 60_000, soon());
    expect(server.peek('a')).to.equal('at last');
    early.close();
  });

  it('recovers by itself when connections are reset', async () => {
    await opened.cache.put('a', 'kept', 60_000, soon());
    server.fault({ ending: 'silent', times: 1 });
    const pending = failureOf(opened.cache.get('a', soon()));
    await server.arrival(({ method }) => method === 'Get');
    server.reset();
    expect(await pending).to.be.instanceOf(CacheUnavailable);
    // The other connections may not have noticed yet.
    await waitUntilAvailable(opened.cache);
    expect(await opened.cache.get('a', soon())).to.equal('kept');
  });

  it('says what to do where there is no such cache', async () => {
    const other = openMomentoCache(server.port, 'other');
    const failure = await failureOf(other.cache.get('a', soon()));
    expect(failure).to.be.instanceOf(CacheUnavailable);
    expect(failure.message).to.equal('Momento has no cache "other": run `rollcall provision`.');
    other.close();
  });

  it('is no success of a put where the entry was not set', async () => {
    await opened.cache.put('a', 'same', 60_000, soon());
    expect(await failureOf(opened.cache.put('a', 'same', 60_000, soon()))).to.be.instanceOf(CacheUnavailable);
  });

  it('sends nothing more once it is closed', async () => {
    opened.close();
    for (const operation of Object.values(everyOperation(soon))) {
      expect((await failureOf(operation())).message).to.equal('The connection to Momento is closed.');
    }
    expect(server.requests).to.deep.equal([]);
  });
});
