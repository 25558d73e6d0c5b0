import type { Cache } from '../../../ports/cache.ts';
import type { Clock, Deadline } from '../../../ports/clock.ts';
import type { Epoch, EpochReason, StoreServer } from '../../../ports/epoch.ts';
import { OutcomeUnknown, StoreUnavailable } from '../../../ports/errors.ts';
import type { Ids } from '../../../ports/ids.ts';
import type { Meta, MetaStore } from '../../../ports/meta-store.ts';
import type { Telemetry } from '../../../ports/telemetry.ts';
import type { CacheIdentity } from './cache-identity.ts';
import { EpochRefused } from './epoch-refused.ts';
import type { EpochSettings } from './epoch-settings.ts';
import { isValid, type Permit } from './permit.ts';
import { Stopwatch } from './stopwatch.ts';
import * as transitions from './transitions.ts';

export interface EpochKeeperParts {
  readonly store: MetaStore;
  readonly cache: Cache;
  readonly identity: CacheIdentity;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly settings: EpochSettings & { readonly storeTimeoutMs: number };
}

const PROTOCOL = 1;
const MAX_ATTEMPTS = 5;
/** So many within ten minutes are no accident. */
const UNSTABLE_CLOSINGS = 3;

/**
 * This instance's view of the meta record: which cache server counts, and what a fresh read of that permits
 * (docs/freshness.md). Whoever believes a hit or commits holds a valid permit.
 */
export class EpochKeeper {
  /** How other instances and people see this one. */
  readonly id: string;
  readonly #parts: EpochKeeperParts;
  #latest: Permit | undefined;
  /** Since when the latest record has been known, by the answer that showed it. */
  #seenSince: Stopwatch;
  #running: Promise<Permit> | undefined;
  #queued: Promise<Permit> | undefined;
  #isExclusive = false;

  constructor(parts: EpochKeeperParts) {
    this.#parts = parts;
    this.id = parts.ids.token();
    this.#seenSince = new Stopwatch(parts.clock);
  }

  /** The last record read, whether its permit is still valid or not. */
  get latest(): Permit | undefined {
    return this.#latest;
  }

  /** How long exactly the latest record has been known, in milliseconds, for waits. */
  get seenForMs(): number {
    return this.#seenSince.atLeast;
  }

  /** The latest permit while it is valid. Renews it in the background when half of its time has passed. */
  valid(): Permit | undefined {
    const permit = this.#latest;
    if (permit === undefined || !isValid(permit)) return undefined;
    if (permit.age.atMost > permit.validForMs / 2) void this.#startReading().catch(() => undefined);
    return permit;
  }

  /** A permit that is valid when this returns. @throws {StoreUnavailable | EpochRefused} */
  async permit(): Promise<Permit> {
    for (;;) {
      const permit = this.valid() ?? (await this.#startReading());
      if (isValid(permit)) return permit;
    }
  }

  /** A permit from a read that is under way or begins now. @throws {StoreUnavailable | EpochRefused} */
  refresh(): Promise<Permit> {
    return this.#startReading();
  }

  /** A permit from a read that begins after this call. @throws {StoreUnavailable | EpochRefused} */
  fresh(): Promise<Permit> {
    if (this.#running === undefined) return this.#startReading();
    this.#queued ??= this.#running
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        this.#queued = undefined;
        return this.#startReading();
      });
    return this.#queued;
  }

  /**
   * Replaces the record that a permit has shown.
   * @param next the new epoch, from the one that was read
   * @returns the permit that an acknowledged change gives; `undefined` = the record has moved
   * @throws {StoreUnavailable | OutcomeUnknown}
   */
  async change(before: Permit, next: Epoch): Promise<Permit | undefined> {
    const meta = { ...before.meta, epoch: next };
    return this.#replace(before.meta, meta, before.storeServer);
  }

  /**
   * Begins to use the store. A process that has it exclusively needs nobody's agreement: where its cache can be reached, a
   * new epoch is open at once; otherwise it is closed at once.
   * @throws {EpochRefused} a cache in this process, and another process that could not see it has the store open
   * @throws {StoreUnavailable}
   */
  async start(): Promise<Permit> {
    const { store, identity, clock, settings } = this.#parts;
    if (identity.isPrivate && !store.exclusive) throw notExclusive();
    if (!store.exclusive) return this.#startShared();
    this.#isExclusive = identity.isPrivate;
    const permit = await this.#startExclusively();
    if (!identity.isPrivate) await store.share(clock.monotonic() + settings.storeTimeoutMs);
    return permit;
  }

