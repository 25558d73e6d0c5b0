import { type RecordKey, recordId } from '../../../../src/domain/records.ts';
import type { CommitLog, Revision } from './commit-log.ts';
import { formatEntry } from './formatting.ts';
import type { Call } from './history.ts';
import { type CallOutcome, isSameOutcome } from './operation.ts';
import { type SequentialResult, SequentialService } from './sequential-service.ts';
import { entryOf, isSameEntry } from './shared-cache.ts';
import type { Simulation } from './simulation.ts';
import type { Violation } from './violation.ts';

/** A call with a definite outcome: a success or a rejection. */
type CompletedCall = Call & { readonly response: NonNullable<Call['response']> };

/** A commit that a client knows to be applied. */
interface Acknowledgement {
  /** When the client received the response. */
  readonly step: number;
  readonly revision: Revision;
  /** The only record of the commit that the response covers; `undefined` = all of them. */
  readonly key?: RecordKey;
}

/**
 * Checks a history against the sequential specification. Every response must be the one that the service would give on
 * its own at some revision between invocation and response, and a write must have committed at that revision.
 */
export class Linearizability {
  readonly #log: CommitLog;
  readonly #sequential: SequentialService;
  readonly #acknowledgements: Acknowledgement[] = [];

  constructor(log: CommitLog) {
    this.#log = log;
    this.#sequential = new SequentialService(log);
  }

  async check({ calls, divergences, evictsMarkers }: Simulation): Promise<Violation | undefined> {
    const completed = calls
      .filter((call): call is CompletedCall => hasCompleted(call))
      .flatMap(splitBatch)
      .sort((a, b) => a.response.step - b.response.step);
    for (const call of completed) {
      const violation = await this.#checkCall(call, evictsMarkers);
      if (violation !== undefined) return violation;
    }
    for (const divergence of divergences) {
      const violation = this.#checkDivergence(divergence, evictsMarkers);
      if (violation !== undefined) return violation;
    }
    return undefined;
  }

