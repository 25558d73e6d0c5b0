import { type RecordKey, recordId } from '../../../../src/domain/records.ts';
import type { CommitLog, Instant } from './commit-log.ts';
import type { Call } from './history.ts';
import { isSame, type Outcome } from './operation.ts';
import { type Alone, SequentialService } from './sequential-service.ts';
import { asEntry, isSameEntry } from './shared-cache.ts';
import type { SimulatedWorld } from './simulated-world.ts';
import type { Violation } from './violation.ts';

/** A call that has been answered or refused. */
type Answered = Call & { readonly ended: NonNullable<Call['ended']> };

/** A change that somebody was told of. */
interface Acknowledged {
  readonly step: number;
  /** Of its commit. */
  readonly instant: Instant;
  /** The only record of it that they were told of, if not of all. */
  readonly key?: RecordKey;
}

/**
 * Whether every answer is that of the same service asked alone, at some instant between question and answer, and every
 * change that is acknowledged was committed at that instant.
 */
export class Linearizability {
  readonly #log: CommitLog;
  readonly #alone: SequentialService;
  readonly #acknowledged: Acknowledged[] = [];

  constructor(log: CommitLog) {
    this.#log = log;
    this.#alone = new SequentialService(log);
  }

  /** @param evictsMarkers then nothing is promised but that no acknowledged change is missed of a record */
  async check({ calls, sightings, evictsMarkers }: SimulatedWorld): Promise<Violation | undefined> {
    const answered = calls
      .filter((call): call is Answered => call.ended !== undefined && call.ended.outcome.type !== 'failure')
      .flatMap(oneByOne)
      .sort((a, b) => a.ended.step - b.ended.step);
    for (const call of answered) {
      const violation =
        evictsMarkers && call.operation.looksAt !== undefined
          ? this.#missed(call, call.operation.looksAt)
          : await this.#unexplained(call);
      if (violation !== undefined && !(evictsMarkers && call.operation.looksAt === undefined))
        return violation;
    }
    for (const sighting of sightings) {
      const violation = this.#sight(sighting, evictsMarkers);
      if (violation !== undefined) return violation;
    }
    return undefined;
  }

  /** What a reader would have been told who asked the cache at that step. */
  #sight(
    { key, cached, step, instant: now }: SimulatedWorld['sightings'][number],
    evictsMarkers: boolean,
  ): Violation | undefined {
    let instant = now;
    while (instant > 0 && !isSameEntry(asEntry(this.#log.at(instant, key)), cached)) instant -= 1;
    const missed = this.#acknowledged.some(
      (one) => one.step < step && one.instant > instant && this.#tellsOf(key, one),
    );
    const seen = { what: `${recordId(key)}: the cache has ${cached}`, step };
    if (missed) return { property: 'acknowledged change missed', ...seen };
    return evictsMarkers ? undefined : { property: 'answers out of order', ...seen };
  }

  async #unexplained(call: Answered): Promise<Violation | undefined> {
    let isPromised = false;
    for (let instant = call.ended.instant; instant >= call.began.instant; instant -= 1) {
      const alone = await this.#ask(call, instant);
      if (!isSame(alone.outcome, call.ended.outcome)) continue;
      isPromised = true;
      if (alone.change !== undefined && !this.#isCommitted(alone.change, instant, call)) continue;
      const acknowledged = alone.change === undefined ? alone.replayed : instant + 1;
      if (acknowledged !== undefined) {
        this.#acknowledged.push({ step: call.ended.step, instant: acknowledged });
      } else {
        this.#acknowledgeAsItIs(call, instant);
      }
      return undefined;
    }
    return isPromised
      ? { property: 'acknowledged but not done', what: 'no commit makes it so', call }
      : this.#outdated(call);
  }

  /** Who is told that there is nothing to change has been told of the change that made it so. */
  #acknowledgeAsItIs({ operation: { changes }, ended }: Answered, instant: Instant): void {
    if (changes === undefined || ended.outcome.type !== 'answer') return;
    this.#acknowledged.push({
      step: ended.step,
      instant: this.#log.sinceWhen(instant, changes),
      key: changes,
    });
  }

  /** Whether the store's next commit, still before the answer, is just this change. */
  #isCommitted(change: NonNullable<Alone['change']>, instant: Instant, { ended }: Answered): boolean {
    const next = this.#log.commitAt(instant + 1);
    return next !== undefined && instant < ended.instant && fingerprint(next.change) === fingerprint(change);
  }

  /** When the answer was last true, if it ever was. */
  async #outdated(call: Answered): Promise<Violation> {
    for (let instant = call.began.instant - 1; instant >= 0; instant -= 1) {
      const { outcome } = await this.#ask(call, instant);
      if (!isSame(outcome, call.ended.outcome)) continue;
      const missed = this.#acknowledged.some(
        (one) => one.step < call.began.step && one.instant > instant && one.instant <= call.began.instant,
      );
      return missed
        ? { property: 'acknowledged change missed', what: 'the answer is from before the change', call }
        : { property: 'answers out of order', what: 'the answer is from before the question', call };
    }
    return call.operation.changesAs === undefined || call.ended.outcome.type === 'refusal'
      ? { property: 'never true together', what: 'there was no such moment', call }
      : { property: 'acknowledged but not done', what: 'nothing leads to this answer', call };
  }

  #ask({ operation, began, key }: Call, instant: Instant): Promise<Alone> {
    return this.#alone.ask(operation, instant, began.now, key);
  }

  /** A record that is told as it was before a change that had been acknowledged. */
  #missed(call: Answered, keys: readonly RecordKey[]): Violation | undefined {
    const told = toldOf(call.ended.outcome);
    const missed = keys.find((key, i) => {
      for (let instant = call.ended.instant; instant >= this.#oldest(key, call); instant -= 1) {
        const { version, record } = this.#log.at(instant, key);
        if (JSON.stringify(record === undefined ? {} : { version, record }) === told[i]) return false;
      }
      return true;
    });
    return missed && { property: 'acknowledged change missed', what: `of ${recordId(missed)}`, call };
  }

  /** Which instant the answer must be of at least. */
  #oldest(key: RecordKey, { began }: Call): Instant {
    return Math.max(
      0,
      ...this.#acknowledged
        .filter((one) => one.step < began.step && this.#tellsOf(key, one))
        .map(({ instant }) => instant),
    );
  }

  #tellsOf(key: RecordKey, { instant, key: only }: Acknowledged): boolean {
    const written = this.#log.commitAt(instant)?.written ?? [];
    const keys = only === undefined ? written.map((one) => one.key) : [only];
    return keys.some((one) => recordId(one) === recordId(key));
  }
}

/** A call that asks several questions, as one call for each. */
function oneByOne(call: Answered): readonly Answered[] {
  const { each } = call.operation;
  if (each === undefined || call.ended.outcome.type !== 'answer') return [call];
  const answers = JSON.parse(call.ended.outcome.text) as readonly unknown[];
  return each.map((operation, i) => ({
    ...call,
    operation,
    ended: { ...call.ended, outcome: { type: 'answer', text: JSON.stringify(answers[i]) } },
  }));
}

/** What tells one change from every other: versions are never used twice. */
function fingerprint({ writes, idempotency }: NonNullable<Alone['change']>): string {
  return JSON.stringify([writes.map(({ key, expected }) => [recordId(key), expected]), idempotency?.id]);
}

function toldOf(outcome: Outcome): readonly string[] {
  if (outcome.type !== 'answer') return [];
  return (JSON.parse(outcome.text) as unknown[]).map((one) => JSON.stringify(one));
}
