import type { Change, Plan } from '../../domain/change.ts';
import { DomainError } from '../../domain/domain-error.ts';
import { type Loaded, type LoadedAll, type RecordKey, recordId } from '../../domain/records.ts';
import { Conflict } from '../../ports/errors.ts';
import type { FreshReader } from './fresh-reader.ts';
import type { FreshnessParts } from './freshness-parts.ts';
import type { IdempotentRequest } from './idempotent-request.ts';
import type { Markers } from './markers.ts';
import { PLAN_ATTEMPTS } from './settings.ts';

/** What a change is decided on, and how. */
export interface Decision<Keys extends readonly RecordKey[], Result> {
  /** No key twice. */
  readonly keys: Keys;
  /** Pure; what else the plan needs, as can be told only from the records of `keys`, no key twice. */
  readonly followUpKeys?: (loaded: LoadedAll<Keys>) => readonly RecordKey[];
  /**
   * Pure; called again with what the store holds whenever a record has moved.
   * @param further the records of `followUpKeys`, true together with those of `keys`
   */
  readonly plan: (loaded: LoadedAll<Keys>, further: readonly Loaded[]) => Plan<Result>;
  /** Where the same may be asked for again. Its `userKey` is among `keys`. */
  readonly request?: IdempotentRequest | undefined;
}

/** The write path of the freshness protocol (docs/freshness.md). */
export class FreshWriter {
  readonly #parts: Pick<FreshnessParts, 'store' | 'settings' | 'clock'>;
  readonly #reader: FreshReader;
  readonly #markers: Markers;

  constructor(
    parts: Pick<FreshnessParts, 'store' | 'settings' | 'clock'>,
    reader: FreshReader,
    markers: Markers,
  ) {
    this.#parts = parts;
    this.#reader = reader;
    this.#markers = markers;
  }

  /**
   * Know and plan, mark, commit, publish. When it returns, no read that starts afterwards, on any instance, sees what
   * was there before; nor where there was nothing to change, because it had been done. A refusal marks nothing.
   *
   * What a repeatable request came to is looked up before it is planned, and again before a refusal is answered, which
   * may be of the request's own making.
   * @throws whatever `plan` refuses with, `CacheUnavailable` or `StoreUnavailable` (nothing written), `OutcomeUnknown`,
   *   `Conflict` after a few tries, `IdempotencyKeyReused`
   */
  async write<const Keys extends readonly RecordKey[], Result>(
    decision: Decision<Keys, Result>,
  ): Promise<Result> {
    const { plan, request } = decision;
    let [loaded, further] = await this.#know(decision, (all) => this.#reader.read(all));
    for (let attempt = 1; ; attempt += 1) {
      const id = request?.idFrom(loaded);
      const first = await this.#firstOutcome<Result>(request, id);
      if (first !== undefined) return first.result;
      try {
        const { change, result } = plan(loaded, further);
        if (change === undefined) {
          await this.#markers.coverOlder([...loaded, ...further]);
          return result;
        }
        await this.#apply(
          request === undefined || id === undefined
            ? change
            : request.withIdempotencyRecord(change, id, result),
        );
        return result;
      } catch (error) {
        if (!(error instanceof DomainError || error instanceof Conflict)) throw error;
        if (error instanceof DomainError || attempt === PLAN_ATTEMPTS) {
          const meanwhile = await this.#firstOutcome<Result>(request, id);
          if (meanwhile !== undefined) return meanwhile.result;
          throw error;
        }
      }
      [loaded, further] = await this.#know(decision, (all) => this.#reader.readStore(all));
    }
  }

  /**
   * What the same request came to before. Whoever applied it may have died before publishing, so what it changed is
   * covered again, after the look: a marker put before it protects nothing.
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
    await this.#markers.cover(record.changedKeys);
    return { result };
  }

  /**
   * Everything that a plan needs, as it all was at one instant: read again until the records of `keys` ask for nothing
   * that was not read with them.
   */
  async #know<const Keys extends readonly RecordKey[]>(
    { keys, followUpKeys = () => [] }: Pick<Decision<Keys, unknown>, 'keys' | 'followUpKeys'>,
    read: (all: readonly RecordKey[]) => Promise<readonly Loaded[]>,
  ): Promise<readonly [loaded: LoadedAll<Keys>, further: readonly Loaded[]]> {
    let more: readonly RecordKey[] = [];
    for (let attempt = 1; ; attempt += 1) {
      const all = await read([...keys, ...more]);
      const loaded = all.slice(0, keys.length) as readonly Loaded[] as LoadedAll<Keys>;
      const asked = followUpKeys(loaded);
      const [unread] = unknownOf(asked, all);
      if (unread === undefined) return [loaded, all.slice(keys.length)];
      if (attempt === PLAN_ATTEMPTS) throw new Conflict(unread);
      more = unknownOf(asked, loaded);
    }
  }

  /** Where this fails, the markers stay until they expire. */
  async #apply(change: Change): Promise<void> {
    const { store, settings, clock } = this.#parts;
    const marked = await this.#markers.mark(change);
    const since = Math.min(clock.monotonic(), ...marked.map(({ sentAt }) => sentAt));
    await store.commit(change, since + settings.storeTimeoutMs);
    await this.#markers.publish(marked);
  }
}

/** The keys of which nothing is known. */
function unknownOf(keys: readonly RecordKey[], loaded: readonly Loaded[]): readonly RecordKey[] {
  const ids = new Set(loaded.map(({ key }) => recordId(key)));
  return keys.filter((key) => !ids.has(recordId(key)));
}
