import type { Change } from '../../../../src/domain/change.ts';
import { type Known, recordId } from '../../../../src/domain/records.ts';
import type { Outcome } from './operation.ts';
import type { Happening, PortOperation } from './schedule.ts';
import type { Effect } from './trace.ts';

/** "A", "B" … */
export const nameOf = (instance: number): string => String.fromCharCode(65 + instance);

/** A record in a few words: what changes of it in these worlds. */
function recordInWords(record: unknown): string {
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
function entryInWords(text: unknown): string {
  if (typeof text !== 'string') return 'nothing';
  try {
    const { m: marker, l: lease, v: version, r: record } = JSON.parse(text);
    if (marker !== undefined) return `marker ${marker}`;
    if (lease !== undefined) return `lease ${lease}`;
    return `v${version} ${recordInWords(record)}`;
  } catch {
    return text;
  }
}

const knownInWords = ({ key, version, record }: Known): string =>
  `${recordId(key)} v${version} ${recordInWords(record)}`;

export function sentInWords(operation: PortOperation, expected: unknown, sent: unknown): string {
  if (operation === 'commit') {
    const { writes, idempotency } = sent as Change;
    const remembered = idempotency === undefined ? '' : ', remembered';
    return (
      writes
        .map(({ expected: { version }, record }) => `v${version} → v${version + 1} ${recordInWords(record)}`)
        .join('; ') + remembered
    );
  }
  if (expected !== undefined) return `${entryInWords(expected)} → ${entryInWords(sent)}`;
  return sent === undefined ? '' : entryInWords(sent);
}

export function effectInWords(operation: PortOperation, effect: Effect): string {
  if (effect === 'none') return '';
  if ('refusal' in effect) return `refused: ${(effect.refusal as Error).message}`;
  const { answer } = effect;
  switch (operation) {
    case 'get':
      return entryInWords(answer);
    case 'getMany':
      return (answer as unknown[]).map(entryInWords).join('; ');
    case 'readMany':
      return (answer as Known[]).map(knownInWords).join('; ');
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

export function outcomeInWords(outcome: Outcome): string {
  switch (outcome.type) {
    case 'answer':
      return answerInWords(JSON.parse(outcome.text === 'nothing' ? 'null' : outcome.text));
    case 'refusal':
      return `refused: ${outcome.code}`;
    case 'failure':
      return outcome.code;
  }
}

function answerInWords(answer: unknown): string {
  if (Array.isArray(answer)) return answer.map(answerInWords).join('; ');
  if (typeof answer !== 'object' || answer === null) return 'done';
  if (!('version' in answer) || 'allowed' in answer) return JSON.stringify(answer);
  return `v${answer.version} ${recordInWords('record' in answer ? answer.record : undefined)}`;
}

export function happeningInWords(what: Happening, key: string | undefined): string {
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
