import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import type { MomentoCache } from '../../../../src/adapters/caches/momento/momento-cache.ts';
import { CacheUnavailable } from '../../../../src/ports/errors.ts';
import { serverOf } from '../../../contracts/cache/cache-under-test.ts';
import { unique } from '../../../support/accounts.ts';
import { deadline } from '../../../support/deadline.ts';
import { FaultProxy } from '../../../support/fault-proxy.ts';
import { momentoFixture, type OpenMomentoCache } from '../../../support/momento-fixture.ts';
import type { FaultOutcome } from '../../../support/momento-server/momento-fault.ts';
import type { MomentoServer } from '../../../support/momento-server/momento-server.ts';
import { rejectionOf } from '../../../support/rejection-of.ts';
import { waitUntilAvailable } from '../../../support/wait-until-available.ts';

const SDK_CONNECTIONS = 6;
/** Longer than any test. */
const NO_SDK_TIMEOUT_MS = 30_000;
/** For requests that must arrive before the deadline. */
const ARRIVAL_MS = 300;

const rejected = (promise: Promise<unknown>) => rejectionOf(promise, CacheUnavailable);

describe('MomentoCache when the network or Momento fails', () => {
  const { startServer, openCache, addCleanup } = momentoFixture();
  let server: MomentoServer;
  let opened: OpenMomentoCache;
  let cache: MomentoCache;

  beforeEach(async () => {
    server = await startServer();
    opened = openCache(server);
    cache = opened.cache;
  });

  async function establishAllConnections(): Promise<void> {
    for (let turn = 0; turn < SDK_CONNECTIONS; turn += 1)
      await cache.get('connected', serverOf(cache), deadline());
  }

  const everyOperation = (target: MomentoCache, ms?: number): Record<string, () => Promise<unknown>> => ({
    get: () => target.get('a', serverOf(target), deadline(ms)),
    getMany: () => target.getMany(['a', 'b'], serverOf(target), deadline(ms)),
    add: () => target.add('a', '1', 1000, serverOf(target), deadline(ms)),
    replace: () => target.replace('a', '1', '2', 1000, serverOf(target), deadline(ms)),
    put: () => target.put('a', '3', 1000, serverOf(target), deadline(ms)),
  });

  async function expectTimeouts(target: MomentoCache): Promise<void> {
    const operations = Object.values(everyOperation(target, 50));
    for (const { message } of await Promise.all(operations.map((operation) => rejected(operation())))) {
      expect(message).to.equal('Momento did not answer in time');
    }
  }

  for (const outcome of ['drop-request', 'drop-response', 'hold'] as const) {
    it(`rejects every operation at its deadline (${outcome})`, async () => {
      server.fault({ outcome });
      await expectTimeouts(cache);
    });
  }

  it('rejects every operation at its deadline if the connection is accepted but never used', async () => {
    const proxy = await FaultProxy.to(server.port);
    addCleanup(() => proxy.close());
    proxy.mode = 'blackhole';
    await expectTimeouts(openCache(proxy).cache);
  });

  it('cancels a request at its deadline', async () => {
    const { cache: patient } = openCache({ port: server.port, timeoutMs: NO_SDK_TIMEOUT_MS });
    server.fault({ outcome: 'drop-request' });
    const pending = rejected(patient.put('a', '1', 1000, serverOf(patient), deadline(ARRIVAL_MS)));
    await server.waitForRequests(({ key }) => key === 'a');
    await pending;
    await server.waitForCancellations(1);
  });

  it('sends nothing after the deadline', async () => {
    await establishAllConnections();
    for (const [name, operation] of Object.entries(everyOperation(cache, 0))) {
      const { message } = await rejected(operation());
      expect(message, name).to.equal('Momento was not called: the deadline had already passed');
    }
    await establishAllConnections();
    expect(new Set(server.requests.map(({ key }) => key))).to.deep.equal(new Set(['connected']));
  });

  const outcomes: Record<string, [FaultOutcome, RegExp]> = {
    'a reset before the request is applied': ['reset-before-apply', /^Momento (is unavailable|failed): \d+ /],
    'a reset before the response': ['reset-after-apply', /^Momento (is unavailable|failed): \d+ /],
    UNAVAILABLE: [{ status: status.UNAVAILABLE }, /^Momento is unavailable: 14 UNAVAILABLE: /],
    INTERNAL: [{ status: status.INTERNAL }, /^Momento failed: 13 INTERNAL: /],
    CANCELLED: [{ status: status.CANCELLED }, /^Momento failed: 1 CANCELLED: /],
    DEADLINE_EXCEEDED: [
      { status: status.DEADLINE_EXCEEDED },
      /^Momento did not answer in time: 4 DEADLINE_EXCEEDED: /,
    ],
    throttling: [
      { status: status.RESOURCE_EXHAUSTED, err: 'operations_rate_limit_exceeded' },
      /^Momento rejected the request because of a limit: 8 RESOURCE_EXHAUSTED: /,
    ],
    'a rejected API key': [
      { status: status.UNAUTHENTICATED },
      /^Momento rejected the API key: 16 UNAUTHENTICATED: /,
    ],
    'a missing permission': [
      { status: status.PERMISSION_DENIED },
      /^Momento denied permission: 7 PERMISSION_DENIED: .*; use an API key that may read and write this cache$/,
    ],
  };
  for (const [name, [outcome, message]] of Object.entries(outcomes)) {
    it(`sends one request and reports the failure after ${name}`, async () => {
      server.fault({ outcome });
      for (const [operation, run] of Object.entries(everyOperation(cache))) {
        const before = server.requests.length;
        const rejection = await rejected(run());
        expect(rejection.message, operation).to.match(message);
        expect(rejection.cause, operation).to.be.instanceOf(Error);
        expect(server.requests.length - before, operation).to.equal(operation === 'getMany' ? 2 : 1);
      }
    });
  }

  for (const outcome of ['reset-after-apply', 'drop-response'] as const) {
    it(`may have applied a put that it rejected (${outcome})`, async () => {
      const key = unique(outcome);
      await establishAllConnections();
      server.fault({ outcome, times: 1 });
      await rejected(cache.put(key, 'applied', 60_000, serverOf(cache), deadline(ARRIVAL_MS)));
      expect(server.storedValue(key)).to.equal('applied');
      expect(await cache.get(key, serverOf(cache), deadline())).to.equal('applied');
    });
  }

  it('may apply a put after it was rejected', async () => {
    const key = unique('late');
    await establishAllConnections();
    server.fault({ outcome: 'hold', times: 1 });
    await rejected(cache.put(key, 'late', 60_000, serverOf(cache), deadline(ARRIVAL_MS)));
    await server.waitForCancellations(1);
    expect(await cache.get(key, serverOf(cache), deadline())).to.equal(undefined);
    server.release();
    expect(await cache.get(key, serverOf(cache), deadline())).to.equal('late');
  });

  it('queues nothing during an outage, and recovers after it', async () => {
    await cache.put('a', 'before', 60_000, serverOf(cache), deadline());
    await server.stop();
    for (const operation of Object.values(everyOperation(cache))) await rejected(operation());
    await server.start();
    expect(await cache.get('a', serverOf(cache), deadline())).to.equal('before');
    expect(server.requests.filter(({ method }) => method === 'SetIf')).to.have.length(1);
  });

  it('can be opened during an outage', async () => {
    await server.stop();
    const { cache: early } = openCache(server);
    const { message } = await rejected(early.get('a', serverOf(early), deadline()));
    expect(message).to.match(/^Momento cannot be reached: connection re(fused|set) \(127\.0\.0\.1:\d+\)$/);
    await server.start();
    await early.put('a', 'at last', 60_000, serverOf(early), deadline());
    expect(server.storedValue('a')).to.equal('at last');
  });

  it('recovers after connections were reset', async () => {
    await cache.put('a', 'kept', 60_000, serverOf(cache), deadline());
    server.fault({ outcome: 'drop-request', times: 1 });
    const pending = rejected(cache.get('a', serverOf(cache), deadline()));
    await server.waitForRequests(({ method }) => method === 'Get');
    server.reset();
    await pending;
    // The SDK may not have noticed the reset of its other connections yet.
    await waitUntilAvailable(cache);
    expect(await cache.get('a', serverOf(cache), deadline())).to.equal('kept');
  });

  it('reports a missing cache, with advice', async () => {
    const { cache: missing } = openCache({ port: server.port, cacheName: 'missing' });
    const { message } = await rejected(missing.get('a', serverOf(missing), deadline()));
    expect(message).to.equal('Momento has no cache "missing": run `rollcall provision`');
  });

  it('rejects a put that stored nothing', async () => {
    await cache.put('a', 'same', 60_000, serverOf(cache), deadline());
    const { message } = await rejected(cache.put('a', 'same', 60_000, serverOf(cache), deadline()));
    expect(message).to.equal('Momento did not store the entry, because it already had this value');
  });

  it('sends nothing after close', async () => {
    opened.close();
    for (const operation of Object.values(everyOperation(cache))) {
      expect((await rejected(operation())).message).to.equal('the Momento client is closed');
    }
    expect(server.requests).to.deep.equal([]);
  });
});
