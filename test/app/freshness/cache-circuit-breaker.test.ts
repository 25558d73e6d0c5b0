import { expect } from 'chai';
import { MemoryCache } from '../../../src/adapters/caches/memory/memory-cache.ts';
import { CacheCircuitBreaker } from '../../../src/app/freshness/cache-circuit-breaker.ts';
import type { Signal } from '../../../src/ports/telemetry.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ScriptedCache } from '../../support/scripted-cache.ts';
import { yieldToEventLoop } from '../../support/yield-to-event-loop.ts';

describe('CacheCircuitBreaker', () => {
  const wallClock = Date.now;
  afterEach(() => {
    Date.now = wallClock;
  });

  /** A breaker that five consecutive failures have opened. */
  async function openedBreaker() {
    const clock = new ManualClock();
    const cache = new ScriptedCache(new MemoryCache({ clock, maxEntries: 10 }));
    const signals: Signal[] = [];
    const telemetry = { emit: (signal: Signal) => void signals.push(signal) };
    const breaker = new CacheCircuitBreaker({ cache, clock, timeoutMs: 100, telemetry });
    for (let n = 0; n < 5; n += 1) {
      expect(breaker.mayTrustCache()).to.equal(true);
      await breaker.execute(() => Promise.reject(new Error('scripted'))).catch(() => undefined);
    }
    const ask = async () => {
      const isTrusted = breaker.mayTrustCache();
      await yieldToEventLoop();
      return isTrusted;
    };
    return { clock, cache, breaker, signals, ask };
  }

  it('opens after five consecutive failures and rejects all operations for one second', async () => {
    const { clock, cache, breaker, signals, ask } = await openedBreaker();
    await clock.advance(999);
    expect(await ask()).to.equal(false);
    const refusal = await breaker.execute(() => Promise.resolve('asked')).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(Error);
    expect(cache.calls).to.deep.equal([]);
    expect(signals).to.deep.equal([{ type: 'cache_circuit_breaker', open: true }]);
  });

  it('closes when a probe succeeds', async () => {
    const { clock, cache, signals, ask } = await openedBreaker();
    await clock.advance(1000);
    expect(await ask()).to.equal(false);
    expect(cache.calls).to.deep.equal([
      { operation: 'get', keys: ['probe'], deadline: clock.monotonic() + 100 },
    ]);
    expect(await ask()).to.equal(true);
    expect(signals.at(-1)).to.deep.equal({ type: 'cache_circuit_breaker', open: false });
  });

  it('probes again one second after a failed probe', async () => {
    const { clock, cache, ask } = await openedBreaker();
    cache.script = () => 'failed';
    await clock.advance(1000);
    await ask();
    await clock.advance(999);
    await ask();
    expect(cache.calls).to.have.length(1);
    await clock.advance(1);
    await ask();
    expect(cache.calls).to.have.length(2);
  });

  it('runs at most one probe at a time, even if it never ends', async () => {
    const { clock, cache, ask } = await openedBreaker();
    cache.script = () => new Promise(() => {});
    for (let n = 0; n < 10; n += 1) {
      await clock.advance(1000);
      await ask();
    }
    expect(cache.calls).to.have.length(1);
  });

  it('closes on time even if the wall clock is set back', async () => {
    const { clock, ask } = await openedBreaker();
    Date.now = () => wallClock() - 3_600_000;
    await clock.advance(1000);
    await ask();
    expect(await ask()).to.equal(true);
  });
});
