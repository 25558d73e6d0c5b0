import type { Container } from 'inversify';
import type { Print } from '../../adapters/cli/print.ts';
import { CachePairingRefused } from '../freshness/cache-pairing.ts';
import { banner } from './banner.ts';
import { type Config, ConfigRefused } from './config.ts';
import { createContainer } from './container.ts';
import { TOKENS } from './tokens.ts';

/**
 * Serves until `stopped` settles, then finishes what is in flight and closes everything.
 * @returns the exit code: 0, or 1 where something in flight had to be cut off
 * @throws {ConfigRefused} when what is configured cannot be used
 */
export async function serve(config: Config, stopped: Promise<void>, print: Print): Promise<number> {
  const container = await createContainer(config);
  try {
    await pairCacheWithStore(container, config);
    const server = await container.getAsync(TOKENS.httpServer);
    for (const line of banner(config)) print(line);
    const url = await server.listen(config.host, config.port);
    print(`rollcall listening on ${url}`);
    await stopped;
    print('rollcall is stopping: finishing what is in flight');
    const inTime = await server.drain(config.shutdownTimeoutMs);
    print(
      inTime ? 'rollcall stopped' : 'rollcall stopped; SHUTDOWN_TIMEOUT_MS was over and the rest was cut off',
    );
    return inTime ? 0 : 1;
  } finally {
    await container.unbindAllAsync();
  }
}

/** Opens the store and settles which cache belongs to it. */
async function pairCacheWithStore(container: Container, { cache, freshness }: Config): Promise<void> {
  const pairing = await container.getAsync(TOKENS.cachePairing);
  const clock = container.get(TOKENS.clock);
  try {
    await pairing.establish(clock.monotonic() + freshness.storeTimeoutMs);
  } catch (error) {
    if (!(error instanceof CachePairingRefused)) throw error;
    throw new ConfigRefused([`CACHE: "${cache.kind}" given; ${error.message}`]);
  }
}