  /** If markers may be evicted, only one guarantee remains: a read of a record never misses an acknowledged write. */
  async #checkCall(call: CompletedCall, evictsMarkers: boolean): Promise<Violation | undefined> {
    if (!evictsMarkers) return this.#checkLinearizable(call);
    const { readKeys } = call.operation;
    if (readKeys !== undefined) return this.#checkRecords(call, readKeys);
    // Collects the acknowledgements; the violation is permitted.
    await this.#checkLinearizable(call);
    return undefined;
  }

  /** Checks the response of a hypothetical read that hits the cache at that step. */
  #checkDivergence(
    { key, cached, step, revision: latest }: Simulation['divergences'][number],
    evictsMarkers: boolean,
  ): Violation | undefined {
    let revision = latest;
    while (revision > 0 && !isSameEntry(entryOf(this.#log.at(revision, key)), cached)) revision -= 1;
    const isMissed = this.#acknowledgements.some(
      (one) => one.step < step && one.revision > revision && this.#covers(one, key),
    );
    const details = `${recordId(key)}: the cache holds ${formatEntry(cached)}`;
    if (isMissed) return { property: 'acknowledged write missed', details, step };
    return evictsMarkers ? undefined : { property: 'non-monotonic read', details, step };
  }

  async #checkLinearizable(call: CompletedCall): Promise<Violation | undefined> {
    let hasMatchingResponse = false;
    const { invocation, response } = call;
    for (let revision = response.revision; revision >= invocation.revision; revision -= 1) {
      const { outcome, change, replayed } = await this.#invoke(call, revision);
      if (!isSameOutcome(outcome, response.outcome)) continue;
      hasMatchingResponse = true;
      if (change !== undefined && !this.#isCommitted(change, revision, call)) continue;
      const acknowledged = change === undefined ? replayed : revision + 1;
      if (acknowledged !== undefined) {
        this.#acknowledgements.push({ step: response.step, revision: acknowledged });
      } else {
        this.#acknowledgeNoOp(call, revision);
      }
      return undefined;
    }
    return hasMatchingResponse
      ? { property: 'acknowledged but not applied', details: 'there is no matching commit', call }
      : this.#explain(call);
  }

  /** "Nothing to change" acknowledges the write that produced the current state. */
  #acknowledgeNoOp({ operation: { targetKey }, response }: CompletedCall, revision: Revision): void {
    if (targetKey === undefined || response.outcome.type !== 'success') return;
    this.#acknowledgements.push({
      step: response.step,
      revision: this.#log.lastWriteRevision(revision, targetKey),
      key: targetKey,
    });
  }

  /** Whether the next commit of the store is this change, applied before the response. */
  #isCommitted(
    change: NonNullable<SequentialResult['change']>,
    revision: Revision,
    { response }: CompletedCall,
  ): boolean {
    const next = this.#log.commitAt(revision + 1);
    return (
      next !== undefined && revision < response.revision && fingerprint(next.change) === fingerprint(change)
    );
  }

  /** Looks for an earlier revision that would explain a response which is not linearizable. */
  async #explain(call: CompletedCall): Promise<Violation> {
    const { invocation, response, operation } = call;
    for (let revision = invocation.revision - 1; revision >= 0; revision -= 1) {
      const { outcome } = await this.#invoke(call, revision);
      if (!isSameOutcome(outcome, response.outcome)) continue;
      const isMissed = this.#acknowledgements.some(
        (one) => one.step < invocation.step && one.revision > revision && one.revision <= invocation.revision,
      );
      return isMissed
        ? { property: 'acknowledged write missed', details: 'the response predates the write', call }
        : { property: 'non-monotonic read', details: 'the response predates the invocation', call };
    }
    return operation.writesAs === undefined || response.outcome.type === 'rejection'
      ? { property: 'inconsistent snapshot', details: 'no revision produces this response', call }
      : { property: 'acknowledged but not applied', details: 'no revision produces this response', call };
  }

  #invoke({ operation, invocation, idempotencyKey }: Call, revision: Revision): Promise<SequentialResult> {
    return this.#sequential.invoke(operation, revision, invocation.now, idempotencyKey);
  }

  /** Checks each record of a read on its own: it must not be older than an acknowledged write. */
  #checkRecords(call: CompletedCall, keys: readonly RecordKey[]): Violation | undefined {
    const records = recordsIn(call.response.outcome);
    const missed = keys.find((key, i) => {
      const minimum = this.#minimumRevision(key, call);
      for (let revision = call.response.revision; revision >= minimum; revision -= 1) {
        const { version, record } = this.#log.at(revision, key);
        if (JSON.stringify(record === undefined ? {} : { version, record }) === records[i]) return false;
      }
      return true;
    });
    return missed && { property: 'acknowledged write missed', details: `of ${recordId(missed)}`, call };
  }

  /** The oldest revision that a call may return of a record. */
  #minimumRevision(key: RecordKey, { invocation }: Call): Revision {
    return Math.max(
      0,
      ...this.#acknowledgements
        .filter((one) => one.step < invocation.step && this.#covers(one, key))
        .map(({ revision }) => revision),
    );
  }

  #covers({ revision, key: only }: Acknowledgement, key: RecordKey): boolean {
    const written = this.#log.commitAt(revision)?.written ?? [];
    const keys = only === undefined ? written.map((one) => one.key) : [only];
    return keys.some((one) => recordId(one) === recordId(key));
  }
}

function hasCompleted({ response }: Call): boolean {
  return response !== undefined && response.outcome.type !== 'failure';
}

/** A batch as separate calls, one for each part. */
function splitBatch(call: CompletedCall): readonly CompletedCall[] {
  const { batch } = call.operation;
  if (batch === undefined || call.response.outcome.type !== 'success') return [call];
  const results = JSON.parse(call.response.outcome.text) as readonly unknown[];
  return batch.map((operation, i) => ({
    ...call,
    operation,
    response: { ...call.response, outcome: { type: 'success', text: JSON.stringify(results[i]) } },
  }));
}

/** Identifies a change: versions are never reused. */
function fingerprint({ writes, idempotency }: NonNullable<SequentialResult['change']>): string {
  return JSON.stringify([writes.map(({ key, expected }) => [recordId(key), expected]), idempotency?.id]);
}

function recordsIn(outcome: CallOutcome): readonly string[] {
  if (outcome.type !== 'success') return [];
  return (JSON.parse(outcome.text) as unknown[]).map((record) => JSON.stringify(record));
}
