import type { Environment } from '../../src/app/composition/config/environment.ts';
import { readConfig } from '../../src/app/composition/config/read-config.ts';
import { createContainer } from '../../src/app/composition/container.ts';
import { TOKENS } from '../../src/app/composition/tokens.ts';

export interface ComposedService {
  /** `http://127.0.0.1:<free port>` */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the whole service with a configuration in this process, on a free port. */
export async function startComposedService(environment: Environment = {}): Promise<ComposedService> {
  const config = readConfig({ STORE: 'memory', LOG_LEVEL: 'silent', ...environment, PORT: '0' });
  const container = await createContainer(config);
  await (await container.getAsync(TOKENS.startUp)).waitUntilReady();
  const server = await container.getAsync(TOKENS.httpServer);
  const url = await server.listen(config.host, config.port);
  return {
    url,
    close: async () => {
      await server.drain(1000);
      await container.unbindAllAsync();
    },
  };
}
