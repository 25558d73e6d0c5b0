import { expect } from 'chai';
import { pino } from 'pino';
import { PinoTelemetry } from '../../../../src/adapters/telemetry/pino/pino-telemetry.ts';
import { parseUsername } from '../../../../src/domain/names.ts';
import { userKey } from '../../../../src/domain/records.ts';
import type { Signal } from '../../../../src/ports/telemetry.ts';

/** The lines that a signal leaves at a level. */
function logged(signal: Signal, level = 'info'): Readonly<Record<string, unknown>>[] {
  const lines: string[] = [];
  new PinoTelemetry(pino({ level }, { write: (line) => void lines.push(line) })).emit(signal);
  return lines.map((line) => JSON.parse(line));
}

describe('PinoTelemetry', () => {
  const key = userKey(parseUsername('ann'));
  const stale = {
    type: 'consistency_sample',
    outcome: 'disagreed',
    key,
    cachedVersion: 1,
    storedVersion: 2,
  } as const;

  it('logs a stale cache entry as an error, and identifies the record only by a hash', () => {
    const [line] = logged(stale, 'error');
    expect(line).to.include({ kind: 'user', cachedVersion: 1, storedVersion: 2 });
    expect(line?.['keyHash']).to.match(/^[0-9a-f]{16}$/);
    expect(JSON.stringify(line)).not.to.include('ann');
  });

  it('distinguishes records by their hashes', () => {
    const other = { ...stale, key: userKey(parseUsername('bob')) };
    expect(logged(stale)[0]?.['keyHash']).not.to.equal(logged(other)[0]?.['keyHash']);
    expect(logged(stale)[0]?.['keyHash']).to.equal(logged(stale)[0]?.['keyHash']);
  });

  it('reports a failover of the store as an error', () => {
    const [line] = logged({ type: 'store_failover', from: 'timeline 1', to: 'timeline 2' }, 'error');
    expect(line).to.include({ from: 'timeline 1', to: 'timeline 2' });
  });

  it('says when reads leave the cache and when they come back', () => {
    expect(logged({ type: 'cache_circuit_breaker', open: true })).to.have.length(1);
    expect(logged({ type: 'cache_circuit_breaker', open: false })).to.have.length(1);
  });

  it('says nothing at its usual level of what happens all the time', () => {
    expect(logged({ type: 'store_read', records: 3 })).to.deep.equal([]);
    expect(logged({ type: 'consistency_sample', outcome: 'agreed' })).to.deep.equal([]);
    expect(logged({ type: 'consistency_sample', outcome: 'failed', error: new Error('no') })).to.deep.equal(
      [],
    );
    expect(logged({ type: 'cache_operation', operation: 'get', outcome: 'failed' })).to.deep.equal([]);
  });
});
