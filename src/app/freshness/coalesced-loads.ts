import type { Loaded } from '../../domain/records.ts';
import type { Clock } from '../../ports/clock.ts';
import { StoreUnavailable } from '../../ports/errors.ts';
import { type Group, groupId } from './pending-groups.ts';
import { type FreshnessSettings, longestLoadMs } from './settings.ts';

/** When something began, in the order of this process. A clock would not do: much can begin within one tick of it. */
type Moment = number;

/** One for each group, in their order. */
type Answers = readonly (readonly Loaded[])[];

/** Loads groups of records, each as its records all were at one instant after it was called. */
export type Load = (groups: readonly Group[]) => Promise<Answers>;

/** What a load brings, by the id of the group. */
type LoadResult = Promise<ReadonlyMap<string, readonly Loaded[]>>;

/**
 * Loads that the reads of one process share, so that what many ask for is loaded once. A read may take what a load
 * brings **only if the load began after the read**: who joined one that was under way would be told what was true before
 * they asked. Of each group one load runs at a time, and one waits for its end, on behalf of all who came too late for it.
 */
export class CoalescedLoads {
  readonly #clock: Clock;
  readonly #patienceMs: number;
  readonly #running = new Map<string, { readonly began: Moment; readonly result: LoadResult }>();
  readonly #waiting = new Map<string, LoadResult>();
  #moments = 0;

  constructor({ clock, settings }: { clock: Clock; settings: FreshnessSettings }) {
    this.#clock = clock;
    this.#patienceMs = longestLoadMs(settings);
  }

  /** A read begins; to be asked for before it looks anywhere. */
  begin(): Moment {
    return this.#now();
  }

  /**
   * What a read that has found nothing in the cache is answered.
   * @param began of `begin`
   * @param atOnce loads what nobody is loading
   * @param afterwards loads what is being loaded by who began too early for this read, when that has ended
   * @throws {StoreUnavailable} also where the wait for that took longer than a load may take
   */
  async share(
    groups: readonly Group[],
    began: Moment,
    { atOnce, afterwards }: { readonly atOnce: Load; readonly afterwards: Load },
  ): Promise<Answers> {
    const unshared = groups.filter((group) => this.#loadedFor(group, began) === undefined);
    const idle = unshared.filter((group) => !this.#running.has(groupId(group)));
    const busy = unshared.filter((group) => this.#running.has(groupId(group)));
    if (idle.length > 0) this.#run(idle, atOnce);
    if (busy.length > 0) this.#runAfterwards(busy, afterwards);
    const mustWait = groups.some((group) => this.#waiting.has(groupId(group)));
    const answers = Promise.all(groups.map((group) => this.#answer(group, began)));
    return mustWait ? this.#patiently(answers) : answers;
  }

  async #answer(group: Group, began: Moment): Promise<readonly Loaded[]> {
    const answer = (await this.#loadedFor(group, began))?.get(groupId(group));
    if (answer === undefined) throw new Error('a load has left out a group');
    return answer;
  }

  /** The load of this group that began after the read, or will begin. */
  #loadedFor(group: Group, began: Moment): LoadResult | undefined {
    const running = this.#running.get(groupId(group));
    return running !== undefined && running.began > began
      ? running.result
      : this.#waiting.get(groupId(group));
  }

  #run(groups: readonly Group[], load: Load): LoadResult {
    const ids = groups.map(groupId);
    const began = this.#now();
    const result = load(groups).then(
      (answers) => new Map(answers.map((answer, i) => [ids[i] ?? '', answer])),
    );
    const flight = { began, result };
    for (const id of ids) this.#running.set(id, flight);
    const end = () => {
      for (const id of ids) this.#running.delete(id);
    };
    result.then(end, end);
    return result;
  }

  #runAfterwards(groups: readonly Group[], load: Load): void {
    const ids = groups.map(groupId);
    const before = ids.map((id) => this.#running.get(id)?.result);
    const result = Promise.allSettled(before).then(() => {
      for (const id of ids) this.#waiting.delete(id);
      return this.#run(groups, load);
    });
    for (const id of ids) this.#waiting.set(id, result);
    // Whoever waited for it may have given up.
    result.catch(() => {});
  }

  async #patiently(answers: Promise<Answers>): Promise<Answers> {
    const answered = new AbortController();
    const late = this.#clock.sleep(this.#patienceMs, answered.signal);
    try {
      const first = await Promise.race([answers, late]);
      if (first === undefined) throw new StoreUnavailable('An earlier read of the same did not end in time.');
      return first;
    } finally {
      answered.abort();
    }
  }

  #now(): Moment {
    this.#moments += 1;
    return this.#moments;
  }
}
