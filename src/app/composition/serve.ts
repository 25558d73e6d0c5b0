import type { Print } from '../../adapters/cli/print.ts';
import type { Readiness } from '../operations/health.ts';
import type { StartUp } from '../operations/start-up.ts';
import { asInvalidConfiguration } from './as-invalid-configuration.ts';
import { banner } from './banner.ts';
import type { Config } from './config.ts';
import { createContainer } from './container.ts';
import { TOKENS } from './tokens.ts';

/**
 * Serves until `stopped` settles, then finishes what is in flight and closes everything.
 * @param compose makes the service; tests bring one with a part exchanged
 * @returns the exit code: 0, or 1 where something in flight had to be cut off
 * @throws {InvalidConfiguration} when what is configured cannot be used
 */
export async function serve(
  config: Config,
  stopped: Promise<void>,
  print: Print,
  compose: typeof createContainer = createContainer,
): Promise<number> {
  const container = await compose(config);
  const ending = new AbortController();
  try {
    const startUp = await container.getAsync(TOKENS.startUp);
    const readiness = await startUp.waitUntilReady();
    const server = await container.getAsync(TOKENS.httpServer);
    for (const line of banner(config)) print(line);
    const url = await server.listen(config.host, config.port);
    print(`rollcall listening on ${url}`);
    for (const line of notReadyLines(readiness)) print(line);
    const sweep = await container.getAsync(TOKENS.backgroundSweep);
    void sweep.run(ending.signal);
    const refusal = await stoppedOrRefused(stopped, startUp);
    print('rollcall is stopping: finishing what is in flight');
    const inTime = await server.drain(config.shutdownTimeoutMs);
    print(
      inTime ? 'rollcall stopped' : 'rollcall stopped; SHUTDOWN_TIMEOUT_MS was over and the rest was cut off',
    );
    if (refusal !== undefined) throw refusal;
    return inTime ? 0 : 1;
  } catch (error) {
    throw asInvalidConfiguration(error, config);
  } finally {
    ending.abort();
    await container.unbindAllAsync();
  }
}

/** Settles when the instance is to stop: with nothing, or with why it must not go on. */
async function stoppedOrRefused(stopped: Promise<void>, startUp: StartUp): Promise<unknown> {
  let isOver = false;
  const refused = new Promise<unknown>((resolve) => {
    startUp.bindInBackground(() => isOver).catch(resolve);
  });
  const end = await Promise.race([stopped, refused]);
  isOver = true;
  return end;
}

/** What is not there yet. */
function notReadyLines({ store, cache }: Readiness): string[] {
  return Object.entries({ store, cache }).flatMap(([name, check]) =>
    check.status === 'up'
      ? []
      : [`not ready: the ${name} cannot be reached: ${check.reason} Trying again until it can.`],
  );
}
