import { expect } from 'chai';
import { pino } from 'pino';
import { PinoTelemetry } from '../../../src/adapters/telemetry/pino/pino-telemetry.ts';
import { parseUsername } from '../../../src/domain/names.ts';
import { userKey } from '../../../src/domain/records.ts';
import type { Signal } from '../../../src/ports/telemetry.ts';
import { countMismatches } from './count-mismatches.ts';

describe('countMismatches', () => {
  it('counts the mismatches that the consistency sampler logs, and nothing else', () => {
    let log = '';
    const write = (line: string): void => {
      log += line;
    };
    const telemetry = new PinoTelemetry(pino({ level: 'warn' }, { write }));
    const key = userKey(parseUsername('ann'));
    const disagreed: Signal = {
      type: 'consistency_sample',
      outcome: 'disagreed',
      key,
      cachedVersion: 1,
      storedVersion: 2,
    };
    telemetry.emit(disagreed);
    telemetry.emit({ type: 'cache_circuit_breaker', open: true });
    telemetry.emit({ type: 'consistency_sample', outcome: 'agreed' });
    telemetry.emit(disagreed);
    expect(countMismatches(`${log}{"level":"error","cachedVer`)).to.equal(2);
  });
});
