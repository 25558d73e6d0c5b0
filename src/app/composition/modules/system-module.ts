import { ContainerModule } from 'inversify';
import { destination, pino } from 'pino';
import { PinoTelemetry } from '../../../adapters/pino/pino-telemetry.ts';
import { SystemClock } from '../../../adapters/system/system-clock.ts';
import { UuidIds } from '../../../adapters/system/uuid-ids.ts';
import type { Config } from '../config.ts';
import { TOKENS } from '../tokens.ts';

const STANDARD_ERROR = 2;

/** Time, ids and the log, whatever else is configured. */
export function systemModule({ logLevel }: Config): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TOKENS.clock).toConstantValue(new SystemClock());
    bind(TOKENS.ids).toConstantValue(new UuidIds());
    bind(TOKENS.telemetry).toConstantValue(
      new PinoTelemetry(pino({ name: 'rollcall', level: logLevel }, destination(STANDARD_ERROR))),
    );
  });
}
