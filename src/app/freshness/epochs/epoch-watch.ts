import type { Cache, ReachedServer } from '../../../ports/cache.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Epoch } from '../../../ports/epoch.ts';
import type { Ids } from '../../../ports/ids.ts';
import { type EpochKeeper, isSameRecord } from './epoch-keeper.ts';
import type { EpochSettings } from './epoch-settings.ts';
import type { Permit } from './permit.ts';
import { Stopwatch } from './stopwatch.ts';
import * as transitions from './transitions.ts';

const TICK_MS = 250;
/** A fleet does not send its changes to one record at the same moment. */
const MAX_PAUSE_MS = 500;
const PROBE_KEY = 'epoch-probe';
const FIRST_RECONNECT_MS = 500;
const MAX_RECONNECT_MS = 10_000;

type Next = (current: Epoch) => Epoch;

/** Takes an epoch from one state to the next while no write waits for that (docs/freshness.md). */
export class EpochWatch {
  readonly #keeper: EpochKeeper;
  readonly #cache: Cache;
  readonly #clock: Clock;
  readonly #ids: Pick<Ids, 'token' | 'fraction'>;
  readonly #settings: EpochSettings & { readonly cacheTimeoutMs: number };
  #held: { readonly id: string; readonly connectedAt: number; readonly since: Stopwatch } | undefined;
  #reconnect = { after: 0, pauseMs: FIRST_RECONNECT_MS };

  constructor(parts: {
    keeper: EpochKeeper;
    cache: Cache;
    clock: Clock;
    ids: Pick<Ids, 'token' | 'fraction'>;
    settings: EpochSettings & { readonly cacheTimeoutMs: number };
  }) {
    this.#keeper = parts.keeper;
    this.#cache = parts.cache;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#settings = parts.settings;
  }

  /** Settles once it is stopped. What fails is tried again at the next tick. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.step().catch(() => undefined);
      await this.#clock.sleep(TICK_MS, stop);
    }
  }

  /** What is due now, if anything. @throws {StoreUnavailable | OutcomeUnknown | CacheUnavailable} it is due again */
  async step(): Promise<void> {
    const reached = this.#hold();
    const permit = this.#keeper.latest;
    const epoch = permit?.meta.epoch;
    if (permit === undefined || epoch === undefined) return;
    switch (epoch.state) {
      case 'open':
        return this.#whileOpen(permit, epoch, reached);
      case 'closing':
        if (this.#keeper.seenForMs < epoch.waitMs) return;
        return this.#change(permit, (current) =>
          transitions.closed(current, this.#settings, this.#keeper.note('waited')),
        );
      case 'closed':
        return this.#whileClosed(permit, epoch, reached);
      case 'opening':
        this.#seek(epoch, reached);
        if (this.#keeper.seenForMs < epoch.waitMs) return;
        return this.#change(permit, (current) => transitions.opened(current, this.#keeper.note('waited')));
    }
  }

  /** The server in use has lost its place, or this instance reaches another one: nobody need write to find that out. */
  async #whileOpen(permit: Permit, epoch: Epoch, reached: ReachedServer | undefined): Promise<void> {
    this.#seek(epoch, reached);
    if (reached === undefined || epoch.cacheServer === undefined || reached.id === epoch.cacheServer) return;
    const isReplaced = reached.succeeds(epoch.cacheServer);
    if (!isReplaced && !this.#hasHeld(reached, epoch.holdMs)) return;
    await this.#prove(reached);
    await this.#change(permit, (current) =>
      transitions.closing(current, this.#keeper.note('cache server replaced')),
    );
  }

  /** Takes the server that was reached without a break since the epoch was seen closed, and for long enough. */
  async #whileClosed(permit: Permit, epoch: Epoch, reached: ReachedServer | undefined): Promise<void> {
    if (reached === undefined || !this.#hasHeld(reached, epoch.holdMs)) return;
    if (this.#keeper.seenForMs < 0) return;
    await this.#prove(reached);
    await this.#change(permit, (current) =>
      transitions.opening(
        current,
        { token: this.#ids.token(), cacheServer: reached.id },
        this.#settings,
        this.#keeper.note('cache reached'),
      ),
    );
  }

  /** Changes the record on a read just made, if it still is what was seen. */
  async #change(seen: Permit, next: Next): Promise<void> {
    await this.#clock.sleep(this.#ids.fraction() * MAX_PAUSE_MS);
    const current = await this.#keeper.fresh();
    if (current.meta.epoch === undefined || !isSameRecord(current, seen)) return;
    await this.#keeper.change(current, next(current.meta.epoch));
  }

  /** The server answers as a primary, in its term, now. @throws {CacheUnavailable} */
  async #prove({ id }: ReachedServer): Promise<void> {
    await this.#cache.get(PROBE_KEY, id, this.#clock.monotonic() + this.#settings.cacheTimeoutMs);
  }

  /** Follows which server is reached, and since when without a break. */
  #hold(): ReachedServer | undefined {
    const reached = this.#cache.server();
    if (reached === undefined) this.#held = undefined;
    else if (this.#held?.id !== reached.id || this.#held.connectedAt !== reached.connectedAt) {
      this.#held = { id: reached.id, connectedAt: reached.connectedAt, since: new Stopwatch(this.#clock) };
    }
    return reached;
  }

  #hasHeld({ id, connectedAt }: ReachedServer, ms: number): boolean {
    const held = this.#held;
    return held?.id === id && held.connectedAt === connectedAt && held.since.atLeast >= ms;
  }

  /** Looks for the server that counts, with ever longer pauses, where another one is reached. */
  #seek({ cacheServer }: Epoch, reached: ReachedServer | undefined): void {
    const now = this.#clock.monotonic();
    if (cacheServer === undefined || reached === undefined || reached.id === cacheServer) {
      this.#reconnect = { after: now + FIRST_RECONNECT_MS, pauseMs: FIRST_RECONNECT_MS };
    } else if (now >= this.#reconnect.after) {
      const pauseMs = Math.min(2 * this.#reconnect.pauseMs, MAX_RECONNECT_MS);
      this.#reconnect = { after: now + pauseMs, pauseMs };
      this.#cache.reconnect();
    }
  }
}
