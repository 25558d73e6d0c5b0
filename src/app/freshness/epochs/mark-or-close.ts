import type { Cache } from '../../../ports/cache.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Epoch } from '../../../ports/epoch.ts';
import { CacheUnavailable } from '../../../ports/errors.ts';
import { type EpochKeeper, isSameRecord } from './epoch-keeper.ts';
import type { EpochSettings } from './epoch-settings.ts';
import { isSameEpoch, type Keyspace, keyspaceOf, type Permit, permitsHits } from './permit.ts';
import * as transitions from './transitions.ts';

/** Between two attempts to mark. */
const PAUSE_MS = 100;

/** A valid permit, and what was marked under its token; `undefined` = the epoch is closed, and nothing need be marked. */
export interface Marking<T> {
  readonly permit: Permit;
  readonly marked: T | undefined;
}

/**
 * How a writer goes on when it cannot mark: it closes the epoch, waits until no instance is permitted a hit any more, and
 * then need not mark (docs/freshness.md).
 */
export class MarkOrClose {
  readonly #keeper: EpochKeeper;
  readonly #cache: Cache;
  readonly #clock: Clock;
  readonly #settings: EpochSettings;
  /** On `Clock.monotonic`. */
  #nextReconnect = 0;

  constructor(parts: { keeper: EpochKeeper; cache: Cache; clock: Clock; settings: EpochSettings }) {
    this.#keeper = parts.keeper;
    this.#cache = parts.cache;
    this.#clock = parts.clock;
    this.#settings = parts.settings;
  }

  /**
   * Marks under a valid permit, or has the epoch closed.
   * @param mark rejects with `CacheUnavailable` where not everything is marked; may believe looks while hits are permitted
   * @throws {CacheUnavailable} neither was possible within `writeWaitMs`
   * @throws {StoreUnavailable} there is no permit
   */
  async run<T>(mark: (keyspace: Keyspace, isOpen: boolean) => Promise<T>): Promise<Marking<T>> {
    const began = this.#clock.monotonic();
    let failingSince: number | undefined;
    for (;;) {
      const permit = await this.#keeper.permit();
      if (permit.state === 'closed') return { permit, marked: undefined };
      const keyspace = keyspaceOf(permit, this.#cache);
      try {
        if (keyspace === undefined)
          throw new CacheUnavailable('No cache server is in use for this store now.');
        const marked = await mark(keyspace, permitsHits(permit));
        const after = this.#keeper.valid() ?? (await this.#keeper.fresh());
        if (after.state !== 'closed' && isSameEpoch(after, permit)) {
          await this.#reopen(after);
          return { permit: after, marked };
        }
      } catch (error) {
        if (!(error instanceof CacheUnavailable)) throw error;
        const now = this.#clock.monotonic();
        if (failingSince === undefined && keyspace !== undefined) this.#reconnect(now);
        failingSince ??= now;
        const mayGoOn = permit.state === 'closing' || this.#settings.writesWithoutCache;
        if (permit.state === 'legacy' || !mayGoOn || now - began >= this.#settings.writeWaitMs) throw error;
        await this.#goOn(permit, now - failingSince);
      }
    }
  }

  /** One step towards a closed epoch, or a pause. @param failingForMs how long marks have failed */
  async #goOn(permit: Permit, failingForMs: number): Promise<void> {
    const { epoch } = permit.meta;
    if (epoch === undefined) return;
    const note = this.#keeper.note('cache cannot be marked');
    switch (permit.state) {
      case 'open':
        if (failingForMs < this.#settings.closeAfterMs) return this.#clock.sleep(PAUSE_MS);
        return this.#change(permit, (current) => transitions.closing(current, note));
      case 'opening':
        // Once more on a new connection, then at once: nobody has been permitted a hit yet.
        if (failingForMs < PAUSE_MS) return this.#clock.sleep(PAUSE_MS);
        return this.#change(permit, (current) => transitions.closed(current, this.#settings, note));
      case 'closing': {
        const left = epoch.waitMs - this.#keeper.seenForMs;
        if (left > 0) return this.#clock.sleep(Math.min(left, PAUSE_MS));
        return this.#change(permit, (current) =>
          transitions.closed(current, this.#settings, this.#keeper.note('waited')),
        );
      }
    }
  }

  /** Changes the record on a read just made, if it still is what the permit has shown. */
  async #change(permit: Permit, next: (epoch: Epoch) => Epoch): Promise<void> {
    const current = await this.#keeper.fresh();
    if (current.meta.epoch === undefined || !isSameRecord(current, permit)) return;
    await this.#keeper.change(current, next(current.meta.epoch));
  }

  /** The instance that closed the epoch has marked again. Whether the change is made does not matter to its write. */
  async #reopen(permit: Permit): Promise<void> {
    const { epoch } = permit.meta;
    const isOwn =
      permit.state === 'closing' && epoch?.by === this.#keeper.id && epoch.cacheServer !== undefined;
    if (epoch === undefined || !isOwn) return;
    const note = this.#keeper.note('cache can be marked again');
    await this.#keeper.change(permit, transitions.reopened(epoch, note)).catch(() => undefined);
  }

  /** One new connection for all the writes that fail at the same time. */
  #reconnect(now: number): void {
    if (now < this.#nextReconnect) return;
    this.#nextReconnect = now + this.#settings.closeAfterMs;
    this.#cache.reconnect();
  }
}
