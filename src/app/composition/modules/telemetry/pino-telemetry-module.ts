import { ContainerModule } from 'inversify';
import { destination, pino } from 'pino';
import { PinoTelemetry } from '../../../../adapters/telemetry/pino/pino-telemetry.ts';
import type { Config } from '../../config/config.ts';
import { TOKENS } from '../../tokens.ts';

const STANDARD_ERROR = 2;

/** Logs as JSON lines to standard error. */
export function pinoTelemetryModule({ logLevel }: Config): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TOKENS.telemetry).toConstantValue(
      new PinoTelemetry(pino({ name: 'rollcall', level: logLevel }, destination(STANDARD_ERROR))),
    );
  });
}
