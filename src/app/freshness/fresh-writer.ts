import type { Change, Plan } from '../../domain/change.ts';
import { DomainError } from '../../domain/domain-error.ts';
import { type Loaded, type LoadedAll, type RecordKey, recordId } from '../../domain/records.ts';
import type { StoreServer } from '../../ports/epoch.ts';
import { Conflict, OutcomeUnknown, StoreServerChanged } from '../../ports/errors.ts';
import { isCached } from './cache-key.ts';
import type { Marking, MarkOrClose } from './epochs/mark-or-close.ts';
import { isValid, type Permit } from './epochs/permit.ts';
import { PermittedStore } from './epochs/permitted-store.ts';
import { Stopwatch } from './epochs/stopwatch.ts';
import type { FreshReader } from './fresh-reader.ts';
import type { FreshnessParts, FreshnessStore } from './freshness-parts.ts';
import { PLAN_ATTEMPTS } from './freshness-settings.ts';
import type { IdempotentRequest } from './idempotent-request.ts';
import type { MarkedKey, Markers } from './markers.ts';

/** The records that a change is planned from, and the plan. */
export interface Decision<Keys extends readonly RecordKey[], Result> {
  /** Distinct. */
  readonly keys: Keys;
  /** Pure; further distinct keys that the plan needs and that depend on the records of `keys`. */
  readonly followUpKeys?: (loaded: LoadedAll<Keys>) => readonly RecordKey[];
  /**
   * Pure; called again with the records of the store whenever one was changed concurrently.
   * @param followUp the records of `followUpKeys`, from the same instant as those of `keys`
   */
  readonly plan: (loaded: LoadedAll<Keys>, followUp: readonly Loaded[]) => Plan<Result>;
  /** Set if the client may repeat the request. Its `userKey` is among `keys`. */
  readonly request?: IdempotentRequest | undefined;
}

type WriterParts = Pick<FreshnessParts, 'store' | 'keeper' | 'settings' | 'clock'>;

/** The write path of the freshness protocol (docs/freshness.md). */
export class FreshWriter {
  readonly #parts: WriterParts;
  readonly #store: PermittedStore<FreshnessStore>;
  readonly #reader: FreshReader;
  readonly #markers: Markers;
  readonly #marking: MarkOrClose;

  constructor(parts: WriterParts, reader: FreshReader, markers: Markers, marking: MarkOrClose) {
    this.#parts = parts;
    this.#store = new PermittedStore(parts.store, parts.keeper);
    this.#reader = reader;
    this.#markers = markers;
    this.#marking = marking;
  }

  /**
   * Load and plan, mark, commit, publish. Once it has returned, no read that starts afterwards, on any instance, sees an
   * older state; the same holds if there was nothing to change. A domain error marks nothing.
   *
   * The outcome of an idempotent request is looked up before planning, and again before a domain error is returned: the
   * first execution of the same request may have caused it.
   * @throws the errors of `plan`; `CacheUnavailable` or `StoreUnavailable` (nothing was written); `OutcomeUnknown`;
   *   `Conflict` after `PLAN_ATTEMPTS`; `IdempotencyKeyReused`
   */
  async write<const Keys extends readonly RecordKey[], Result>(
    decision: Decision<Keys, Result>,
  ): Promise<Result> {
    const { plan, request } = decision;
    let { storeServer } = await this.#parts.keeper.permit();
    let [loaded, followUp] = await this.#load(decision, (all) => this.#reader.read(all));
    for (let attempt = 1; ; attempt += 1) {
      const id = request?.idFrom(loaded);
      const first = await this.#firstOutcome<Result>(request, id);
      if (first !== undefined) return first.result;
      try {
        const { change, result } = plan(loaded, followUp);
        if (change === undefined) {
          await this.#invalidateOlder([...loaded, ...followUp]);
          return result;
        }
        await this.#apply(
          request === undefined || id === undefined
            ? change
            : request.withIdempotencyRecord(change, id, result),
          storeServer,
        );
        return result;
      } catch (error) {
        const isRefused = error instanceof DomainError;
        if (!(isRefused || error instanceof Conflict || error instanceof StoreServerChanged)) throw error;
        if (isRefused || attempt === PLAN_ATTEMPTS) {
          const meanwhile = await this.#firstOutcome<Result>(request, id);
          if (meanwhile !== undefined) return meanwhile.result;
          throw error;
        }
        if (error instanceof StoreServerChanged) await this.#parts.keeper.fresh();
      }
      ({ storeServer } = await this.#parts.keeper.permit());
      [loaded, followUp] = await this.#load(decision, (all) => this.#reader.readStore(all));
    }
  }

