import { serve } from '../../../src/app/composition/commands/serve.ts';
import { stopSignal } from '../../../src/app/composition/commands/stop-signal.ts';
import type { Config } from '../../../src/app/composition/config/config.ts';
import { readConfig } from '../../../src/app/composition/config/read-config.ts';
import { createContainer } from '../../../src/app/composition/container.ts';
import { TOKENS } from '../../../src/app/composition/tokens.ts';
import { CacheCircuitBreaker } from '../../../src/app/freshness/cache-circuit-breaker.ts';
import type { EpochKeeper } from '../../../src/app/freshness/epochs/epoch-keeper.ts';
import { type Marking, MarkOrClose } from '../../../src/app/freshness/epochs/mark-or-close.ts';
import type { Keyspace } from '../../../src/app/freshness/epochs/permit.ts';
import { FreshRecords } from '../../../src/app/freshness/fresh-records.ts';
import { FreshWriter } from '../../../src/app/freshness/fresh-writer.ts';
import type { FreshnessParts } from '../../../src/app/freshness/freshness-parts.ts';
import type { Group } from '../../../src/app/freshness/pending-groups.ts';
import type { Loaded } from '../../../src/domain/records.ts';
import { CacheAsideMarkers } from './cache-aside-markers.ts';
import { CacheAsideReader } from './cache-aside-reader.ts';

/** Bypasses the cache: writes are decided on current records, so that only reads can be stale. */
class StoreReader extends CacheAsideReader {
  override async readGroups(groups: readonly Group[]): Promise<readonly (readonly Loaded[])[]> {
    return Promise.all(groups.map((group) => this.readStore(group)));
  }
}

/** Has no epochs: it "marks" and publishes in every state. */
class NeverClose extends MarkOrClose {
  readonly #keeper: EpochKeeper;

  constructor(parts: FreshnessParts) {
    super(parts);
    this.#keeper = parts.keeper;
  }

  override async run<T>(mark: (keyspace: Keyspace, isOpen: boolean) => Promise<T>): Promise<Marking<T>> {
    const permit = await this.#keeper.permit();
    return {
      permit: { ...permit, state: 'open' },
      marked: await mark({ server: '', keyOf: () => '' }, true),
    };
  }
}

function cacheAsideRecords(parts: FreshnessParts): FreshRecords {
  const writer = new FreshWriter(
    parts,
    new StoreReader(parts),
    new CacheAsideMarkers(parts),
    new NeverClose(parts),
  );
  return new FreshRecords(new CacheAsideReader(parts), writer);
}

/** The service with cache-aside in place of the freshness protocol. For comparison only. */
async function createCacheAsideContainer(config: Config) {
  const container = await createContainer(config);
  const { freshness: settings } = config;
  container
    .rebind(TOKENS.records)
    .toResolvedValue(
      (store, cache, keeper, clock, ids, telemetry) => {
        const breaker = new CacheCircuitBreaker({
          cache,
          clock,
          timeoutMs: settings.cacheTimeoutMs,
          telemetry,
        });
        return cacheAsideRecords({ store, cache, keeper, breaker, settings, clock, ids, telemetry });
      },
      [TOKENS.store, TOKENS.cache, TOKENS.epochKeeper, TOKENS.clock, TOKENS.ids, TOKENS.telemetry],
    )
    .inSingletonScope();
  return container;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
process.exitCode = await serve(
  readConfig(process.env),
  stopSignal(process),
  print,
  createCacheAsideContainer,
);
