import { ContainerModule } from 'inversify';
import { ApiKeyAuthenticator } from '../../../../adapters/auth/api-keys/api-key-authenticator.ts';
import { HeaderAuthenticator } from '../../../../adapters/auth/header/header-authenticator.ts';
import type { Config } from '../../config/config.ts';
import { TOKENS } from '../../tokens.ts';

/** Authenticates users by `AUTH` and services by their API keys. */
export function authModule({ apiKeys }: Config): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TOKENS.authenticator).toConstantValue(new ApiKeyAuthenticator(apiKeys, new HeaderAuthenticator()));
  });
}
