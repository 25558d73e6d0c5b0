import type { Change } from '../../../../src/domain/change.ts';
import { type Loaded, recordId } from '../../../../src/domain/records.ts';
import type { CallOutcome } from './operation.ts';
import type { Disruption, PortOperation } from './schedule.ts';
import type { Effect } from './trace.ts';

/** "A", "B" … */
export const instanceName = (instance: number): string => String.fromCharCode(65 + instance);

/** The fields of a record that the workloads change. */
function formatRecord(record: unknown): string {
  if (record === null || record === undefined) return 'absent';
  const { id, role, userId, owners, displayName, firstName, status } = record as Readonly<
    Record<string, unknown>
  >;
  if (role !== undefined) return `${role} (${userId})`;
  const name = displayName ?? firstName;
  const suffix = Array.isArray(owners) ? `, owners ${owners.join(' ')}` : '';
  return `"${name}" ${status} (${id})${suffix}`;
}

/** An entry of the cache. */
export function formatEntry(text: unknown): string {
  if (typeof text !== 'string') return 'no entry';
  try {
    const { m: marker, l: lease, v: version, r: record } = JSON.parse(text);
    if (marker !== undefined) return `marker ${marker}`;
    if (lease !== undefined) return `lease ${lease}`;
    return `v${version} ${formatRecord(record)}`;
  } catch {
    return text;
  }
}

const formatLoaded = ({ key, version, record }: Loaded): string =>
  `${recordId(key)} v${version} ${formatRecord(record)}`;

export function formatRequest(operation: PortOperation, expected: unknown, value: unknown): string {
  if (operation === 'commit') {
    const { writes, idempotency } = value as Change;
    const suffix = idempotency === undefined ? '' : ', with an idempotency record';
    return (
      writes
        .map(({ expected: { version }, record }) => `v${version} → v${version + 1} ${formatRecord(record)}`)
        .join('; ') + suffix
    );
  }
  if (expected !== undefined) return `${formatEntry(expected)} → ${formatEntry(value)}`;
  return value === undefined ? '' : formatEntry(value);
}

export function formatEffect(operation: PortOperation, effect: Effect): string {
  if (effect === 'none') return '';
  if ('error' in effect) return `refused: ${(effect.error as Error).message}`;
  const { result } = effect;
  switch (operation) {
    case 'get':
      return formatEntry(result);
    case 'getMany':
      return (result as unknown[]).map(formatEntry).join('; ');
    case 'readMany':
      return (result as Loaded[]).map(formatLoaded).join('; ');
    case 'readIdempotencyRecord':
      return result === undefined ? 'no idempotency record' : 'found an idempotency record';
    case 'add':
    case 'replace':
      return result === true ? 'done' : 'refused: another entry is present';
    case 'put':
    case 'commit':
      return 'done';
  }
}

export function formatOutcome(outcome: CallOutcome): string {
  switch (outcome.type) {
    case 'success':
      return formatResult(JSON.parse(outcome.text === 'nothing' ? 'null' : outcome.text));
    case 'rejection':
      return `rejected: ${outcome.code}`;
    case 'failure':
      return outcome.code;
  }
}

function formatResult(result: unknown): string {
  if (Array.isArray(result)) return result.map(formatResult).join('; ');
  if (typeof result !== 'object' || result === null) return 'done';
  if (!('version' in result) || 'allowed' in result) return JSON.stringify(result);
  return `v${result.version} ${formatRecord('record' in result ? result.record : undefined)}`;
}

export function formatDisruption(disruption: Disruption, key: string | undefined): string {
  switch (disruption.type) {
    case 'time passes':
      return `${disruption.ms} ms pass`;
    case 'entry evicted':
      return `the cache evicts ${key}`;
    case 'cache partition': {
      const affected = disruption.outcome === 'failed' ? 'operations' : 'writes';
      return `for ${disruption.steps} steps, cache ${affected} of one instance: ${disruption.outcome}`;
    }
    case 'circuit breaker open':
      return `for ${disruption.steps} steps, reads of one instance bypass the cache`;
  }
}