  async #startShared(): Promise<Permit> {
    const { storeTimeoutMs } = this.#parts.settings;
    const permit = await this.permit();
    const commitMs = permit.meta.epoch?.commitMs ?? storeTimeoutMs;
    if (storeTimeoutMs > commitMs) throw commitsTooLong(storeTimeoutMs, commitMs);
    return permit;
  }

  async #startExclusively(): Promise<Permit> {
    const { store, cache, ids, identity, clock, settings } = this.#parts;
    const deadline = clock.monotonic() + settings.storeTimeoutMs;
    const { meta, answeredBy: storeServer } = await store.readMeta(deadline);
    requireKnownProtocol(meta);
    const note = this.note(meta === undefined ? 'first use' : 'exclusive start');
    const reached = cache.server();
    const epoch =
      reached === undefined
        ? transitions.closedExclusively(meta?.epoch, storeServer, settings, note)
        : transitions.openedExclusively(
            meta?.epoch,
            { token: ids.token(), cacheServer: reached.id, storeServer },
            settings,
            note,
          );
    const after = { ...(meta ?? this.#firstMeta()), cache: identity.description, epoch };
    const permit = await this.#replace(meta, after, storeServer, deadline);
    if (permit === undefined)
      throw new StoreUnavailable('The meta record of the store keeps changing. Try again.');
    return permit;
  }

  note(why: EpochReason): transitions.ChangeNote {
    return { by: this.id, at: new Date(this.#parts.clock.now()).toISOString(), why };
  }

  #startReading(): Promise<Permit> {
    this.#running ??= this.#read().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #read(): Promise<Permit> {
    const { store, clock, settings } = this.#parts;
    const deadline = clock.monotonic() + settings.storeTimeoutMs;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const age = new Stopwatch(clock);
      const { meta, answeredBy } = await store.readMeta(deadline);
      requireKnownProtocol(meta);
      if (meta !== undefined && isOf(meta, answeredBy)) return this.#accept(meta, answeredBy, age);
      const changed = await this.#claimForStore(meta, answeredBy, deadline);
      if (changed !== undefined) return changed;
    }
    throw new StoreUnavailable('The meta record of the store keeps changing. Try again.');
  }

  /** There is no record, or one that another server of this store acknowledged: nothing cached may be believed. */
  async #claimForStore(
    meta: Meta | undefined,
    answeredBy: StoreServer,
    deadline: Deadline,
  ): Promise<Permit | undefined> {
    const why = meta === undefined ? 'first use' : 'store server replaced';
    const epoch = transitions.closingForStore(meta?.epoch, answeredBy, this.#parts.settings, this.note(why));
    try {
      return await this.#replace(meta, { ...(meta ?? this.#firstMeta()), epoch }, answeredBy, deadline);
    } catch (error) {
      if (error instanceof OutcomeUnknown) return undefined;
      throw error;
    }
  }

  async #replace(
    before: Meta | undefined,
    after: Meta,
    on: StoreServer,
    deadline = this.#parts.clock.monotonic() + this.#parts.settings.storeTimeoutMs,
  ): Promise<Permit | undefined> {
    const age = new Stopwatch(this.#parts.clock);
    const isReplaced = await this.#parts.store.replaceMeta(before, after, on, deadline);
    return isReplaced ? this.#accept(after, on, age) : undefined;
  }

  /** Takes what was read or changed for the latest record, unless a later one of the same store server is known. */
  #accept(meta: Meta, storeServer: StoreServer, age: Stopwatch): Permit {
    const { clock, settings } = this.#parts;
    const { epoch } = meta;
    const validForMs = this.#isExclusive ? Number.POSITIVE_INFINITY : (epoch?.permitMs ?? settings.permitMs);
    const permit: Permit = { meta, storeServer, state: epoch?.state ?? 'legacy', age, validForMs };
    const before = this.#latest;
    if (before !== undefined && isLater(before, permit)) return before;
    this.#latest = permit;
    if (before !== undefined && isSameRecord(before, permit)) return permit;
    this.#seenSince = new Stopwatch(clock);
    this.#report(before, permit);
    return permit;
  }

  #report(before: Permit | undefined, { meta: { epoch }, state }: Permit): void {
    const { clock, telemetry } = this.#parts;
    const { by = '', why } = epoch?.changes.at(-1) ?? {};
    telemetry.emit({ type: 'epoch', from: before?.state, to: state, n: epoch?.n ?? 0, by, why });
    if (epoch?.state !== 'closing') return;
    const closings = transitions.recentClosings(epoch, new Date(clock.now()).toISOString());
    if (closings >= UNSTABLE_CLOSINGS) telemetry.emit({ type: 'epochs_unstable', closings });
  }

  #firstMeta(): Meta {
    const { ids, identity } = this.#parts;
    return { storeId: ids.token(), generation: 1, cache: identity.description };
  }
}

function isOf({ epoch }: Meta, server: StoreServer): boolean {
  return epoch === undefined || epoch.storeServer === server;
}

/** Whether `one` shows a later state, or was read later, than `other` of the same store server. */
function isLater(one: Permit, other: Permit): boolean {
  if (one.storeServer !== other.storeServer) return false;
  const [n, otherN] = [numberOf(one), numberOf(other)];
  return n > otherN || (n === otherN && one.age.atMost < other.age.atMost);
}

/** Within one store server a number is used once. */
export function isSameRecord(one: Permit, other: Permit): boolean {
  return one.storeServer === other.storeServer && numberOf(one) === numberOf(other);
}

/** A record without an epoch comes before every epoch. */
function numberOf({ meta }: Permit): number {
  return meta.epoch?.n ?? 0;
}

/** @throws {EpochRefused} */
function requireKnownProtocol(meta: Meta | undefined): void {
  const protocol = meta?.epoch?.protocol ?? PROTOCOL;
  if (protocol === PROTOCOL) return;
  throw new EpochRefused(
    `the store is in use by a newer version of Rollcall (epoch protocol ${protocol}; this version knows ${PROTOCOL}). Upgrade this instance`,
  );
}

function notExclusive(): EpochRefused {
  return new EpochRefused(
    'another process has the store open, and cannot see what is cached in this process. Stop the other process, or use CACHE=redis, CACHE=momento or CACHE=none in all of them',
  );
}

function commitsTooLong(storeTimeoutMs: number, commitMs: number): EpochRefused {
  return new EpochRefused(
    `STORE_TIMEOUT_MS=${storeTimeoutMs} is longer than the instances of this store allow a commit to take (${commitMs} ms, MARKER_TTL_MS when the epochs began). Lower it`,
  );
}
