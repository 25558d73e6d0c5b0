import type { Loaded } from '../../domain/records.ts';
import type { Clock } from '../../ports/clock.ts';
import { StoreUnavailable } from '../../ports/errors.ts';
import { type FreshnessSettings, maxLoadMs } from './freshness-settings.ts';
import { type Group, groupId } from './pending-groups.ts';

/** Position in the order of events in this process. A clock would not do: many events fall within one tick of it. */
type SequenceNumber = number;

/** The records of each group, in the order of the groups. */
type LoadedGroups = readonly (readonly Loaded[])[];

/** Loads groups of records. The records of one group are as they all were at one instant after the call. */
export type Load = (groups: readonly Group[]) => Promise<LoadedGroups>;

/** The records of each group, by the id of the group. */
type LoadResult = Promise<ReadonlyMap<string, readonly Loaded[]>>;

/**
 * Coalesces the loads of concurrent reads in one process (single flight), so that a record requested by many is loaded
 * once. A read may share a load **only if the load began after the read**: a load already in progress could return what
 * was true before the read began. For each group, one load runs at a time and one waits for it to end, for all reads that
 * began too late to share it.
 */
export class CoalescedLoads {
  readonly #clock: Clock;
  readonly #maxWaitMs: number;
  readonly #running = new Map<string, { readonly began: SequenceNumber; readonly result: LoadResult }>();
  readonly #waiting = new Map<string, LoadResult>();
  #lastNumber = 0;

  constructor({ clock, settings }: { clock: Clock; settings: FreshnessSettings }) {
    this.#clock = clock;
    this.#maxWaitMs = maxLoadMs(settings);
  }

  /** Must be called when a read begins, before it accesses the cache or the store. */
  begin(): SequenceNumber {
    return this.#next();
  }

  /**
   * Loads groups for a read that did not find them in the cache, or shares the loads of other reads.
   * @param began the result of `begin` for this read
   * @param loadNow loads groups that no other read is loading
   * @param loadAfter loads groups whose current load began too early for this read, once that load has ended
   * @throws {StoreUnavailable} also if waiting for the earlier load takes longer than a load may take
   */
  async coalesce(
    groups: readonly Group[],
    began: SequenceNumber,
    { loadNow, loadAfter }: { readonly loadNow: Load; readonly loadAfter: Load },
  ): Promise<LoadedGroups> {
    const unshared = groups.filter((group) => this.#sharedLoad(group, began) === undefined);
    const idle = unshared.filter((group) => !this.#running.has(groupId(group)));
    const busy = unshared.filter((group) => this.#running.has(groupId(group)));
    if (idle.length > 0) this.#run(idle, loadNow);
    if (busy.length > 0) this.#runAfter(busy, loadAfter);
    const mustWait = groups.some((group) => this.#waiting.has(groupId(group)));
    const loaded = Promise.all(groups.map((group) => this.#resultOf(group, began)));
    return mustWait ? this.#withTimeout(loaded) : loaded;
  }

  async #resultOf(group: Group, began: SequenceNumber): Promise<readonly Loaded[]> {
    const loaded = (await this.#sharedLoad(group, began))?.get(groupId(group));
    if (loaded === undefined) throw new Error('A load did not return one of its groups.');
    return loaded;
  }

  /** The load of this group that began, or will begin, after the read. */
  #sharedLoad(group: Group, began: SequenceNumber): LoadResult | undefined {
    const running = this.#running.get(groupId(group));
    return running !== undefined && running.began > began
      ? running.result
      : this.#waiting.get(groupId(group));
  }

  #run(groups: readonly Group[], load: Load): LoadResult {
    const ids = groups.map(groupId);
    const began = this.#next();
    const result = load(groups).then(
      (loaded) => new Map(loaded.map((records, i) => [ids[i] ?? '', records])),
    );
    const flight = { began, result };
    for (const id of ids) this.#running.set(id, flight);
    const end = () => {
      for (const id of ids) this.#running.delete(id);
    };
    result.then(end, end);
    return result;
  }

  #runAfter(groups: readonly Group[], load: Load): void {
    const ids = groups.map(groupId);
    const before = ids.map((id) => this.#running.get(id)?.result);
    const result = Promise.allSettled(before).then(() => {
      for (const id of ids) this.#waiting.delete(id);
      return this.#run(groups, load);
    });
    for (const id of ids) this.#waiting.set(id, result);
    // The reads that wait for it may have timed out.
    result.catch(() => {});
  }

  async #withTimeout(loaded: Promise<LoadedGroups>): Promise<LoadedGroups> {
    const settled = new AbortController();
    const timeout = this.#clock.sleep(this.#maxWaitMs, settled.signal);
    try {
      const first = await Promise.race([loaded, timeout]);
      if (first === undefined) {
        throw new StoreUnavailable('An earlier read of the same records did not end in time. Try again.');
      }
      return first;
    } finally {
      settled.abort();
    }
  }

  #next(): SequenceNumber {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }
}
