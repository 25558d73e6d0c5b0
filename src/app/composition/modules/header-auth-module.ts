import { ContainerModule } from 'inversify';
import { HeaderAuthenticator } from '../../../adapters/header-auth/header-authenticator.ts';
import { TOKENS } from '../tokens.ts';

export function headerAuthModule(): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TOKENS.authenticator).toConstantValue(new HeaderAuthenticator());
  });
}