  /**
   * The outcome of an earlier execution of the same request. The process that executed it may have crashed before
   * publishing, so the records that it changed are marked again. This happens after the lookup: a marker put before it
   * would protect nothing.
   */
  async #firstOutcome<Result>(
    request: IdempotentRequest | undefined,
    id: string | undefined,
  ): Promise<{ readonly result: Result } | undefined> {
    if (request === undefined || id === undefined) return undefined;
    const { settings, clock } = this.#parts;
    const now = new Date(clock.now()).toISOString();
    const { answer: record } = await this.#store.read((store) =>
      store.readIdempotencyRecord(id, now, clock.monotonic() + settings.storeTimeoutMs),
    );
    if (record === undefined) return undefined;
    const result = request.replay(record) as Result;
    await this.#invalidateCommitted(record.changedKeys);
    return { result };
  }

  /**
   * All records that a plan needs, from one instant. Reads again until the records of `keys` require no further key that
   * was not read together with them.
   */
  async #load<const Keys extends readonly RecordKey[]>(
    { keys, followUpKeys = () => [] }: Pick<Decision<Keys, unknown>, 'keys' | 'followUpKeys'>,
    read: (all: readonly RecordKey[]) => Promise<readonly Loaded[]>,
  ): Promise<readonly [loaded: LoadedAll<Keys>, followUp: readonly Loaded[]]> {
    let more: readonly RecordKey[] = [];
    for (let attempt = 1; ; attempt += 1) {
      const all = await read([...keys, ...more]);
      const loaded = all.slice(0, keys.length) as readonly Loaded[] as LoadedAll<Keys>;
      const required = followUpKeys(loaded);
      const [unread] = notLoaded(required, all);
      if (unread === undefined) return [loaded, all.slice(keys.length)];
      if (attempt === PLAN_ATTEMPTS) throw new Conflict(unread);
      more = notLoaded(required, loaded);
    }
  }

  /**
   * Marks, commits and publishes. If this fails, the markers remain until they expire.
   * @param plannedOn the server of the store that answered what the plan rests on
   * @throws {StoreServerChanged} another server has taken over, so that the records must be loaded again
   */
  async #apply(change: Change, plannedOn: StoreServer): Promise<void> {
    const { store, settings, clock } = this.#parts;
    const { permit, marked } = await this.#markUnderPermit(change);
    if (permit.storeServer !== plannedOn)
      throw new StoreServerChanged('Another server answers for the store.');
    const sincePermit = new Stopwatch(clock);
    const earliest = Math.min(clock.monotonic(), ...(marked ?? []).map(({ sentAt }) => sentAt));
    await store.on(permit.storeServer).commit(change, earliest + settings.storeTimeoutMs);
    const isInTime = sincePermit.atMost <= (permit.meta.epoch?.commitMs ?? Number.POSITIVE_INFINITY);
    await this.#acknowledge(change, permit, marked, isInTime);
  }

  /** The permit is valid at the moment this returns, and the markers were put under its token. */
  async #markUnderPermit(change: Change): Promise<Marking<readonly MarkedKey[]>> {
    for (;;) {
      const marking = await this.#marking.run((keyspace) => this.#markers.mark(change, keyspace));
      if (isValid(marking.permit)) return marking;
    }
  }

  /** Ensures that no instance can answer with the state before the commit. @throws {OutcomeUnknown} */
  async #acknowledge(
    { writes }: Change,
    { state }: Permit,
    marked: readonly MarkedKey[] | undefined,
    isInTime: boolean,
  ): Promise<void> {
    const changed = writes.map(({ key }) => key);
    if (!isInTime || state === 'opening') return this.#invalidateCommitted(changed);
    if (marked === undefined) return;
    const unpublished = await this.#markers.publish(marked);
    if (unpublished.length > 0) await this.#invalidateCommitted(unpublished);
  }

  async #invalidateCommitted(keys: readonly RecordKey[]): Promise<void> {
    try {
      await this.#invalidate(keys);
    } catch (cause) {
      throw new OutcomeUnknown('The change was made, but may not be seen everywhere yet.', { cause });
    }
  }

  /** Marks records that were changed before this call, or has the epoch closed. @throws {CacheUnavailable} */
  async #invalidate(keys: readonly RecordKey[]): Promise<void> {
    if (keys.some(isCached)) await this.#marking.run((keyspace) => this.#markers.invalidate(keys, keyspace));
  }

  /** After "nothing to change" was acknowledged, no read may return an older state. @throws {CacheUnavailable} */
  async #invalidateOlder(loaded: readonly Loaded[]): Promise<void> {
    if (!loaded.some(({ key }) => isCached(key))) return;
    await this.#marking.run((keyspace, isOpen) => this.#markers.invalidateOlder(loaded, keyspace, isOpen));
  }
}

/** The keys whose records are not among `loaded`. */
function notLoaded(keys: readonly RecordKey[], loaded: readonly Loaded[]): readonly RecordKey[] {
  const ids = new Set(loaded.map(({ key }) => recordId(key)));
  return keys.filter((key) => !ids.has(recordId(key)));
}
