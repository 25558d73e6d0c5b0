import { ContainerModule } from 'inversify';
import { createApp } from '../../../adapters/http/app.ts';
import { HttpServer } from '../../../adapters/http/http-server.ts';
import { CursorCipher } from '../../../adapters/http/response/cursor-cipher.ts';
import type { Config } from '../config/config.ts';
import { TOKENS } from '../tokens.ts';

export function httpModule(config: Config): ContainerModule {
  const { rateLimitPerMinute, trustProxy, corsOrigins } = config;
  return new ContainerModule(({ bind }) => {
    bind(TOKENS.httpServer)
      .toResolvedValue(
        (service, health, authenticator, telemetry, keeper) => {
          const storeId = async () => (await keeper.permit()).meta.storeId;
          const cursorCipher = new CursorCipher(storeId);
          return new HttpServer((isDraining) =>
            createApp({
              service,
              health,
              authenticator,
              cursorCipher,
              telemetry,
              rateLimitPerMinute,
              trustProxy,
              corsOrigins,
              isDraining,
            }),
          );
        },
        [TOKENS.accountService, TOKENS.health, TOKENS.authenticator, TOKENS.telemetry, TOKENS.epochKeeper],
      )
      .inSingletonScope();
  });
}
