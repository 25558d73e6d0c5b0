import type { Container } from 'inversify';
import type { Print } from '../../../adapters/cli/print.ts';
import type { Readiness } from '../../operations/health.ts';
import type { StartUp } from '../../operations/start-up.ts';
import type { Config } from '../config/config.ts';
import { createContainer } from '../container.ts';
import { TOKENS } from '../tokens.ts';
import { asInvalidConfiguration } from './as-invalid-configuration.ts';
import { banner } from './banner.ts';
import { listen } from './listen.ts';

/**
 * Serves until `stopped` settles, then finishes the requests in flight and closes everything.
 * @param compose creates the container; tests pass one with a replaced part
 * @returns the exit code: 0, or 1 if a request in flight had to be cut off
 * @throws {InvalidConfiguration} the configured store or cache cannot be used
 * @throws {CannotListen}
 */
export async function serve(
  config: Config,
  stopped: Promise<void>,
  print: Print,
  compose: typeof createContainer = createContainer,
): Promise<number> {
  const { shutdownTimeoutMs } = config;
  const container = await compose(config);
  const ending = new AbortController();
  try {
    const startUp = await container.getAsync(TOKENS.startUp);
    const readiness = await startUp.waitUntilReady();
    const server = await container.getAsync(TOKENS.httpServer);
    const url = await listen(server, config);
    for (const line of [...banner(config), ...(await startWarnings(container))]) print(line);
    print(`rollcall listening on ${url}`);
    for (const line of notReadyLines(readiness)) print(line);
    const sweep = await container.getAsync(TOKENS.backgroundSweep);
    void sweep.run(ending.signal);
    const watch = await container.getAsync(TOKENS.epochWatch);
    void watch.run(ending.signal);
    const refusal = await stoppedOrRefused(stopped, startUp);
    print('rollcall is stopping: finishing requests in flight');
    const inTime = await server.drain(shutdownTimeoutMs);
    print(
      inTime
        ? 'rollcall stopped'
        : `rollcall stopped; requests still in flight after SHUTDOWN_TIMEOUT_MS=${shutdownTimeoutMs} were cut off`,
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

async function startWarnings(container: Container): Promise<readonly string[]> {
  return container.isBound(TOKENS.startWarnings) ? container.getAsync(TOKENS.startWarnings) : [];
}

/** Settles when the instance must stop: with `undefined`, or with the error that forbids it to continue. */
async function stoppedOrRefused(stopped: Promise<void>, startUp: StartUp): Promise<unknown> {
  let isOver = false;
  const refused = new Promise<unknown>((resolve) => {
    startUp.startInBackground(() => isOver).catch(resolve);
  });
  const end = await Promise.race([stopped, refused]);
  isOver = true;
  return end;
}

function notReadyLines({ store, cache }: Readiness): string[] {
  return Object.entries({ store, cache }).flatMap(([name, check]) =>
    check.status === 'up'
      ? []
      : [
          `not ready: the ${name} is unavailable: ${withFullStop(check.reason)} Retrying until it is available.`,
        ],
  );
}

function withFullStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
