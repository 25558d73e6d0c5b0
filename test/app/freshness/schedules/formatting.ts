import type { Change } from '../../../../src/domain/change.ts';
import { type Loaded, recordId } from '../../../../src/domain/records.ts';
import type { Outcome } from './operation.ts';
import type { Disruption, PortOperation } from './schedule.ts';
import type { Effect } from './trace.ts';

/** "A", "B" … */
export const formatKey = (instance: number): string => String.fromCharCode(65 + instance);

/** A record in a few words: what changes of it in these worlds. */
function formatRecord(record: unknown): string {
  if (record === null || record === undefined) return 'nothing';
  const { id, role, userId, owners, displayName, firstName, status } = record as Readonly<
    Record<string, unknown>
  >;
  if (role !== undefined) return `${role} (${userId})`;
  const called = displayName ?? firstName;
  const owned = Array.isArray(owners) ? `, owners ${owners.join(' ')}` : '';
  return `"${called}" ${status} (${id})${owned}`;
}

/** An entry of the cache. */
function formatEntry(text: unknown): string {
  if (typeof text !== 'string') return 'nothing';
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

export function formatSent(operation: PortOperation, expected: unknown, sent: unknown): string {
  if (operation === 'commit') {
    const { writes, idempotency } = sent as Change;
    const remembered = idempotency === undefined ? '' : ', remembered';
    return (
      writes
        .map(({ expected: { version }, record }) => `v${version} → v${version + 1} ${formatRecord(record)}`)
        .join('; ') + remembered
    );
  }
  if (expected !== undefined) return `${formatEntry(expected)} → ${formatEntry(sent)}`;
  return sent === undefined ? '' : formatEntry(sent);
}

export function formatEffect(operation: PortOperation, effect: Effect): string {
  if (effect === 'none') return '';
  if ('refusal' in effect) return `refused: ${(effect.refusal as Error).message}`;
  const { answer } = effect;
  switch (operation) {
    case 'get':
      return formatEntry(answer);
    case 'getMany':
      return (answer as unknown[]).map(formatEntry).join('; ');
    case 'readMany':
      return (answer as Loaded[]).map(formatLoaded).join('; ');
    case 'readIdempotencyRecord':
      return answer === undefined ? 'nothing remembered' : 'its outcome is remembered';
    case 'add':
    case 'replace':
      return answer === true ? 'done' : 'something else is there';
    case 'put':
    case 'commit':
      return 'done';
  }
}

export function formatOutcome(outcome: Outcome): string {
  switch (outcome.type) {
    case 'answer':
      return formatAnswer(JSON.parse(outcome.text === 'nothing' ? 'null' : outcome.text));
    case 'refusal':
      return `refused: ${outcome.code}`;
    case 'failure':
      return outcome.code;
  }
}

function formatAnswer(answer: unknown): string {
  if (Array.isArray(answer)) return answer.map(formatAnswer).join('; ');
  if (typeof answer !== 'object' || answer === null) return 'done';
  if (!('version' in answer) || 'allowed' in answer) return JSON.stringify(answer);
  return `v${answer.version} ${formatRecord('record' in answer ? answer.record : undefined)}`;
}

export function formatDisruption(what: Disruption, key: string | undefined): string {
  switch (what.type) {
    case 'time passes':
      return `${what.ms} ms pass`;
    case 'entry forgotten':
      return `the cache forgets ${key}`;
    case 'cache out of reach':
      return `for ${what.steps} steps ${what.fate === 'failed' ? 'all that' : 'whatever'} one instance ${what.fate === 'failed' ? 'asks of' : 'sets in'} the cache is ${what.fate}`;
    case 'cache not trusted':
      return `reads of one instance pass the cache for ${what.steps} steps`;
  }
}
