import type { Change, Plan } from '../../domain/change.ts';
import { DomainError } from '../../domain/domain-error.ts';
import { type Loaded, type LoadedAll, type RecordKey, recordId } from '../../domain/records.ts';
import { Conflict, OutcomeUnknown, StoreServerChanged } from '../../ports/errors.ts';
import type { Meta, StoreServer } from '../../ports/user-store.ts';
import type { FreshReader } from './fresh-reader.ts';
import type { FreshnessParts } from './freshness-parts.ts';
import { PLAN_ATTEMPTS } from './freshness-settings.ts';
import type { IdempotentRequest } from './idempotent-request.ts';
import type { Markers } from './markers.ts';

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

/** The write path of the freshness protocol (docs/freshness.md). */
export class FreshWriter {
  readonly #parts: Pick<FreshnessParts, 'store' | 'binding' | 'settings' | 'clock'>;
  readonly #reader: FreshReader;
  readonly #markers: Markers;

  constructor(
    parts: Pick<FreshnessParts, 'store' | 'binding' | 'settings' | 'clock'>,
    reader: FreshReader,
    markers: Markers,
  ) {
    this.#parts = parts;
    this.#reader = reader;
    this.#markers = markers;
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
    // Taken before anything is read: what was read from one server must not be committed on another.
    let { storeServer } = await this.#meta();
    let [loaded, followUp] = await this.#load(decision, (all) => this.#reader.read(all));
    for (let attempt = 1; ; attempt += 1) {
      const id = request?.idFrom(loaded);
      const first = await this.#firstOutcome<Result>(request, id);
      if (first !== undefined) return first.result;
      try {
        const { change, result } = plan(loaded, followUp);
        if (change === undefined) {
          await this.#markers.invalidateOlder([...loaded, ...followUp]);
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
        if (!isWorthReplanning(error)) throw error;
        if (error instanceof DomainError || attempt === PLAN_ATTEMPTS) {
          const meanwhile = await this.#firstOutcome<Result>(request, id);
          if (meanwhile !== undefined) return meanwhile.result;
          throw error;
        }
      }
      ({ storeServer } = await this.#meta());
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
    const { store, settings, clock } = this.#parts;
    const now = new Date(clock.now()).toISOString();
    const record = await store.readIdempotencyRecord(id, now, clock.monotonic() + settings.storeTimeoutMs);
    if (record === undefined) return undefined;
    const result = request.replay(record) as Result;
    await this.#markers.invalidate(record.changedKeys);
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

  /** If this fails, the markers remain until they expire. */
  async #apply(change: Change, on: StoreServer | undefined): Promise<void> {
    const { store, settings, clock } = this.#parts;
    const marked = await this.#markers.mark(change);
    const earliest = Math.min(clock.monotonic(), ...marked.map(({ sentAt }) => sentAt));
    try {
      await store.commit(change, earliest + settings.storeTimeoutMs, on);
    } catch (error) {
      if (error instanceof OutcomeUnknown && error.settled !== undefined) {
        void this.#markers.keepMarked(marked, error.settled);
      }
      throw error;
    }
    await this.#markers.publish(marked);
  }

  #meta(): Meta | Promise<Meta> {
    const { binding, settings, clock } = this.#parts;
    return binding.establish(clock.monotonic() + settings.storeTimeoutMs);
  }
}

/** A domain error may come from the first execution of the same request; the others from records that are not current. */
function isWorthReplanning(error: unknown): boolean {
  return error instanceof DomainError || error instanceof Conflict || error instanceof StoreServerChanged;
}

/** The keys whose records are not among `loaded`. */
function notLoaded(keys: readonly RecordKey[], loaded: readonly Loaded[]): readonly RecordKey[] {
  const ids = new Set(loaded.map(({ key }) => recordId(key)));
  return keys.filter((key) => !ids.has(recordId(key)));
}
