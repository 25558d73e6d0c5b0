import { MemoryUserStore } from '../../../../src/adapters/stores/memory/memory-user-store.ts';
import { EpochKeeper } from '../../../../src/app/freshness/epochs/epoch-keeper.ts';
import type { Change, IdempotencyRecord } from '../../../../src/domain/change.ts';
import type { LoadedAll, RecordKey } from '../../../../src/domain/records.ts';
import type { Cache } from '../../../../src/ports/cache.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import { openMeta } from '../../../support/open-epoch.ts';
import type { CommitLog, Revision } from './commit-log.ts';
import {
  type CallOutcome,
  callOutcome,
  idempotently,
  type Operation,
  type ServiceUnderTest,
} from './operation.ts';
import { ScriptedCircuitBreaker } from './scripted-circuit-breaker.ts';
import { SequentialIds } from './sequential-ids.ts';
import { SETTINGS } from './settings.ts';
import { simulatedInstance } from './simulated-instance.ts';
import type { Store } from './stepped-ports.ts';

/** The store as of one revision. A commit is captured, not applied. */
class StoreAtRevision implements Store {
  log: CommitLog;
  revision: Revision = 0;
  /** The revision of the idempotency record that was found. */
  replayed: Revision | undefined;
  /** The captured commit. */
  change: Change | undefined;

  constructor(log: CommitLog) {
    this.log = log;
  }

  on(): this {
    return this;
  }

  async readMany<const Keys extends readonly RecordKey[]>(keys: Keys): Promise<LoadedAll<Keys>> {
    return keys.map((key) => this.log.at(this.revision, key)) as unknown as LoadedAll<Keys>;
  }

  async readIdempotencyRecord(id: string): Promise<IdempotencyRecord | undefined> {
    this.replayed = this.log.idempotencyRecordRevision(id, this.revision);
    return this.replayed === undefined ? undefined : this.log.commitAt(this.replayed)?.change.idempotency;
  }

  async commit(change: Change): Promise<void> {
    this.change = change;
  }
}

/** Never read; acknowledges every write. */
const noCache: Cache = {
  server: () => ({ id: 'none', connectedAt: 0, succeeds: () => false, legacyScope: '' }),
  reconnect: () => {},
  get: async () => undefined,
  getMany: async (keys) => keys.map(() => undefined),
  add: async () => true,
  replace: async () => true,
  put: async () => {},
};

/** The outcome of a call without concurrency. */
export interface SequentialResult {
  readonly outcome: CallOutcome;
  /** The change that it would commit. */
  readonly change: Change | undefined;
  /** The revision of the commit that it replays. */
  readonly replayed: Revision | undefined;
}

/** The sequential specification: the same service without a cache, on a store that does not change. */
export class SequentialService {
  readonly #store: StoreAtRevision;
  readonly #serviceUnderTest: () => ServiceUnderTest;
  #now = 0;

  constructor(log: CommitLog) {
    this.#store = new StoreAtRevision(log);
    const clock: Clock = { now: () => this.#now, monotonic: () => 0, sleep: async () => {} };
    const ids = new SequentialIds();
    const breaker = new ScriptedCircuitBreaker();
    breaker.isOpen = () => true;
    const telemetry = { emit: () => {} };
    const metaStore = new MemoryUserStore({ clock });
    const { permitMs } = SETTINGS;
    void metaStore.replaceMeta(undefined, openMeta('none', { permitMs }), 'memory', Number.POSITIVE_INFINITY);
    const parts = { store: this.#store, cache: noCache, settings: SETTINGS, clock, ids, telemetry };
    const identity = { description: 'none', isPrivate: false, isAbsent: false };
    const keeper = new EpochKeeper({ ...parts, store: metaStore, identity });
    this.#serviceUnderTest = simulatedInstance({ ...parts, keeper, breaker });
  }

  /** @param now the wall-clock time @param idempotencyKey `undefined` = not an idempotent request */
  async invoke(
    operation: Operation,
    revision: Revision,
    now: number,
    idempotencyKey?: string,
  ): Promise<SequentialResult> {
    this.#store.revision = revision;
    this.#store.change = undefined;
    this.#store.replayed = undefined;
    this.#now = now;
    const outcome = await callOutcome(
      operation.invoke(idempotently(this.#serviceUnderTest(), operation, idempotencyKey)),
    );
    return { outcome, change: this.#store.change, replayed: this.#store.replayed };
  }
}
